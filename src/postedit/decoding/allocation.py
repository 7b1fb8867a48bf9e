"""Who stays in the beam: dynamic beam allocation, for all inputs of a batch at once.

Post & Vilar 2018 give every bank (the hypotheses with equally many constraint tokens behind them)
a share of the beam; Hu et al. 2019 do so by sorting instead of by loops.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def allocate(groups: Ints, banks: Ints, scores: NDArray[np.float64], width: int) -> Ints:
    """Indices of at most `width` candidates of each group, by group and then by score.

    In turn the best of each bank, the second best of each, and so on; where a turn is larger than
    what is left of the beam, the highest bank comes first, then the better scores. So the way to
    the constraints is never lost, and no bank fills the beam while another has candidates.
    """
    turn = _ranks(np.lexsort((-scores, banks, groups)), groups, banks)
    highest = np.full(int(groups.max(initial=-1)) + 1, -1)
    np.maximum.at(highest, groups, banks)
    turn[(turn == 0) & (banks == highest[groups])] = -1
    order = np.lexsort((-scores, turn, groups))
    place = _ranks(order, groups, np.zeros_like(banks))
    kept = np.flatnonzero(place < width)
    return kept[np.lexsort((-scores[kept], groups[kept]))]


def _ranks(order: Ints, groups: Ints, banks: Ints) -> Ints:
    """Of each candidate its place, from 0, among those of its group and bank in the given order."""
    group, bank = groups[order], banks[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (group[1:] != group[:-1]) | (bank[1:] != bank[:-1])
    steps = np.arange(len(order))
    ranks = np.empty_like(steps)
    ranks[order] = steps - np.maximum.accumulate(np.where(first, steps, 0))
    return ranks

"""Approximate randomisation (Riezler and Maxwell 2005): do two systems differ but in their names?

If the two were the same, it would not matter which output of a segment belongs to which. So outputs
are exchanged at random, segment by segment, and a difference is rare if few exchanges make one as
large. The statistic and the count are those of sacrebleu's PairedTest in its `ar` mode.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from postedit.score.metrics import Floats

# Cells of the (trials x segments) matrix of exchanges held at once.
_BLOCK_CELLS = 2**20


def exchanged_sums(
    one: Sequence[Floats], other: Sequence[Floats], trials: int, seed: int
) -> list[tuple[Floats, Floats]]:
    """Sums of two systems' (segments x k) tables after each exchange, (trials x k) each.

    The same segments are exchanged in all tables of a trial.
    """
    left, right = np.hstack(one), np.hstack(other)
    difference = left - right
    rng = np.random.default_rng(seed)
    moved = np.empty((trials, left.shape[1]))
    block = max(1, _BLOCK_CELLS // len(left))
    for start in range(0, trials, block):
        rows = min(block, trials - start)
        exchanged = rng.integers(2, size=(rows, len(left)), dtype=np.bool_)
        moved[start : start + rows] = exchanged.astype(np.float64) @ difference
    widths = np.cumsum([part.shape[1] for part in one])[:-1]
    sides = (left.sum(axis=0) - moved, right.sum(axis=0) + moved)
    return list(zip(*(np.split(side, widths, axis=1) for side in sides), strict=True))


def randomisation_p(scores: Floats, others: Floats, difference: float) -> float:
    """Share of exchanges that part the two systems by more than `difference`.

    Two systems that never differ have p = 1, as in the bootstrap.
    """
    differences = np.abs(scores - others)
    if difference == 0.0 and not differences.any():
        return 1.0
    exceeding = int((differences > abs(difference)).sum())
    return (exceeding + 1) / (len(differences) + 1)

"""Where the path of an alignment may lie: coarse first, from sentences that are each other's best.

Every sentence is compared with all of the other side, one row at a time. Pairs that prefer each
other are anchors; the longest chain of them that runs forward on both sides is the coarse path, and
the fine search looks at the cells around it. Memory is that of one row, and of the chain.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from postedit.align.similarity import Ints, PairSimilarity

# Below this cosine a best partner is no evidence.
_LEAST_COSINE = 0.3


def full_band(rows: int, columns: int) -> Ints:
    """First and last column of every row, shape (rows + 1, 2): all of them."""
    return np.tile(np.array([0, columns], dtype=np.int64), (rows + 1, 1))


def find_anchors(pairs: PairSimilarity, rows: int, columns: int) -> list[tuple[int, int]]:
    """Pairs of sentences that prefer each other and follow each other on both sides, in order."""
    best_row = np.full(columns, -1, dtype=np.int64)
    best_value = np.full(columns, _LEAST_COSINE)
    own = np.full(rows, -1, dtype=np.int64)
    for i in range(rows):
        cosines = pairs.row(i, 0, columns) / (
            pairs.mt_norms[1, i + 1] * pairs.reference_norms[1, 1:]
        )
        own[i] = int(np.argmax(cosines))
        better = cosines > best_value
        best_value[better] = cosines[better]
        best_row[better] = i
    mutual = [(i, int(own[i])) for i in range(rows) if best_row[own[i]] == i]
    return _forward(mutual)


def _forward(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, in order of the first, whose second rises too."""
    tails: list[int] = []  # the least last column of a chain of each length
    ends: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [number]
    chain: list[tuple[int, int]] = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def band_around(anchors: Sequence[tuple[int, int]], rows: int, columns: int, reach: int) -> Ints:
    """First and last column of every row, shape (rows + 1, 2); neither ever falls.

    A row may go from the anchor `reach` rows above it to the one `reach` rows below, and `reach`
    columns further. Where anchors are far apart, so are the two.
    """
    at = np.array([0, *(i for i, _ in anchors), rows], dtype=np.int64)
    to = np.array([0, *(j for _, j in anchors), columns], dtype=np.int64)
    here = np.arange(rows + 1)
    above = np.maximum(np.searchsorted(at, here - reach, side="right") - 1, 0)
    below = np.minimum(np.searchsorted(at, here + reach, side="left"), len(at) - 1)
    first = np.maximum(to[above] - reach, 0)
    last = np.minimum(to[below] + reach, columns)
    return np.stack([first, last], axis=1)


def diagonal_band(rows: int, columns: int, cells: int) -> Ints:
    """A band along the diagonal that holds about that many cells."""
    slope = columns / max(rows, 1)
    middle = np.arange(rows + 1) * slope
    half = max(cells / (2.0 * max(rows, 1)), 2.0 * slope, 2.0)
    first = np.maximum(np.floor(middle - half), 0)
    last = np.minimum(np.ceil(middle + half), columns)
    return np.stack([first, last], axis=1).astype(np.int64)

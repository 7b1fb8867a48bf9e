"""Best monotone chain of beads: dynamic programming over rows, inside a band of columns.

A row is one numpy vector. Insertions (0-1 beads) stay within a row and cost the same each, so a
running maximum settles them and no loop over columns is left.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postedit.align.band import band_around, diagonal_band, find_anchors, full_band
from postedit.align.similarity import LARGEST_GROUP, Floats, Ints, PairSimilarity
from postedit.align.worth import INSERTION, SHAPES, SWAP, Side, Weights, Worth

Shapes = NDArray[np.int8]

# Up to this many cells the whole table is searched.
FULL_TABLE = 250_000
# A band that the path leans on is widened until it holds this many cells.
LARGEST_TABLE = 100_000_000
_FIRST_REACH = 12
# Rows whose beads are valued at once.
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Step:
    """A bead of `mt` and `reference` sentences; `crossed` if two neighbours changed places."""

    mt: int
    reference: int
    crossed: bool = False


def best_path(
    pairs: PairSimilarity,
    mt: Side,
    reference: Side,
    weights: Weights,
    *,
    full_table: int = FULL_TABLE,
) -> tuple[Step, ...]:
    """Steps of the beads that cover both sides in order at the best total score.

    Tables of more than `full_table` cells are searched around anchors (see `align/band`); while the
    path leans on the edge of what is looked at, that is widened.
    """
    rows, columns = len(mt), len(reference)
    worth = Worth(pairs, mt, reference, weights)
    if rows * columns <= full_table:
        band = full_band(rows, columns)
        return _trace(_Table(worth, weights.gap, band).fill(), band, columns)[0]
    anchors = find_anchors(pairs, rows, columns)
    reach = _FIRST_REACH
    while True:
        band = band_around(anchors, rows, columns, reach)
        fits = int((band[:, 1] - band[:, 0]).sum()) <= LARGEST_TABLE
        if not fits:
            band = diagonal_band(rows, columns, LARGEST_TABLE)
        path, leans = _trace(_Table(worth, weights.gap, band).fill(), band, columns)
        if not leans or not fits:
            return path
        reach *= 2


class _Table:
    """Fills the band row by row and keeps, of every cell, only the shape that came there."""

    def __init__(self, worth: Worth, gap: float, band: Ints):
        self._worth = worth
        self._gap = gap
        self._band = band
        self._columns = int(band[-1, 1])

    def fill(self) -> list[Shapes]:
        """Number of the best shape into every cell, a vector for each row of the band."""
        rows = len(self._band) - 1
        # Before a row's first cell stand as many columns as the widest bead has.
        scores = deque([self._empty() for _ in range(LARGEST_GROUP)], maxlen=LARGEST_GROUP)
        last = int(self._band[0, 1])
        scores[0][LARGEST_GROUP : LARGEST_GROUP + last + 1] = -self._gap * np.arange(last + 1.0)
        came = [np.zeros(last + 1, dtype=np.int8)]
        for begin in range(0, rows, _BLOCK):
            end = min(begin + _BLOCK, rows)
            first, last = int(self._band[begin + 1, 0]), int(self._band[end, 1])
            values = self._worth.block(begin + 1, end + 1, first, last + 1)
            for i in range(begin + 1, end + 1):
                came.append(self._fill_row(i, values[:, i - begin - 1], first, scores))
        return came

    def _empty(self) -> Floats:
        return np.full(LARGEST_GROUP + self._columns + 1, -np.inf)

    def _fill_row(self, i: int, values: Floats, offset: int, scores: deque[Floats]) -> Shapes:
        """Find the best of every cell of row i, given what its beads are worth; put it in front."""
        first, last = (int(x) for x in self._band[i])
        size = last - first + 1
        reached = np.empty((len(SHAPES), size))
        reached[0] = -np.inf
        for number, (a, b) in enumerate(SHAPES):
            if a:
                begin = LARGEST_GROUP + first - b
                reached[number] = scores[a - 1][begin : begin + size]
        reached[1] -= self._gap
        reached[2:] += values[:, first - offset : first - offset + size]
        shapes: Shapes = reached.argmax(axis=0).astype(np.int8)
        best = reached[shapes, np.arange(size)]
        # A running maximum settles the reference sentences that are left alone.
        price = self._gap * np.arange(size)
        inserted = np.maximum.accumulate(best + price) - price
        alone = inserted > best + 1e-9
        shapes[alone] = SHAPES.index(INSERTION)
        row = self._empty()
        row[LARGEST_GROUP + first : LARGEST_GROUP + last + 1] = np.where(alone, inserted, best)
        scores.appendleft(row)
        return shapes


def _trace(came: list[Shapes], band: Ints, columns: int) -> tuple[tuple[Step, ...], bool]:
    """Follow the shapes back from the last cell; says too whether the path leans on the band."""
    path: list[Step] = []
    leans = False
    i, j = len(came) - 1, columns
    while i or j:
        first, last = (int(x) for x in band[i])
        leans |= (first > 0 and j - first < LARGEST_GROUP) or (
            last < columns and last - j < LARGEST_GROUP
        )
        number = int(came[i][j - first])
        a, b = SHAPES[number]
        path.append(Step(a, b, number == SWAP))
        i, j = i - a, j - b
    return tuple(reversed(path)), leans

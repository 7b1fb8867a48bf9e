"""Best monotone chain of beads: dynamic programming over rows, inside a band of columns.

A row is one numpy vector per bead shape. Insertions (0-1 beads) stay within a row and cost the same
each, so a running maximum settles them and no loop over columns is left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postedit.align.similarity import LARGEST_GROUP, Floats, Ints, PairSimilarity

Shape = tuple[int, int]

INSERTION: Shape = (0, 1)
DELETION: Shape = (1, 0)
MATCHES: tuple[Shape, ...] = (
    (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (2, 3), (3, 2), (3, 3),
)  # fmt: skip
_SHAPES: tuple[Shape, ...] = (INSERTION, DELETION, *MATCHES)

# Up to this many cells the whole table is searched; 1,500 x 1,500 sentences take a second.
FULL_TABLE = 4_000_000
# A band that the path leans on is doubled until it holds this many cells.
LARGEST_TABLE = 100_000_000
_FIRST_HALF_WIDTH = 256


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices of the search, tuned on the authored training articles (see benchmarks/align.py).

    A bead of a and b sentences is worth its cosine less `floor`, times the mean of a and b; less
    `length` times the logarithm of the ratio of its lengths, `merge` for each sentence beyond the
    first of a side, and `crossing` for each paragraph break inside. A sentence left alone costs
    `gap`. (A reward for beads that open a paragraph on both sides was tried: it made F1 worse.)
    """

    floor: float = 0.06
    gap: float = 0.1
    length: float = 0.3
    merge: float = 0.15
    crossing: float = 0.2


@dataclass(frozen=True, slots=True)
class Side:
    """What the search knows of one side besides n-grams: characters, and paragraph starts."""

    lengths: Ints
    opens: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lengths)


def best_path(
    pairs: PairSimilarity,
    mt: Side,
    reference: Side,
    weights: Weights,
    *,
    full_table: int = FULL_TABLE,
) -> tuple[Shape, ...]:
    """Shapes of the beads that cover both sides in order at the best total score.

    Tables of more than `full_table` cells are searched in a band around the diagonal; while the
    path leans on its edge, the band is doubled.
    """
    rows, columns = len(mt), len(reference)
    half = rows + columns if rows * columns <= full_table else _FIRST_HALF_WIDTH
    while True:
        band = _band(rows, columns, half)
        table = _Table(pairs, mt, reference, weights, band)
        path, leans = _trace(table.fill(), band, columns)
        if not leans or 2 * (band[:, 1] - band[:, 0]).sum() > LARGEST_TABLE:
            return path
        half *= 2


def _band(rows: int, columns: int, half: int) -> Ints:
    """First and last column of every row, shape (rows + 1, 2); neither ever falls."""
    slope = columns / max(rows, 1)
    middle = np.arange(rows + 1) * slope
    reach = half * max(1.0, slope)
    first = np.maximum(np.floor(middle - reach), 0)
    last = np.minimum(np.ceil(middle + reach), columns)
    return np.stack([first, last], axis=1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of values for columns first..first + len(values) - 1."""

    first: int
    values: Floats

    def window(self, first: int, size: int, fill: float) -> Floats:
        """Values of columns first..first+size-1; `fill` where the row has none."""
        out = np.full(size, fill)
        begin = max(first, self.first)
        end = min(first + size, self.first + len(self.values))
        if begin < end:
            out[begin - first : end - first] = self.values[begin - self.first : end - self.first]
        return out


class _Table:
    """Fills the band row by row and keeps, of every cell, only the shape that came there."""

    def __init__(
        self, pairs: PairSimilarity, mt: Side, reference: Side, weights: Weights, band: Ints
    ):
        self._pairs = pairs
        self._mt = mt
        self._reference = reference
        self._weights = weights
        self._band = band
        self._mt_groups = _group_sums(mt.lengths)
        self._reference_groups = _group_sums(reference.lengths)
        self._mt_crossings = _crossings(mt.opens)
        self._reference_crossings = _crossings(reference.opens)

    def fill(self) -> list[NDArray[np.int8]]:
        """Number of the best shape into every cell, a vector for each row of the band."""
        first, last = (int(x) for x in self._band[0])
        scores = deque([_Row(first, -self._weights.gap * np.arange(first, last + 1.0))], maxlen=3)
        dots: deque[_Row] = deque(maxlen=LARGEST_GROUP)
        came = [np.zeros(last - first + 1, dtype=np.int8)]
        for i in range(1, len(self._mt) + 1):
            dots.appendleft(self._dots(i))
            row, shapes = self._fill_row(i, scores, dots)
            scores.appendleft(row)
            came.append(shapes)
        return came

    def _dots(self, i: int) -> _Row:
        """Dot products of mt sentence i-1 for all cells of the rows that it takes part in."""
        until = min(i + LARGEST_GROUP - 1, len(self._mt))
        first = max(int(self._band[i, 0]) - LARGEST_GROUP, 0)
        return _Row(first, self._pairs.row(i - 1, first, int(self._band[until, 1])))

    def _fill_row(
        self, i: int, scores: Sequence[_Row], dots: Sequence[_Row]
    ) -> tuple[_Row, NDArray[np.int8]]:
        first, last = (int(x) for x in self._band[i])
        size = last - first + 1
        best = scores[0].window(first, size, -np.inf) - self._weights.gap
        shapes = np.full(size, _SHAPES.index(DELETION), dtype=np.int8)
        # grouped[a][k]: the last a mt sentences with reference sentence first - 3 + k.
        padded = [row.window(first - LARGEST_GROUP, size + LARGEST_GROUP - 1, 0.0) for row in dots]
        grouped = np.cumsum(padded, axis=0)
        for number, (a, b) in enumerate(_SHAPES):
            if a > i or (a, b) not in MATCHES:
                continue
            begin = LARGEST_GROUP - b
            dot = sum(grouped[a - 1][begin + q : begin + q + size] for q in range(b))
            came_from = scores[a - 1].window(first - b, size, -np.inf)
            value = came_from + self._worth(i, first, size, (a, b), np.asarray(dot))
            better = value > best
            best[better] = value[better]
            shapes[better] = number
        price = self._weights.gap * np.arange(size)
        reached = np.maximum.accumulate(best + price) - price
        inserted = reached > best + 1e-9
        shapes[inserted] = _SHAPES.index(INSERTION)
        return _Row(first, np.where(inserted, reached, best)), shapes

    def _worth(self, i: int, first: int, size: int, shape: Shape, dot: Floats) -> Floats:
        """Score of a bead of `shape` that ends at row i and columns first..first+size-1."""
        a, b = shape
        weights = self._weights
        here = slice(first, first + size)
        norms = self._pairs.mt_norms[a, i] * self._pairs.reference_norms[b, here]
        lengths = self._reference_groups[b, here] - self._mt_groups[a, i]
        worth = (a + b) / 2 * (dot / norms - weights.floor) - weights.length * np.abs(lengths)
        worth -= weights.merge * (a + b - 2)
        worth -= weights.crossing * (self._mt_crossings[a, i] + self._reference_crossings[b, here])
        return np.asarray(worth)


def _group_sums(lengths: Ints) -> Floats:
    """Logarithm of the length of the a sentences that end before i, at [a, i]."""
    total = np.concatenate([[0], np.cumsum(lengths)])
    sums = np.zeros((LARGEST_GROUP + 1, len(total)))
    for a in range(1, LARGEST_GROUP + 1):
        sums[a, a:] = total[a:] - total[:-a]
    # A few characters more or less say nothing about short sentences.
    return np.log(sums + 10.0)


def _crossings(opens: NDArray[np.bool_]) -> Ints:
    """Number of paragraph breaks inside the a sentences that end before i, at [a, i]."""
    breaks = np.concatenate([[0], np.cumsum(opens[:-1])])  # breaks[i]: paragraphs opened before i
    count = len(opens) - 1
    out = np.zeros((LARGEST_GROUP + 1, count + 1), dtype=np.int64)
    for a in range(2, LARGEST_GROUP + 1):
        out[a, a:] = breaks[a:] - breaks[1 : count + 2 - a]
    return out


def _trace(
    came: list[NDArray[np.int8]], band: Ints, columns: int
) -> tuple[tuple[Shape, ...], bool]:
    """Follow the shapes back from the last cell; says too whether the path leans on the band."""
    path: list[Shape] = []
    leans = False
    i, j = len(came) - 1, columns
    while i or j:
        first, last = (int(x) for x in band[i])
        leans |= (first > 0 and j - first < LARGEST_GROUP) or (
            last < columns and last - j < LARGEST_GROUP
        )
        a, b = _SHAPES[came[i][j - first]]
        path.append((a, b))
        i, j = i - a, j - b
    return tuple(reversed(path)), leans

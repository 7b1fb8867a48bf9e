"""What a bead is worth: how much its sentences share, less what its shape costs.

A block of the table is valued at once, one numpy array for each shape of bead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from postedit.align.similarity import LARGEST_GROUP, Floats, Ints, PairSimilarity

Shape = tuple[int, int]

INSERTION: Final[Shape] = (0, 1)
DELETION: Final[Shape] = (1, 0)
MATCHES: Final[tuple[Shape, ...]] = (
    (1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (2, 2), (2, 3), (3, 2), (3, 3),
)  # fmt: skip
# The last is two sentences that changed places: of two and two, each first is the second's pair.
SHAPES: Final[tuple[Shape, ...]] = (INSERTION, DELETION, *MATCHES, (2, 2))
SWAP: Final = len(SHAPES) - 1


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices of the search, tuned on the authored training articles (see benchmarks/align.py).

    Every sentence of a bead is worth half its cosine with all of the other side, less half `floor`:
    so a sentence that has no part in a bead does not hide behind one that has. A bead costs
    `length` times the logarithm of the ratio of its lengths, `merge` for each sentence beyond the
    first of a side, and `crossing` for each paragraph break inside. Two neighbours that changed
    places are worth their two pairs, less `swap`. A sentence left alone costs `gap`.
    """

    floor: float = 0.06
    gap: float = 0.15
    length: float = 0.3
    merge: float = 0.15
    crossing: float = 0.5
    swap: float = 0.08


@dataclass(frozen=True, slots=True)
class Side:
    """What the search knows of one side besides n-grams: characters, and paragraph starts."""

    lengths: Ints
    opens: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lengths)


class Worth:
    """Values beads between two sides."""

    def __init__(self, pairs: PairSimilarity, mt: Side, reference: Side, weights: Weights):
        self._pairs = pairs
        self._weights = weights
        self._counts = (len(mt), len(reference))
        self._lengths = (_group_sums(mt.lengths), _group_sums(reference.lengths))
        self._breaks = (_crossings(mt.opens), _crossings(reference.opens))

    def block(self, begin: int, end: int, first: int, last: int) -> Floats:
        """Worth of beads that end in rows begin..end-1 and columns first..last-1.

        The shape is (len(SHAPES) - 2, end - begin, last - first): insertions and deletions are left
        out. It is minus infinity where a bead does not fit in.
        """
        dots = self._dots(begin, end, first, last)
        rows, columns = np.arange(begin, end), np.arange(first, last)
        values = [self._match(dots, rows, columns, shape) for shape in MATCHES]
        return np.array([*values, self._swap(dots, rows, columns)])

    def _dots(self, begin: int, end: int, first: int, last: int) -> Floats:
        """Dot products: at [G + i - begin, G + j - first] those of sentences i-1 and j-1."""
        dots = np.zeros((end - begin + LARGEST_GROUP, last - first + LARGEST_GROUP))
        low = max(first - LARGEST_GROUP - 1, 0)
        high = min(last - 1, self._counts[1])
        for i in range(max(begin - LARGEST_GROUP, 1), end):
            at = low + 1 + LARGEST_GROUP - first
            found = self._pairs.row(i - 1, low, high)
            kept = found[max(-at, 0) :]
            at = max(at, 0)
            dots[LARGEST_GROUP + i - begin, at : at + len(kept)] = kept
        return dots

    def _match(self, dots: Floats, rows: Ints, columns: Ints, shape: Shape) -> Floats:
        a, b = shape
        weights, pairs = self._weights, self._pairs
        alike = np.zeros((len(rows), len(columns)))
        for r in range(a):
            shared = sum(_shifted(dots, r, q) for q in range(b))
            alike += shared / _outer(pairs.mt_norms[1], rows - r, pairs.reference_norms[b], columns)
        for q in range(b):
            shared = sum(_shifted(dots, r, q) for r in range(a))
            alike += shared / _outer(pairs.mt_norms[a], rows, pairs.reference_norms[1], columns - q)
        worth = (alike - (a + b) * weights.floor) / 2 - weights.merge * (a + b - 2)
        worth -= self._length(rows, columns, shape) + self._crossed(rows, columns, shape)
        return self._fitting(worth, rows, columns, shape)

    def _swap(self, dots: Floats, rows: Ints, columns: Ints) -> Floats:
        """The two pairs across: the last of either side with the last but one of the other."""
        pairs = self._pairs
        worth = np.full((len(rows), len(columns)), -self._weights.swap)
        for r, q in ((0, 1), (1, 0)):
            norms = _outer(pairs.mt_norms[1], rows - r, pairs.reference_norms[1], columns - q)
            worth += _shifted(dots, r, q) / norms - self._weights.floor
            worth -= self._length(rows - r, columns - q, (1, 1))
        worth -= self._crossed(rows, columns, (2, 2))
        return self._fitting(worth, rows, columns, (2, 2))

    def _length(self, rows: Ints, columns: Ints, shape: Shape) -> Floats:
        mt, reference = (
            lengths[size, np.maximum(places, 0)]
            for lengths, size, places in zip(self._lengths, shape, (rows, columns), strict=True)
        )
        return np.asarray(self._weights.length * np.abs(reference[None, :] - mt[:, None]))

    def _crossed(self, rows: Ints, columns: Ints, shape: Shape) -> Floats:
        mt, reference = self._breaks[0][shape[0], rows], self._breaks[1][shape[1], columns]
        return np.asarray(self._weights.crossing * (mt[:, None] + reference[None, :]))

    @staticmethod
    def _fitting(worth: Floats, rows: Ints, columns: Ints, shape: Shape) -> Floats:
        worth[rows < shape[0]] = -np.inf
        worth[:, columns < shape[1]] = -np.inf
        return worth


def _shifted(dots: Floats, r: int, q: int) -> Floats:
    """Dot products of the sentences r above and q to the left of the last ones of each cell."""
    height, width = dots.shape
    return dots[LARGEST_GROUP - r : height - r, LARGEST_GROUP - q : width - q]


def _outer(mt: Floats, rows: Ints, reference: Floats, columns: Ints) -> Floats:
    """Products of norms; what stands outside of the table is not used."""
    return mt[np.maximum(rows, 0)][:, None] * reference[np.maximum(columns, 0)][None, :]


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

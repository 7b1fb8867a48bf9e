"""How alike are groups of sentences? Weighted character n-grams and numbers, in plain numpy.

A sentence is a sparse tf-idf vector, a group of neighbours the sum of theirs. The dot product of
two sums is the sum of the dot products, so one matrix of sentence pairs serves beads of all shapes,
and only the rows and columns that the search looks at are ever computed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postedit.text.words import FUNCTION_WORDS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LARGEST_GROUP = 3

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_NGRAM = 4
_NUMBER_WEIGHT = 1.5
# Few sentences make idf flat; its square tells names from common words in an article too.
_IDF_POWER = 2.0


@dataclass(frozen=True, slots=True)
class Vectors:
    """Sparse rows: sentence i holds features[starts[i]:starts[i+1]] with weights to match."""

    starts: Ints
    features: Ints
    weights: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, i: int) -> tuple[Ints, Floats]:
        """Features of sentence i, without repeats, and their weights."""
        here = slice(self.starts[i], self.starts[i + 1])
        return self.features[here], self.weights[here]


class PairSimilarity:
    """Dot products of mt sentences with reference sentences, and the norms of groups of either."""

    def __init__(self, mt: Sequence[str], reference: Sequence[str]):
        self._mt, self._reference, size = _vectors(mt, reference)
        self._postings = _postings(self._reference)
        self.mt_norms = _group_norms(self._mt, size)
        self.reference_norms = _group_norms(self._reference, size)

    def row(self, i: int, first: int, last: int) -> Floats:
        """Dot products of mt sentence i with reference sentences first..last-1."""
        keys, weights = self._postings
        features, own = self._mt.row(i)
        count = len(self._reference)
        begin = np.searchsorted(keys, features * count + first)
        lengths = np.searchsorted(keys, features * count + last) - begin
        # One index array over all runs begin..begin+length, without a Python loop.
        run_starts = np.cumsum(lengths) - lengths
        total = int(lengths.sum())
        where = np.arange(total) + np.repeat(begin - run_starts, lengths)
        columns = keys[where] - np.repeat(features * count + first, lengths)
        products = weights[where] * np.repeat(own, lengths)
        dots: Floats = np.bincount(columns, weights=products, minlength=last - first).astype(float)
        return dots

    def cosine(self, mt: tuple[int, int], reference: tuple[int, int]) -> float:
        """Cosine of two groups of at most LARGEST_GROUP sentences, as half-open index ranges."""
        dot = sum(float(self.row(i, *reference).sum()) for i in range(*mt))
        a, b = mt[1] - mt[0], reference[1] - reference[0]
        norms = self.mt_norms[a, mt[1]] * self.reference_norms[b, reference[1]]
        return dot / float(norms)


def _features(sentence: str) -> Iterator[str]:
    """Numbers without their commas, and the n-grams of content words with their edges marked."""
    for token in _TOKEN.findall(sentence.lower()):
        if token[0].isdigit():
            yield "#" + token.replace(",", "")
        elif token not in FUNCTION_WORDS:
            word = f" {token} "
            for at in range(max(len(word) - _NGRAM, 0) + 1):
                yield word[at : at + _NGRAM]


def _vectors(mt: Sequence[str], reference: Sequence[str]) -> tuple[Vectors, Vectors, int]:
    """Tf-idf vectors of both sides over one feature numbering, and the number of features."""
    numbering: dict[str, int] = {}
    sides = [
        [Counter(numbering.setdefault(f, len(numbering)) for f in _features(text)) for text in side]
        for side in (mt, reference)
    ]
    frequency = np.zeros(len(numbering))
    for side in sides:
        for counts in side:
            frequency[list(counts)] += 1
    idf = np.log1p((len(mt) + len(reference)) / np.maximum(frequency, 1.0)) ** _IDF_POWER
    idf[[i for feature, i in numbering.items() if feature[0] == "#"]] *= _NUMBER_WEIGHT
    return _weighted(sides[0], idf), _weighted(sides[1], idf), len(numbering)


def _weighted(side: Sequence[Counter[int]], idf: Floats) -> Vectors:
    starts = np.cumsum([0, *(len(counts) for counts in side)], dtype=np.int64)
    features = np.array([f for counts in side for f in counts], dtype=np.int64)
    repeats = np.array([n for counts in side for n in counts.values()], dtype=np.float64)
    return Vectors(starts, features, np.sqrt(repeats) * idf[features])


def _postings(side: Vectors) -> tuple[Ints, Floats]:
    """Sorted keys `feature * sentences + sentence`, and the weight that stands there."""
    sentences = np.repeat(np.arange(len(side)), np.diff(side.starts))
    keys = side.features * len(side) + sentences
    order = np.argsort(keys, kind="stable")
    return keys[order], side.weights[order]


def _group_norms(side: Vectors, size: int) -> Floats:
    """Norms of the sums of neighbours, shape (LARGEST_GROUP + 1, sentences + 1).

    Entry [a, i] belongs to the a sentences that end before i; 1.0 stands for an empty or
    impossible group, so that it can be divided by.
    """
    count = len(side)
    own = np.zeros((LARGEST_GROUP, count + 1))  # own[d, i] = sentence i-1 . sentence i-1-d
    dense = np.zeros(size)
    for i in range(count):
        features, weights = side.row(i)
        dense[features] = weights
        for d in range(min(LARGEST_GROUP, i + 1)):
            others, other_weights = side.row(i - d)
            own[d, i + 1] = dense[others] @ other_weights
        dense[features] = 0.0
    squares = np.zeros((LARGEST_GROUP + 1, count + 1))
    for a in range(1, LARGEST_GROUP + 1):
        # A group of a is the group of a-1 that ends one sentence earlier, and one sentence more.
        gained = own[0] + 2.0 * own[1:a].sum(axis=0)
        squares[a, a:] = squares[a - 1, a - 1 : -1] + gained[a:]
    norms = np.sqrt(squares)
    norms[norms == 0.0] = 1.0
    return norms

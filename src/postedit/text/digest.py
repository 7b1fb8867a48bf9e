"""Fingerprints of texts: whether one was trained on, exactly or nearly.

`digest` finds equal texts. `NearIndex` finds those that share most of their character n-grams with
one of a set of texts (Broder 1997, resemblance and containment), counted exactly, not estimated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
Shingles = NDArray[np.uint64]


def digest(text: str) -> str:
    """A short hash of a text that does not see case, spacing or punctuation (leak tests use it)."""
    return hashlib.sha256(_letters(text).encode()).hexdigest()[:16]


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


@dataclass(frozen=True, slots=True)
class Near:
    """A text of the index, by its number, and the share of n-grams that the smaller one shares."""

    index: int
    overlap: float


class NearIndex:
    """Character n-grams of many texts; time of a look-up grows with the texts that share some.

    Texts of fewer than `least` different n-grams are left out on both sides: what they share is a
    turn of phrase, and `digest` finds them if they are equal.
    """

    def __init__(self, texts: Sequence[str], *, n: int = 8, least: int = 20):
        self._n, self._least = n, least
        pieces = [shingles(text, n) for text in texts]
        self._sizes = np.array([len(piece) for piece in pieces], dtype=np.int64)
        owners = np.repeat(np.arange(len(pieces), dtype=np.int64), self._sizes)
        hashes = np.concatenate(pieces) if pieces else np.empty(0, np.uint64)
        keep = self._sizes[owners] >= least
        hashes, owners = hashes[keep], owners[keep]
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._owners = hashes[order], owners[order]

    def nearest(self, text: str) -> Near | None:
        """The text that shares most with `text`, the first of equals; None if none shares any.

        The overlap is |A and B| / min(|A|, |B|) over sets of n-grams, so that a sentence is found
        inside a paragraph.
        """
        mine = shingles(text, self._n)
        if len(mine) < self._least or not len(self._hashes):
            return None
        start = np.searchsorted(self._hashes, mine, side="left")
        count = np.searchsorted(self._hashes, mine, side="right") - start
        total = int(count.sum())
        if not total:
            return None
        # Places of all entries of all hashes: start[i], start[i] + 1, ... for each i in turn.
        first = np.repeat(start - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        owners, shared = np.unique(self._owners[first + np.arange(total)], return_counts=True)
        overlaps = shared / np.minimum(self._sizes[owners], len(mine))
        best = int(np.argmax(overlaps))
        return Near(int(owners[best]), float(overlaps[best]))


def shingles(text: str, n: int) -> Shingles:
    """Sorted hashes of the different character n-grams of a text, case and punctuation aside."""
    codes = np.frombuffer(_letters(text).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if not len(codes):
        return np.empty(0, np.uint64)
    width = min(n, len(codes))
    count = len(codes) - width + 1
    hashes = np.zeros(count, np.uint64)
    for k in range(width):
        hashes = hashes * _MULTIPLIER + codes[k : k + count]
    hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes * _MULTIPLIER)


def digests(texts: Iterable[str]) -> frozenset[str]:
    """The digests of those texts that have a letter or digit."""
    return frozenset(digest(text) for text in texts if _letters(text))

"""Phrases out of aligned sentences (Koehn, Och and Marcu 2003), with counts by fold."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from postedit.garble.align import Links
from postedit.garble.tokens import Words


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English rendering of a source phrase and its score, the logarithm of a probability."""

    words: Words
    score: float


def extract(
    source: Words, target: Words, links: Links, longest: int
) -> Iterator[tuple[Words, Words]]:
    """Pairs of phrases of at most `longest` words that no link leaves; unaligned target words
    at their edges may belong to them. A source word without a link is paired with no words.
    """
    by_source: dict[int, list[int]] = defaultdict(list)
    by_target: dict[int, list[int]] = defaultdict(list)
    for i, j in links:
        by_source[i].append(j)
        by_target[j].append(i)
    for start in range(len(source)):
        if not by_source[start]:
            yield source[start : start + 1], ()
        for end in range(start + 1, min(start + longest, len(source)) + 1):
            reached = [j for i in range(start, end) for j in by_source[i]]
            if not reached:
                continue
            low, high = min(reached), max(reached) + 1
            if high - low > longest:
                continue
            if any(not start <= i < end for j in range(low, high) for i in by_target[j]):
                continue
            yield from _widened(source[start:end], target, low, high, by_target, longest)


def _widened(
    phrase: Words,
    target: Words,
    low: int,
    high: int,
    by_target: dict[int, list[int]],
    longest: int,
) -> Iterator[tuple[Words, Words]]:
    first = low
    while True:
        last = high
        while last - first <= longest:
            yield phrase, target[first:last]
            if last == len(target) or by_target[last]:
                break
            last += 1
        first -= 1
        if first < 0 or by_target[first] or high - first > longest:
            return


class PhraseCounts:
    """Counts of phrase pairs, in all and by fold, so that a fold can be left out."""

    def __init__(self, folds: int):
        self._pairs: list[dict[Words, Counter[Words]]] = [{} for _ in range(folds)]
        self._targets: list[Counter[Words]] = [Counter() for _ in range(folds)]
        self._sum: dict[Words, Counter[Words]] = {}
        self._target_sum: Counter[Words] = Counter()

    def add(self, fold: int | None, source: Words, target: Words) -> None:
        """Count one pair that was seen in a document of this fold, or of none."""
        self._sum.setdefault(source, Counter())[target] += 1
        self._target_sum[target] += 1
        if fold is not None:
            self._pairs[fold].setdefault(source, Counter())[target] += 1
            self._targets[fold][target] += 1

    def renderings(self, source: Words, without: int, most: int) -> list[Phrase]:
        """The best renderings, as the other folds have it: log of sqrt(p(e|f) p(f|e))."""
        own = self._pairs[without].get(source, Counter())
        counts = {
            target: count
            for target, total in self._sum.get(source, Counter()).items()
            if (count := total - own[target]) > 0
        }
        total = sum(counts.values())
        found = []
        for target, count in counts.items():
            backward = count / (self._target_sum[target] - self._targets[without][target])
            # Seen once, a pair is half an accident of the alignment: discount it.
            forward = max(count - 0.5, 0.1) / total
            # For no words at all the other direction says nothing.
            score = math.log(forward) if not target else math.log(forward * backward) / 2
            found.append(Phrase(target, score))
        found.sort(key=lambda phrase: (-phrase.score, phrase.words))
        return found[:most]


def count_phrases(
    source: Sequence[Words],
    target: Sequence[Words],
    links: Sequence[Links],
    fold_of: Sequence[int | None],
    folds: int,
    longest: int,
) -> PhraseCounts:
    """Counts over all sentences."""
    counts = PhraseCounts(folds)
    for left, right, linked, fold in zip(source, target, links, fold_of, strict=True):
        for phrase, rendering in extract(left, right, linked, longest):
            counts.add(fold, phrase, rendering)
    return counts

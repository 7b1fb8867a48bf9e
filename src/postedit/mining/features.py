"""What speaks for a phrase pair: where its places are, how its words look, how often they meet."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from postedit.mining.pairs import Group, Pair, content, is_name
from postedit.text.inflect import parts_of_speech

Floats = NDArray[np.float64]

_NUMBERS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty
    sixty seventy eighty ninety hundred thousand million billion percent""".split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair of phrases with all its places, and what the counts of the whole say of it."""

    places: tuple[Pair, ...]
    mt_count: int
    target_count: int
    association: float
    features: Floats


class Phrases:
    """In how many groups each phrase stands, on either side; phrases are compared in lower case."""

    def __init__(self, groups: Sequence[Group], longest: int):
        self.groups = len(groups)
        self.mt: Counter[tuple[str, ...]] = Counter()
        self.reference: Counter[tuple[str, ...]] = Counter()
        for group in groups:
            self.mt.update(_grams(group.mt, longest))
            self.reference.update(_grams(group.reference, longest))


def _grams(words: Sequence[str], longest: int) -> set[tuple[str, ...]]:
    lower = [word.lower() for word in words]
    return {
        tuple(lower[i : i + size])
        for size in range(1, longest + 1)
        for i in range(len(lower) - size + 1)
    }


def candidate(places: Sequence[Pair], phrases: Phrases) -> Candidate:
    """Put the places of one phrase pair together: the best of each local feature, and counts."""
    first = places[0]
    mt, target = (_lower(words) for words in (first.mt_words, first.target_words))
    both = len({id(pair.group) for pair in places})
    mt_count, target_count = max(phrases.mt[mt], both), max(phrases.reference[target], both)
    association = log_likelihood(both, mt_count, target_count, phrases.groups)
    local = np.max([_local(pair) for pair in places], axis=0)
    counts = [
        math.log(both),
        both / mt_count,
        math.log1p(association),
        min(1.0, phrases.reference[mt] / mt_count),
        min(1.0, phrases.mt[target] / target_count),
    ]
    features = np.concatenate([[1.0], local, _lexical(first), counts])
    return Candidate(tuple(places), mt_count, target_count, association, features)


def _lower(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def log_likelihood(both: int, one: int, other: int, total: int) -> float:
    """Dunning's (1993) statistic -2 log(lambda) of two events; 0 where they avoid each other.

    >>> round(log_likelihood(5, 5, 5, 100), 1), log_likelihood(1, 10, 10, 100)
    (39.7, 0.0)
    """
    if both * total <= one * other:
        return 0.0
    table = (both, one - both, other - both, max(total - one - other + both, 0))
    margins = (one * other, one * (total - other), (total - one) * other)
    expected = (*(m / total for m in margins), (total - one) * (total - other) / total)
    return 2.0 * sum(o * math.log(o / e) for o, e in zip(table, expected, strict=True) if o and e)


def _local(pair: Pair) -> list[float]:
    """How firmly the pair sits between its neighbours, in one place."""
    group, (a, b), (c, d) = pair.group, pair.mt, pair.target
    same, other = group.links
    size = (len(group.mt), len(group.reference))
    left = (a == 0 and c == 0) or same.get(a - 1, -9) == c - 1
    right = (b, d) == size or same.get(b, -9) == d
    taken = set(same.values())
    inside = [other[i] for i in range(a, b) if i in other]
    crossing = sum(not c <= j < d for j in inside)
    linked = len(inside) - crossing + sum(i in same for i in range(a, b))
    middle = abs((a + b) / 2 / size[0] - (c + d) / 2 / size[1])
    return [
        float(left),
        float(right),
        float(a > 0 and a - 1 not in same and content(group.mt[a - 1])),
        float(b < size[0] and b not in same and content(group.mt[b])),
        float(c > 0 and c - 1 not in taken and content(group.reference[c - 1])),
        middle,
        float(crossing),
        float(min(b - a, d - c) - min(linked, b - a, d - c)),
    ]


def _lexical(pair: Pair) -> list[float]:
    """How the words look."""
    mt, target = pair.mt_words, pair.target_words
    inclusive = (pair.target[0], pair.target[1] - 1)
    old, new = " ".join(mt).lower(), " ".join(target).lower()
    same, _ = pair.group.links
    kept = sum(i in same for i in range(*pair.mt))
    first, last = (parts_of_speech(target[i]) for i in (0, -1))
    mt_first, mt_last = (parts_of_speech(mt[i]) for i in (0, -1))
    return [
        float(is_name(pair.group, inclusive)),
        float(len(mt) == 1),
        float(len(mt) == 2),
        float(len(mt) == 3),
        float(len(mt) > 4),
        float(len(target) == 1),
        float(len(target) == 2),
        float(len(target) > 3),
        float(max(0, len(target) - len(mt))),
        float(max(0, len(mt) - len(target))),
        ratio(old, new) / 100.0,
        kept / len(mt),
        float("NOUN" in last),
        float(not last),
        float("NOUN" in mt_last),
        float(mt_first == {"VERB"}),
        float(first == {"VERB"} or not first.isdisjoint({"ADV", "AUX"})),
        float(any(not content(word) for word in mt)),
        float(any(not content(word) for word in target)),
        float(_number(mt) or _number(target)),
        float(len(mt) == len(target) and kept == len(mt)),
        float(same.get(pair.mt[0]) == pair.target[0]),
        _edges(pair.group.mt, pair.mt),
        _edges(pair.group.reference, pair.target),
        float(not mt_last),
    ]


def _number(words: Sequence[str]) -> bool:
    return any(word[0].isdigit() or word.lower() in _NUMBERS for word in words)


def _edges(words: Sequence[str], place: tuple[int, int]) -> float:
    """How many of the two neighbours could be no part of a longer term."""
    before, after = words[: place[0]][-1:], words[place[1] :][:1]
    return sum(not any(map(content, side)) for side in (before, after)) / 2

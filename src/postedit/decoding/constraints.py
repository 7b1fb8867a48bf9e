"""Hard constraints on a target, and how far a target in the making has come with them.

A constraint is met by any one of its variants; every constraint, and each of several that are the
same, needs a place of its own: the "Alibaba" inside "Alibaba Cloud" is not the other Alibaba. So
what has been met is the most that disjoint places can account for, whatever the stream was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from postedit.decoding.patterns import ROOT, Patterns

# How often each distinct constraint has been met.
_Counts = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Constraint:
    """One of these token sequences must stand in the target; `label` is what a person calls it."""

    variants: tuple[tuple[int, ...], ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a target must have and what it may not have; the same constraint twice means two places.

    `glued` says of a token that it would go on with the word before it, so that a variant that
    ends in "Alibaba" is not met in "Alibabaic": such a token may not follow a variant.
    """

    wanted: tuple[Constraint, ...] = ()
    forbidden: tuple[tuple[int, ...], ...] = ()
    glued: Callable[[int], bool] = lambda token: False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a target stands; it never changes, `Rules.advance` makes a new one.

    `node` and `ban` are nodes of the automata of wanted and forbidden sequences. `met[-1 - k]` are
    the most counts that can be had of all but the last k tokens: none of them is below another.
    """

    node: int
    ban: int
    met: tuple[frozenset[_Counts], ...]


class Rules:
    """The constraints of one target as an automaton."""

    def __init__(self, constraints: Constraints):
        counts = Counter(
            Constraint(variants, one.label)
            for one in constraints.wanted
            if (variants := _shortest_first(one.variants))
        )
        self.wanted = tuple(counts)
        self.times = tuple(counts.values())
        rows = [(i, v) for i, one in enumerate(self.wanted) for v in one.variants]
        self._owner = [i for i, _ in rows]
        self._length = [len(variant) for _, variant in rows]
        self._variants = [variant for _, variant in rows]
        self._wanted = Patterns(self._variants)
        self._forbidden = Patterns([one for one in constraints.forbidden if one])
        self._banned: dict[int, frozenset[int]] = {}
        self._glued = constraints.glued
        self._shortest = [len(one.variants[0]) for one in self.wanted]
        self._reach = max(self._length, default=1)

    @property
    def total(self) -> int:
        """The fewest tokens that meet all constraints."""
        return sum(n * length for n, length in zip(self.times, self._shortest, strict=True))

    @property
    def start(self) -> Progress:
        """Nothing written yet."""
        return Progress(ROOT, ROOT, (frozenset({(0,) * len(self.times)}),))

    @property
    def tokens(self) -> frozenset[int]:
        """All tokens of wanted and forbidden sequences."""
        return self._wanted.tokens | self._forbidden.tokens

    def onward(self, progress: Progress) -> frozenset[int]:
        """Tokens that go on with a wanted variant or begin one."""
        return self._wanted.onward(progress.node)

    def allows(self, progress: Progress, token: int) -> bool:
        """Whether the token may come next: it ends no forbidden sequence and spoils no variant."""
        if token in self.banned(progress):
            return False
        if not self._wanted.ending(progress.node) or not self._glued(token):
            return True
        after = self._wanted.step(progress.node, token)
        return self._wanted.depths[after] > self._wanted.depths[progress.node]

    def advance(self, progress: Progress, token: int) -> Progress:
        """The progress after one more token."""
        node = self._wanted.step(progress.node, token)
        found = set(progress.met[-1])
        for variant in self._wanted.ending(node):
            owner = self._owner[variant]
            for counts in progress.met[-self._length[variant]]:
                if counts[owner] < self.times[owner]:
                    found.add(_more(counts, owner))
        newest = progress.met[-1] if found == progress.met[-1] else _highest(found)
        met = (*progress.met, newest)[-self._reach :]
        return Progress(node, self._forbidden.step(progress.ban, token), met)

    def complete(self, progress: Progress) -> bool:
        """Whether everything is met."""
        return self.times in progress.met[-1]

    def number_met(self, progress: Progress) -> int:
        """How many constraints are met, each counted as often as it was given."""
        return max(map(sum, progress.met[-1]))

    def unmet(self, progress: Progress) -> tuple[Constraint, ...]:
        """The constraints that are not met, as often as they are missing."""
        best = max(progress.met[-1], key=sum)
        return tuple(
            one
            for one, times, found in zip(self.wanted, self.times, best, strict=True)
            for _ in range(times - found)
        )

    def missing(self, progress: Progress) -> int:
        """The fewest tokens that could still meet everything if no token were forbidden."""
        return min(
            self._length_of_rest(counts, 0) + ahead for counts, ahead in self._plans(progress)
        )

    def spaced(self, progress: Progress) -> int:
        """Tokens that are enough to meet everything, with a token of no sequence before each.

        Such a token is not needed where the last one was of that kind, nor within a variant that
        is under way, if nothing forbids its other tokens.
        """
        clean = progress.node == ROOT and progress.ban == ROOT
        afresh = min(self._length_of_rest(counts, 1) for counts in progress.met[-1]) - clean
        begun = [
            self._length_of_rest(_more(counts, self._owner[variant]), 1)
            + self._length[variant]
            - done
            for variant, done in self._wanted.under_way(progress.node)
            for counts in progress.met[-1 - done]
            if counts[self._owner[variant]] < self.times[self._owner[variant]]
            and self._may_go_on(progress, variant, done)
        ]
        return min([afresh, *begun])

    def _may_go_on(self, progress: Progress, variant: int, done: int) -> bool:
        if not self._forbidden.tokens and not self._wanted.ending(progress.node):
            return True
        for token in self._variants[variant][done:]:
            if not self.allows(progress, token):
                return False
            progress = self.advance(progress, token)
        return True

    def banned(self, progress: Progress) -> frozenset[int]:
        """Tokens that would end a forbidden sequence."""
        if progress.ban not in self._banned:
            self._banned[progress.ban] = frozenset(
                token
                for token in self._forbidden.onward(progress.ban)
                if self._forbidden.ending(self._forbidden.step(progress.ban, token))
            )
        return self._banned[progress.ban]

    def _length_of_rest(self, counts: _Counts, gap: int) -> int:
        return sum(
            (times - count) * (length + gap)
            for times, count, length in zip(self.times, counts, self._shortest, strict=True)
        )

    def _plans(self, progress: Progress) -> Iterator[tuple[_Counts, int]]:
        # Begin everything afresh, or go on with a variant that is under way.
        for counts in progress.met[-1]:
            yield counts, 0
        for variant, done in self._wanted.under_way(progress.node):
            owner = self._owner[variant]
            for counts in progress.met[-1 - done]:
                if counts[owner] < self.times[owner]:
                    yield _more(counts, owner), self._length[variant] - done


def _shortest_first(variants: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted({variant for variant in variants if variant}, key=lambda v: (len(v), v)))


def _more(counts: _Counts, owner: int) -> _Counts:
    return (*counts[:owner], counts[owner] + 1, *counts[owner + 1 :])


def _highest(found: set[_Counts]) -> frozenset[_Counts]:
    return frozenset(
        one
        for one in found
        if not any(
            other != one and all(a >= b for a, b in zip(other, one, strict=True)) for other in found
        )
    )

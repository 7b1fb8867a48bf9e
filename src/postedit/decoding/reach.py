"""Whether a target can still meet its constraints in the tokens that are left, and which cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from postedit.decoding.constraints import Constraint, Constraints, Progress, Rules


class Reach:
    """The fewest tokens from a state of `rules` to one in which all is met: A*, remembered.

    `spare` is a token outside all sequences that goes on with no word, or None if there is none:
    between two variants that may not stand side by side it is enough of a gap.
    """

    def __init__(self, rules: Rules, end: int, spare: int | None):
        self._rules = rules
        self.tokens = frozenset((rules.tokens | ({spare} if spare is not None else set())) - {end})
        count = sum(rules.times)
        # With a gap before each variant everything fits into this; without a spare token nobody
        # can say.
        self._loose = None if spare is None else rules.total + count + 1
        self._known: dict[tuple[Progress, int], bool] = {}

    def easy(self, budget: int) -> bool:
        """Whether everything can be met with that many tokens from whatever state."""
        return self._loose is not None and budget >= self._loose

    def within(self, progress: Progress, budget: int) -> bool:
        """Whether everything can be met with at most `budget` more tokens."""
        if not self._rules.times:
            return True
        if self._rules.missing(progress) > budget:
            return False
        if self.easy(budget):
            return True
        key = (progress, budget)
        if key not in self._known:
            self._known[key] = self._search(progress, budget)
        return self._known[key]

    def _search(self, progress: Progress, budget: int) -> bool:
        rules = self._rules
        queue = [(rules.missing(progress), 0, 0, progress)]
        seen = {progress: 0}
        count = 0
        while queue:
            _, _, length, here = heappop(queue)
            if rules.complete(here):
                return True
            for token in sorted(self.tokens):
                if not rules.allows(here, token):
                    continue
                after = rules.advance(here, token)
                least = length + 1 + rules.missing(after)
                if least <= budget and seen.get(after, budget + 1) > length + 1:
                    seen[after] = length + 1
                    count += 1
                    heappush(queue, (least, -count, length + 1, after))
        return False


@dataclass(frozen=True, slots=True)
class Task:
    """What a search has to meet, what is still in reach of it, and what it cannot meet."""

    rules: Rules
    reach: Reach
    refused: tuple[Constraint, ...]


def plan(constraints: Constraints, budget: int, end: int, spare: int | None) -> Task:
    """All constraints that can be met together in `budget` tokens, and those that cannot.

    A variant with a forbidden sequence inside counts for nothing. Of constraints that do not fit
    beside each other the first given are kept.
    """
    usable = [_usable(one, constraints.forbidden, end) for one in constraints.wanted]
    chosen = list(range(len(usable)))
    task = _task(constraints, [usable[i] for i in chosen], end, spare)
    if all(one.variants for one in usable) and task.reach.within(task.rules.start, budget):
        return task
    chosen = []
    for i, one in enumerate(usable):
        trial = _task(constraints, [usable[k] for k in (*chosen, i)], end, spare)
        if one.variants and trial.reach.within(trial.rules.start, budget):
            chosen.append(i)
    refused = tuple(one for i, one in enumerate(constraints.wanted) if i not in chosen)
    return replace(_task(constraints, [usable[i] for i in chosen], end, spare), refused=refused)


def _task(constraints: Constraints, wanted: list[Constraint], end: int, spare: int | None) -> Task:
    rules = Rules(replace(constraints, wanted=tuple(wanted)))
    return Task(rules, Reach(rules, end, spare), ())


def _usable(constraint: Constraint, forbidden: Sequence[tuple[int, ...]], end: int) -> Constraint:
    banned = [*filter(None, forbidden), (end,)]
    return replace(
        constraint,
        variants=tuple(
            variant
            for variant in constraint.variants
            if variant and not any(_inside(one, variant) for one in banned)
        ),
    )


def _inside(part: Sequence[int], whole: Sequence[int]) -> bool:
    places = range(len(whole) - len(part) + 1)
    return any(tuple(whole[i : i + len(part)]) == tuple(part) for i in places)

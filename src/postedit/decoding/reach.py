"""Whether a target can still meet its constraints in the tokens that are left, and which cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from postedit.decoding.constraints import Constraint, Constraints, Progress, Rules

# Tokens that the search for shortest ways may try for one input: about half a second.
_EFFORT = 20_000


class Reach:
    """Whether a state of `rules` is near enough to one in which all is met.

    `spare` is a token outside all sequences that goes on with no word, or None if there is none:
    between two variants that may not stand side by side it is enough of a gap. Where gaps do not
    fit, A* looks for a shorter way, as long as its effort lasts. A state found in reach always has
    a next one that is found in reach too.
    """

    def __init__(self, rules: Rules, end: int, spare: int | None):
        self._rules = rules
        self._spare = spare
        gaps = set() if spare is None else {spare}
        #: Tokens one of which, from any state in reach, leads to a state in reach.
        self.tokens = tuple(sorted((rules.tokens | gaps) - {end}))
        self._known: dict[tuple[Progress, int], bool] = {}
        self._effort = _EFFORT

    def within(self, progress: Progress, budget: int) -> bool:
        """Whether everything can be met with at most `budget` more tokens."""
        rules = self._rules
        if not rules.times or rules.complete(progress):
            return True
        if rules.missing(progress) > budget:
            return False
        if self._spare is not None and rules.spaced(progress) <= budget:
            return True
        key = (progress, budget)
        if key not in self._known:
            if self._effort <= 0:
                return False
            self._known[key] = self._search(progress, budget)
        return self._known[key]

    def _search(self, progress: Progress, budget: int) -> bool:
        rules = self._rules
        # Least length of the whole way, newest first among equals, length so far, state.
        queue = [(rules.missing(progress), 0, 0, progress)]
        best: dict[Progress, tuple[int, Progress | None]] = {progress: (0, None)}
        while queue:
            _, _, length, here = heappop(queue)
            if rules.complete(here):
                self._remember(here, best, budget)
                return True
            for token in self.tokens:
                self._effort -= 1
                if self._effort < 0 or not rules.allows(here, token):
                    continue
                after = rules.advance(here, token)
                least = length + 1 + rules.missing(after)
                if least <= budget and (after not in best or best[after][0] > length + 1):
                    best[after] = (length + 1, here)
                    heappush(queue, (least, -len(best), length + 1, after))
        return False

    def _remember(
        self, goal: Progress, best: dict[Progress, tuple[int, Progress | None]], budget: int
    ) -> None:
        state: Progress | None = goal
        while state is not None:
            length, before = best[state]
            self._known[state, budget - length] = True
            state = before


@dataclass(frozen=True, slots=True)
class Task:
    """What a search has to meet, what is still in reach of it, and what it cannot meet."""

    rules: Rules
    reach: Reach
    refused: tuple[Constraint, ...]


def task_of(constraints: Constraints, limit: int, end: int, vocabulary: int) -> Task:
    """The task of a target of at most `limit` tokens out of a vocabulary of so many."""
    used = {end, *(t for one in constraints.forbidden for t in one)}
    used.update(t for one in constraints.wanted for variant in one.variants for t in variant)
    free = (t for t in range(vocabulary) if t not in used and not constraints.glued(t))
    return plan(constraints, limit - 1, end, next(free, None))


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

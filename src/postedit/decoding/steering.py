"""Steering: how a greedy search that ends with a constraint unmet goes back and meets it.

While the model writes, what each wanted term would have cost in place of the model's own token is
noted. If it ends and a term is missing, the search goes back to the place where the term cost
least, puts it in, and goes on from there. What stands before that place, the term included, stays.
So every turn meets one constraint more, and no more turns are needed than there are constraints;
what this costs is the rest of the target once more instead of a beam search from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from postedit.decoding.constraints import Progress, Rules
from postedit.decoding.draft import common_run
from postedit.decoding.reach import Task
from postedit.models.protocol import Logits

# A common run of more tokens before a term in draft and target is no better a sign of its place.
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class _Way:
    """A variant that could be put in at a place, and what it costs there."""

    cost: float
    gap: float
    place: int
    variant: tuple[int, ...]


@dataclass(slots=True)
class Steering:
    """The constraints of one target, and where it stands with them after each of its tokens.

    `satisfied` may find a target good enough that says a term in other tokens than its variants.
    """

    task: Task
    draft: tuple[int, ...]
    satisfied: Callable[[Sequence[int]], bool] = lambda tokens: False
    _first: NDArray[np.int64] = field(init=False)
    _column: dict[int, int] = field(init=False)
    _progress: list[Progress] = field(init=False)
    _gaps: list[NDArray[np.float32]] = field(init=False)
    _locked: int = 0

    def __post_init__(self) -> None:
        first = sorted({variant[0] for one in self.rules.wanted for variant in one.variants})
        self._first = np.array(first, np.int64)
        self._column = {token: i for i, token in enumerate(first)}
        self._progress = [self.rules.start]
        self._gaps = []

    @property
    def rules(self) -> Rules:
        """What can be met."""
        return self.task.rules

    def met(self, tokens: Sequence[int]) -> bool:
        """Whether a target of these tokens, the ones chosen, may end."""
        return self.rules.complete(self._progress[len(tokens)]) or self.satisfied(tokens)

    def choose(self, logits: Logits) -> int:
        """The likeliest token that the constraints allow next."""
        here, scores = self._progress[-1], logits
        while not self.rules.allows(here, token := int(scores.argmax())):
            scores = logits.copy() if scores is logits else scores
            scores[token] = -np.inf
        self._gaps.append(logits[self._first] - logits[token])
        self._progress.append(self.rules.advance(here, token))
        return token

    def turn(self, tokens: Sequence[int]) -> tuple[int, tuple[int, ...], float] | None:
        """Where to go back to behind the last of `tokens`, what to put in there, and at what price.

        The price, in nats, is that of the first token put in against the model's own. None if all
        is met, or no missing variant may stand anywhere.
        """
        if self.met(tokens):
            return None
        reached = self._progress[len(tokens)]
        for way in sorted(self._ways(tokens, reached), key=lambda way: way.cost):
            progress = self._written(self._progress[way.place], way.variant)
            if progress is not None:
                self._progress[way.place + 1 :] = progress
                none = np.full(len(self._first), -np.inf, np.float32)
                self._gaps[way.place :] = [none] * len(way.variant)
                self._locked = way.place + len(way.variant)
                return way.place, way.variant, way.gap
        return None

    def _ways(self, tokens: Sequence[int], reached: Progress) -> Iterator[_Way]:
        for variant in {v for one in self.rules.unmet(reached) for v in one.variants}:
            column, size = self._column[variant[0]], len(variant)
            places = range(len(self.draft) - size + 1)
            starts = [i for i in places if self.draft[i : i + size] == variant]
            for place in range(self._locked, len(tokens) + 1):
                gap, before = float(self._gaps[place][column]), tokens[:place]
                # Tokens that stand before the variant in the draft too speak for the place.
                runs = (common_run(self.draft, start, before, _LONGEST) for start in starts)
                yield _Way(-gap - max(runs, default=0), gap, place, variant)

    def _written(self, progress: Progress, variant: tuple[int, ...]) -> list[Progress] | None:
        found: list[Progress] = []
        for token in variant:
            if not self.rules.allows(progress, token):
                return None
            progress = self.rules.advance(progress, token)
            found.append(progress)
        return found

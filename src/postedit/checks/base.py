"""What a check is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from postedit.records import Finding, Span, TermMatch


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a repair, and where in it, if that is known."""

    message: str
    span: Span | None = None


def places(text: str, part: str) -> tuple[Span, ...]:
    """Where `part` stands in `text`, character by character."""
    return tuple(Span(m.start(), m.end()) for m in re.finditer(re.escape(part), text))


@dataclass(frozen=True, slots=True)
class Check:
    """One small thing that can be wrong with a repaired segment.

    `test` gets the mt (raw or with its terms replaced), the repair, and the termbase matches of the
    mt; it yields a problem for each fault and nothing for a sound repair.
    """

    id: str
    name: str
    description: str
    test: Callable[[str, str, Sequence[TermMatch]], Iterable[Problem]]

    def run(self, mt: str, pe: str, matches: Sequence[TermMatch]) -> tuple[Finding, ...]:
        """The problems of the repair `pe` as findings of this check."""
        problems = self.test(mt, pe, matches)
        return tuple(Finding(self.id, problem.message, problem.span) for problem in problems)

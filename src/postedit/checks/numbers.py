"""Check: every number of the mt is in the repair, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem
from postedit.records import TermMatch
from postedit.text.numbers import added_numbers, lost_numbers


def _test(mt: str, pe: str, _matches: Sequence[TermMatch]) -> Iterator[Problem]:
    for number in lost_numbers(mt, pe):
        yield Problem(f"number {number.span.of(mt)} is gone")
    for number in added_numbers(mt, pe):
        yield Problem(f"number {number.span.of(pe)} is not in the input", number.span)


NUMBERS = Check(
    "numbers",
    "Numbers",
    "Numbers written with digits keep their value; commas, scale words and spelling may change.",
    _test,
)

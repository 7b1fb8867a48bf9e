"""Check: something came out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem
from postedit.records import TermMatch


def _test(mt: str, pe: str, _matches: Sequence[TermMatch]) -> Iterator[Problem]:
    if _says_something(mt) and not _says_something(pe):
        yield Problem("the repair has no words" if pe.strip() else "the repair is empty")


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


EMPTY = Check(
    "empty",
    "Empty output",
    "A segment that has words or numbers still has some after repair.",
    _test,
)

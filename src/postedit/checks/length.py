"""Check: the repair is about as long as its input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem
from postedit.records import TermMatch

# Below this many words one added article already moves the ratio out of any sensible bounds.
_FEWEST_WORDS = 4
_SHORTEST, _LONGEST = 0.5, 2.0


def _test(mt: str, pe: str, _matches: Sequence[TermMatch]) -> Iterator[Problem]:
    before, after = len(mt.split()), len(pe.split())
    if before < _FEWEST_WORDS or after == 0:  # empty output is another check's matter
        return
    ratio = after / before
    if not _SHORTEST <= ratio <= _LONGEST:
        bounds = f"{_SHORTEST:g} to {_LONGEST:g} times is usual"
        yield Problem(f"{after} words out of {before}, {ratio:.2f} times; {bounds}")


LENGTH = Check(
    "length",
    "Length ratio",
    f"The repair has {_SHORTEST:g} to {_LONGEST:g} times the words of its input,"
    f" where that has at least {_FEWEST_WORDS}.",
    _test,
)

"""Checks of a repaired segment, each one small thing; `CHECKS` is the list of all."""

from __future__ import annotations

from collections.abc import Sequence

from postedit.checks.base import Check
from postedit.checks.chinese import CHINESE
from postedit.checks.empty import EMPTY
from postedit.checks.length import LENGTH
from postedit.checks.numbers import NUMBERS
from postedit.checks.repeats import REPEATS
from postedit.checks.terms import TERMS
from postedit.records import Finding, TermMatch

__all__ = ["CHECKS", "Check", "run_checks"]

CHECKS: dict[str, Check] = {
    "terms": TERMS,
    "numbers": NUMBERS,
    "chinese": CHINESE,
    "repeats": REPEATS,
    "empty": EMPTY,
    "length": LENGTH,
}


def run_checks(mt: str, pe: str, matches: Sequence[TermMatch] = ()) -> tuple[Finding, ...]:
    """What all checks find in the repair `pe` of `mt`, whose termbase matches are `matches`.

    Spans of findings are places in `pe`. Numbers and length compare with `mt`, so hand over the
    text that the repair started from: with glossary targets in place, where they were put in.
    """
    return tuple(finding for check in CHECKS.values() for finding in check.run(mt, pe, matches))

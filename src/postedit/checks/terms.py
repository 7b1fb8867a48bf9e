"""Check: what the termbase demands stands in the repair, and what it forbids does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem
from postedit.records import Span, TermMatch
from postedit.text.phrases import occurrences


def _test(_mt: str, pe: str, matches: Sequence[TermMatch]) -> Iterator[Problem]:
    wanted = [match for match in matches if not match.is_forbidden]
    exact = {match.entry.target for match in wanted if match.is_exact}
    counts = Counter(match.entry.target for match in wanted)
    allowed = {match.entry.target: match.allowed for match in wanted}
    claimed: list[Span] = []
    # Longest first, and each place serves one target: the "Alibaba" inside "Alibaba Cloud" is not
    # the Alibaba that the segment speaks of besides.
    for target, times in sorted(counts.items(), key=lambda item: (-len(item[0]), item[0])):
        places = _free(occurrences(pe, target), claimed)
        if target in exact:
            places = [place for place in places if place.of(pe) == target]
        for other in allowed[target]:
            places += _free(occurrences(pe, other), [*claimed, *places])
        claimed += places[:times]
        if len(places) < times:
            yield Problem(f"term “{target}” stands {_times(len(places))}, not {_times(times)}")
    for target in sorted({match.entry.target for match in matches if match.is_forbidden}):
        for place in _free(occurrences(pe, target), claimed):
            yield Problem(f"forbidden term “{place.of(pe)}”", place)


def _free(places: Sequence[Span], claimed: Sequence[Span]) -> list[Span]:
    return [place for place in places if not any(place.overlaps(other) for other in claimed)]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


TERMS = Check(
    "terms",
    "Terms",
    "Each matched term stands in its target, or another that its concept admits, in any form, as"
    " often as it was matched; do-not-translate terms stand unchanged, forbidden ones not at all.",
    _test,
)

"""Check: what the termbase demands stands in the repair, and what it forbids does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem
from postedit.records import Span, TermMatch, TermStatus
from postedit.text.phrases import occurrences


def _test(_mt: str, pe: str, matches: Sequence[TermMatch]) -> Iterator[Problem]:
    forbidden = {m.entry.target for m in matches if m.entry.status is TermStatus.FORBIDDEN}
    wanted = [m.entry for m in matches if m.entry.status is not TermStatus.FORBIDDEN]
    exact = {entry.target for entry in wanted if entry.status is TermStatus.DO_NOT_TRANSLATE}
    counts = Counter(entry.target for entry in wanted)
    claimed: list[Span] = []
    # Longest first, and each place serves one target: the "Alibaba" inside "Alibaba Cloud" is not
    # the Alibaba that the segment speaks of besides.
    for target, times in sorted(counts.items(), key=lambda item: (-len(item[0]), item[0])):
        places = _free(occurrences(pe, target), claimed)
        if target in exact:
            places = [place for place in places if place.of(pe) == target]
        claimed += places[:times]
        if len(places) < times:
            yield Problem(f"term “{target}” stands {_times(len(places))}, not {_times(times)}")
    for target in sorted(forbidden):
        for place in _free(occurrences(pe, target), claimed):
            yield Problem(f"forbidden term “{place.of(pe)}”", place)


def _free(places: Sequence[Span], claimed: Sequence[Span]) -> list[Span]:
    return [place for place in places if not any(place.overlaps(other) for other in claimed)]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


TERMS = Check(
    "terms",
    "Terms",
    "Each matched term stands in its target form, in any inflection, as often as it was matched;"
    " do-not-translate terms stand unchanged, and forbidden ones not at all.",
    _test,
)

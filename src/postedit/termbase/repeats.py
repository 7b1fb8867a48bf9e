"""Entries of a termbase that say the same twice, or contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from postedit.records import TermEntry, TermStatus


class RepeatKind(StrEnum):
    """What two entries have to do with each other.

    DUPLICATE: the second says what the first said. CONFLICT: one mt form has two targets, so that
    no text could be made of it. SYNONYM: one source has two preferred targets, which is a question
    to the makers of the termbase but stops nothing.
    """

    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    SYNONYM = "synonym"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Two entries, the first before the second: which they are, and where they were read."""

    kind: RepeatKind
    first: TermEntry
    second: TermEntry
    indexes: tuple[int, int]
    places: tuple[str, str]

    def __str__(self) -> str:
        first_at, at = (f" ({place})" if place else "" for place in self.places)
        first, second = self.first.target, self.second.target
        match self.kind:
            case RepeatKind.DUPLICATE:
                return f"“{self.first.form}” to “{first}”{first_at} stands again{at}"
            case RepeatKind.CONFLICT:
                return (
                    f"“{self.first.form}” has two targets: “{first}”{first_at}"
                    f" and “{second}”{at}; keep one of them"
                )
            case RepeatKind.SYNONYM:
                return (
                    f"“{self.first.source}” has two preferred targets: “{first}”{first_at}"
                    f" and “{second}”{at}; one of them should be admitted or forbidden"
                )


def repeats(entries: Sequence[TermEntry], places: Sequence[str]) -> Iterator[Repeat]:
    """Duplicates, conflicts and synonyms, in order; each is named with the first of its kind.

    Two entries with one mt form and two targets do not conflict where one of them is forbidden,
    where one is admitted beside a preferred one, or where something tells them apart: two sources,
    or other conditions.
    """
    same: dict[tuple[object, ...], int] = {}
    targets: dict[tuple[object, ...], dict[str, int]] = {}
    for i, entry in enumerate(entries):
        what = (entry.mt, entry.target, entry.source, entry.status, entry.conditions, entry.domain)
        if (j := same.setdefault(what, i)) != i:
            yield _repeat(RepeatKind.DUPLICATE, entries, places, j, i)
            continue
        if entry.status is TermStatus.FORBIDDEN:
            continue
        admitted = entry.status is TermStatus.ADMITTED
        kind = RepeatKind.CONFLICT if entry.mt else RepeatKind.SYNONYM
        by_source = targets.setdefault((entry.mt, entry.conditions, admitted), {})
        rivals = by_source.values() if entry.mt and not entry.source else _rivals(by_source, entry)
        for j in rivals:
            if entries[j].target != entry.target and not (admitted and not entry.mt):
                yield _repeat(kind, entries, places, j, i)
                break
        by_source.setdefault(entry.source, i)


def _rivals(by_source: dict[str, int], entry: TermEntry) -> list[int]:
    sources = {entry.source: None, "": None} if entry.mt else {entry.source: None}
    return [by_source[source] for source in sources if source in by_source]


def _repeat(
    kind: RepeatKind, entries: Sequence[TermEntry], places: Sequence[str], j: int, i: int
) -> Repeat:
    return Repeat(kind, entries[j], entries[i], (j, i), (places[j], places[i]))

"""How the concepts of a termbase are rendered over a whole document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from postedit.records import Conditions, Span, TermEntry, TermMatch, TermStatus
from postedit.termbase import Termbase
from postedit.termbase.match import TermMatcher
from postedit.text.phrases import occurrences


@dataclass(frozen=True, slots=True)
class UnitSpan:
    """Characters of a unit."""

    unit: int
    span: Span


@dataclass(frozen=True, slots=True)
class Rendering:
    """One way in which a concept is rendered, as its termbase lists it, and all its places."""

    text: str
    places: tuple[UnitSpan, ...]


@dataclass(frozen=True, slots=True)
class ConceptUse:
    """A concept (its source, or else its first target) with its renderings, the commonest first."""

    concept: str
    renderings: tuple[Rendering, ...]

    @property
    def is_consistent(self) -> bool:
        """Whether it is rendered in one way only."""
        return len(self.renderings) == 1

    def __str__(self) -> str:
        ways = ", ".join(f"“{one.text}” ({len(one.places)})" for one in self.renderings)
        return f"{self.concept}: {ways}"


@dataclass(frozen=True, slots=True)
class _Use:
    concept: str
    rendering: str
    place: UnitSpan


def uses_in_text(
    paragraphs: Sequence[str], termbase: Termbase, source: Sequence[str] | None = None
) -> tuple[ConceptUse, ...]:
    """Renderings of each concept in a text: targets, forbidden ones too, and mt forms left over.

    Forms of one term are one rendering. With the source paragraphs, parallel to these, a concept
    counts only where its source stands.
    """
    by_target: dict[str, list[TermEntry]] = defaultdict(list)
    for entry in termbase.entries:
        by_target[entry.target].append(entry)
    # Two concepts may share a target: it is then a rendering of both.
    as_targets = TermMatcher(
        TermEntry(target, target, conditions=Conditions()) for target in by_target
    )
    uses: list[_Use] = []
    for i, text in enumerate(paragraphs):
        told = None if source is None else source[i]
        targets = as_targets.match(text)
        covered = [match.span for match in targets]
        found = [
            (entry, entry.target, match.span)
            for match in targets
            for entry in by_target[match.entry.target]
        ]
        found += [
            (match.entry, match.entry.form, match.span)
            for match in termbase.match(text)
            if not match.is_forbidden and not any(match.span.overlaps(span) for span in covered)
        ]
        uses += [
            _Use(concept_of(entry), rendering, UnitSpan(i, span))
            for entry, rendering, span in found
            if told is None or not entry.source or entry.source in told
        ]
    return _collected(uses)


def uses_in_repair(
    segments: Iterable[tuple[int, str, Sequence[TermMatch]]],
) -> tuple[ConceptUse, ...]:
    """Renderings of the matched concepts: for each segment its unit, its repair, its matches.

    Spans are places in the repaired segment. A term that the repair says in other words is the
    business of the check `terms`, not of this.
    """
    uses: list[_Use] = []
    for unit, text, matches in segments:
        claimed: list[Span] = []
        for match in sorted(matches, key=lambda match: -len(match.entry.target)):
            if match.is_forbidden:
                continue
            for rendering, span in _renderings(text, match):
                if not any(span.overlaps(other) for other in claimed):
                    claimed.append(span)
                    uses.append(_Use(concept_of(match.entry), rendering, UnitSpan(unit, span)))
                    break
    return _collected(uses)


def concept_of(entry: TermEntry) -> str:
    """What tells concepts apart: the source that they render, or else the id, or the target."""
    return entry.source or entry.id or entry.target


def settled(matches: Sequence[tuple[TermMatch, ...]]) -> list[tuple[TermMatch, ...]]:
    """The matches of a document's segments with one target for each concept.

    Where entries of one concept (one id) would put in several targets, all take the preferred one,
    or the commonest if none is or more than one.
    """
    entries: dict[str, list[TermEntry]] = defaultdict(list)
    for match in (match for row in matches for match in row):
        if _may_settle(match):
            entries[match.entry.id].append(match.entry)
    chosen = {concept: _best(found) for concept, found in entries.items()}
    return [
        tuple(
            replace(match, entry=replace(match.entry, target=chosen[match.entry.id]), form="")
            if _may_settle(match) and match.entry.target != chosen[match.entry.id]
            else match
            for match in row
        )
        for row in matches
    ]


def _may_settle(match: TermMatch) -> bool:
    return bool(match.entry.id) and not match.is_forbidden and not match.is_exact


def _best(entries: Sequence[TermEntry]) -> str:
    preferred = [one for one in entries if one.status is TermStatus.PREFERRED] or list(entries)
    targets = [one.target for one in preferred]
    return max(dict.fromkeys(targets), key=targets.count)


def _renderings(text: str, match: TermMatch) -> Iterator[tuple[str, Span]]:
    for phrase in (match.entry.target, *match.allowed, match.entry.form):
        for span in occurrences(text, phrase):
            yield phrase, span


def _collected(uses: Iterable[_Use]) -> tuple[ConceptUse, ...]:
    found: dict[str, dict[str, list[UnitSpan]]] = defaultdict(lambda: defaultdict(list))
    written: dict[tuple[str, str], str] = {}
    for use in uses:
        # A form in other capitals is the same rendering; whether they are right is another rule.
        key = use.rendering.casefold()
        written.setdefault((use.concept, key), use.rendering)
        if use.place not in found[use.concept][key]:
            found[use.concept][key].append(use.place)
    return tuple(
        ConceptUse(
            concept,
            tuple(
                Rendering(written[concept, key], tuple(places))
                for key, places in sorted(ways.items(), key=lambda way: -len(way[1]))
            ),
        )
        for concept, ways in found.items()
    )

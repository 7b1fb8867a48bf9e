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
class TextSpan:
    """Characters of one of the texts, by its index."""

    index: int
    span: Span


@dataclass(frozen=True, slots=True)
class Rendering:
    """One way in which a concept is rendered, as its termbase lists it, and all its places."""

    text: str
    places: tuple[TextSpan, ...]


@dataclass(frozen=True, slots=True)
class ConceptUse:
    """A concept (its source, or else its first target) with its renderings, the commonest first."""

    concept: str
    renderings: tuple[Rendering, ...]

    @property
    def is_consistent(self) -> bool:
        """Whether there is one way only; "Ma" is a short form of "Jack Ma", no other way."""
        longest = max((one.text for one in self.renderings), key=len)
        return all(occurrences(longest, one.text) for one in self.renderings)

    def __str__(self) -> str:
        ways = ", ".join(f"“{one.text}” ({len(one.places)})" for one in self.renderings)
        return f"{self.concept}: {ways}"


@dataclass(frozen=True, slots=True)
class _Use:
    concept: str
    rendering: str
    place: TextSpan


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
            for match in termbase.match(text, told)
            if not match.is_forbidden and not any(match.span.overlaps(span) for span in covered)
        ]
        uses += [
            _Use(concept_of(entry), rendering, TextSpan(i, span))
            for entry, rendering, span in found
            if told is None or not entry.source or entry.source in told
        ]
    return _collected(uses)


def uses_in_repair(
    texts: Sequence[str], matches: Sequence[Sequence[TermMatch]]
) -> tuple[ConceptUse, ...]:
    """Renderings of matched concepts in repaired texts, each with the matches of its mt.

    A term that the repair says in other words is the business of the check `terms`, not of this.
    """
    uses: list[_Use] = []
    for index, (text, matched) in enumerate(zip(texts, matches, strict=True)):
        claimed: list[Span] = []
        for match in sorted(matched, key=lambda match: -len(match.entry.target)):
            if match.is_forbidden:
                continue
            for rendering, span in _renderings(text, match):
                if not any(span.overlaps(other) for other in claimed):
                    claimed.append(span)
                    uses.append(_Use(concept_of(match.entry), rendering, TextSpan(index, span)))
                    break
    return _collected(uses)


def concept_of(entry: TermEntry) -> str:
    """What tells concepts apart: the source that they render, or else the id, or the target."""
    return entry.source or entry.id or entry.target


def with_one_target(
    termbase: Termbase, matches: Iterable[Sequence[TermMatch]]
) -> tuple[Termbase, frozenset[str]]:
    """The termbase with one target for each concept (one id) that a document would give several.

    `matches` are those of the whole document. All take the preferred target, or the commonest if
    none is preferred or more than one. Also told are the ids of the concepts that were settled.
    """
    targets: dict[str, list[TermEntry]] = defaultdict(list)
    for match in (match for row in matches for match in row):
        if _may_settle(match.entry):
            targets[match.entry.id].append(match.entry)
    chosen = {
        concept: _best(entries)
        for concept, entries in targets.items()
        if len({entry.target for entry in entries}) > 1
    }
    if not chosen:
        return termbase, frozenset()
    entries = tuple(
        replace(entry, mt=entry.form, target=chosen[entry.id])
        if entry.id in chosen and _may_settle(entry)
        else entry
        for entry in termbase.entries
    )
    return Termbase(entries, termbase.places), frozenset(chosen)


def _may_settle(entry: TermEntry) -> bool:
    kept = entry.status in (TermStatus.FORBIDDEN, TermStatus.DO_NOT_TRANSLATE)
    return bool(entry.id) and not kept


def _best(entries: Sequence[TermEntry]) -> str:
    preferred = [one for one in entries if one.status is TermStatus.PREFERRED] or list(entries)
    targets = [one.target for one in preferred]
    return max(dict.fromkeys(targets), key=targets.count)


def _renderings(text: str, match: TermMatch) -> Iterator[tuple[str, Span]]:
    for phrase in (match.entry.target, *match.allowed, match.entry.form):
        for span in occurrences(text, phrase):
            yield phrase, span


def _collected(uses: Iterable[_Use]) -> tuple[ConceptUse, ...]:
    found: dict[str, dict[str, list[TextSpan]]] = defaultdict(lambda: defaultdict(list))
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

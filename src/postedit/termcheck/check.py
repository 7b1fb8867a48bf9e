"""The term rules over a text, with what else is known of it: source, mt, references."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from postedit.align import align
from postedit.errors import InputError
from postedit.formats.plain import TextFile
from postedit.records import Span, TermEntry, TermMatch, TermStatus
from postedit.termbase import Termbase
from postedit.termbase.match import TermMatcher
from postedit.termcheck.consistency import uses_in_text
from postedit.termcheck.finding import Positions, TermFinding
from postedit.text.phrases import occurrences
from postedit.text.segment import split_sentences

# Below this a bead is too unsure to demand a term of it.
_LEAST_CONFIDENCE = 0.5


def check_terms(
    text: TextFile,
    termbase: Termbase,
    *,
    source: Sequence[str] | None = None,
    mt: Sequence[str] | None = None,
    references: Sequence[Sequence[str]] = (),
) -> tuple[TermFinding, ...]:
    """What the text does against the termbase, in the order of the text.

    `source` and `mt` have one paragraph for each of the text, or it is an InputError: a term of
    theirs must stand in the text in one of its allowed targets, in any form. Paragraphs of
    references need not be parallel: a target that the reference uses must stand in the aligned
    sentences of the text. With a source, entries whose source is not there are left alone.
    """
    for name, side in (("source", source), ("mt", mt)):
        if side is not None and len(side) != len(text.paragraphs):
            counts = f"{len(side)} paragraphs, but the text has {len(text.paragraphs)}"
            raise InputError(f"the {name} has {counts}; they must be parallel")
    run = _Run(text, termbase, source)
    found = [*run.in_text(), *run.inconsistent()]
    if source is not None:
        found += run.missing_of_source(source)
    if mt is not None:
        found += run.missing_of_mt(mt)
    for reference in references:
        found += run.missing_of_reference(reference)
    return tuple(sorted(_once(found), key=lambda one: (one.place.line, one.place.column, one.rule)))


def _once(found: Sequence[TermFinding]) -> Iterator[TermFinding]:
    """Findings without those that only repeat what another says of the same words."""
    told = [one for one in found if one.rule in ("literal", "forbidden", "altered")]
    places = {(one.unit, one.place) for one in told}
    wanted = {(one.unit, target) for one in told for target in one.expected}
    for one in dict.fromkeys(found):
        if one.rule == "inconsistent" and (one.unit, one.place) in places:
            continue
        if one.rule == "missing" and any((one.unit, target) in wanted for target in one.expected):
            continue
        yield one


@dataclass
class _Run:
    text: TextFile
    termbase: Termbase
    source: Sequence[str] | None
    positions: Positions = field(init=False)
    glossary: dict[TermEntry, str] = field(init=False)
    by_source: dict[str, list[TermEntry]] = field(init=False)

    def __post_init__(self) -> None:
        self.positions = Positions(self.text)
        self.glossary = dict(zip(self.termbase.entries, self.termbase.places, strict=True))
        self.by_source = defaultdict(list)
        for entry in self.termbase.entries:
            if entry.source:
                self.by_source[entry.source].append(entry)

    def in_text(self) -> Iterator[TermFinding]:
        """Literal renderings, forbidden and altered terms."""
        banned = _by_target(self.termbase, TermStatus.FORBIDDEN)
        exact = _by_target(self.termbase, TermStatus.DO_NOT_TRANSLATE)
        forbidden = TermMatcher(TermEntry(target, target) for target in banned)
        # An mt form in lower case matches in any case.
        kept = TermMatcher(TermEntry(target.lower(), target) for target in exact)
        for i, paragraph in enumerate(self.text.paragraphs):
            for match in self.termbase.match(paragraph, self._source(i)):
                left = match.is_forbidden or match.is_exact
                if not left and self._spoken_of(i, match.entry):
                    yield from self._literal(i, paragraph, match)
            for match in kept.match(paragraph):
                entry = exact[match.entry.target]
                if self._spoken_of(i, entry):
                    yield from self._altered(i, paragraph, match.span, entry)
            for match in forbidden.match(paragraph):
                entry = banned[match.entry.target]
                if self._spoken_of(i, entry):
                    wanted = self._allowed(entry)
                    instead = f"; use {_either(wanted)}" if wanted else ""
                    words = match.span.of(paragraph)
                    message = f"forbidden term “{words}”{instead}"
                    yield self._at("forbidden", message, i, match.span, wanted, entry)

    def _source(self, i: int) -> str | None:
        return None if self.source is None else self.source[i]

    def _spoken_of(self, i: int, entry: TermEntry) -> bool:
        """Whether the source, where it is known, has the entry's source."""
        return self.source is None or not entry.source or entry.source in self.source[i]

    def _altered(
        self, i: int, paragraph: str, span: Span, entry: TermEntry
    ) -> Iterator[TermFinding]:
        words = span.of(paragraph)
        if not words.startswith(entry.target):  # a possessive leaves it as it is
            message = f"“{words}” must stay “{entry.target}”, letter by letter"
            yield self._at("altered", message, i, span, (entry.target,), entry)

    def _literal(self, i: int, paragraph: str, match: TermMatch) -> Iterator[TermFinding]:
        wanted = (match.entry.target, *match.allowed)
        # "telecom" inside "China Telecom", or a form of the target itself, is as it should be.
        right = (place for target in wanted for place in occurrences(paragraph, target))
        if not any(p.start <= match.span.start and match.span.end <= p.end for p in right):
            message = f"“{match.span.of(paragraph)}” should be {_either(wanted)}"
            yield self._at("literal", message, i, match.span, wanted, match.entry)

    def inconsistent(self) -> Iterator[TermFinding]:
        """Every place of a rendering that is not the commonest of its concept."""
        for use in uses_in_text(self.text.paragraphs, self.termbase, self.source):
            for rendering in () if use.is_consistent else use.renderings[1:]:
                for place in rendering.places:
                    words = place.span.of(self.text.paragraphs[place.index])
                    message = f"“{words}” for one concept in several ways: {use}"
                    most = (use.renderings[0].text,)
                    yield self._at("inconsistent", message, place.index, place.span, most)

    def missing_of_source(self, source: Sequence[str]) -> Iterator[TermFinding]:
        """Terms of the source, the longest where they overlap, without a target in the text."""
        finder = TermMatcher(TermEntry(one, one) for one in self.by_source)
        for i, original in enumerate(source):
            for term in dict.fromkeys(match.entry.target for match in finder.match(original)):
                entries = self.by_source[term]
                told = f"source has “{term}”"
                yield from self._missing(i, self.text.paragraphs[i], entries, told)

    def missing_of_mt(self, mt: Sequence[str]) -> Iterator[TermFinding]:
        """Terms matched in the mt, without a target in the text."""
        for i, draft in enumerate(mt):
            for match in self.termbase.match(draft, self._source(i)):
                if not match.is_forbidden and self._spoken_of(i, match.entry):
                    told = f"mt has “{match.span.of(draft)}”"
                    entries = [
                        match.entry,
                        *(TermEntry(one, one) for one in match.allowed),
                    ]
                    yield from self._missing(i, self.text.paragraphs[i], entries, told)

    def missing_of_reference(self, reference: Sequence[str]) -> Iterator[TermFinding]:
        """Targets that the reference uses, and the aligned sentences of the text do not."""
        entries = {one.target: one for one in self.termbase.entries if _is_wanted(one)}
        finder = TermMatcher(TermEntry(one, one) for one in entries)
        places = [
            (i, span)
            for i, paragraph in enumerate(self.text.paragraphs)
            for span in split_sentences(paragraph)
        ]
        sentences = [span.of(text) for text in reference for span in split_sentences(text)]
        for bead in align("\n".join(self.text.paragraphs), "\n".join(reference)):
            if bead.confidence < _LEAST_CONFIDENCE:
                continue
            own = places[slice(*bead.mt)]
            here = " ".join(span.of(self.text.paragraphs[i]) for i, span in own)
            there = " ".join(sentences[slice(*bead.reference)])
            for term in dict.fromkeys(match.entry.target for match in finder.match(there)):
                concept = [entries[term], *self._others(entries[term])]
                told = f"reference has “{term}”"
                yield from self._missing(own[0][0], here, concept, told, own[0][1])

    def _others(self, entry: TermEntry) -> list[TermEntry]:
        return [one for one in self.by_source.get(entry.source, ()) if _is_wanted(one)]

    def _missing(
        self,
        i: int,
        text: str,
        entries: Sequence[TermEntry],
        told: str,
        span: Span | None = None,
    ) -> Iterator[TermFinding]:
        allowed = [one for one in entries if _is_wanted(one)]
        if not allowed or any(_stands(text, one) for one in allowed):
            return
        wanted = tuple(dict.fromkeys(one.target for one in allowed))
        message = f"{told}, but {_either(wanted)} is missing"
        place = self.positions.paragraph(i) if span is None else self.positions.of(i, span)
        yield TermFinding(
            "missing",
            message,
            str(i + 1),
            place,
            expected=wanted,
            glossary=self.glossary.get(allowed[0], ""),
        )

    def _allowed(self, banned: TermEntry) -> tuple[str, ...]:
        kin = (
            one
            for one in self.termbase.entries
            if _is_wanted(one)
            and (
                (banned.id and one.id == banned.id)
                or (banned.source and one.source == banned.source)
                or (banned.mt and one.mt == banned.mt)
            )
        )
        return tuple(dict.fromkeys(one.target for one in kin))

    def _at(
        self,
        rule: str,
        message: str,
        i: int,
        span: Span,
        expected: tuple[str, ...],
        entry: TermEntry | None = None,
    ) -> TermFinding:
        return TermFinding(
            rule,
            message,
            str(i + 1),
            self.positions.of(i, span),
            span.of(self.text.paragraphs[i]),
            expected,
            self.glossary.get(entry, "") if entry else "",
        )


def _by_target(termbase: Termbase, status: TermStatus) -> dict[str, TermEntry]:
    """Entries of a status by their target."""
    return {one.target: one for one in termbase.entries if one.status is status}


def _stands(text: str, entry: TermEntry) -> bool:
    if entry.status is TermStatus.DO_NOT_TRANSLATE:
        return entry.target in text
    return bool(occurrences(text, entry.target))


def _is_wanted(entry: TermEntry) -> bool:
    return entry.status is not TermStatus.FORBIDDEN


def _either(targets: Sequence[str]) -> str:
    return " or ".join(f"“{target}”" for target in targets)

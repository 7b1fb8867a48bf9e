"""Find the entries of a termbase in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from postedit.records import Span, TermCase, TermEntry, TermMatch, TermStatus
from postedit.termbase.automaton import SequenceFinder
from postedit.termbase.conditions import case_holds, conditions_hold
from postedit.termbase.source import SourceFinder
from postedit.termbase.tokens import Tokens, keys, tokens
from postedit.text.agree import Change, Relation, cased, inflected, is_noun, relation
from postedit.text.inflect import is_known

_FORMS = 16  # of one entry that are looked for: the product of its words' keys
_SAME = Relation(Change.NONE)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An entry as it is looked for: its words as listed, and its place in the termbase."""

    words: tuple[str, ...]
    entry: TermEntry
    order: int
    needs_source: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A pattern that stands in the text, on tokens start..end, and how near it comes."""

    pattern: _Pattern
    start: int
    end: int
    span: Span
    change: Relation
    confirmed: bool
    same_case: bool

    @property
    def rank(self) -> tuple[object, ...]:
        """The longest first, then the leftmost; on one place, what is surer and nearer."""
        entry = self.pattern.entry
        return (
            self.span.start - self.span.end,
            self.span.start,
            not self.confirmed,
            entry.status is TermStatus.ADMITTED,
            entry.conditions == type(entry.conditions)(),
            not self.same_case,
            self.change is not _SAME,
            self.pattern.order,
        )


class TermMatcher:
    """Finds termbase entries in text; time grows with the text, hardly with the termbase.

    An mt form is found in any number and possessive, and as a verb in any form; it begins and ends
    with whole words. Width and composition of characters, the shape of quotes and hyphens, and a
    hyphen for a blank make no difference. See `conditions.case_holds` for case, and `Conditions`.
    """

    def __init__(self, entries: Iterable[TermEntry]):
        self._entries = tuple(entries)
        ambiguous = _told_apart_by_source(self._entries)
        self._allowed = _alternatives(self._entries)
        self._banned: dict[str, list[TermEntry]] = defaultdict(list)
        by_sequence: dict[tuple[str, ...], list[_Pattern]] = defaultdict(list)
        for order, entry in enumerate(self._entries):
            if entry.id and entry.status is TermStatus.FORBIDDEN:
                self._banned[entry.id].append(entry)
            for words in _spellings(entry.form):
                pattern = _Pattern(words, entry, order, order in ambiguous)
                for sequence in _sequences(words):
                    by_sequence[sequence].append(pattern)
        self._patterns = list(by_sequence.values())
        self._finder = SequenceFinder(by_sequence)
        self._source = SourceFinder(entry.source for entry in self._entries)

    def match(self, text: str, source: str | None = None) -> tuple[TermMatch, ...]:
        """Matches in text order; of two that would overlap the longer one stays, then the first.

        With a source text, an entry whose source stands in it is confirmed, and one whose source
        does not is left out. Two targets of one mt form that only their sources tell apart need
        that. Matches of forbidden entries are a world of their own: they may overlap each other,
        and the match that says what the text becomes instead. `replaceable` leaves them out.
        """
        found = tokens(text)
        sources = self._source.found(source) if source else None
        hits = list(self._hits(found, sources))
        wanted = _without_overlaps(
            [one for one in hits if one.pattern.entry.status is not TermStatus.FORBIDDEN],
            len(found.words),
        )
        banned = [one for one in hits if one.pattern.entry.status is TermStatus.FORBIDDEN]
        matches = [self._match(one, found, text) for one in wanted]
        matches += self._forbidden(matches, banned)
        return tuple(sorted(matches, key=lambda match: match.span))

    def _hits(self, text: Tokens, sources: frozenset[str] | None) -> Iterator[_Hit]:
        for number, start, end in self._finder.find(text.keys):
            words = text.words[start:end]
            for pattern in self._patterns[number]:
                entry = pattern.entry
                confirmed = False
                if sources is not None and entry.source:
                    confirmed = SourceFinder.key(entry.source) in sources
                    if not confirmed:
                        continue
                if not confirmed and (pattern.needs_source or entry.conditions.source):
                    continue
                change = _SAME if words == pattern.words else _change(pattern, words)
                if (
                    change is None
                    or not case_holds(entry.conditions.case, pattern.words, words)
                    or not conditions_hold(entry.conditions, text, start, end)
                ):
                    continue
                span = Span(text.starts[start], text.ends[end - 1])
                same_case = words == pattern.words
                yield _Hit(pattern, start, end, span, change, confirmed, same_case)

    def _match(self, hit: _Hit, found: Tokens, text: str) -> TermMatch:
        entry = hit.pattern.entry
        form = ""
        if entry.status is not TermStatus.DO_NOT_TRANSLATE:
            form = cased(
                inflected(entry.target, hit.change),
                found.words[hit.start : hit.end],
                hit.pattern.words,
                starts=_starts_sentence(text, hit.span.start),
            )
        return TermMatch(
            entry,
            hit.span,
            form="" if form == entry.target else form,
            allowed=self._allowed.get(hit.pattern.order, ()),
            confirmed=hit.confirmed,
        )

    def _forbidden(
        self, wanted: Sequence[TermMatch], banned: Sequence[_Hit]
    ) -> Iterator[TermMatch]:
        seen: set[tuple[str, Span]] = set()
        by_place = [(hit.pattern.entry, hit.span, hit.confirmed) for hit in banned]
        by_concept = [
            (entry, match.span, match.confirmed)
            for match in wanted
            for entry in (self._banned.get(match.entry.id, ()) if match.entry.id else ())
        ]
        for entry, span, confirmed in by_place + by_concept:
            if (entry.target, span) not in seen:
                seen.add((entry.target, span))
                yield TermMatch(entry, span, confirmed=confirmed)


def _starts_sentence(text: str, at: int) -> bool:
    before = text[max(at - 8, 0) : at].rstrip().rstrip("\"'“‘([")
    return not before.strip() or before.rstrip()[-1:] in set(".!?:。！？：")


def _spellings(form: str) -> list[tuple[str, ...]]:
    """The words of an mt form, and those of the form with its hyphens left out."""
    words = tokens(form).words
    if not any(character.isalnum() for word in words for character in word):
        return []
    closed = re.sub(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])", "", form)
    return [words] if closed == form else list(dict.fromkeys([words, tokens(closed).words]))


def _sequences(words: Sequence[str]) -> list[tuple[str, ...]]:
    found = product(*(sorted(keys(word)) for word in words))
    return [sequence for sequence, _ in zip(found, range(_FORMS), strict=False)]


def _change(pattern: _Pattern, words: Sequence[str]) -> Relation | None:
    """How the words differ from those listed, in number or as verbs; None if they are others."""
    changes: list[Relation] = []
    for i, (want, word) in enumerate(zip(pattern.words, words, strict=True)):
        found = relation(want, word)
        if found is None or not _may_change(pattern, i, found.change):
            return None
        changes.append(found)
    if changes[-1].change is Change.NUMBER:
        return changes[-1]
    return next((one for one in changes if one.change is Change.VERB), _SAME)


def _may_change(pattern: _Pattern, i: int, change: Change) -> bool:
    """Whether word i of the pattern may stand in another form.

    "machine" is not in "machining", nor "ma" in "mas"; but "pay treasure" is in "paid treasure".
    """
    entry, want = pattern.entry, pattern.words[i].lower()
    if change is Change.NONE:
        return True
    pos = entry.pos.lower()
    if entry.status is TermStatus.DO_NOT_TRANSLATE or entry.conditions.case is TermCase.EXACT:
        return False
    if pos.startswith("proper"):
        return False
    if len(pattern.words) == 1 and (len(want) < 3 or (len(want) == 3 and not is_known(want))):
        return False
    if change is Change.NUMBER:
        return not pos.startswith("verb")
    if pos and not pos.startswith("verb"):
        return False
    return bool(pos) or not is_noun(want) or (i == 0 and len(pattern.words) > 1)


def _without_overlaps(found: Sequence[_Hit], length: int) -> list[_Hit]:
    kept: list[_Hit] = []
    taken = bytearray(length)
    for hit in sorted(found, key=lambda one: one.rank):
        if not any(taken[hit.start : hit.end]):
            kept.append(hit)
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    return kept


def _told_apart_by_source(entries: Sequence[TermEntry]) -> frozenset[int]:
    """Entries whose mt form has another target too, if nothing but the source tells which."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if entry.mt and entry.status in (TermStatus.PREFERRED, TermStatus.DO_NOT_TRANSLATE):
            groups[entry.mt, entry.conditions].append(i)
    return frozenset(
        i for group in groups.values() if len({entries[i].target for i in group}) > 1 for i in group
    )


def _alternatives(entries: Sequence[TermEntry]) -> dict[int, tuple[str, ...]]:
    """By entry, the other targets that its concept, or its mt form, prefers or admits."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if entry.status in (TermStatus.PREFERRED, TermStatus.ADMITTED):
            if entry.id:
                groups["id", entry.id].append(i)
            if entry.mt:
                groups["mt", entry.mt + "\0" + entry.source].append(i)
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for group in groups.values():
        targets = dict.fromkeys(entries[i].target for i in group)
        if len(targets) > 1:
            for i in group:
                found[i].update((t, None) for t in targets if t != entries[i].target)
    return {i: tuple(targets) for i, targets in found.items()}

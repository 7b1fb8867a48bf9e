"""What a repair of a draft has to carry, and may not: as texts, and as a decoder's constraints.

Terms in any inflection, do-not-translate terms and copies (URLs, placeholders, tags) letter by
letter, numbers with and without commas; no forbidden term, and not the literal mistranslation that
a term replaced. Each demand stands in the draft already, so all can be met together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from postedit.checks.numbers import NUMBERS
from postedit.checks.terms import TERMS
from postedit.correct.drafts import Draft
from postedit.decoding.constraints import Constraint, Constraints
from postedit.models.protocol import Backend, Tokens
from postedit.records import Span, TermEntry, TermMatch
from postedit.text.inflect import forms
from postedit.text.numbers import Writing, find_numbers
from postedit.text.phrases import occurrences

# Web and mail addresses, placeholders of the usual programming languages, XML tags.
_COPIED = re.compile(
    r"https?://[^\s<>\"”]+[^\s<>\"”.,;:!?)\]]|www\.[\w.-]+\w|[\w.+-]+@[\w-]+\.[\w.-]*\w"
    r"|\$?\{\{?[\w.:]*\}?\}|%(?:\d+\$|\(\w+\))?[-+#0]?\d*(?:\.\d+)?[sdifgxu@]\b|</?\w[^<>]*>"
)
# What stands between a word and the next one.
_GAPS = (" ", " “", ' "', " (", " $", " ¥", "-", "/")
_LONG = re.compile(r"[1-9]\d{4,}(?!\d)")


@dataclass(frozen=True, slots=True)
class Demand:
    """Texts of which a repair must have one (or, if forbidden, none), and what to call it."""

    texts: tuple[str, ...]
    label: str
    forbidden: bool = False


def demands(draft: Draft) -> tuple[Demand, ...]:
    """The demands on a repair of the draft, one for each place that has to be accounted for."""
    matched = [match for match in draft.matches if not match.is_forbidden]
    wanted = [match.entry for match in matched]
    found = [
        Demand(_exact_or_forms(match), match.entry.target)
        for match in matched
        if occurrences(draft.text, match.entry.target)
    ]
    taken = [place for entry in wanted for place in occurrences(draft.text, entry.target)]
    for copied in _copied(draft.text):
        if not any(copied.overlaps(place) for place in taken):
            found.append(Demand((copied.of(draft.text),), copied.of(draft.text)))
            taken.append(copied)
    for number in find_numbers(draft.text):
        place = _word_around(draft.text, number.span)
        if number.writing is Writing.DIGITS and not any(place.overlaps(one) for one in taken):
            found.append(Demand(_groupings(place.of(draft.text)), place.of(draft.text)))
            taken.append(place)
    return (*found, *_forbidden(draft, wanted))


def broken(draft: Draft, repair: str) -> bool:
    """Whether the repair breaks a demand of its draft that the draft itself keeps."""
    for check in (TERMS, NUMBERS):
        if len(check.run(draft.text, repair, draft.matches)) > len(
            check.run(draft.text, draft.text, draft.matches)
        ):
            return True
    before, after = (
        sorted(place.of(text) for place in _copied(text)) for text in (draft.text, repair)
    )
    return before != after or any(
        occurrences(repair, text)
        for demand in demands(draft)
        if demand.forbidden
        for text in demand.texts
    )


class Speller:
    """Turns demands into the constraints of a backend's tokens; remembers what it has spelled."""

    def __init__(self, backend: Backend):
        self._backend = backend
        self._spell = lru_cache(maxsize=65536)(self._spellings)
        self._glued: dict[int, bool] = {}

    def constraints(self, wanted: Sequence[Demand]) -> Constraints:
        """The constraints; a forbidden text that a wanted one contains is not forbidden."""
        positive = [
            Constraint(self._all(one.texts), one.label) for one in wanted if not one.forbidden
        ]
        needed = [text.lower() for one in wanted if not one.forbidden for text in one.texts]
        negative = [
            text
            for one in wanted
            if one.forbidden
            for text in one.texts
            if not any(text.lower() in other for other in needed)
        ]
        return Constraints(tuple(positive), self._all(negative), self.glued)

    def glued(self, token: int) -> bool:
        """Whether a token goes on with the word, or the number, before it."""
        if token not in self._glued:
            before = self._tokens("a")
            text = self._backend.text((*before, token))
            self._glued[token] = text[:1] == "a" and text[1:2].isalnum()
        return self._glued[token]

    def _all(self, texts: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        return tuple(dict.fromkeys(one for text in texts for one in self._spell(text)))

    def _spellings(self, text: str) -> tuple[tuple[int, ...], ...]:
        # After a blank, or with the mark that joins it to what stands before: the bare tokens of
        # "oden" would also be met in "andoden".
        gaps = _GAPS if text[:1].isalnum() else ("", " ")
        start = self._tokens("a")
        found = [self._tokens("a" + gap + text) for gap in gaps]
        return tuple(
            dict.fromkeys(whole[len(start) :] for whole in found if whole[: len(start)] == start)
        )

    def _tokens(self, text: str) -> tuple[int, ...]:
        written: Tokens = self._backend.write(text)
        return tuple(token for token in written if token != self._backend.end)


def _exact_or_forms(match: TermMatch) -> tuple[str, ...]:
    if match.is_exact:
        return (match.entry.target,)
    # The concept's other targets will do as well.
    texts = (text for one in (match.entry.target, *match.allowed) for text in _forms(one))
    return tuple(dict.fromkeys(texts))


def _forms(phrase: str) -> tuple[str, ...]:
    # The last word carries the inflection; at the start of a sentence there is a capital.
    *first, last = phrase.split(" ")
    every = [" ".join([*first, form]) for form in (last, *sorted(forms(last)))]
    texts = [text for form in every for text in (form, form[:1].upper() + form[1:])]
    return tuple(dict.fromkeys(texts))


def _copied(text: str) -> Iterator[Span]:
    return (Span(match.start(), match.end()) for match in _COPIED.finditer(text))


def _word_around(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return Span(start, end)


def _groupings(number: str) -> tuple[str, ...]:
    found = [number, number.replace(",", "")]
    if match := _LONG.match(found[1]):  # not a year
        found.append(f"{int(match.group()):,}" + found[1][match.end() :])
    return tuple(dict.fromkeys(found))


def _forbidden(draft: Draft, wanted: Sequence[TermEntry]) -> Iterator[Demand]:
    banned = {match.entry.target for match in draft.matches if match.is_forbidden}
    for target in sorted(banned):
        yield Demand(_forms(target), target, forbidden=True)
    for entry in sorted(wanted, key=lambda entry: entry.form):
        form = entry.form
        # The literal mistranslation, unless the draft says it elsewhere or the target contains it.
        if not occurrences(draft.text, form) and not occurrences(entry.target, form):
            texts = dict.fromkeys((form, form[:1].upper() + form[1:]))
            yield Demand(tuple(texts), form, forbidden=True)

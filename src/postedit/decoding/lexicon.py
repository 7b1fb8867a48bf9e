"""The closed lexicon of one segment: what its repair may say, how often, and what it must say.

Made of the draft alone: its content words in any inflection and case, the targets of its terms, its
numbers in any correct format, names and codes as they stand, and a closed list of function words
and punctuation with caps.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from postedit.decoding.grammar import PARTS, extra, grammar_words
from postedit.decoding.marks import CLOSERS, CLOSING, EXTRA, JOINING, OPENING, PAIRS, STOPS
from postedit.records import Span
from postedit.text.inflect import forms, lemma
from postedit.text.numbers import Writing, find_numbers
from postedit.text.phrases import occurrences
from postedit.text.substitutes import substitutes
from postedit.text.words import FUNCTION_WORDS, stem
from postedit.text.writings import writings


class Kind(StrEnum):
    """What an item of a lexicon is; all but the last three must be said."""

    WORD = "word"
    NAME = "name"
    NUMBER = "number"
    TERM = "term"
    GRAMMAR = "grammar"
    MARK = "mark"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a repair may say `count` times.

    `places` says where in the draft it stands, as ranks among all that must be said; it is empty
    for function words and punctuation.
    """

    key: str
    kind: Kind
    count: int
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of text that uses up one of each of `items`.

    `glued` pieces stand where no blank may come before a word, after a mark that opens or joins;
    `glues` says that this piece is such a mark. `price` is taken off the score, in nats.
    """

    text: str
    items: tuple[int, ...]
    glued: bool = False
    glues: bool = False
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All items and entries of one segment; `stops` if it must end as a sentence does."""

    items: tuple[Item, ...]
    entries: tuple[Entry, ...]
    stops: bool = False


# Stands where something was already taken out of the draft.
_TAKEN = "\0"
# Times, dates, versions, letters with figures, sites ("19:35", "5G", "OS2.0", "22nd", "suning.com",
# "jing'an"): copied whole.
_CODE = re.compile(
    r"\d+(?:[:/.]\d+){2,}|\d+[:/]\d+|(?=\w*\d)(?=\w*[^\W\d])\w+(?:[.]\d+)*"
    r"|[^\W\d_]\w+(?:[.]\w+)+|(?!\w+[’'](?:s|re|ve|ll|t|m|d)\b)[^\W\d_]+[’'][^\W\d_]+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:[’']t\b)?")
_CONTRACTED = re.compile(rf"(?<=[\w{_TAKEN}])[’'](?:s|re|ve|ll|m|d)\b")
_SENTENCE = re.compile(r"(?:\A|[.!?:]\s+)[\"“‘'(]*\Z")

_ENDINGS = ("st", "nd", "rd", "th")

_NOT = (
    "not", "cannot", "can't", "don't", "doesn't", "didn't", "isn't", "aren't", "wasn't", "weren't",
    "won't", "wouldn't", "couldn't", "shouldn't", "hasn't", "haven't", "hadn't",
)  # fmt: skip


@dataclass(slots=True)
class _Said:
    kind: Kind
    starts: list[int] = field(default_factory=list)
    forms: dict[str, None] = field(default_factory=dict)


def build_lexicon(
    draft: str, targets: Sequence[str] = (), substitute_price: float | None = None
) -> Lexicon:
    """The lexicon of a draft; `targets` are those of its terms, already in their places.

    With a price, in nats, words may be exchanged for their learnt substitutes.

    >>> lexicon = build_lexicon("today, 3 shop open", ["shop"])
    >>> [item.key for item in lexicon.items if item.places]
    ['shop', '3', 'today', 'open']
    """
    said, rest = _must_say(draft, targets)
    items: list[Item] = []
    entries: list[Entry] = []
    ranks = {
        start: i for i, start in enumerate(sorted(s for one in said.values() for s in one.starts))
    }
    for key, one in said.items():
        places = tuple(ranks[start] for start in sorted(one.starts))
        entries += _word_entries(one.forms, len(items))
        if substitute_price is not None and one.kind is Kind.WORD:
            entries += _word_entries(_substitutes(key), len(items), substitute_price)
        items.append(Item(key, one.kind, len(places), places))
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", rest)]
    for key, group in grammar_words().items():
        count = sum(words.count(form) for form in group) + extra(key)
        if count:
            entries += _word_entries(_cased(group), len(items))
            items.append(Item(key, Kind.GRAMMAR, count))
    _add_marks(rest, items, entries)
    stops = draft.rstrip("".join(CLOSERS) + " ")[-1:] in tuple(STOPS)
    return Lexicon(tuple(items), tuple(dict.fromkeys(entries)), stops)


def _must_say(draft: str, targets: Sequence[str]) -> tuple[dict[str, _Said], str]:
    """What must be said, by key, and the rest of the draft: its function words and marks."""
    said: dict[str, _Said] = {}
    free = list(draft)

    def take(key: str, kind: Kind, span: Span, ways: Iterable[str]) -> None:
        one = said.setdefault(key, _Said(kind))
        one.starts.append(span.start)
        one.forms.update(dict.fromkeys(ways))
        free[span.start : span.end] = _TAKEN * (span.end - span.start)

    for target in sorted(set(targets), key=lambda target: (-len(target), target)):
        for span in occurrences("".join(free), target):
            take(target, Kind.TERM, span, _term_forms(target, span.of(draft)))
    for match in _CODE.finditer("".join(free)):
        take(match.group(), Kind.NAME, Span(*match.span()), _code_forms(match.group()))
    for number in find_numbers(draft):
        if "".join(free[number.span.start : number.span.end]) != number.span.of(draft):
            continue
        if number.writing is Writing.CARDINAL and number.value == 1:
            continue  # "one" is more often a pronoun
        ways = writings(number, draft)
        take(str(number.value), Kind.NUMBER, number.span, _first_capital(ways))
    # A contraction is a mark: its letters are not looked at as a word.
    for match in _WORD.finditer(_CONTRACTED.sub(lambda m: "'" * len(m.group()), "".join(free))):
        word, span = match.group(), Span(*match.span())
        if word.lower().replace("’", "'") in _NOT:
            take("not", Kind.NAME, span, _first_capital(_NOT))
        elif not _is_grammar(word) and not word.lower().endswith(("'t", "’t")):
            name = word != word.lower() and not _SENTENCE.search(draft[: span.start])
            take(lemma(word), Kind.NAME if name else Kind.WORD, span, _word_forms(word))
    return said, "".join(free)


def _is_grammar(word: str) -> bool:
    # "US" and "IT" are no pronouns; the letters of contractions are no words by themselves.
    shouted = len(word) > 1 and word == word.upper()
    return word.lower() in FUNCTION_WORDS - PARTS and not shouted


def _term_forms(target: str, found: str) -> Iterator[str]:
    for text in dict.fromkeys((found, target)):
        yield from _first_capital([text])
        head, blank, last = text.rpartition(" ")
        if last.isalpha() and last == last.lower():
            yield from _first_capital(head + blank + form for form in _plain_forms(last))


def _word_forms(word: str) -> Iterator[str]:
    yield word
    if word.lower() in FUNCTION_WORDS:  # "US", "IT"
        return
    yield from _cased(_plain_forms(word.lower()))
    if word != word.lower():  # "iPhone", "AI"
        yield from _plain_forms(word)


def _substitutes(word: str) -> Iterator[str]:
    for other in substitutes().get(stem(word), ()):
        yield from _cased(_plain_forms(other))


def _plain_forms(word: str) -> list[str]:
    return sorted(form for form in forms(word) if form.isalpha())


def _code_forms(code: str) -> Iterator[str]:
    yield code
    if (unit := re.fullmatch(r"(\d[\d.]*)([^\W\d_]{2,})", code)) and unit[2] not in _ENDINGS:
        yield f"{unit[1]} {unit[2]}"  # "64GB"


def _first_capital(ways: Iterable[str]) -> Iterator[str]:
    for way in ways:
        yield way
        yield way[:1].upper() + way[1:]


def _cased(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield word
        yield word.capitalize()


def _word_entries(ways: Iterable[str], item: int, price: float = 0.0) -> Iterator[Entry]:
    for way in dict.fromkeys(ways):
        yield Entry(" " + way, (item,), price=price)
        yield Entry(way, (item,), glued=True, price=price)


def _add_marks(rest: str, items: list[Item], entries: list[Entry]) -> None:
    counts: dict[str, int] = defaultdict(int, EXTRA)
    for match in _CONTRACTED.finditer(rest):
        counts[match.group()] += 1
    for mark in re.findall(rf"[^\w\s{_TAKEN}]|_", _CONTRACTED.sub(_TAKEN, rest)):
        counts[mark] += 1
    places = {mark: len(items) + i for i, mark in enumerate(counts)}
    items += [Item(mark, Kind.MARK, count) for mark, count in counts.items()]
    for mark, item in places.items():
        entries += _mark_entries(mark, item)
    for mark in dict.fromkeys(re.findall(r"(?:\s|\A)([^\w\s])(?=\s|\Z)", rest)):
        if mark in CLOSING and mark in places:  # a tokenised text: "shops , and"
            entries.append(Entry(" " + mark, (places[mark],)))
    for run in dict.fromkeys(re.findall(rf"\s?[^\w\s{_TAKEN}]{{2,}}", rest)):
        marks = tuple(places[mark] for mark in run.strip() if mark in places)
        if len(marks) == len(run.strip()):
            entries.append(Entry(run, marks, glues=run[0].isspace() or run[-1] in "([{“‘$"))
    for one, two in PAIRS:
        if one in places and two in places:
            entries.append(Entry(one + two, (places[one], places[two])))


def _mark_entries(mark: str, item: int) -> Iterator[Entry]:
    if mark in OPENING:
        yield Entry(" " + mark, (item,), glues=True)
        yield Entry(mark, (item,), glued=True, glues=True)
    if mark in JOINING:
        yield Entry(mark, (item,), glues=True)
        yield Entry(" " + mark, (item,))
    elif mark in CLOSING:
        yield Entry(mark, (item,))
    elif mark not in OPENING:
        yield Entry(" " + mark, (item,))
        yield Entry(mark, (item,), glued=True)

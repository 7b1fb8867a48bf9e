"""Numbers of an English text by value: what a repair may write differently, but never change."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from math import prod

from postedit.records import Span


class Writing(StrEnum):
    """How a number is written."""

    DIGITS = "digits"
    CARDINAL = "cardinal"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text: its value, its place, how it is written, and its scale word's value."""

    value: Decimal
    span: Span
    writing: Writing
    scale: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    span: Span
    digits: bool
    joined: bool  # to the token before: nothing but spaces or one hyphen lies between


_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)*"
_TOKEN = re.compile(rf"({_DIGITS})|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")
_RANGE = re.compile(r"\s*(?:[-–—~]|to|or)\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+\Z", re.IGNORECASE)

_UNITS = {
    word: value
    for value, word in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
# After digits only: the short forms of newspapers, and the Chinese units of untranslated remains.
_AFTER_DIGITS = {
    "mn": 10**6, "mln": 10**6, "bn": 10**9, "trn": 10**12, "dozen": 12,
    "百": 100, "千": 1000, "万": 10**4, "亿": 10**8,
}  # fmt: skip
_ORDINALS = {
    word: value
    for value, word in enumerate(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth""".split(),
        start=1,
    )
}
_ORDINALS |= {word[:-1] + "ieth": value for word, value in _TENS.items()} | {"hundredth": 100}
# "several hundred" is no number; neither is the plural in "hundreds of".
_VAGUE = frozenset("several few many some couple".split())


def find_numbers(text: str) -> tuple[Number, ...]:
    """All numbers of `text` in order: digits with their scale word, number words, ordinals.

    `1.5 million`, `1,500,000` and `one million five hundred thousand` have one value. Signs,
    currencies, per cent and letters glued to digits ("5G", "15th", "OS2.0") do not count. In a
    range the scale serves both ends where the first is the smaller: "70-80 million", but not
    "7000-80 million". More than one dot makes a date or version: each part is a number.
    """
    tokens = _tokens(text)
    found: list[Number] = []
    i = 0
    while i < len(tokens):
        read = _digits if tokens[i].digits else _words
        numerals, after = read(tokens, i)
        found += numerals
        i = max(after, i + 1)
    for i, (low, high) in enumerate(pairwise(found)):
        if _shares_scale(text, low, high):
            found[i] = replace(low, value=low.value * high.scale, scale=high.scale)
    return tuple(found)


def numbers(text: str) -> Counter[Decimal]:
    """Values of the numbers of `text`, in digits or cardinal words, with their counts.

    >>> numbers("13,353 phones, 1.5 million users") == numbers("13353 phones, 1500000 users")
    True
    """
    return Counter(n.value for n in find_numbers(text) if n.writing is not Writing.ORDINAL)


def lost_numbers(mt: str, pe: str) -> tuple[Number, ...]:
    """Numbers in digits of `mt`, with places in `mt`, that `pe` has in no form, or not so often.

    A number that `pe` spells out, as cardinal or ordinal, is kept: "3 years" and "three years".
    """
    return _missing(find_numbers(mt), find_numbers(pe))


def added_numbers(mt: str, pe: str) -> tuple[Number, ...]:
    """Numbers in digits of `pe`, with places in `pe`, that `mt` has in no form, or not so often.

    Number words of `pe` add nothing: "one of" says no more than "among".
    """
    return lost_numbers(pe, mt)


def _missing(wanted: tuple[Number, ...], present: tuple[Number, ...]) -> tuple[Number, ...]:
    # Words pair with words first: the "one" that both sides have in "one of" is no trace of the
    # "1" that got lost. What is left over may stand for digits.
    left = Counter(number.value for number in present)
    left -= _spelled_out(wanted) & _spelled_out(present)
    missing: list[Number] = []
    for number in wanted:
        if number.writing is not Writing.DIGITS:
            continue
        if left[number.value] > 0:
            left[number.value] -= 1
        else:
            missing.append(number)
    return tuple(missing)


def _spelled_out(found: tuple[Number, ...]) -> Counter[Decimal]:
    return Counter(number.value for number in found if number.writing is not Writing.DIGITS)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()]
        joined = bool(tokens) and (gap in ("", "-") or gap.isspace())
        span = Span(match.start(), match.end())
        tokens.append(_Token(match.group().lower(), span, match.group(1) is not None, joined))
        end = match.end()
    return tokens


def _digits(tokens: list[_Token], start: int) -> tuple[list[Number], int]:
    token = tokens[start]
    if token.text.count(".") > 1:
        parts = token.text.split(".")
        return [Number(Decimal(part), token.span, Writing.DIGITS) for part in parts], start + 1
    value, scale, i = Decimal(token.text.replace(",", "")), Decimal(1), start + 1
    while factor := _scale_after_digits(tokens, i):
        scale *= factor[0]
        i += factor[1]
    span = Span(token.span.start, tokens[i - 1].span.end)
    return [Number(value * scale, span, Writing.DIGITS, scale)], i


def _scale_after_digits(tokens: list[_Token], i: int) -> tuple[int, int] | None:
    """Value of the scale word at `i` and how many tokens it takes, or None if there is none."""
    if i >= len(tokens) or not tokens[i].joined:
        return None
    word, following = tokens[i].text, tokens[i + 1].text if i + 1 < len(tokens) else ""
    if word == "ten" and following == "thousand":  # 万 word by word: "30 ten thousand"
        return 10**4, 2
    if word.endswith("s") and following != "of":  # but "in 2012 thousands of users"
        word = word[:-1]
    value = _SCALES.get(word) or _AFTER_DIGITS.get(word)
    return (value, 1) if value else None


def _words(tokens: list[_Token], start: int) -> tuple[list[Number], int]:
    """Read the longest number in words that starts at `start`; no number if there is none.

    `room` bounds what may still be added: 10 after "twenty", 100 after "hundred", 0 after "two".
    """
    total, group, room, scale, i = 0, 0, 1000, 0, start
    writing = Writing.CARDINAL
    while i < len(tokens) and (i == start or tokens[i].joined) and writing is Writing.CARDINAL:
        word = tokens[i].text
        if word == "and" and room in (100, 1000) and i > start:
            if i + 1 < len(tokens) and _small(tokens[i + 1].text) and tokens[i + 1].joined:
                i += 1
                continue
            break
        if (small := _small(word)) and (small[0] or i == start) and small[0] < room:
            tens = word in _TENS
            if tens and room < 100:
                break
            group += small[0]
            room, writing = (10 if tens else 0), small[1]
        elif word == "hundred" and group < 100 and not (i == start and _vague(tokens, i)):
            group, room = (group or 1) * 100, 100
        elif (factor := _SCALES.get(word, 0)) > 100 and not (i == start and _vague(tokens, i)):
            if group == 0 and i > start:  # "thousand million"
                total *= factor
            elif scale and factor > scale:  # "one thousand two hundred million"
                total = (total + group) * factor
            else:
                total += (group or 1) * factor
            group, room, scale = 0, 1000, factor
        else:
            break
        i += 1
    if i == start:
        return [], i
    if tokens[i - 1].text == "and":
        i -= 1
    span = Span(tokens[start].span.start, tokens[i - 1].span.end)
    shared = _shared_scale([token.text for token in tokens[start:i]])
    return [Number(Decimal(total + group), span, writing, shared)], i


def _shared_scale(words: list[str]) -> Decimal:
    """What the scale words multiply to where nothing follows them ("five hundred thousand")."""
    first = next((i for i, word in enumerate(words) if word in _SCALES), len(words))
    return prod((Decimal(_SCALES.get(word, 0)) for word in words[first:]), start=Decimal(1))


def _small(word: str) -> tuple[int, Writing] | None:
    for table in (_UNITS, _TENS):
        if word in table:
            return table[word], Writing.CARDINAL
    ordinal = _ORDINALS.get(word) or _ORDINALS.get(word.removesuffix("s"))
    return (ordinal, Writing.ORDINAL) if ordinal else None


def _vague(tokens: list[_Token], i: int) -> bool:
    return i > 0 and tokens[i].joined and tokens[i - 1].text in _VAGUE


def _shares_scale(text: str, low: Number, high: Number) -> bool:
    if low.scale != 1 or high.scale <= 1 or low.value * high.scale >= high.value:
        return False
    between = text[low.span.end : high.span.start]
    if between.isspace():  # "seven eight hundred thousand", an approximation in Chinese
        return low.writing is Writing.CARDINAL and (low.value + 1) * high.scale == high.value
    if between.strip().lower() == "and":
        return bool(_BETWEEN.search(text[: low.span.start]))
    return bool(_RANGE.fullmatch(between))

"""Chinese numbers with 万 and 亿 in English, rightly and with a slipped unit."""

from __future__ import annotations

import random
import re
from decimal import Decimal

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(万|亿|万亿)?(%?)\Z")
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "万亿": Decimal(10) ** 12}
_LITERAL = {"万": "ten thousand", "亿": "hundred million", "万亿": "trillion"}


def is_number(word: str) -> bool:
    """Whether a Chinese word is a number in digits, with or without a unit."""
    return _NUMBER.match(word) is not None


def in_english(word: str) -> str:
    """The number as English writes it.

    >>> in_english("7000万"), in_english("1.2亿"), in_english("3.5万"), in_english("12%")
    ('70 million', '120 million', '35,000', '12%')
    """
    value, unit, percent = _parts(word)
    if not unit:
        return word
    value *= _UNITS[unit]
    for scale, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if value >= scale:
            return f"{_plain(value / scale)} {name}{percent}"
    return f"{value:,f}".removesuffix(".0") + percent if value % 1 else f"{int(value):,}{percent}"


def slipped(word: str, rng: random.Random) -> str:
    """The number as a machine gets it wrong: other digits, the unit taken literally, or lost.

    Some of these keep the value ("70,000,000"), some do not ("7000 million"): those are for the
    filter of recoverability to find.
    """
    value, unit, percent = _parts(word)
    if not unit:
        if value < 10_000 or value % 1 or percent:  # a year, or nothing to group
            return word
        return str(int(value)) if "," in word else f"{int(value):,}"
    whole = value * _UNITS[unit]
    wrong = "million" if unit == "万" else "billion"
    ways = [f"{_plain(value)} {_LITERAL[unit]}", f"{_plain(value)} {wrong}"]
    if whole % 1 == 0:
        ways += [f"{int(whole):,}", str(int(whole))]
    return rng.choice(ways) + percent


def _parts(word: str) -> tuple[Decimal, str, str]:
    found = _NUMBER.match(word)
    if found is None:
        raise ValueError(f"not a number: {word!r}")
    return Decimal(found[1].replace(",", "")), found[2] or "", found[3]


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""How a number may be written in English: the formats between which a repair may choose."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from postedit.text.numbers import Number, Writing

_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty""".split()
_SCALES = ((10**6, "million"), (10**9, "billion"), (10**12, "trillion"))
# "4.63 million" is a number to read; "4.6312 million" is none.
_MOST_DECIMALS = 3


def writings(number: Number, text: str) -> tuple[str, ...]:
    """All ways to write `number`, found in `text`, without a change of its value.

    The way in which it stands in `text` comes first; the others are digits with and without commas,
    words up to twenty, and digits with a scale word. An ordinal stays as it is.

    >>> from postedit.text.numbers import find_numbers
    >>> writings(find_numbers("sold 1500000")[0], "sold 1500000")
    ('1500000', '1,500,000', '1.5 million')
    """
    ways = [number.span.of(text)]
    if number.writing is not Writing.ORDINAL:
        ways += [*_digits(number.value), *_words(number.value), *_scaled(number.value)]
    return tuple(dict.fromkeys(ways))


def _digits(value: Decimal) -> Iterator[str]:
    plain = _plain(value)
    yield plain
    # A year has no comma, and it is the commonest number of four digits.
    if value >= 1000:
        yield f"{Decimal(plain):,}"


def _words(value: Decimal) -> Iterator[str]:
    if value == int(value) and 0 < value < len(_WORDS):
        yield _WORDS[int(value)]


def _scaled(value: Decimal) -> Iterator[str]:
    for scale, word in _SCALES:
        count = value / scale
        if not 1 <= count < 1000:
            continue
        exponent = count.normalize().as_tuple().exponent
        if isinstance(exponent, int) and exponent >= -_MOST_DECIMALS:
            yield f"{_plain(count)} {word}"
            yield from (f"{small} {word}" for small in _words(count))


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"

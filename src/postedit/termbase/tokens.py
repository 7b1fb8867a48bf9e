"""Text as tokens with spans, and the key under which all forms of a word are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from postedit.text.inflect import forms, is_known, lemmas

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Letters, with the accents that may stand apart from them and what is not seen at all: soft
# hyphens, joiners, word joiners.
_LETTER = rf"(?:[^\W\d_{_CHINESE}]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])"
# One Chinese character (Chinese writes no spaces, so each may start or end a term), a number with
# its letters ("5,000", "2.0", "5G"), a word up to its digits ("OS" in "OS2.0"), or one punctuation
# mark. Matching whole tokens is what keeps "ma" out of "market".
_TOKEN = re.compile(rf"[{_CHINESE}]|\d+(?:[.,]\d+)*{_LETTER}*|{_LETTER}+|[^\w\s]|_")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060]")
# What NFKC leaves apart: quotes of every shape, and hyphens and dashes.
_PLAIN = str.maketrans("“”„‟‘’‚‛ʼʹ`´‐‑‒–—−﹣－", "\"\"\"\"''''''''--------")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: as written in plain characters, their keys, and where they stand.

    A hyphen inside a word is no token, so that "zi-yu" is "zi yu"; one with blanks around it is.
    """

    words: tuple[str, ...]
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def tokens(text: str) -> Tokens:
    """Tokenise a text; spans are places in the text as it was given."""
    # One character for one, so that spans stay true.
    found = _TOKEN.finditer(text.translate(_PLAIN))
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in found:
        word = match.group()
        if not word.isascii():
            word = plain(word)
        words.append(word)
        starts.append(match.start())
        ends.append(match.end())
    if "-" in words:
        inner = _inner_hyphens(words, starts, ends)
        if inner:
            kept = [i for i in range(len(words)) if i not in inner]
            words = [words[i] for i in kept]
            starts, ends = [starts[i] for i in kept], [ends[i] for i in kept]
    return Tokens(tuple(words), tuple(map(key, words)), tuple(starts), tuple(ends))


def _inner_hyphens(words: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> set[int]:
    # "7000-80 million" is a range: only between letters is a hyphen a matter of spelling.
    return {
        i
        for i in range(1, len(words) - 1)
        if words[i] == "-"
        and ends[i - 1] == starts[i]
        and ends[i] == starts[i + 1]
        and words[i - 1][-1].isalpha()
        and words[i + 1][0].isalpha()
    }


@lru_cache(maxsize=262144)
def plain(word: str) -> str:
    """A token in compatibility form (NFKC), with nothing invisible."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", word))


@lru_cache(maxsize=262144)
def key(word: str) -> str:
    """One text for most forms of a word, the same in any case; other words may share it."""
    lower = word.lower()
    if not lower.isalpha() or not lower.isascii():
        return lower
    return min(lemmas(lower), key=lambda base: (len(base), base), default=lower) or lower


@lru_cache(maxsize=65536)
def keys(word: str) -> frozenset[str]:
    """Every key that a form of the word may have: "leave" is looked for under "leaf" as well."""
    lower = word.lower()
    if not lower.isalpha() or not lower.isascii():
        return frozenset({lower})
    if not is_known(lower):
        return frozenset({key(lower)})  # an unknown word's regular forms share its key
    return frozenset(key(form) for form in forms(lower) if form.isalpha()) | {key(lower)}

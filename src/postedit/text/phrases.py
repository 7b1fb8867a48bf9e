"""Find a phrase in a text in any inflection: "virtual operator" in "Virtual operators"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from postedit.records import Span

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CHINESE}]|\d+(?:[.,]\d+)*|[^\W\d_{_CHINESE}]+|[^\w\s]")
# One character for one, so that spans stay true: curly quotes, and hyphens that do not break.
_PLAIN = str.maketrans("“”‘’‐‑", "\"\"''--")

_INFLECTIONS = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ied", "y"),
    ("ing", ""),
    ("ing", "e"),
)
# "king" is no form of "k", nor "bed" of "b".
_SHORTEST_BASE = 3


def occurrences(text: str, phrase: str) -> tuple[Span, ...]:
    """Places in `text` where the tokens of `phrase` stand one after the other, without overlap.

    Plural, tense and the shape of quotes do not matter, but other words of the same root do:
    "operations" is no "operator". A word that begins with a capital in the phrase must do so in the
    text ("taobao" is no "Taobao"); one in lower case may. A phrase of punctuation alone, or an
    empty one, is found nowhere.
    """
    wanted = [token.group() for token in _TOKEN.finditer(phrase.translate(_PLAIN))]
    if not any(token[0].isalnum() for token in wanted):
        return ()
    tokens = list(_TOKEN.finditer(text.translate(_PLAIN)))
    words = [token.group() for token in tokens]
    found: list[Span] = []
    i = 0
    while i + len(wanted) <= len(words):
        if _same_words(words[i : i + len(wanted)], wanted):
            found.append(Span(tokens[i].start(), tokens[i + len(wanted) - 1].end()))
            i += len(wanted)
        else:
            i += 1
    return tuple(found)


def _same_words(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(
        word == want or (_is_form(word, want) and (word[0].isupper() or not want[0].isupper()))
        for word, want in zip(words, wanted, strict=True)
    )


def _is_form(word: str, want: str) -> bool:
    return not _lemmas(word.lower()).isdisjoint(_lemmas(want.lower()))


@lru_cache(maxsize=65536)
def _lemmas(word: str) -> frozenset[str]:
    """What a word in lower case may be an inflection of, itself included, right or not.

    Two words are taken for forms of one if they share a lemma. A stemmer would not do: to Porter's
    "operator" and "operations" are one word, "bus" and "buses" are two.

    >>> sorted(_lemmas("saving"))
    ['sav', 'save', 'saving']
    """
    found = {word}
    if word.isalpha() and len(word) > 3 and not word.endswith("ss"):
        for ending, instead in _INFLECTIONS:
            base = word.removesuffix(ending)
            if base != word and len(base) >= _SHORTEST_BASE:
                found.add(base + instead)
                if ending in ("ed", "ing") and base[-1] == base[-2]:  # "planned"
                    found.add(base[:-1])
    return frozenset(found)

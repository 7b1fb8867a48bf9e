"""Find a phrase in a text in any inflection: "virtual operator" in "Virtual operators"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from postedit.records import Span
from postedit.text.inflect import same_word

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_CHINESE}]|\d+(?:[.,]\d+)*|[^\W\d_{_CHINESE}]+|[^\w\s]")
# One character for one, so that spans stay true: curly quotes, and hyphens that do not break.
_PLAIN = str.maketrans("“”‘’‐‑", "\"\"''--")


def occurrences(text: str, phrase: str) -> tuple[Span, ...]:
    """Places in `text` where the tokens of `phrase` stand one after the other, without overlap.

    Number, possessive, tense, a hyphen for a blank and the shape of quotes do not matter, but other
    words of the same root do: "operations" is no "operator". A word that begins with a capital in
    the phrase must do so in the text ("taobao" is no "Taobao"); one in lower case may. A phrase of
    punctuation alone, or an empty one, is found nowhere.
    """
    wanted = [token.group() for token in _tokens(phrase)]
    if not any(token[0].isalnum() for token in wanted):
        return ()
    tokens = _tokens(text)
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


def _tokens(text: str) -> list[re.Match[str]]:
    """Tokens without the hyphens inside of words, so that "e-commerce" is "e commerce"."""
    found = list(_TOKEN.finditer(text.translate(_PLAIN)))
    return [
        token
        for i, token in enumerate(found)
        if token.group() != "-"
        or not 0 < i < len(found) - 1
        or found[i - 1].end() < token.start()
        or token.end() < found[i + 1].start()
        or not (found[i - 1].group()[-1].isalpha() and found[i + 1].group()[0].isalpha())
    ]


def _same_words(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(
        word == want or (same_word(word, want) and (word[0].isupper() or not want[0].isupper()))
        for word, want in zip(words, wanted, strict=True)
    )

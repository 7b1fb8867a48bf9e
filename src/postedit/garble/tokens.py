"""Words of both languages, and English words back into text."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from postedit.errors import MissingExtra
from postedit.garble.bitext import CHINESE

Words = tuple[str, ...]

# Numbers with their Chinese unit in one piece, Latin words, identifiers, Chinese, single marks.
_PIECE = re.compile(
    r"\d[\d,]*(?:\.\d+)?[万亿]{0,2}%?|[A-Za-z](?:[A-Za-z0-9_.+-]*[A-Za-z0-9_])?|[\u3400-\u9fff]+"
    r"|[^\w\s]|[^\W\u3400-\u9fff]+"
)
_ENGLISH = re.compile(
    r"\d[\d,]*(?:\.\d+)?%?(?:[A-Za-z]+\b)?|[A-Za-z][\w]*(?:['’.+-][\w]+)*|\w+|[^\w\s]"
)
_NO_SPACE_BEFORE = frozenset(".,;:!?)]}%’”…")
_NO_SPACE_AFTER = frozenset("([{“‘$#@")


class Segmenter:
    """Chinese into words with jieba, numbers and Latin words in one piece.

    What jieba does not know falls into characters, as it did in the systems of that age; texts
    are normalised (NFKC) first: full-width letters, digits and marks become plain ones.
    """

    def __init__(self, extra_words: Iterable[str] = ()):
        base = _jieba()
        self._cutter = type(base)()
        # Its dictionary takes seconds to load, so every cutter copies one that is loaded.
        self._cutter.FREQ, self._cutter.total = dict(base.FREQ), base.total
        self._cutter.initialized = True
        for word in extra_words:
            self._cutter.add_word(word)

    def words(self, text: str) -> Words:
        """The words of a Chinese text.

        >>> Segmenter().words("用户达7000万")
        ('用户', '达', '7000万')
        """
        found: list[str] = []
        for piece in _PIECE.findall(unicodedata.normalize("NFKC", text)):
            if CHINESE.match(piece):
                found += self._cutter.lcut(piece, HMM=False)
            else:
                found.append(piece)
        return tuple(found)


@cache
def _jieba() -> Any:
    try:
        import jieba
    except ImportError as error:
        raise MissingExtra("garbling Chinese", "garble") from error
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def english_words(text: str) -> Words:
    """The words and marks of an English text, as they are written.

    >>> english_words("The firm's sales rose 3.5%, to 13,353.")
    ('The', "firm's", 'sales', 'rose', '3.5%', ',', 'to', '13,353', '.')
    """
    return tuple(_ENGLISH.findall(text.replace("’", "'")))


def join_english(words: Sequence[str]) -> str:
    """Words and marks as text; straight double quotes open and close in turn.

    >>> join_english(('"', 'Go', '"', ',', 'he', 'said', '(', 'twice', ')', '.'))
    '"Go", he said (twice).'
    """
    text = ""
    quoted = False
    glue = True
    for word in words:
        closing = word[0] in _NO_SPACE_BEFORE or (word == '"' and quoted)
        text += word if glue or closing else " " + word
        glue = word in _NO_SPACE_AFTER or (word == '"' and not quoted)
        if word == '"':
            quoted = not quoted
    return text


class Truecaser:
    """Brings the first word of a sentence into the case that it has elsewhere."""

    def __init__(self, sentences: Iterable[Words]):
        forms: dict[str, Counter[str]] = {}
        for words in sentences:
            for before, word in pairwise(words):
                if before not in ".!?:\"'(":
                    forms.setdefault(word.lower(), Counter())[word] += 1
        self._usual = {low: found.most_common(1)[0][0] for low, found in forms.items()}

    def true(self, words: Words) -> Words:
        """The sentence with its first word in its usual case; unknown words become lower case."""
        if not words or (len(words[0]) > 1 and words[0].isupper()):
            return words
        low = words[0].lower()
        # "Jack" that stands nowhere else is no "jack" if a capital follows.
        unknown = words[0] if len(words) > 1 and words[1][0].isupper() else low
        return (self._usual.get(low, unknown), *words[1:])

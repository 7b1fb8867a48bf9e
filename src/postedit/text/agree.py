"""Grammatical form: what one form of a word is to another, and the same done to other words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from postedit.text.inflect import inflections, lemmas
from postedit.text.words import FUNCTION_WORDS


class Change(StrEnum):
    """How two forms of one word differ: not at all, in number, or in the form of a verb."""

    NONE = "none"
    NUMBER = "number"
    VERB = "verb"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a word is to a listed form of it; `tag` is the Penn Treebank tag that the word bears."""

    change: Change
    tag: str = ""


_NOUN_TAGS = ("NN", "NNS")
_VERB_TAGS = ("VB", "VBZ", "VBD", "VBN", "VBG")
_HEAD_ENDS = re.compile(r"(?:of|for|in|to|on|with|at|from|by|as)\Z")
# English gives these a plural in dictionaries, and nowhere else.
_MASS = frozenset(
    """advice baggage cash clothing coverage electricity equipment evidence furniture hardware help
    homework information infrastructure knowledge luggage machinery merchandise money news
    permission progress research software traffic transport weather work""".split()
)


@lru_cache(maxsize=65536)
def relation(listed: str, word: str) -> Relation | None:
    """What `word` is to the form `listed` of the same word, whatever their case; None if no kin.

    >>> relation("operator", "Operators")
    Relation(change=<Change.NUMBER: 'number'>, tag='NNS')
    >>> relation("operator", "operations") is None
    True
    """
    one, other = listed.lower(), word.lower()
    if one == other:
        return Relation(Change.NONE)
    shared = sorted(lemmas(one) & lemmas(other))
    for tags, change in ((_NOUN_TAGS, Change.NUMBER), (_VERB_TAGS, Change.VERB)):
        for base in shared:
            if _tag(base, one, tags) and (tag := _tag(base, other, tags)):
                return Relation(change, tag)
    return None


@lru_cache(maxsize=65536)
def _tag(base: str, form: str, tags: Sequence[str]) -> str:
    by_tag = inflections(base)
    return next((tag for tag in tags if form in by_tag.get(tag, ())), "")


@lru_cache(maxsize=65536)
def is_noun(word: str) -> bool:
    """Whether the dictionary has the word as a form of a noun, or does not have it at all."""
    known = [inflections(base) for base in lemmas(word)]
    return any("NN" in by_tag or "NNS" in by_tag for by_tag in known)


@lru_cache(maxsize=65536)
def is_verb(word: str) -> bool:
    """Whether the dictionary has the word as a form of a verb."""
    return any("VB" in inflections(base) for base in lemmas(word))


@lru_cache(maxsize=65536)
def inflected(phrase: str, change: Relation) -> str:
    """The phrase in the number, or its verb in the form, that `change` says, where it has one.

    Number goes to the head of a noun phrase, verb form to its first word. Names and mass nouns
    stay as they are, and so does what the dictionary does not know.

    >>> plural = Relation(Change.NUMBER, "NNS")
    >>> inflected("virtual operator", plural), inflected("means of payment", plural)
    ('virtual operators', 'means of payment')
    >>> inflected("China Unicom", plural), inflected("e-commerce", plural)
    ('China Unicom', 'e-commerce')
    """
    words = phrase.split(" ")
    if change.change is Change.NONE or not all(words):
        return phrase
    at = _head(words) if change.change is Change.NUMBER else 0
    stem, hyphen, last = words[at].rpartition("-") if at == len(words) - 1 else ("", "", words[at])
    if last != last.lower() or last in _MASS or last in FUNCTION_WORDS:
        return phrase
    tags = _NOUN_TAGS if change.change is Change.NUMBER else _VERB_TAGS
    if _head_is(last, change.tag, tags):
        return phrase
    for base in sorted(lemmas(last), key=len):
        if _tag(base, last, tags) and (spellings := inflections(base).get(change.tag)):
            return " ".join([*words[:at], stem + hyphen + spellings[0], *words[at + 1 :]])
    return phrase


def _head_is(word: str, tag: str, tags: Sequence[str]) -> bool:
    return any(
        tag in tags and word in inflections(base).get(tag, ()) and word != base
        for base in lemmas(word)
    )


def _head(words: Sequence[str]) -> int:
    ends = (i for i, word in enumerate(words) if i > 0 and _HEAD_ENDS.match(word))
    return next(ends, len(words)) - 1


def cased(target: str, words: Sequence[str], listed: Sequence[str], *, starts: bool) -> str:
    """The target in the case of the words that it replaces, as far as they were not listed so.

    Lower case: as listed. ALL CAPITALS: upper. Title Case: the target's small words get a capital,
    but only its first one where only the first word has one or the sentence starts here (`starts`)
    with a single word. A target word with a capital of its own stays as it is.

    >>> cased("e-commerce", ["Electricity", "supplier"], ["electricity", "supplier"], starts=True)
    'E-commerce'
    """
    pairs = [(word, want) for word, want in zip(words, listed, strict=False) if word[:1].isalpha()]
    if not pairs or all(word == want for word, want in pairs):
        return target
    letters = "".join(word for word, _ in pairs)
    if len(letters) > 1 and letters.isupper() and not "".join(w for _, w in pairs).isupper():
        return target.upper()
    if not (pairs[0][0][0].isupper() and pairs[0][1][0].islower()):
        return target
    title = all(word[0].isupper() or word in FUNCTION_WORDS for word, _ in pairs)
    if not title or (starts and len(pairs) == 1):
        return _capital(target)
    parts = target.split(" ")
    return " ".join(
        part if i and part in FUNCTION_WORDS else _capital(part) for i, part in enumerate(parts)
    )


def _capital(word: str) -> str:
    first = word.split(" ", 1)[0]
    return word[:1].upper() + word[1:] if first == first.lower() else word

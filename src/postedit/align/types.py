"""What an edit is about: rules over word classes and forms, in place of a tagger.

The scheme is that of grammatical error annotation (ERRANT, Bryant et al. 2017) with the classes in
which machine translation out of Chinese goes wrong: it has no articles, no plurals, no tenses. How
often the rules are right is in docs/alignment.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from postedit.records import EditType
from postedit.text.classes import AGREEING, ARTICLES, AUXILIARIES, PREPOSITIONS
from postedit.text.inflect import lemmas
from postedit.text.words import FUNCTION_WORDS, stem

_PLURALS = frozenset("men women children people feet teeth".split())
_DERIVED = tuple(
    """ion ions ment ments ness ity ities al ally ly er ers or ors ance ence ive able ist ism ful
    ization ic y""".split()
)
_WEAK = frozenset((EditType.ARTICLE, EditType.PREPOSITION, EditType.FUNCTION, EditType.TENSE))


def word_type(old: str, new: str) -> EditType:
    """The type of one word's change, or of its coming or going where a side is empty.

    >>> word_type("visit", "visited").value, word_type("", "the").value, word_type("Is", "is").value
    ('tense', 'article', 'casing')
    """
    if not old and not new:
        return EditType.SPACING
    before, after = old.lower().replace("’", "'"), new.lower().replace("’", "'")
    if before == after:
        return EditType.CASING if old.lower() != new.lower() or old != new else EditType.SPACING
    if _letters(before) == _letters(after):
        return EditType.PUNCTUATION
    sides = [word for word in (before, after) if word]
    if all(word in ARTICLES for word in sides):
        return EditType.ARTICLE
    if any(before in group and after in group for group in AGREEING):
        return EditType.AGREEMENT
    if all(word in AUXILIARIES for word in sides):
        return EditType.TENSE
    if all(word in PREPOSITIONS for word in sides):
        return EditType.PREPOSITION
    if all(word in FUNCTION_WORDS or word in PREPOSITIONS for word in sides):
        return EditType.FORM if "'s" in sides else EditType.FUNCTION
    if before and after and (stem(before) == stem(after) or lemmas(before) & lemmas(after)):
        return _inflection(before, after)
    if before and after and _related(before, after):
        return EditType.FORM
    if "'s" in sides:
        return EditType.FORM
    return EditType.LEXICAL


def weak(kind: EditType) -> bool:
    """Whether an edit of this type between two lexical ones belongs to them."""
    return kind in _WEAK


def joined(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether two runs of words have the same letters: "smart phone" and "smart-phone".

    >>> joined(["smart", "phone"], ["Smartphone"]), joined(["phone"], ["phones"])
    (True, False)
    """
    if not all(word[:1].isalnum() for run in (old, new) for word in run):
        return False
    letters = [_letters("".join(run).lower()) for run in (old, new)]
    return len(old) != len(new) and letters[0] == letters[1]


def _letters(word: str) -> str:
    return "".join(c for c in word if c.isalnum())


def _inflection(before: str, after: str) -> EditType:
    """Which ending tells two forms of one word apart."""
    if _past_or_progressive(before) or _past_or_progressive(after):
        return EditType.TENSE
    if _plain(before) == _plain(after) or before in _PLURALS or after in _PLURALS:
        return EditType.AGREEMENT
    # What is left is derived ("operation") or irregular ("went", "built").
    return (
        EditType.FORM if before.endswith(_DERIVED) or after.endswith(_DERIVED) else EditType.TENSE
    )


def _related(before: str, after: str) -> bool:
    """Whether one word looks derived from the other: "scarce" and "scarcity"."""
    pairs = zip(before, after, strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    short, long = sorted((before, after), key=len)
    return shared >= 4 and shared >= len(short) - 1 and long.endswith(_DERIVED)


def _past_or_progressive(word: str) -> bool:
    return word.endswith(("ed", "ing")) and len(word) > 4


def _plain(word: str) -> str:
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss"):
            return (word.removesuffix(ending) + instead).removesuffix("e")
    return word.removesuffix("e")

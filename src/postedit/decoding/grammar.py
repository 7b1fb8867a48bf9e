"""The closed list: words of grammar that a repair may use though the draft does not have them."""

from __future__ import annotations

from typing import Final

from postedit.text.words import FUNCTION_WORDS

# Forms of one word share their count.
_GROUPS: Final = (
    "a an",
    "am is are was were be been being",
    "do does did done doing",
    "have has had having",
    "this these",
    "that those",
    "who whom",
    "he him his himself",
    "she her hers herself",
    "it its itself",
    "they them their theirs themselves",
    "to onto into",
    "on upon",
    "while whereas",
)

#: How many more of a word than the draft has. Of pronouns that point at speaker and hearer: none.
_EXTRA: Final = {
    "the": 6, "a": 4, "of": 4, "in": 2, "to": 3, "and": 3, "am": 3, "have": 2, "for": 2, "with": 2,
    "that": 2, "by": 2, "at": 2, "on": 2, "it": 2, "as": 2, "from": 2,
}  # fmt: skip
_NONE: Final = frozenset(
    """i you we me us my your our mine yours ours myself yourself ourselves mr mrs ms shall
    even very too""".split()
)
#: What contractions are made of.
PARTS: Final = frozenset("s t re ve ll d m".split())


def grammar_words() -> dict[str, tuple[str, ...]]:
    """Each word of the closed list, by its first form, with the forms that share its count."""
    groups = {group.split()[0]: tuple(group.split()) for group in _GROUPS}
    taken = {form for forms in groups.values() for form in forms}
    singles = sorted(FUNCTION_WORDS - taken - PARTS)
    return groups | {word: (word,) for word in singles}


def extra(word: str) -> int:
    """How many more of the closed list's `word` than the draft has may stand in a repair."""
    return 0 if word in _NONE else _EXTRA.get(word, 1)

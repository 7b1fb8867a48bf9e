"""Which matches are dangerous: short or everyday words that mean a term only now and then."""

from __future__ import annotations

from postedit.records import Conditions, TermMatch
from postedit.termbase.tokens import tokens
from postedit.text.inflect import is_known

_SHORT = 3
_NONE = Conditions()


def is_risky(match: TermMatch) -> bool:
    """Whether a match should be applied only if the sentence supports it.

    So is one word in lower case, if it is short ("ma"), a word of the dictionary ("machine"), or
    made more special by its target ("telecom" to "China Telecom"), unless the target is the word
    itself in other capitals ("taobao"), the source text has confirmed it, or the entry says when it
    applies. A forbidden entry changes no text, so it is never risky.
    """
    entry = match.entry
    words = [word for word in tokens(entry.form).words if word.isalnum()]
    if match.is_forbidden or match.is_exact or match.confirmed or entry.conditions != _NONE:
        return False
    if len(words) != 1 or words[0] != words[0].lower() or not words[0].isascii():
        return False
    (word,) = words
    target = entry.target.lower()
    if not word.isalpha() or target == word:
        return False
    return len(word) <= _SHORT or is_known(word) or word in target.split()

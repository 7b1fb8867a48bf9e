"""Whether what an entry asks of its surroundings holds where its mt form stands."""

from __future__ import annotations

from collections.abc import Sequence

from postedit.records import Conditions, TermCase
from postedit.termbase.tokens import Tokens, tokens
from postedit.text.agree import relation

_PLAIN = Conditions()


def conditions_hold(conditions: Conditions, text: Tokens, start: int, end: int) -> bool:
    """Whether the neighbours and the company of tokens start..end are such as the entry asks."""
    if conditions is _PLAIN or conditions == _PLAIN:
        return True
    c = conditions
    return not (
        (c.before and not _beside(c.before, text, start, left=True))
        or (c.after and not _beside(c.after, text, end, left=False))
        or (c.not_before and _beside(c.not_before, text, start, left=True))
        or (c.not_after and _beside(c.not_after, text, end, left=False))
        or (c.near and not _near(c.near, text, start, end))
    )


def _beside(phrases: Sequence[str], text: Tokens, edge: int, *, left: bool) -> bool:
    for phrase in phrases:
        wanted = tokens(phrase).words
        first = edge - len(wanted) if left else edge
        if first >= 0 and _stands(wanted, text.words[first : first + len(wanted)]):
            return True
    return False


def _near(phrases: Sequence[str], text: Tokens, start: int, end: int) -> bool:
    for phrase in phrases:
        wanted = tokens(phrase)
        for i in range(len(text.words) - len(wanted.words) + 1):
            own = i < end and start < i + len(wanted.words)
            if not own and _stands(wanted.words, text.words[i : i + len(wanted.words)]):
                return True
    return False


def _stands(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return len(wanted) == len(words) and all(
        relation(want, word) is not None for want, word in zip(wanted, words, strict=True)
    )


def case_holds(case: TermCase, listed: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words are in a case that the entry takes.

    AUTO: an mt form in lower case is found in any; one with a capital as it is listed, or in an
    all-capitals line if it has more than one word (a single "MA" is hardly the "Ma" of an entry).
    """
    if case is TermCase.ANY:
        return True
    if case is TermCase.LOWER:
        return all(word == word.lower() for word in words)
    if case is TermCase.CAPITAL:
        return words[0][:1].isupper()
    if case is TermCase.AUTO:
        if all(want == want.lower() for want in listed):
            return True
        if len(listed) > 1 and all(word == word.upper() for word in words):
            return any(word.isalpha() for word in words)
    return all(_same_case(want, word) for want, word in zip(listed, words, strict=True))


def _same_case(want: str, word: str) -> bool:
    """As listed up to the ending: "Operators" is as "Operator", "OSes" as "OS"."""
    both = min(len(want), len(word))
    same = next((i for i in range(both) if want[i].lower() != word[i].lower()), both)
    return want[:same] == word[:same]

"""Capitals that a proposal still has to give when the rest of it is refused."""

from __future__ import annotations

import re

from postedit.align.edits import apply, edits
from postedit.records import Edit
from postedit.text.words import FUNCTION_WORDS

_WORD, _END = re.compile(r"[^\W\d_]+"), re.compile(r"[.!?]\W*\Z")
# Of the words that may have a capital or not, the share that a title has more of.
_TITLE = 0.5


def capitals_alike(draft: str, proposal: str) -> str:
    """The draft with the capitals of names, and at its start, that the proposal has.

    None of a title's, none of function words, and one at the start only of a sentence that has an
    end: half a sentence or a menu's item may well do without.

    >>> capitals_alike("in beijing he say it open.", "He said in Beijing that It had opened.")
    'in Beijing he say it open.'
    """
    first = _WORD.search(draft)
    if first is None or _is_title(proposal):
        return draft
    start = first.start() if _END.search(draft) else -1
    return apply([edit for edit in edits(draft, proposal) if _is_capital(edit, start)], draft)


def _is_capital(edit: Edit, start: int) -> bool:
    old, new = edit.old, edit.new
    if edit.shift is not None or not old.islower() or new == old or new.lower() != old:
        return False
    if edit.span.start == start:
        return True
    # No "-": of "white-box" one does not know which part is the name.
    return old.strip().isalpha() and old.strip() not in FUNCTION_WORDS


def _is_title(text: str) -> bool:
    words: list[str] = _WORD.findall(text)[1:]
    words = [word for word in words if word.lower() not in FUNCTION_WORDS]
    return sum(word[0].isupper() for word in words) > _TITLE * len(words)

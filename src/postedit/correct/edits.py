"""Take a proposal apart into edits, and keep those that lose and invent nothing.

A proposal that as a whole drops a clause often mends an article, a tense and a capital on the way.
Diffed by words, it falls into edits; an edit, or a few that follow each other (a word that moved is
lost in one and found in the next), is safe if the content words, the numbers and the negations that
it takes out are those that it puts in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from postedit.text.numbers import added_numbers, lost_numbers
from postedit.text.words import content_words, stem

_TOKEN = re.compile(r"\s*(?:\w+(?:[-'’.,]\w+)*|[^\w\s])")

# A word that moved further than across this many edits is not looked for.
_REACH = 4


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    new: tuple[str, ...]


def safe_edits(draft: str, proposal: str) -> str:
    """The draft with only those edits of the proposal applied that keep its content.

    >>> safe_edits("today, three shop open in Beijing.", "Today, three shops opened.")
    'Today, three shops opened in Beijing.'
    """
    before, after = _tokens(draft), _tokens(proposal)
    edits = _diff(before, after)
    chosen: list[_Edit] = []
    i = 0
    while i < len(edits):
        group = next(
            (
                edits[i:j]
                for j in range(i + 1, min(i + _REACH, len(edits)) + 1)
                if _balanced(before, edits[i:j])
            ),
            None,
        )
        chosen += group or []
        i += len(group) if group else 1
    return _apply(before, chosen)


def _tokens(text: str) -> list[str]:
    # Each with the white space before it; the first one too, for it may come to stand elsewhere.
    return _TOKEN.findall(" " + text.strip())


def _diff(before: Sequence[str], after: Sequence[str]) -> list[_Edit]:
    # Matched by stem first, so that each inflected or capitalised word is an edit of its own and
    # does not run together with the changes beside it.
    codes = SequenceMatcher(None, _keys(before), _keys(after), autojunk=False).get_opcodes()
    edits: list[_Edit] = []
    for kind, i, j, k, m in codes:
        if kind != "equal":
            edits.append(_Edit(i, j, tuple(after[k:m])))
            continue
        for old, new in zip(range(i, j), range(k, m), strict=True):
            word = after[new].strip()
            if before[old].strip() != word:
                blank = before[old].removesuffix(before[old].strip())
                edits.append(_Edit(old, old + 1, (blank + word,)))
    return edits


def _keys(tokens: Sequence[str]) -> list[str]:
    return [stem(token.strip()) for token in tokens]


def _balanced(before: Sequence[str], group: Sequence[_Edit]) -> bool:
    # Each edit's own words, apart from its neighbours' by a mark: numbers must not run together.
    lost = " | ".join("".join(before[edit.start : edit.end]) for edit in group)
    found = " | ".join("".join(edit.new) for edit in group)
    if content_words(lost) != content_words(found):
        return False
    return not lost_numbers(lost, found) and not added_numbers(lost, found)


def _apply(before: Sequence[str], edits: Sequence[_Edit]) -> str:
    parts: list[str] = []
    done = 0
    for edit in edits:
        parts += [*before[done : edit.start], *edit.new]
        done = edit.end
    return "".join([*parts, *before[done:]]).strip()

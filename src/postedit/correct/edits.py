"""Take a proposal apart into edits, and keep those that lose and invent nothing.

A proposal that as a whole drops a clause often mends an article, a tense and a capital on the way.
An edit, a move, or a few edits that follow each other (a word may be lost in one and found in the
next), is safe if the content words, the numbers and the negations that it takes out are those that
it puts in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from postedit.align.edits import apply, edits
from postedit.records import Edit
from postedit.text.numbers import added_numbers, lost_numbers, numbers
from postedit.text.words import content_words

# A word that is lost in one edit is looked for in this many, itself included.
_REACH = 4


def safe_edits(draft: str, proposal: str) -> str:
    """The draft with only those edits of the proposal applied that keep its content.

    >>> safe_edits("today, three shop open in Beijing.", "Today, three shops opened.")
    'Today, three shops opened in Beijing.'
    """
    # A space before the first word too, for it may come to stand elsewhere.
    draft = " " + draft.strip()
    found = edits(draft, " " + proposal.strip())
    safe = _safe_moves(found)
    at = 0
    while at < len(found):
        near = [n for n in range(at, len(found)) if n not in safe][:_REACH]
        group = next(
            (near[:size] for size in range(1, len(near) + 1) if _balanced(found, near[:size])), []
        )
        safe |= set(group)
        at = group[-1] + 1 if group else (near[0] + 1 if near else len(found))
    safe -= _dangling(found, safe)
    mended = apply(list(_spaced(found, safe)), draft).strip()
    # What stands beside a number may change how it reads, though no edit touched it.
    return mended if numbers(mended) == numbers(draft) else draft.strip()


def _spaced(found: Sequence[Edit], safe: set[int]) -> Iterator[Edit]:
    """The safe edits; one that a proposal starts with keeps its blank if it does not start with it.

    The proposal has "Distribution of phones", the draft "factory do distribution of phones": no
    "doDistribution", where what comes before it stays.
    """
    for n in sorted(safe):
        edit = found[n]
        alone = n - 1 not in safe and edit.old[:1].isspace() and edit.new[:1].isalnum()
        yield replace(edit, new=" " + edit.new) if alone else edit


def _safe_moves(found: Sequence[Edit]) -> set[int]:
    """Both halves of every move that keeps what it moves, in whatever inflection."""
    halves: dict[int, list[int]] = {}
    for n, edit in enumerate(found):
        if edit.shift is not None:
            halves.setdefault(edit.shift, []).append(n)
    return {n for pair in halves.values() if _balanced(found, pair) for n in pair}


def _dangling(found: Sequence[Edit], safe: set[int]) -> set[int]:
    """Small words that come or go with a phrase that does not: "in" of "in Beijing"."""
    lost: set[int] = set()
    for order in (range(len(found)), range(len(found) - 1, -1, -1)):
        for here, beside in pairwise(order):
            left, right = sorted((here, beside))
            touching = (found[left].span.end, found[left].into.end) == (
                found[right].span.start,
                found[right].into.start,
            )
            kept = here in safe and here not in lost
            if touching and not kept and beside in safe and _is_small(found[beside]):
                lost.add(beside)
    return lost


def _is_small(edit: Edit) -> bool:
    one_sided = not edit.old.strip() or not edit.new.strip()
    return one_sided and edit.shift is None and not content_words(edit.old + edit.new)


def _balanced(found: Sequence[Edit], group: Sequence[int]) -> bool:
    # Each edit's own words, apart from its neighbours' by a mark: numbers must not run together.
    lost = " | ".join(found[n].old for n in group)
    gained = " | ".join(found[n].new for n in group)
    if content_words(lost) != content_words(gained):
        return False
    return not lost_numbers(lost, gained) and not added_numbers(lost, gained)

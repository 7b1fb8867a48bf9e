"""What was changed between two texts: typed edits that turn one into the other to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from postedit.align.types import joined, weak, word_type
from postedit.align.words import Link, Word, align_words, tokenize
from postedit.errors import InputError
from postedit.records import Edit, EditType, Span
from postedit.text.numbers import find_numbers
from postedit.text.phrases import occurrences

# Neighbours of one of these types are one edit: a phrase, a name, a verb with its auxiliary.
_RUNS = frozenset(
    (EditType.LEXICAL, EditType.TERM, EditType.NUMBER, EditType.TENSE, EditType.PUNCTUATION)
)


@dataclass(frozen=True, slots=True)
class _Op:
    """Words old[0]..old[1] of the one text stand as words new[0]..new[1] of the other."""

    old: tuple[int, int]
    new: tuple[int, int]
    type: EditType | None  # None where nothing changed
    shift: int | None = None

    def joined(self, other: _Op, kind: EditType | None) -> _Op:
        return _Op((self.old[0], other.old[1]), (self.new[0], other.new[1]), kind, self.shift)


@dataclass(frozen=True, slots=True)
class _Marks:
    """Places that decide a type by themselves: numbers of either text, terms of the second."""

    numbers: tuple[tuple[Span, ...], tuple[Span, ...]]
    terms: tuple[Span, ...]


def edits(before: str, after: str, terms: Sequence[str] = ()) -> tuple[Edit, ...]:
    """Edits in order, without overlap, that make `after` of `before`: see `apply`.

    `terms` are phrases of which `after` may hold some, in any inflection: what was changed inside
    one is an edit of type `term`.

    >>> found = edits("china telecom have open 3 shop", "China Telecom opened three shops")
    >>> [(edit.old, edit.new, edit.type.value) for edit in found[2:]]
    [('have open', 'opened', 'tense'), ('3', 'three', 'number'), ('shop', 'shops', 'agreement')]
    """
    old, new = tokenize(before), tokenize(after)
    marks = _Marks(
        numbers=(_numbers(before), _numbers(after)),
        terms=tuple(place for term in terms for place in occurrences(after, term)),
    )
    ops = list(_ops(old, new, align_words(*([word.text for word in side] for side in (old, new)))))
    ops = [_typed(op, old, new, marks) for op in ops]
    ops = _absorbed(_claimed(_respelt(ops, old, new)))
    return tuple(_edits(_runs(ops), old, new))


def apply(changes: Sequence[Edit], text: str) -> str:
    """Put every edit's new words in the place of its old ones.

    `apply(edits(a, b), a) == b` for all texts. A part of the edits, in order, may be given; both
    halves of a move, or a word is lost. InputError if they are not in order, or `old` is not there.
    """
    parts: list[str] = []
    done = 0
    for edit in changes:
        if edit.span.start < done or edit.span.of(text) != edit.old:
            raise InputError(f"no {edit.old!r} at characters {edit.span.start} to {edit.span.end}")
        parts += [text[done : edit.span.start], edit.new]
        done = edit.span.end
    return "".join([*parts, text[done:]])


def _ops(old: Sequence[Word], new: Sequence[Word], links: Sequence[Link]) -> Iterator[_Op]:
    """Links, and between them the words that are on one side only, in the order of both texts."""
    moved_out = {link.before: link.shift for link in links if link.shift is not None}
    moved_in = {link.after: link.shift for link in links if link.shift is not None}
    kept = [(link.before, link.after) for link in links if link.shift is None]
    i = j = 0
    for to_i, to_j in [*kept, (len(old), len(new))]:
        for a in range(i, to_i):
            yield _Op((a, a + 1), (j, j), EditType.LEXICAL, moved_out.get(a))
        for b in range(j, to_j):
            yield _Op((to_i, to_i), (b, b + 1), EditType.LEXICAL, moved_in.get(b))
        if to_i < len(old):
            same = (old[to_i].blank, old[to_i].text) == (new[to_j].blank, new[to_j].text)
            yield _Op((to_i, to_i + 1), (to_j, to_j + 1), None if same else EditType.LEXICAL)
        i, j = to_i + 1, to_j + 1


def _numbers(text: str) -> tuple[Span, ...]:
    # "one" and "second" alone are as often a pronoun and an adjective.
    found = (number.span for number in find_numbers(text))
    return tuple(span for span in found if span.of(text).lower() not in ("one", "second"))


def _typed(op: _Op, old: Sequence[Word], new: Sequence[Word], marks: _Marks) -> _Op:
    if op.type is None:
        return op
    if op.shift is not None:
        return replace(op, type=EditType.WORD_ORDER)
    was, is_ = (
        "".join(word.text for word in side[slice(*at)])
        for side, at in ((old, op.old), (new, op.new))
    )
    if was == is_:
        return replace(op, type=EditType.SPACING)
    span, into = _whole(old, op.old), _whole(new, op.new)
    if any(into.overlaps(place) for place in marks.terms):
        return replace(op, type=EditType.TERM)
    if any(span.overlaps(place) for place in marks.numbers[0]) or any(
        into.overlaps(place) for place in marks.numbers[1]
    ):
        return replace(op, type=EditType.NUMBER)
    return replace(op, type=word_type(was, is_))


def _whole(words: Sequence[Word], at: tuple[int, int]) -> Span:
    """Characters of a range of words, with the white space before each; empty for no words."""
    if at[0] < at[1]:
        return Span(words[at[0]].whole.start, words[at[1] - 1].span.end)
    place = words[at[0]].whole.start if at[0] < len(words) else words[-1].span.end if words else 0
    return Span(place, place)


def _respelt(ops: Sequence[_Op], old: Sequence[Word], new: Sequence[Word]) -> list[_Op]:
    """Neighbouring changes that only split or join a word are one change of punctuation."""
    done: list[_Op] = []
    for op in ops:
        done.append(op)
        for size in (2, 3):
            tail = done[-size:]
            if len(tail) < size or any(one.type is None or one.shift is not None for one in tail):
                break
            known = EditType.TERM in (one.type for one in tail)
            kind = EditType.TERM if known else EditType.PUNCTUATION
            whole = tail[0].joined(tail[-1], kind)
            sides = (_texts(old, whole.old), _texts(new, whole.new))
            if joined(*sides):
                done[-size:] = [whole]
                break
    return done


def _texts(words: Sequence[Word], at: tuple[int, int]) -> list[str]:
    return [word.text for word in words[slice(*at)]]


def _absorbed(ops: Sequence[_Op]) -> list[_Op]:
    """Small words that change between two lexical changes, with nothing kept, are part of them."""
    done = list(ops)
    last: int | None = None
    for i, op in enumerate(ops):
        if op.type is EditType.LEXICAL and op.shift is None:
            for k in range(last + 1 if last is not None else i, i):
                done[k] = replace(done[k], type=EditType.LEXICAL)
            last = i
        elif op.type is None or op.shift is not None or not weak(op.type):
            last = None
    return done


def _claimed(ops: Sequence[_Op]) -> list[_Op]:
    """Words that went, with nothing kept between them and a term, are what the term replaced."""
    done = list(ops)
    pairs = list(pairwise(range(len(done))))
    for i, beside in [*((right, left) for left, right in pairs), *reversed(pairs)]:
        op = done[i]
        gone = op.type is EditType.LEXICAL and op.shift is None and op.new[0] == op.new[1]
        if gone and done[beside].type is EditType.TERM:
            done[i] = replace(op, type=EditType.TERM)
    return done


def _runs(ops: Sequence[_Op]) -> list[_Op]:
    """Changes only; neighbours of one type, or of one move, as one."""
    done: list[_Op] = []
    previous: _Op | None = None
    for op in ops:
        if op.type is not None:
            if previous is not None and _one(previous, op):
                done[-1] = done[-1].joined(op, op.type)
            else:
                done.append(op)
        previous = op
    return done


def _one(left: _Op, right: _Op) -> bool:
    if left.shift is not None or right.shift is not None:
        same_side = (left.old[0] < left.old[1]) == (right.old[0] < right.old[1])
        return left.shift == right.shift and same_side
    return left.type is right.type and left.type in _RUNS


def _edits(ops: Sequence[_Op], old: Sequence[Word], new: Sequence[Word]) -> Iterator[Edit]:
    pending: Edit | None = None
    for op in ops:
        edit = _edit(op, old, new)
        if (
            pending is not None
            and edit.type is EditType.SPACING
            and (pending.span.end, pending.into.end) == (edit.span.start, edit.into.start)
        ):
            # A word that went takes its space along.
            pending = replace(
                pending,
                span=Span(pending.span.start, edit.span.end),
                into=Span(pending.into.start, edit.into.end),
                old=pending.old + edit.old,
                new=pending.new + edit.new,
            )
            continue
        if pending is not None:
            yield pending
        pending = edit
    if pending is not None:
        yield pending


def _edit(op: _Op, old: Sequence[Word], new: Sequence[Word]) -> Edit:
    """The edit of a change, without the white space that both sides begin with."""
    assert op.type is not None
    was, is_ = _spelt(old, op.old), _spelt(new, op.new)
    span, into = _whole(old, op.old), _whole(new, op.new)
    if op.type is EditType.SPACING:
        # The word stays: only the white space before it changed.
        shared = len(old[op.old[0]].text) if op.old[0] < op.old[1] and op.new[0] < op.new[1] else 0
        head, tail = 0, shared
    else:
        blanks = [side[: len(side) - len(side.lstrip())] for side in (was, is_)]
        head, tail = len(blanks[0]) if blanks[0] == blanks[1] else 0, 0
    return Edit(
        Span(span.start + head, span.end - tail),
        Span(into.start + head, into.end - tail),
        was[head : len(was) - tail],
        is_[head : len(is_) - tail],
        op.type,
        op.shift,
    )


def _spelt(words: Sequence[Word], at: tuple[int, int]) -> str:
    return "".join(word.blank + word.text for word in words[slice(*at)])

"""Put the targets of matches into a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from postedit.records import Replacement, Span, TermMatch, TermStatus
from postedit.text.agree import inflected, relation

_WORD_BEFORE = re.compile(r"([\w-]+)\s+\Z")
_WORD_AFTER = re.compile(r"\s+([\w-]+)")


def replaceable(matches: Iterable[TermMatch]) -> tuple[TermMatch, ...]:
    """The matches whose target belongs into the text: all but those of forbidden entries."""
    return tuple(m for m in matches if m.entry.status is not TermStatus.FORBIDDEN)


def absorb_neighbours(text: str, matches: Sequence[TermMatch]) -> tuple[TermMatch, ...]:
    """Widen each match over words beside it that its target says again, in whatever form.

    Blind replacement of "telecom" by "China Telecom" turns "China telecom" into "China China
    Telecom", and "electric city channels" into "electronics channel channels": here the target
    takes the form of the neighbour, "electronics channels". A match never grows into its neighbour.
    """
    widened: list[TermMatch] = []
    for i, match in enumerate(matches):
        left_wall = widened[-1].span.end if widened else 0
        right_wall = matches[i + 1].span.start if i + 1 < len(matches) else len(text)
        words = match.target.split()
        start, end, form = match.span.start, match.span.end, match.form
        for n in range(len(words) - 1, 0, -1):
            if (at := _said_before(words[:n], text[left_wall:start])) is not None:
                start = left_wall + at
                break
        for n in range(len(words) - 1, 0, -1):
            if (said := _said_after(words[-n:], text[end:right_wall])) is not None:
                end += said[0]
                form = " ".join([*words[:-1], said[1]])
                break
        form = "" if form == match.entry.target else form
        widened.append(replace(match, span=Span(start, end), form=form))
    return tuple(widened)


def _said_before(words: Sequence[str], before: str) -> int | None:
    at = len(before)
    for word in reversed(words):
        found = _WORD_BEFORE.search(before[:at])
        if not found or found.group(1).lower() != word.lower():
            return None
        at = found.start(1)
    return at


def _said_after(words: Sequence[str], after: str) -> tuple[int, str] | None:
    """How far the words reach into the text that follows, and the last word in its number there."""
    end, last = 0, words[-1]
    for word in words:
        found = _WORD_AFTER.match(after, end)
        if not found or (kin := relation(word, found.group(1))) is None:
            return None
        end, last = found.end(), inflected(word, kin)
    return end, last


def replace_terms(
    text: str, matches: Sequence[TermMatch], *, as_listed: bool = False
) -> Replacement:
    """Put the target of every match in its place, and nothing else.

    The target has the form that its place asks for, or is the one that is listed. The matches stand
    in text order and do not overlap (see `replaceable`), or it is a ValueError.
    """
    parts: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for match in matches:
        if match.span.start < done:
            raise ValueError(f"match of “{match.entry.mt}” overlaps the one before it")
        before = text[done : match.span.start]
        length += len(before)
        target = match.entry.target if as_listed else match.target
        spans.append(Span(length, length + len(target)))
        length += len(target)
        parts += [before, target]
        done = match.span.end
    return Replacement("".join([*parts, text[done:]]), tuple(spans))

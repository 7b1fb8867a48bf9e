"""Find the entries of a termbase in a text, and put their targets in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from postedit.records import Replacement, Span, TermEntry, TermMatch, TermStatus

_CHINESE = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Letters, with the accents that may stand apart from them.
_LETTER = rf"(?:[^\W\d{_CHINESE}]|[\u0300-\u036f])"
# One Chinese character (Chinese writes no spaces, so each may start or end a term), a number with
# its letters ("5,000", "2.0", "5G"), a word up to its digits ("OS" in "OS2.0"), or one punctuation
# mark. Matching whole tokens is what keeps "ma" out of "market".
_TOKEN = re.compile(rf"[{_CHINESE}]|\d+(?:[.,]\d+)*{_LETTER}*|{_LETTER}+|[^\w\s]")
# One character for one, so that spans stay true.
_PLAIN_QUOTES = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True, slots=True)
class _Pattern:
    tokens: tuple[str, ...]
    entry: TermEntry
    any_case: bool


class TermMatcher:
    """Finds termbase entries in text by their tokens; time grows with the text, not the termbase.

    An entry written in lower case matches in any case; one with a capital matches as written.
    Curly and straight quotes are the same.
    """

    def __init__(self, entries: Iterable[TermEntry]):
        self._patterns: dict[tuple[str, ...], list[_Pattern]] = defaultdict(list)
        lengths: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            tokens = tuple(_TOKEN.findall(entry.mt.translate(_PLAIN_QUOTES)))
            if tokens:
                key = tuple(token.lower() for token in tokens)
                pattern = _Pattern(tokens, entry, any_case=entry.mt == entry.mt.lower())
                self._patterns[key].append(pattern)
                lengths[key[0]].add(len(key))
        self._lengths = {first: sorted(of) for first, of in lengths.items()}
        for patterns in self._patterns.values():  # "China mobile" is nearer than "china mobile"
            patterns.sort(key=lambda pattern: pattern.any_case)

    def match(self, text: str) -> tuple[TermMatch, ...]:
        """Matches in text order; of two that would overlap the longer one stays, then the first.

        Matches of forbidden entries are a world of their own: they do not overlap each other, but
        may overlap the match that says what the text becomes instead. `replaceable` leaves them
        out.
        """
        found = self._all(text)
        wanted = _without_overlaps(replaceable(found))
        banned = _without_overlaps([m for m in found if m.entry.status is TermStatus.FORBIDDEN])
        return tuple(sorted((*wanted, *banned), key=lambda match: match.span))

    def _all(self, text: str) -> list[TermMatch]:
        tokens = list(_TOKEN.finditer(text.translate(_PLAIN_QUOTES)))
        words = tuple(token.group() for token in tokens)
        lower = tuple(word.lower() for word in words)
        found: list[TermMatch] = []
        for i, first in enumerate(lower):
            for length in self._lengths.get(first, ()):
                if (end := i + length) > len(words):
                    break  # lengths go up; a slice cut short would pass for a shorter entry
                for pattern in self._patterns.get(lower[i:end], ()):
                    if pattern.any_case or pattern.tokens == words[i:end]:
                        span = Span(tokens[i].start(), tokens[end - 1].end())
                        found.append(TermMatch(pattern.entry, span))
        return found


def _without_overlaps(found: Sequence[TermMatch]) -> list[TermMatch]:
    kept: list[TermMatch] = []
    taken: set[int] = set()
    for match in sorted(found, key=lambda m: (m.span.start - m.span.end, m.span.start)):
        place = range(match.span.start, match.span.end)
        if taken.isdisjoint(place):
            kept.append(match)
            taken.update(place)
    return kept


def replaceable(matches: Iterable[TermMatch]) -> tuple[TermMatch, ...]:
    """The matches whose target belongs into the text: all but those of forbidden entries."""
    return tuple(m for m in matches if m.entry.status is not TermStatus.FORBIDDEN)


def absorb_neighbours(text: str, matches: Sequence[TermMatch]) -> tuple[TermMatch, ...]:
    """Widen each match over words beside it that its target says again.

    Blind replacement of "telecom" by "China Telecom" turns "China telecom" into "China China
    Telecom", and "electric city channel" into "electronics channel channel". A match never grows
    into its neighbour.
    """
    widened: list[TermMatch] = []
    for i, match in enumerate(matches):
        left_wall = widened[-1].span.end if widened else 0
        right_wall = matches[i + 1].span.start if i + 1 < len(matches) else len(text)
        words = match.entry.target.split()
        start, end = match.span.start, match.span.end
        for n in range(len(words) - 1, 0, -1):
            lead = _spelled(words[:n]) + r"\s+\Z"
            if before := re.search(r"(?<!\w)" + lead, text[left_wall:start], re.IGNORECASE):
                start = left_wall + before.start()
                break
        for n in range(len(words) - 1, 0, -1):
            tail = r"\s+" + _spelled(words[-n:]) + r"(?!\w)"
            if after := re.match(tail, text[end:right_wall], re.IGNORECASE):
                end += after.end()
                break
        widened.append(replace(match, span=Span(start, end)))
    return tuple(widened)


def _spelled(words: Sequence[str]) -> str:
    return r"\s+".join(re.escape(word) for word in words)


def replace_terms(text: str, matches: Sequence[TermMatch]) -> Replacement:
    """Put the target of every match in its place, and nothing else.

    The matches stand in text order and do not overlap (see `replaceable`), or it is a ValueError.
    """
    parts: list[str] = []
    spans: list[Span] = []
    done = length = 0
    for match in matches:
        if match.span.start < done:
            raise ValueError(f"match of “{match.entry.mt}” overlaps the one before it")
        before = text[done : match.span.start]
        length += len(before)
        spans.append(Span(length, length + len(match.entry.target)))
        length += len(match.entry.target)
        parts += [before, match.entry.target]
        done = match.span.end
    return Replacement("".join([*parts, text[done:]]), tuple(spans))

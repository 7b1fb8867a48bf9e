"""Check: no word or phrase of up to four words, and no comma or colon, is said twice in a row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem, places
from postedit.records import Span, TermMatch

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*|[^\w\s]")
_LONGEST = 4
# Marks that no one writes twice.
_ONCE = frozenset(",;:")

# Doubles that English has: "the way he had had it", "he said that that is so", "very, very".
_ALLOWED = frozenset("had that very much many far long so no bye ha is".split())


def _test(_mt: str, pe: str, matches: Sequence[TermMatch]) -> Iterator[Problem]:
    # A name may double itself: "Want Want".
    names = [place for match in matches for place in places(pe, match.entry.target)]
    tokens = list(_TOKEN.finditer(pe))
    words = [token.group().lower() for token in tokens]
    i = 0
    while i < len(words):
        size, times = _loop_at(words, i)
        if times > 1:
            end = i + size * times
            span = Span(tokens[i].start(), tokens[end - 1].end())
            once = pe[tokens[i].start() : tokens[i + size - 1].end()]
            if not any(name.start <= span.start and span.end <= name.end for name in names):
                yield Problem(f"“{once}” stands {times} times in a row", span)
            i = end
        else:
            i += 1


def _loop_at(words: Sequence[str], start: int) -> tuple[int, int]:
    """Length of the shortest phrase that repeats itself from `start`, and how often; or (0, 1)."""
    for size in range(1, _LONGEST + 1):
        phrase = words[start : start + size]
        times = 1
        while words[start + times * size : start + (times + 1) * size] == phrase:
            times += 1
        if times > 1 and not _is_fine(phrase, times):
            return size, times
    return 0, 1


def _is_fine(phrase: Sequence[str], times: int) -> bool:
    if len(phrase) == 1 and phrase[0] in _ONCE:
        return False
    if not phrase[0][0].isalnum() or not any(token[0].isalpha() for token in phrase):
        return True  # a loop of words starts at a word; numbers and marks may repeat: "300 300"
    words = [token for token in phrase if token[0].isalpha()]
    return times == 2 and len(words) == 1 and words[0] in _ALLOWED


REPEATS = Check(
    "repeats",
    "Repeated words",
    "No word or phrase of up to four words stands twice in a row, unless English doubles it;"
    " no comma, colon or semicolon either.",
    _test,
)

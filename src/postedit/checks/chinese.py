"""Check: no Chinese is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from postedit.checks.base import Check, Problem, places
from postedit.records import Span, TermMatch, TermStatus

# Radicals, ideographs of the basic plane with extension A and compatibility forms, and the
# supplementary planes of ideographs; Chinese punctuation is another matter.
_CHINESE = re.compile(
    r"[\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def _test(_mt: str, pe: str, matches: Sequence[TermMatch]) -> Iterator[Problem]:
    wanted = {m.entry.target for m in matches if m.entry.status is not TermStatus.FORBIDDEN}
    kept = [place for target in wanted for place in places(pe, target)]
    for found in _CHINESE.finditer(pe):
        span = Span(found.start(), found.end())
        if not any(place.start <= span.start and span.end <= place.end for place in kept):
            yield Problem(f"Chinese is left: {found.group()}", span)


CHINESE = Check(
    "chinese",
    "Leftover Chinese",
    "No Chinese characters remain, except in targets of the termbase.",
    _test,
)

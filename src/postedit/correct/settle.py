"""Whether a dangerous term applies: the model reads its sentence both ways.

"telecom" is China Telecom in one sentence and an industry in the next, "ma" a man or milliamperes.
Where a match is risky (`termbase.risk`), the words around it are scored with the target in its
place and as they are, and the termbase gives way only if the model prefers them by a margin. The
margin was chosen on the `tune` rows of eval/decisions/terms.tsv, with recall counting twice as much
as precision (F2): a termbase is an instruction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from postedit.models.protocol import Backend
from postedit.records import Span, TermMatch
from postedit.termbase.replace import absorb_neighbours, replace_terms
from postedit.termbase.risk import is_risky

# Words on each side that the model reads.
_WINDOW = 7
_ARTICLE = re.compile(r"(?:\A|\s)((?:the|an?)\s+)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declined:
    """A match whose target was not put in, and the model's preference for it (a log-odds)."""

    match: TermMatch
    preference: float


@dataclass(frozen=True, slots=True)
class Settled:
    """The matches of a segment that stand, and those that were declined."""

    matches: tuple[TermMatch, ...]
    declined: tuple[Declined, ...] = ()


def settle(
    backend: Backend,
    texts: Sequence[str],
    matches: Sequence[Sequence[TermMatch]],
    margin: float,
) -> list[Settled]:
    """Decline the risky matches whose preference is below `margin`; the others stand.

    A forbidden match goes with the match that stands on its place.
    """
    risky = [(i, match) for i, found in enumerate(matches) for match in found if is_risky(match)]
    scores = preferences(backend, [(texts[i], match) for i, match in risky])
    declined: dict[int, list[Declined]] = {}
    for (i, match), score in zip(risky, scores, strict=True):
        if score < margin:
            declined.setdefault(i, []).append(Declined(match, score))
    return [_without(tuple(found), tuple(declined.get(i, ()))) for i, found in enumerate(matches)]


def _without(found: tuple[TermMatch, ...], declined: tuple[Declined, ...]) -> Settled:
    gone = {one.match.span for one in declined}
    return Settled(tuple(match for match in found if match.span not in gone), declined)


def preferences(backend: Backend, cases: Sequence[tuple[str, TermMatch]]) -> list[float]:
    """How much more likely the model holds a text with a match's target in it than without.

    Natural log-odds of the words around the match with the target and without it, as English text;
    0 where the target changes nothing. A name is read without the article before it as well: the
    mt has "the telecom", English has no "the China Telecom".
    """
    readings = [_readings(text, match) for text, match in cases]
    targets = [backend.write(one) for several in readings for one in several]
    # Not given the mt: given it, a post-editor holds every copy of it for likely.
    scores = iter(backend.log_probs([backend.read("")] * len(targets), targets))
    found: list[float] = []
    for several in readings:
        untouched, *applied = [next(scores) for _ in several]
        found.append(max(applied) - untouched)
    return found


def _readings(text: str, match: TermMatch) -> tuple[str, ...]:
    """The window around a match as it is, and with its target put in."""
    before = " ".join(text[: match.span.start].split(" ")[-_WINDOW - 1 :])
    after = " ".join(text[match.span.end :].split(" ")[: _WINDOW + 1])
    window = before + match.span.of(text) + after
    end = len(before) + match.span.end - match.span.start
    moved = replace(match, span=Span(len(before), end))
    (wide,) = absorb_neighbours(window, [moved])
    applied = replace_terms(window, [wide])
    found = [window, applied.text]
    start = applied.spans[0].start
    if match.target[:1].isupper() and (article := _ARTICLE.search(applied.text[:start])):
        found.append(applied.text[: article.start(1)] + applied.text[start:])
    return tuple(found)

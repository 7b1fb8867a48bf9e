"""A proxy for meaning that needs no reference: content words lost and content words invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postedit.score.results import ScoreError
from postedit.text.words import content_words, coverage

# Share of the content words that must be found on the other side. One word in ten may differ: a
# right correction exchanges a word now and then.
MIN_COVERAGE: Final = 0.9


@dataclass(frozen=True, slots=True)
class MeaningProxy:
    """Percentages of the segments: those that kept their content, and those that invented some."""

    kept: float
    invented: float

    @property
    def lost(self) -> float:
        """Percentage of the segments that lost content."""
        return 100.0 - self.kept


def meaning(before: Sequence[str], after: Sequence[str]) -> MeaningProxy:
    """Look for each segment's content words on the other side, by stem and with repeats.

    A segment has lost content if fewer than `MIN_COVERAGE` of the input's words are found in the
    output, and has invented if fewer than that of the output's are found in the input. No segments
    at all lose and invent nothing. Give `before` with its terms replaced: otherwise each corrected
    term reads as a loss and an invention.
    """
    if len(before) != len(after):
        raise ScoreError(f"{len(before)} segments before, but {len(after)} after")
    if not before:
        return MeaningProxy(kept=100.0, invented=0.0)
    kept = invented = 0
    for old, new in zip(map(content_words, before), map(content_words, after), strict=True):
        kept += coverage(old, new) >= MIN_COVERAGE
        invented += coverage(new, old) < MIN_COVERAGE
    return MeaningProxy(100.0 * kept / len(before), 100.0 * invented / len(before))

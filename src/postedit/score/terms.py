"""Term accuracy: how many of the matched terms stand in the output in their target form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from postedit.records import Span
from postedit.score.results import ScoreError
from postedit.text.phrases import occurrences


@dataclass(frozen=True, slots=True)
class TermCounts:
    """Terms that were matched in the input, and those of them that the output has."""

    matched: int
    kept: int

    @property
    def accuracy(self) -> float:
        """Percentage of the matched terms that were kept; 100 where none was matched."""
        return 100.0 * self.kept / self.matched if self.matched else 100.0


def term_counts(outputs: Sequence[str], targets: Sequence[Sequence[str]]) -> TermCounts:
    """Count the targets of each segment's matches that its output has, in any inflection.

    A target that was matched twice must occur twice, and "Jack Ma" does not count as "Ma" too.

    >>> term_counts(["Jack Ma met Ma."], [["Ma", "Jack Ma", "Ma"]])
    TermCounts(matched=3, kept=2)
    """
    if len(outputs) != len(targets):
        raise ScoreError(f"{len(outputs)} outputs, but targets for {len(targets)} segments")
    matched = sum(len(wanted) for wanted in targets)
    kept = sum(_kept(text, wanted) for text, wanted in zip(outputs, targets, strict=True))
    return TermCounts(matched, kept)


def _kept(text: str, targets: Iterable[str]) -> int:
    claimed: list[Span] = []
    # The longest first, so that a term does not take the place of one that contains it.
    for target in sorted(targets, key=len, reverse=True):
        places = occurrences(text, target)
        free = (place for place in places if not any(place.overlaps(other) for other in claimed))
        if (place := next(free, None)) is not None:
            claimed.append(place)
    return len(claimed)

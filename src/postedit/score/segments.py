"""Which segments a repair improved and which it hurt, by segment chrF (Popović 2015)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from postedit.score.metrics import Scorer
from postedit.score.results import ScoreError

# Points of chrF. A smaller difference is noise of rounding, not a change of quality.
MIN_CHANGE: Final = 0.01


@dataclass(frozen=True, slots=True)
class SegmentChanges:
    """What a repair did: how many texts it changed, and by how much each segment's chrF moved.

    `deltas[i]` is chrF after minus chrF before; `total` is `improved + unchanged + hurt`.
    """

    changed: int
    deltas: tuple[float, ...]

    @property
    def total(self) -> int:
        """Number of segments."""
        return len(self.deltas)

    @property
    def improved(self) -> int:
        """Segments that came at least `MIN_CHANGE` nearer to the reference."""
        return sum(delta >= MIN_CHANGE for delta in self.deltas)

    @property
    def hurt(self) -> int:
        """Segments that went at least `MIN_CHANGE` away from the reference."""
        return sum(delta <= -MIN_CHANGE for delta in self.deltas)

    @property
    def unchanged(self) -> int:
        """Segments whose score stayed, whether or not their text did."""
        return self.total - self.improved - self.hurt

    @property
    def worst(self) -> tuple[int, ...]:
        """Indices of the hurt segments, the one that lost most first."""
        hurt = [i for i, delta in enumerate(self.deltas) if delta <= -MIN_CHANGE]
        return tuple(sorted(hurt, key=lambda i: self.deltas[i]))


def segment_chrf(hypothesis: str, references: Sequence[str]) -> float:
    """The chrF of one segment, 0 to 100: the best over its references."""
    if not references:
        raise ScoreError("nothing to score against: no references")
    return Scorer("chrf").segment(hypothesis, references)


def segment_changes(
    before: Sequence[str], after: Sequence[str], references: Sequence[str]
) -> SegmentChanges:
    """Compare each segment's chrF after the repair with that before it."""
    if not len(before) == len(after) == len(references):
        raise ScoreError(
            f"{len(before)} segments before, {len(after)} after and {len(references)} references"
        )
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    deltas = [0.0] * len(before)
    if changed:
        scorer = Scorer("chrf")
        wanted = [[references[i] for i in changed]]
        old = scorer.statistics([before[i] for i in changed], wanted)
        new = scorer.statistics([after[i] for i in changed], wanted)
        for i, row_before, row_after in zip(changed, old, new, strict=True):
            deltas[i] = scorer.score(row_after) - scorer.score(row_before)
    return SegmentChanges(len(changed), tuple(deltas))

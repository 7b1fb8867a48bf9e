"""Which passages show best what a system did."""

from __future__ import annotations

from dataclasses import dataclass

from postedit.benchmark.scores import SuiteScores
from postedit.score.segments import MIN_CHANGE


@dataclass(frozen=True, slots=True)
class Examples:
    """Indices of passages: those that gained most, and those that lost most, each first."""

    improved: tuple[int, ...]
    hurt: tuple[int, ...]


def examples(scored: SuiteScores, system: str, most: int = 5) -> Examples:
    """The passages that a system moved furthest from the baseline, either way."""
    gains = scored.gains(system)
    order = sorted(range(len(gains)), key=lambda i: gains[i])
    return Examples(
        improved=tuple(i for i in order[::-1][:most] if gains[i] >= MIN_CHANGE),
        hurt=tuple(i for i in order[:most] if gains[i] <= -MIN_CHANGE),
    )

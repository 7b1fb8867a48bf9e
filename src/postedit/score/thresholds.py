"""What a difference in points means to people.

Kocmi, Zouhar, Federmann and Post (2024, "Navigating the Metrics Maze", ACL) asked for many pairs of
whole translation systems how often people agree which is better, given the difference in a metric.
A repair changes a part of one output: the figures are quoted for orientation, not as a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Smallest difference at which 6, 7, 8 and 9 of 10 pairs are confirmed by people: the paper's main
# table. BLEU never reaches 9 of 10. The paper has no figures for TER and chrF++.
THRESHOLDS: Final[Mapping[str, tuple[float, ...]]] = {
    "bleu": (0.78, 1.39, 2.34),
    "chrf": (0.54, 1.00, 1.63, 3.05),
    "comet": (0.18, 0.35, 0.56, 0.94),
    "cometkiwi": (0.16, 0.33, 0.53, 0.85),
}
_LOWEST = 6


@dataclass(frozen=True, slots=True)
class Agreement:
    """In at least `tenths` of 10 pairs of systems that differ so much, people agree; 5: by chance.

    `next` is the difference from which it would be one more, None if there is no such.
    """

    metric: str
    difference: float
    tenths: int
    next: float | None

    def __str__(self) -> str:
        size = f"{abs(self.difference):.1f}"
        what = "gain" if self.difference >= 0 else "loss"
        name = _NAMES.get(self.metric, self.metric)
        if self.tenths < _LOWEST:
            return f"a {name} {what} of {size}: people hardly agree on one below {self.next}"
        told = f"{self.tenths} of 10 such {_PLURAL[what]} are seen by people"
        return f"a {name} {what} of {size}: {told}"


_NAMES = {"bleu": "BLEU", "chrf": "chrF", "comet": "COMET", "cometkiwi": "CometKiwi"}
_PLURAL = {"gain": "gains", "loss": "losses"}


def agreement(metric: str, difference: float) -> Agreement | None:
    """How often people confirm a difference of that many points; None for a metric not studied.

    >>> str(agreement("chrf", 3.1))
    'a chrF gain of 3.1: 9 of 10 such gains are seen by people'
    """
    steps = THRESHOLDS.get(metric)
    if steps is None:
        return None
    passed = sum(abs(difference) >= step for step in steps)
    following = steps[passed] if passed < len(steps) else None
    return Agreement(metric, difference, _LOWEST - 1 + passed, following)

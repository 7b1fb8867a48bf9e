"""Term scores in the three modes of the WMT 2023 terminology task: no, real and random terms.

Measured is one system in one mode, always against the same demands: a term is required where a
reference has it. Without terms the score says what the system does by itself, with real ones what
the termbase brings; random ones do not belong into the text, and not one of them may come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from postedit.records import Span
from postedit.score.results import ScoreError
from postedit.text.phrases import occurrences


class TermMode(StrEnum):
    """Which terms the system was given."""

    NONE = "none"
    REAL = "real"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Demand:
    """A term as a text may have it: any of its targets, in any form (or letter by letter)."""

    targets: tuple[str, ...]
    exact: bool = False

    def places(self, text: str) -> list[Span]:
        """Where one of the targets stands."""
        return [
            span
            for target in self.targets
            for span in occurrences(text, target)
            if not self.exact or span.of(text) == target
        ]


@dataclass(frozen=True, slots=True)
class TermSample:
    """One text on its way: mt, what the system made of it, the references, and its terms.

    `demands` are of the real termbase; of them those count that a reference has. `strangers` are
    targets of the random termbase.
    """

    mt: str
    output: str
    references: tuple[str, ...]
    demands: tuple[Demand, ...]
    strangers: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class TermModeScores:
    """Counts over all texts; each of the required terms is wrong (not there) or right in the mt.

    `inserted` counts random terms that stand in an output, but neither in its mt nor in a
    reference; `offered` all random terms of which that could have been said.
    """

    mode: TermMode
    wrong: int
    repaired: int
    right: int
    harmed: int
    offered: int
    inserted: int

    @property
    def required(self) -> int:
        """Terms that a reference has."""
        return self.wrong + self.right

    @property
    def accuracy(self) -> float:
        """Percentage of the required terms that the output has; 100 where none is required."""
        return _share(self.repaired + self.right - self.harmed, self.required, 100.0)

    @property
    def mt_accuracy(self) -> float:
        """The same of the mt as it came."""
        return _share(self.right, self.required, 100.0)

    @property
    def repair_rate(self) -> float:
        """Percentage of the terms wrong in the mt that the output has."""
        return _share(self.repaired, self.wrong, 0.0)

    @property
    def harm_rate(self) -> float:
        """Percentage of the terms right in the mt that the output lacks."""
        return _share(self.harmed, self.right, 0.0)

    @property
    def insertion_rate(self) -> float:
        """Percentage of the random terms that came in; anything but 0 is a fault."""
        return _share(self.inserted, self.offered, 0.0)


def _share(part: int, whole: int, otherwise: float) -> float:
    return 100.0 * part / whole if whole else otherwise


def term_mode_scores(mode: TermMode, samples: Iterable[TermSample]) -> TermModeScores:
    """Score one system in one mode."""
    counts = [_score(sample) for sample in samples]
    return (
        TermModeScores(mode, *(sum(column) for column in zip(*counts, strict=True)))
        if (counts)
        else TermModeScores(mode, 0, 0, 0, 0, 0, 0)
    )


def _score(sample: TermSample) -> tuple[int, int, int, int, int, int]:
    if not sample.references:
        raise ScoreError("term scores need a reference for each text")
    in_references = [_present(text, sample.demands) for text in sample.references]
    in_mt = _present(sample.mt, sample.demands)
    in_output = _present(sample.output, sample.demands)
    wrong = repaired = right = harmed = 0
    for required, before, after in zip(
        map(any, zip(*in_references, strict=True)), in_mt, in_output, strict=True
    ):
        wrong += required and not before
        repaired += required and not before and after
        right += required and before
        harmed += required and before and not after
    strangers = [
        stranger
        for stranger in sample.strangers
        if not any(stranger.places(text) for text in (sample.mt, *sample.references))
    ]
    inserted = sum(bool(stranger.places(sample.output)) for stranger in strangers)
    return wrong, repaired, right, harmed, len(strangers), inserted


def _present(text: str, demands: Sequence[Demand]) -> list[bool]:
    """Which demands the text meets; one place meets one of them, the longest targets first."""
    met = [False] * len(demands)
    claimed: list[Span] = []
    for i in sorted(range(len(demands)), key=lambda i: -max(map(len, demands[i].targets))):
        for place in demands[i].places(text):
            if not any(place.overlaps(other) for other in claimed):
                claimed.append(place)
                met[i] = True
                break
    return met

"""What a comparison of systems says: scores, intervals, p-values and the signatures behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from postedit.errors import InputError

Metric = Literal["bleu", "chrf", "ter"]
METRICS: Final[tuple[Metric, ...]] = ("bleu", "chrf", "ter")


class ScoreError(InputError):
    """Texts that cannot be scored: none at all, or not as many as there are references."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A corpus score and the ends of its 95 % bootstrap interval.

    The scale is 0 to 100 (TER may exceed it). `low` and `high` are None where nothing can be
    resampled: with a single segment, or when no resamples were asked for.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class SystemScores:
    """One system's scores; the keys of `signatures` and `p_values` are those of `METRICS`.

    A p-value is that of the paired test against the baseline system. It is None for the baseline
    itself, and wherever there is no interval either.
    """

    name: str
    bleu: Estimate
    chrf: Estimate
    ter: Estimate
    signatures: Mapping[Metric, str]
    p_values: Mapping[Metric, float | None]

    def estimate(self, metric: Metric) -> Estimate:
        """The score in `metric`."""
        estimates: dict[Metric, Estimate] = {"bleu": self.bleu, "chrf": self.chrf, "ter": self.ter}
        return estimates[metric]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several systems on the same `segments` segments, in the order in which they were given."""

    systems: tuple[SystemScores, ...]
    baseline: str
    segments: int

    def __getitem__(self, name: str) -> SystemScores:
        """The scores of the system called `name`; KeyError if there is none."""
        for system in self.systems:
            if system.name == name:
                return system
        raise KeyError(name)

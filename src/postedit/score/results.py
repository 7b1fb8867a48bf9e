"""What a comparison of systems says: scores, intervals, p-values and the signatures behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from postedit.errors import InputError

Metric = Literal["bleu", "chrf", "chrf++", "ter"]
# What a repair is scored in by default; chrF++ costs as much time again as chrF.
METRICS: Final[tuple[Metric, ...]] = ("bleu", "chrf", "ter")
ALL_METRICS: Final[tuple[Metric, ...]] = ("bleu", "chrf", "chrf++", "ter")

# Paired bootstrap (Koehn 2004), or approximate randomisation (Riezler and Maxwell 2005).
Test = Literal["bootstrap", "randomisation"]


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
    """One system's scores; all three mappings have the metrics of the comparison as their keys.

    A p-value is that of the paired test against the baseline system. It is None for the baseline
    itself, and wherever there is no interval either.
    """

    name: str
    estimates: Mapping[Metric, Estimate]
    signatures: Mapping[Metric, str]
    p_values: Mapping[Metric, float | None]

    def estimate(self, metric: Metric) -> Estimate:
        """The score in `metric`; KeyError if the comparison left it out."""
        return self.estimates[metric]

    @property
    def bleu(self) -> Estimate:
        """The BLEU score."""
        return self.estimates["bleu"]

    @property
    def chrf(self) -> Estimate:
        """The chrF score."""
        return self.estimates["chrf"]

    @property
    def ter(self) -> Estimate:
        """The TER, of which less is better."""
        return self.estimates["ter"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several systems on the same `segments` segments, in the order in which they were given."""

    systems: tuple[SystemScores, ...]
    baseline: str
    segments: int

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that were asked for, in that order."""
        return tuple(self.systems[0].estimates)

    def gain(self, name: str, metric: Metric) -> float:
        """Points by which a system is better than the baseline; for TER, points less."""
        points = self[name].estimate(metric).value - self[self.baseline].estimate(metric).value
        return -points if metric == "ter" else points

    def __getitem__(self, name: str) -> SystemScores:
        """The scores of the system called `name`; KeyError if there is none."""
        for system in self.systems:
            if system.name == name:
                return system
        raise KeyError(name)

"""Corpus scores through sacrebleu (Post 2018), side by side for several systems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from postedit.score.bootstrap import interval, p_value, resampled_sums
from postedit.score.metrics import Floats, Scorer
from postedit.score.randomisation import exchanged_sums, randomisation_p
from postedit.score.results import (
    METRICS,
    Comparison,
    Estimate,
    Metric,
    ScoreError,
    SystemScores,
    Test,
)

Systems = Mapping[str, Sequence[str]]
References = Sequence[Sequence[str | None]]
PValues = Mapping[Metric, float | None]


def compare(
    systems: Systems,
    references: References,
    baseline: str,
    resamples: int = 1000,
    seed: int = 12345,
    *,
    metrics: Sequence[Metric] = METRICS,
    test: Test = "bootstrap",
    trials: int = 10000,
) -> Comparison:
    """Score every system in `metrics`, with 95 % intervals, and test it against `baseline`.

    `references[k][i]` is the k-th reference of segment i, as in sacrebleu, and the metrics are at
    sacrebleu's defaults (TER ignores case). Intervals are percentiles of the bootstrap; p-values
    are two-sided, of the paired bootstrap test or of `trials` of approximate randomisation. With
    one segment, or `resamples=0`, there are neither. ScoreError if there is nothing to score or
    the numbers of segments differ.

    >>> scores = compare({"mt": ["a b c d e"]}, [["a b c d f"]], baseline="mt")
    >>> round(scores["mt"].ter.value)
    20
    """
    _known(baseline, systems)
    measured = Measured(systems, references, metrics)
    return measured.compare(baseline, resamples=resamples, seed=seed, test=test, trials=trials)


class Measured:
    """Systems whose segments were counted once, to be compared on all of them or on some.

    `references[k][i]` is the k-th reference of segment i; a segment that has fewer than others has
    None in their place. ScoreError as for `compare`.
    """

    def __init__(
        self, systems: Systems, references: References, metrics: Sequence[Metric] = METRICS
    ):
        self.segments = _count(systems, references)
        self.systems = tuple(systems)
        self._parts = {name: _statistics(name, systems, references) for name in metrics}

    def scores(self, system: str, metric: Metric) -> Floats:
        """The score of each segment by itself, 0 to 100 (more for TER)."""
        part = self._parts[metric]
        return np.array([part.scorer.score(row) for row in part.tables[system]])

    def compare(
        self,
        baseline: str,
        segments: Sequence[int] | None = None,
        resamples: int = 1000,
        seed: int = 12345,
        *,
        test: Test = "bootstrap",
        trials: int = 10000,
    ) -> Comparison:
        """What `compare` says of the segments with these indices, or of all."""
        _known(baseline, self.systems)
        if resamples < 0:
            raise ScoreError(f"resamples must not be negative: {resamples}")
        if segments is not None and not segments:
            raise ScoreError("nothing to score: no segments were chosen")
        parts = {name: part.of(segments) for name, part in self._parts.items()}
        count = self.segments if segments is None else len(segments)
        if resamples and count > 1:
            _resample(parts, resamples, seed)
        p_values: dict[str, PValues] = {name: dict.fromkeys(parts) for name in self.systems}
        for system in self.systems if resamples and count > 1 else ():
            if system != baseline and test == "bootstrap":
                p_values[system] = _bootstrap_test(parts, system, baseline)
            elif system != baseline:
                p_values[system] = _randomisation_test(parts, system, baseline, trials, seed)
        signatures = {name: part.signature for name, part in parts.items()}
        return Comparison(
            tuple(
                SystemScores(system, _estimates(system, parts), signatures, p_values[system])
                for system in self.systems
            ),
            baseline,
            count,
        )


@dataclass(slots=True)
class _Statistics:
    """One metric's view of the systems: a (segments x k) table each, and scores on resamples."""

    scorer: Scorer
    tables: dict[str, Floats]
    signature: str
    resampled: dict[str, Floats]

    def of(self, segments: Sequence[int] | None) -> _Statistics:
        rows = slice(None) if segments is None else list(segments)
        tables = {system: table[rows] for system, table in self.tables.items()}
        return _Statistics(self.scorer, tables, self.signature, {})

    def value(self, system: str) -> float:
        return self.scorer.score(self.tables[system].sum(axis=0))


def _known(baseline: str, systems: Collection[str]) -> None:
    if baseline not in systems:
        raise ScoreError(f"no system is called {baseline!r}; there are {', '.join(systems)}")


def _count(systems: Systems, references: References) -> int:
    if not references:
        raise ScoreError("nothing to score against: no references")
    lengths = {f"system {name!r}": len(texts) for name, texts in systems.items()}
    lengths |= {f"reference {k}": len(texts) for k, texts in enumerate(references, start=1)}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ScoreError(f"systems and references differ in their number of segments: {listed}")
    segments = len(references[0])
    if segments == 0:
        raise ScoreError("nothing to score: systems and references have no segments")
    bare = [i for i, found in enumerate(zip(*references, strict=True)) if found[0] is None]
    if bare:
        raise ScoreError(f"segment {bare[0]} has no first reference")
    return segments


def _statistics(name: Metric, systems: Systems, references: References) -> _Statistics:
    """Sufficient statistics of all systems in one metric.

    Each distinct pair of hypothesis and references is counted once: TER takes seconds for an
    article, and the systems that are compared here share most of their segments.
    """
    scorer = Scorer(name)
    rows: dict[tuple[str | None, ...], int] = {}
    places: dict[str, list[int]] = {}
    for system, texts in systems.items():
        pairs = zip(texts, *references, strict=True)
        places[system] = [rows.setdefault(pair, len(rows)) for pair in pairs]
    hypotheses, *streams = zip(*rows, strict=True)
    table = scorer.statistics([text or "" for text in hypotheses], streams)
    tables = {system: table[place] for system, place in places.items()}
    return _Statistics(scorer, tables, scorer.signature(table.shape[1]), {})


def _resample(statistics: Mapping[Metric, _Statistics], resamples: int, seed: int) -> None:
    places = [(name, system) for name, part in statistics.items() for system in part.tables]
    tables = [statistics[name].tables[system] for name, system in places]
    for (name, system), sums in zip(places, resampled_sums(tables, resamples, seed), strict=True):
        part = statistics[name]
        part.resampled[system] = np.array([part.scorer.score(row) for row in sums])
        part.signature = part.scorer.signature(sums.shape[1], bs=resamples, seed=seed)


def _estimates(system: str, statistics: Mapping[Metric, _Statistics]) -> dict[Metric, Estimate]:
    return {
        name: Estimate(part.value(system), *interval(part.resampled[system]))
        if part.resampled
        else Estimate(part.value(system))
        for name, part in statistics.items()
    }


def _bootstrap_test(
    statistics: Mapping[Metric, _Statistics], system: str, baseline: str
) -> dict[Metric, float | None]:
    return {
        name: p_value(
            part.resampled[system],
            part.resampled[baseline],
            part.value(system) - part.value(baseline),
        )
        for name, part in statistics.items()
    }


def _randomisation_test(
    statistics: Mapping[Metric, _Statistics], system: str, baseline: str, trials: int, seed: int
) -> dict[Metric, float | None]:
    """One draw of exchanged segments serves all metrics."""
    one = [part.tables[system] for part in statistics.values()]
    other = [part.tables[baseline] for part in statistics.values()]
    exchanged = exchanged_sums(one, other, trials, seed)
    found: dict[Metric, float | None] = {}
    for (name, part), (left, right) in zip(statistics.items(), exchanged, strict=True):
        scores, others = (
            np.array([part.scorer.score(row) for row in side]) for side in (left, right)
        )
        difference = part.value(system) - part.value(baseline)
        found[name] = randomisation_p(scores, others, difference)
        width, resamples = left.shape[1], len(part.resampled[system])
        part.signature = part.scorer.signature(width, bs=resamples, ar=trials, seed=seed)
    return found

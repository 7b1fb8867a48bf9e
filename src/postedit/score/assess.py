"""Everything that can be said of one post-edit, beside the output that it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postedit.score.corpus import compare
from postedit.score.effort import edit_rate, gain_to_edit, hter
from postedit.score.facts import FactCounts, name_accuracy, number_accuracy
from postedit.score.neural import NeuralName, neural_means
from postedit.score.results import ALL_METRICS, Comparison, ScoreError, Test
from postedit.score.segments import SegmentChanges, segment_changes
from postedit.score.terms import TermCounts, term_counts
from postedit.score.thresholds import Agreement, agreement

BEFORE, AFTER = "mt", "pe"


@dataclass(frozen=True, slots=True)
class Assessment:
    """Scores of `mt` and `pe` by name; what is counted by segment goes by the first reference.

    `hter` is empty without a person's post-edit, `terms` without targets. The edit rate is that
    from mt to pe.
    """

    comparison: Comparison
    changes: SegmentChanges
    edit_rate: float
    numbers: Mapping[str, FactCounts]
    names: Mapping[str, FactCounts]
    hter: Mapping[str, float]
    terms: Mapping[str, TermCounts]
    neural: Mapping[NeuralName, Mapping[str, float]]

    @property
    def gain_to_edit(self) -> float | None:
        """Points of chrF gained for each percent of words edited; None where nothing was edited."""
        return gain_to_edit(self.comparison.gain(AFTER, "chrf"), self.edit_rate)

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """What the gains mean to people, for the metrics in which that was studied."""
        gains: dict[str, float] = {
            metric: self.comparison.gain(AFTER, metric) for metric in self.comparison.metrics
        }
        gains |= {name: means[AFTER] - means[BEFORE] for name, means in self.neural.items()}
        found = (agreement(metric, gain) for metric, gain in gains.items())
        return tuple(one for one in found if one is not None)


def assess(
    before: Sequence[str],
    after: Sequence[str],
    references: Sequence[Sequence[str]],
    *,
    person: Sequence[str] | None = None,
    targets: Sequence[Sequence[str]] | None = None,
    sources: Sequence[str] | None = None,
    neural: Sequence[NeuralName] = (),
    test: Test = "bootstrap",
) -> Assessment:
    """Score a post-edit of `before` against references, in all metrics, tested against `before`.

    `references[k][i]` is the k-th reference of segment i; `person[i]` what a person made of
    `before[i]`; `targets[i]` the terms that segment i has to hold. The metrics of `neural` need
    `sources`. ScoreError as in `compare`.
    """
    if neural and sources is None:
        raise ScoreError(f"{', '.join(neural)} look at the source: it has to be given")
    systems = {BEFORE: before, AFTER: after}
    return Assessment(
        comparison=compare(systems, references, BEFORE, metrics=ALL_METRICS, test=test),
        changes=segment_changes(before, after, references[0]),
        edit_rate=edit_rate(before, after),
        numbers={name: number_accuracy(one, references[0]) for name, one in systems.items()},
        names={name: name_accuracy(one, references[0]) for name, one in systems.items()},
        hter={} if person is None else {name: hter(one, person) for name, one in systems.items()},
        terms={}
        if targets is None
        else {name: term_counts(one, targets) for name, one in systems.items()},
        neural={name: neural_means(name, systems, sources or (), references[0]) for name in neural},
    )

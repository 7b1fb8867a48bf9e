"""Scores of a run: over all, by split, by article, and by how good the raw mt was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from postedit.benchmark.run import SuiteRun
from postedit.benchmark.suite import Passage
from postedit.errors import InputError
from postedit.score import (
    METRICS,
    Comparison,
    Measured,
    SystemScores,
    TermCounts,
    agreement,
    edit_rate,
    term_counts,
)
from postedit.score.segments import MIN_CHANGE

#: Edges, in chrF of the raw mt, of the bins that passages are counted in.
BINS: Final = (0.0, 40.0, 50.0, 60.0, 70.0)

#: Rows that no system made: the reference itself, and the reference of another passage.
CONTROLS: Final = ("oracle", "shuffled")

ScopeKind = Literal["all", "split", "article", "bin"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Some of the passages, by index, under a name."""

    kind: ScopeKind
    name: str
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One system on one scope.

    `improved` and `hurt` count passages whose chrF moved from the baseline's by at least
    `MIN_CHANGE`, `changed` those whose text differs; `edits` is the edit rate against the raw mt,
    None for controls and bins; `seconds` is None where the work was not timed.
    """

    scores: SystemScores
    terms: TermCounts
    changed: int
    improved: int
    hurt: int
    edits: float | None
    words: int
    seconds: float | None
    passages: int

    @property
    def unchanged(self) -> int:
        """Passages whose chrF stayed, whether or not their text did."""
        return self.passages - self.improved - self.hurt


@dataclass(frozen=True, slots=True)
class ScopeScores:
    """All systems on one scope; `comparison` has their order and the tests."""

    scope: Scope
    comparison: Comparison
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SuiteScores:
    """A scored run: texts and chrF of each passage by system, and every scope.

    `texts[system][i]`, `chrf[system][i]` and `passages[i]` are of one passage; `targets[i]` are
    the terms that it has to have. The systems are those of the run and the two controls: `oracle`
    is the first reference itself, `shuffled` the first reference of another passage.
    """

    run: SuiteRun
    baseline: str
    passages: tuple[Passage, ...]
    texts: dict[str, tuple[str, ...]]
    chrf: dict[str, tuple[float, ...]]
    targets: tuple[tuple[str, ...], ...]
    scopes: tuple[ScopeScores, ...]

    @property
    def whole(self) -> ScopeScores:
        """The scope of all passages."""
        return self.scopes[0]

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of the rows, in order."""
        return tuple(self.texts)

    def of(self, kind: ScopeKind) -> tuple[ScopeScores, ...]:
        """The scopes of one kind."""
        return tuple(one for one in self.scopes if one.scope.kind == kind)

    def readings(self) -> tuple[str, ...]:
        """What each system's difference from the baseline means to people, in words."""
        found = []
        base = self.whole.comparison[self.baseline]
        for name in self.run.outputs:
            scores = self.whole.comparison[name]
            for metric in METRICS:
                gain = scores.estimate(metric).value - base.estimate(metric).value
                told = agreement(metric, gain) if name != self.baseline else None
                found += [f"{name}: {told}"] if told else []
        return tuple(found)

    def gains(self, system: str) -> tuple[float, ...]:
        """Points of chrF that each passage has more than the baseline's."""
        pairs = zip(self.chrf[system], self.chrf[self.baseline], strict=True)
        return tuple(one - other for one, other in pairs)


def score_run(
    run: SuiteRun,
    baseline: str = "glossary",
    resamples: int = 1000,
    progress: Callable[[str], None] = lambda scope: None,
) -> SuiteScores:
    """Score every system of a run, and the controls, in every scope.

    InputError if the baseline is none of the systems. `progress` is told each scope's name.
    """
    if baseline not in run.outputs:
        known = ", ".join(run.outputs)
        raise InputError(f"no system is called {baseline!r} to compare with; there are: {known}")
    passages = run.suite.passages
    texts = {name: run.texts(name) for name in run.outputs} | _controls(passages)
    progress("counting n-grams and edits")
    measured = Measured(texts, _references(passages))
    chrf = {name: tuple(map(float, measured.scores(name, "chrf"))) for name in texts}
    partial = SuiteScores(run, baseline, passages, texts, chrf, _targets(run), ())
    scopes = []
    for scope in _scopes(run, passages, chrf["mt"]):
        progress(scope.name)
        comparison = measured.compare(baseline, scope.passages, resamples)
        rows = tuple(_row(partial, scope, scores) for scores in comparison.systems)
        scopes.append(ScopeScores(scope, comparison, rows))
    return SuiteScores(run, baseline, passages, texts, chrf, partial.targets, tuple(scopes))


def _controls(passages: Sequence[Passage]) -> dict[str, tuple[str, ...]]:
    oracle = tuple(passage.references[0] for passage in passages)
    # Half a suite further on, nothing keeps its own reference; alone, a passage has no other.
    half = len(oracle) // 2
    if not half:
        return {"oracle": oracle}
    return {"oracle": oracle, "shuffled": oracle[half:] + oracle[:half]}


def _references(passages: Sequence[Passage]) -> list[list[str | None]]:
    most = max(len(passage.references) for passage in passages)
    return [
        [one.references[k] if k < len(one.references) else None for one in passages]
        for k in range(most)
    ]


def _targets(run: SuiteRun) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(target for unit in article.targets[slice(*passage.units)] for target in unit)
        for article in run.suite.articles
        for passage in article.passages
    )


def _scopes(run: SuiteRun, passages: Sequence[Passage], quality: Sequence[float]) -> list[Scope]:
    scopes = [Scope("all", "all", tuple(range(len(passages))))]
    splits = {article.id: article.split or "none" for article in run.suite.articles}
    if len(names := dict.fromkeys(splits.values())) > 1:
        for split in names:
            inside = [i for i, one in enumerate(passages) if splits[one.article] == split]
            scopes.append(Scope("split", split, tuple(inside)))
    for low, high in pairwise([*BINS, float("inf")]):
        inside = [i for i, chrf in enumerate(quality) if low <= chrf < high]
        name = f"{low:.0f} and up" if high == float("inf") else f"{low:.0f} to {high:.0f}"
        scopes.append(Scope("bin", name, tuple(inside)))
    for article in splits:
        inside = [i for i, one in enumerate(passages) if one.article == article]
        scopes.append(Scope("article", article, tuple(inside)))
    return [scope for scope in scopes if scope.passages]


def _row(scored: SuiteScores, scope: Scope, scores: SystemScores) -> Row:
    name, chosen = scores.name, scope.passages
    texts = [scored.texts[name][i] for i in chosen]
    raw = [scored.texts["mt"][i] for i in chosen]
    gains = scored.gains(name)
    return Row(
        scores=scores,
        terms=term_counts(texts, [scored.targets[i] for i in chosen]),
        changed=sum(scored.texts[name][i] != scored.texts[scored.baseline][i] for i in chosen),
        improved=sum(gains[i] >= MIN_CHANGE for i in chosen),
        hurt=sum(gains[i] <= -MIN_CHANGE for i in chosen),
        edits=None if scope.kind == "bin" or name in CONTROLS else edit_rate(raw, texts),
        words=sum(len(text.split()) for text in raw),
        seconds=_seconds(scored.run, name, scope),
        passages=len(chosen),
    )


def _seconds(run: SuiteRun, system: str, scope: Scope) -> float | None:
    if scope.kind == "all":
        return run.seconds(system) if system in run.outputs else None
    if scope.kind != "article" or system not in run.outputs:
        return None
    pairs = zip(run.suite.articles, run.outputs[system], strict=True)
    return next(output.seconds for article, output in pairs if article.id == scope.name)

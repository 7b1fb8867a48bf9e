"""The tables of a benchmark as cells of text, shared by the terminal, Markdown and HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from postedit.benchmark.scores import Row, ScopeScores
from postedit.score import METRICS, SystemScores
from postedit.score.results import Metric

SIGNIFICANT: Final = 0.05
HEADINGS: Final[dict[Metric, str]] = {"bleu": "BLEU ↑", "chrf": "chrF ↑", "ter": "TER ↓"}
COLUMNS: Final = (
    "system",
    *(HEADINGS[metric] for metric in METRICS),
    "terms %",
    "improved",
    "same",
    "hurt",
    "edited %",
    "words/s",
)
_LABELS: Final = {
    "mt": "raw mt (do nothing)",
    "glossary": "glossary only",
    "pe": "postedit",
    "oracle": "oracle: the reference",
    "shuffled": "control: another reference",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it says, what it is sorted by, and what is told beside it.

    `mark` is "better" or "worse" where the difference from the baseline is significant.
    """

    text: str
    key: float | str
    aside: str = ""
    mark: str = ""


def label(system: str) -> str:
    """What a row is called to people."""
    return _LABELS.get(system, system)


def cells(scope: ScopeScores, row: Row) -> tuple[Cell, ...]:
    """The cells of one row, under `COLUMNS`."""
    baseline = scope.comparison[scope.comparison.baseline]
    rate = row.words / row.seconds if row.seconds else None
    return (
        Cell(label(row.scores.name), row.scores.name),
        *(_score(row.scores, baseline, metric) for metric in METRICS),
        Cell(
            f"{row.terms.accuracy:.1f}" if row.terms.matched else "–",
            row.terms.accuracy,
            f"{row.terms.kept} of {row.terms.matched}",
        ),
        Cell(str(row.improved), row.improved),
        Cell(str(row.unchanged), row.unchanged),
        Cell(str(row.hurt), row.hurt),
        Cell("–" if row.edits is None else f"{row.edits:.1f}", row.edits or 0.0),
        Cell("–" if rate is None else f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}", rate or 0.0),
    )


def _score(scores: SystemScores, baseline: SystemScores, metric: Metric) -> Cell:
    estimate = scores.estimate(metric)
    aside = ""
    if estimate.low is not None and estimate.high is not None:
        aside = f"[{estimate.low:.1f}, {estimate.high:.1f}]"
    p = scores.p_values[metric]
    mark = ""
    if p is not None and p < SIGNIFICANT:
        gain = estimate.value - baseline.estimate(metric).value
        mark = "better" if (gain < 0) == (metric == "ter") else "worse"
    return Cell(f"{estimate.value:.1f}", estimate.value, aside, mark)

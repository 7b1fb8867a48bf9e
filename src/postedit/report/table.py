"""The table of scores that `postedit repair` and `postedit score` print."""

from __future__ import annotations

from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

from postedit.score import Comparison, Estimate, SystemScores
from postedit.score.results import Metric

SIGNIFICANT: Final = 0.05

# The mark of a significant difference: better or worse than the baseline.
_BETTER, _WORSE = "*", "!"
_HEADINGS: Final[dict[Metric, str]] = {
    "bleu": "BLEU ↑",
    "chrf": "chrF ↑",
    "chrf++": "chrF++ ↑",
    "ter": "TER ↓",
}
_LABELS: Final = {"mt": "raw mt", "glossary": "glossary", "pe": "repair"}
# What the table takes with intervals, so that signatures fit beneath it without them too. A longer
# signature is broken at a "|".
_WIDTH: Final = 73


def score_table(comparison: Comparison) -> Table:
    """A row for each system, a column for each metric, intervals, marks and signatures beneath.

    A cell reads `23.1* [21.0, 25.3]`: score, mark, 95 % interval. The arrow in a heading points to
    the better end. The mark says that the difference from the baseline is significant: `*` for a
    better score, `!` for a worse one.
    """
    table = Table(
        box=box.SIMPLE_HEAD,
        min_width=_WIDTH,
        caption=_caption(comparison),
        caption_justify="left",
        caption_style="dim",
    )
    table.add_column(f"n = {comparison.segments}", no_wrap=True)
    for metric in comparison.metrics:
        table.add_column(_HEADINGS[metric])
    columns = [_column(comparison, metric) for metric in comparison.metrics]
    for system, *cells in zip(comparison.systems, *columns, strict=True):
        table.add_row(_label(system.name), *cells)
    return table


def _label(name: str) -> Text:
    return Text(_LABELS.get(name, name))


def _column(comparison: Comparison, metric: Metric) -> list[Text]:
    baseline = comparison[comparison.baseline]
    scores = [f"{system.estimate(metric).value:.1f}" for system in comparison.systems]
    width = max(map(len, scores))
    cells = []
    for system, score in zip(comparison.systems, scores, strict=True):
        estimate = system.estimate(metric)
        mark, style = _mark(system, metric, baseline)
        cell = Text(score.rjust(width))
        cell.append(mark or " ", style)
        if estimate.low is not None and estimate.high is not None:
            cell.append(f" [{estimate.low:.1f}, {estimate.high:.1f}]", "dim")
        cells.append(cell)
    return cells


def _mark(system: SystemScores, metric: Metric, baseline: SystemScores) -> tuple[str, str]:
    p = system.p_values[metric]
    if p is None or p >= SIGNIFICANT:
        return "", ""
    gain = system.estimate(metric).value - baseline.estimate(metric).value
    better = gain < 0 if metric == "ter" else gain > 0
    return (_BETTER, "bold green") if better else (_WORSE, "bold red")


def _caption(comparison: Comparison) -> Text:
    baseline = comparison[comparison.baseline]
    lines: list[str] = []
    if _has_intervals(baseline.bleu):
        label = _label(baseline.name)
        lines.append(
            f"[95 % interval]; {_BETTER} better, {_WORSE} worse than {label}, p < {SIGNIFICANT}"
        )
    for metric in comparison.metrics:
        lines += _broken(baseline.signatures[metric])
    return Text("\n".join(lines))


def _has_intervals(estimate: Estimate) -> bool:
    return estimate.low is not None


def _broken(signature: str) -> list[str]:
    """Lines of at most `_WIDTH`: joined again, without white space, the signature."""
    lines = [""]
    for part in signature.replace("|", "|\n").split("\n"):
        if lines[-1].strip() and len(lines[-1]) + len(part) > _WIDTH:
            lines.append("  ")
        lines[-1] += part
    return lines

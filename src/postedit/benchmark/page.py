"""The report as one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from postedit.benchmark import plots
from postedit.benchmark.changes import Changes, Piece, word_diff
from postedit.benchmark.examples import examples
from postedit.benchmark.scores import CONTROLS, SuiteScores
from postedit.benchmark.tables import COLUMNS, Cell, cells, label
from postedit.records import EditType
from postedit.score import METRICS


@dataclass(frozen=True, slots=True)
class Version:
    """What one system made of a passage."""

    system: str
    chrf: float
    gain: float
    diff: tuple[Piece, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Story:
    """A passage in the report: its texts, and every system's version of it."""

    id: str
    split: str
    quality: float
    references: tuple[str, ...]
    terms: tuple[str, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """One system's plots and examples (ids of passages)."""

    system: str
    gains: tuple[plots.Bar, ...]
    scatter: plots.Scatter
    types: tuple[plots.Bar, ...]
    improved: tuple[str, ...]
    hurt: tuple[str, ...]


def page(scored: SuiteScores) -> str:
    """Render the report; Jinja2 escapes every text, and the page may load nothing from anywhere."""
    # Only a report needs it, and importing it takes as long as a small one takes to write.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("postedit.benchmark"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["label"] = label
    return environment.get_template("report.html.j2").render(_context(scored))


def _context(scored: SuiteScores) -> dict[str, Any]:
    changes = Changes.of(scored)
    shown = [name for name in scored.run.outputs if name not in ("mt", scored.baseline)]
    rows = scored.whole.rows
    return {
        "scored": scored,
        "suite": scored.run.suite,
        "columns": COLUMNS,
        "tables": [(one.scope, _rows(scored, i)) for i, one in enumerate(scored.scopes)],
        "articles": _articles(scored, shown),
        "shown": shown,
        "stories": _stories(scored, changes),
        "portraits": [_portrait(scored, changes, name) for name in shown],
        "terms": plots.bars(
            {
                label(row.scores.name): row.terms.accuracy
                for row in rows
                if row.scores.name not in CONTROLS
            },
            most=100.0,
        )
        if rows[0].terms.matched
        else (),
        "agreements": scored.readings(),
        "matched": rows[0].terms.matched,
        "signatures": [rows[0].scores.signatures[metric] for metric in METRICS],
        "plane": {"width": plots.WIDTH, "height": plots.HEIGHT, "margin": plots.MARGIN},
    }


def _rows(scored: SuiteScores, i: int) -> list[tuple[Cell, ...]]:
    return [cells(scored.scopes[i], row) for row in scored.scopes[i].rows]


def _articles(scored: SuiteScores, shown: list[str]) -> list[dict[str, Any]]:
    splits = {article.id: article for article in scored.run.suite.articles}
    found = []
    for one in scored.of("article"):
        rows = {row.scores.name: row for row in one.rows}
        chrf = {name: rows[name].scores.chrf.value for name in scored.run.outputs}
        found.append(
            {
                "article": splits[one.scope.name],
                "passages": one.comparison.segments,
                "chrf": [chrf["mt"], chrf[scored.baseline]],
                "gains": [
                    (chrf[name] - chrf[scored.baseline], rows[name].improved, rows[name].hurt)
                    for name in shown
                ],
            }
        )
    return found


def _names(scored: SuiteScores) -> list[str]:
    return [f"{passage.article}:{passage.number}" for passage in scored.passages]


def _portrait(scored: SuiteScores, changes: Changes, system: str) -> Portrait:
    names, gains = _names(scored), scored.gains(system)
    best = examples(scored, system)
    counts: Counter[EditType] = changes.types(system)
    return Portrait(
        system=system,
        gains=plots.gain_bars(gains),
        scatter=plots.scatter(scored.chrf["mt"], gains, names),
        types=plots.bars({str(kind): float(count) for kind, count in counts.most_common()}),
        improved=tuple(names[i] for i in best.improved),
        hurt=tuple(names[i] for i in best.hurt),
    )


def _stories(scored: SuiteScores, changes: Changes) -> list[Story]:
    splits = {article.id: article.split for article in scored.run.suite.articles}
    systems = [name for name in scored.run.outputs if name != "mt"]
    gains = {name: scored.gains(name) for name in systems}
    notes = {name: scored.run.notes(name) for name in systems}
    return [
        Story(
            id=name,
            split=splits[passage.article],
            quality=scored.chrf["mt"][i],
            references=passage.references,
            terms=scored.targets[i],
            versions=tuple(
                Version(
                    system=system,
                    chrf=scored.chrf[system][i],
                    gain=gains[system][i],
                    diff=word_diff(passage.mt, changes.edits[system][i]),
                    note=notes[system][i],
                )
                for system in systems
            ),
        )
        for i, (name, passage) in enumerate(zip(_names(scored), scored.passages, strict=True))
    ]

"""A scored run as JSON: one line for each passage, one for each row of each table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from postedit.benchmark.scores import Row, SuiteScores
from postedit.score import METRICS, Estimate

Json = dict[str, Any]


def passage_lines(scored: SuiteScores) -> Iterator[Json]:
    """Each passage with its texts, chrF, gains, notes and terms, by system."""
    gains = {name: scored.gains(name) for name in scored.systems}
    notes = {name: scored.run.notes(name) for name in scored.run.outputs}
    splits = {article.id: article.split for article in scored.run.suite.articles}
    for i, passage in enumerate(scored.passages):
        yield {
            "id": f"{passage.article}:{passage.number}",
            "article": passage.article,
            "split": splits[passage.article],
            "mt": passage.mt,
            "references": list(passage.references),
            "terms": list(scored.targets[i]),
            "texts": {name: texts[i] for name, texts in scored.texts.items()},
            "chrf": {name: round(values[i], 2) for name, values in scored.chrf.items()},
            "gain": {name: round(values[i], 2) for name, values in gains.items()},
            "notes": {name: told[i] for name, told in notes.items() if told[i]},
        }


def score_lines(scored: SuiteScores) -> Iterator[Json]:
    """Each system in each scope; the first lines are those over all."""
    for one in scored.scopes:
        for row in one.rows:
            yield {"scope": one.scope.kind, "name": one.scope.name} | row_record(row)


def row_record(row: Row) -> Json:
    """One row as plain values: scores to two decimals, p-values to four."""
    scores = row.scores
    return {
        "system": scores.name,
        "passages": row.passages,
        **{metric: round(scores.estimate(metric).value, 2) for metric in METRICS},
        "intervals": {metric: _interval(scores.estimate(metric)) for metric in METRICS},
        "p": {metric: _rounded(scores.p_values[metric], 4) for metric in METRICS},
        "terms": {
            "matched": row.terms.matched,
            "kept": row.terms.kept,
            "accuracy": round(row.terms.accuracy, 2),
        },
        "changed": row.changed,
        "improved": row.improved,
        "unchanged": row.unchanged,
        "hurt": row.hurt,
        "edit_rate": _rounded(row.edits, 2),
        "words": row.words,
        "seconds": _rounded(row.seconds, 3),
    }


def run_record(scored: SuiteScores) -> Json:
    """The run as one object: the suite, what each system is, signatures, and the rows over all."""
    suite = scored.run.suite
    first = scored.whole.comparison.systems[0]
    return {
        "suite": suite.name,
        "checksums": list(suite.checksums),
        "baseline": scored.baseline,
        "articles": [
            {
                "id": article.id,
                "title": article.title,
                "split": article.split,
                "licence": article.licence,
                "origin": article.origin,
                "passages": len(article.passages),
            }
            for article in suite.articles
        ],
        "systems": {name: dict(about) for name, about in scored.run.about.items()},
        "signatures": {metric: first.signatures[metric] for metric in METRICS},
        "outputs": {"total": scored.run.total, "reused": scored.run.reused},
        "readings": list(scored.readings()),
        "scores": [row_record(row) for row in scored.whole.rows],
    }


def json_lines(rows: Iterator[Json]) -> str:
    """The rows, one a line, whatever characters they hold."""
    # U+2028 and its like are line breaks to some readers: JSON may write them as escapes.
    return "".join(
        json.dumps(row, ensure_ascii=False)
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
        + "\n"
        for row in rows
    )


def _interval(estimate: Estimate) -> list[float] | None:
    if estimate.low is None or estimate.high is None:
        return None
    return [round(estimate.low, 2), round(estimate.high, 2)]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)

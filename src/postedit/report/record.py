"""The object that `--json` prints; its keys are a promise to those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postedit.score import Comparison, Estimate, SegmentChanges, SystemScores, TermCounts


def record(
    comparison: Comparison | None,
    terms: TermCounts,
    changes: SegmentChanges | None,
    *,
    total: int,
    changed: int,
    timing: Mapping[str, float],
) -> dict[str, Any]:
    """One run as plain JSON values: `scores`, `terms`, `segments` and `timing`.

    `scores` has an entry for each system, and `segments` says how many were improved and hurt;
    without a reference (None for `comparison` and `changes`) these are null. Scores are rounded to
    two decimals, as published scores are, p-values to four.
    """
    return {
        "scores": None if comparison is None else {s.name: _scores(s) for s in comparison.systems},
        "terms": {
            "matched": terms.matched,
            "kept": terms.kept,
            "accuracy": round(terms.accuracy, 2),
        },
        "segments": {
            "total": total,
            "changed": changed,
            "improved": None if changes is None else changes.improved,
            "hurt": None if changes is None else changes.hurt,
        },
        "timing": {name: round(seconds, 3) for name, seconds in timing.items()},
    }


def _scores(system: SystemScores) -> dict[str, Any]:
    values = {metric: round(system.estimate(metric).value, 2) for metric in system.estimates}
    return values | {
        "signatures": {metric: system.signatures[metric] for metric in system.estimates},
        "intervals": {metric: _interval(system.estimate(metric)) for metric in system.estimates},
        "p": {metric: _rounded(system.p_values[metric], 4) for metric in system.estimates},
    }


def _interval(estimate: Estimate) -> list[float] | None:
    if estimate.low is None or estimate.high is None:
        return None
    return [round(estimate.low, 2), round(estimate.high, 2)]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)

"""An assessment told to a person, beneath the table of scores, and as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postedit.report.record import record
from postedit.score import Assessment, FactCounts, TermCounts


def assessment_lines(found: Assessment) -> list[str]:
    """What the gains mean, what they cost, and which facts of the reference are there."""
    total = found.changes.total
    lines = [
        f"{found.changes.changed} of {total} changed (edit rate {found.edit_rate:.1f}): "
        f"{found.changes.improved} improved, {found.changes.hurt} hurt",
        *map(str, found.agreements),
    ]
    if found.gain_to_edit is not None:
        lines.append(
            f"gain-to-edit: {found.gain_to_edit:.2f} points of chrF for 1 % of words edited"
        )
    if found.hter:
        told = ", ".join(f"{name} {rate:.1f}" for name, rate in found.hter.items())
        lines.append(f"HTER (edits of a person, in % of words): {told}")
    for what, counts in (("numbers", found.numbers), ("names", found.names)):
        if any(one.wanted or one.written for one in counts.values()):
            told = "; ".join(f"{name} {_facts(one)}" for name, one in counts.items())
            lines.append(f"{what} of the reference: {told}")
    for metric, means in found.neural.items():
        told = ", ".join(f"{name} {mean:.1f}" for name, mean in means.items())
        lines.append(f"{metric}: {told}")
    if found.terms:
        told = "; ".join(
            f"{name} {one.kept} of {one.matched} ({one.accuracy:.1f} %)"
            for name, one in found.terms.items()
        )
        lines.append(f"terms of the glossary: {told}")
    return lines


def _facts(counts: FactCounts) -> str:
    there = f"{counts.found} of {counts.wanted} ({counts.recall:.1f} %)"
    return there + f" and {counts.written - counts.found} others"


def assessment_record(found: Assessment) -> dict[str, Any]:
    """The object that `postedit score --json` prints."""
    terms = found.terms.get("pe", TermCounts(0, 0))
    base = record(
        found.comparison,
        terms,
        found.changes,
        total=found.changes.total,
        changed=found.changes.changed,
        timing={},
    )
    gain = found.gain_to_edit
    return base | {
        "edit_rate": round(found.edit_rate, 2),
        "gain_to_edit": None if gain is None else round(gain, 3),
        "hter": {name: round(rate, 2) for name, rate in found.hter.items()} or None,
        "numbers": _records(found.numbers),
        "names": _records(found.names),
        "term_accuracy": {name: round(one.accuracy, 2) for name, one in found.terms.items()}
        or None,
        "neural": {
            metric: {name: round(mean, 2) for name, mean in means.items()}
            for metric, means in found.neural.items()
        }
        or None,
        "agreement": [
            {
                "metric": one.metric,
                "difference": round(one.difference, 2),
                "tenths": one.tenths,
                "words": str(one),
            }
            for one in found.agreements
        ],
    }


def _records(counts: Mapping[str, FactCounts]) -> dict[str, dict[str, float]]:
    return {
        name: {
            "wanted": one.wanted,
            "written": one.written,
            "found": one.found,
            "recall": round(one.recall, 2),
            "precision": round(one.precision, 2),
        }
        for name, one in counts.items()
    }

"""The table of `postedit benchmark --terms-modes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table

from postedit.benchmark.term_modes import ModeRow
from postedit.score.term_modes import TermMode

_COLUMNS = ("terms", "system", "accuracy", "repair rate", "harm rate", "insertion rate")


def table(rows: Sequence[ModeRow]) -> Table:
    """One row for each mode and system; every percentage with its counts."""
    made = Table(box=box.SIMPLE_HEAD, title="Terms without, with the right, with random terms")
    for i, name in enumerate(_COLUMNS):
        made.add_column(name, justify="right" if i > 1 else "left", no_wrap=True)
    for row in rows:
        one = row.scores
        inserted = f"{one.insertion_rate:.2f} ({one.inserted}/{one.offered})"
        made.add_row(
            one.mode.value,
            row.system,
            f"{one.accuracy:.1f} ({one.repaired + one.right - one.harmed}/{one.required})",
            f"{one.repair_rate:.1f} ({one.repaired}/{one.wrong})",
            f"{one.harm_rate:.1f} ({one.harmed}/{one.right})",
            inserted if one.mode is TermMode.RANDOM else "–",
        )
    return made


def records(rows: Sequence[ModeRow]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [
        {"mode": row.scores.mode.value, "system": row.system}
        | {
            name: getattr(row.scores, name)
            for name in ("required", "wrong", "repaired", "right", "harmed", "offered", "inserted")
        }
        | {
            name: round(getattr(row.scores, name), 2)
            for name in ("accuracy", "mt_accuracy", "repair_rate", "harm_rate", "insertion_rate")
        }
        for row in rows
    ]

"""`postedit score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import emit_json, say
from postedit.errors import InputError
from postedit.formats import read_text
from postedit.report import record, score_table
from postedit.score import TermCounts, compare, edit_rate, segment_changes


def score(
    mt: Annotated[Path, typer.Option(help="The machine translation, one paragraph a line.")],
    pe: Annotated[Path, typer.Option(help="Its post-edit: ours, or a person's.")],
    ref: Annotated[list[Path], typer.Option(help="A reference. May be repeated.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score a post-edit beside the machine translation that it was made of (the do-nothing row)."""
    before, after = read_text(mt).paragraphs, read_text(pe).paragraphs
    references = [read_text(path).paragraphs for path in ref]
    for path, texts in zip([pe, *ref], [after, *references], strict=True):
        if len(texts) != len(before):
            raise InputError(
                f"{len(texts)} paragraphs, but {mt} has {len(before)}; they must be parallel",
                path=path,
            )
    comparison = compare({"mt": before, "pe": after}, references, baseline="mt")
    changes = segment_changes(before, after, references[0])
    if as_json:
        emit_json(
            record(
                comparison,
                TermCounts(0, 0),
                changes,
                total=len(before),
                changed=changes.changed,
                timing={},
            )
            | {"edit_rate": round(edit_rate(before, after), 2)}
        )
        return
    say(score_table(comparison))
    say(
        f"{changes.changed} of {len(before)} changed (edit rate {edit_rate(before, after):.1f}): "
        f"{changes.improved} improved, {changes.hurt} hurt"
    )

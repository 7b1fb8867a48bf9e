"""`postedit model sheets` and `learn`: a gate out of readers' judgements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from postedit.cli.output import say
from postedit.cli.triplets import (
    Sample,
    Split,
    Triplets,
    check_gate_can_be_written,
    read_rows,
    run_rows,
)
from postedit.errors import InputError
from postedit.judge import Cut, learn_worth, make_sheets, read_judgements
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import Gate, Manifest, read_manifest, write_manifest
from postedit.tune import OPEN


def _loose(manifest: Manifest) -> Gate:
    """Looser than any gate that was ever chosen: what is refused here no reader needs to see."""
    limits = {"min_kept": 0.85, "min_backed": 0.85, "substitutes": manifest.gate.substitutes}
    return OPEN.model_copy(update=limits)


def sheets(
    triplets: Triplets,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for sheets and key.")],
    model: Annotated[Path, typer.Option(help="The model whose repairs are judged.")] = DEFAULT,
    split: Split = None,
    sample: Sample = None,
    readers: Annotated[int, typer.Option(min=1, help="Sheets to share the items among.")] = 1,
    seed: Annotated[int, typer.Option(help="What decides who stands first.")] = 0,
) -> None:
    """Write blind sheets: repairs beside their drafts, for people to judge (a, b or =)."""
    rows = read_rows(triplets, split, sample)
    backend, manifest = load_backend(str(model))
    gate = _loose(manifest)
    everywhere = manifest.closed.model_copy(update={"use": "always"})
    made = run_rows(backend, manifest.model_copy(update={"closed": everywhere}), rows, gate)
    written = make_sheets(rows, made.corrections, gate, output, readers, seed)
    say(
        f"{written.items} repairs of {len(rows)} segments on {readers} sheets in {output}: fill in "
        "`better` (a, b or =) and `serious` (a, b, ab or nothing), keep key.jsonl from the readers"
    )


def learn(
    folders: Annotated[
        list[Path], typer.Argument(metavar="SHEETS...", help="Folders of sheets, filled in.")
    ],
    model: Annotated[Path, typer.Option(help="The model folder whose gate is written.")] = DEFAULT,
    better: Annotated[
        float, typer.Option(min=50, max=100, help="Readers to agree with a change, in percent.")
    ] = 80.0,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="What is learnt from chrF; the rest from readers.")
    ] = 0.5,
) -> None:
    """Learn the gate from filled-in sheets; write it into postedit.json."""
    check_gate_can_be_written(model)
    found = [one for folder in folders for one in read_judgements(folder)]
    weights, cuts = learn_worth(found, share)
    say(_table(cuts))
    chosen = next((cut for cut in cuts if cut.better >= better), None)
    if chosen is None:
        raise InputError(f"no cut has {better:.0f} % of the readers behind it; see the table")
    manifest = read_manifest(model)
    gate = _loose(manifest).model_copy(
        update={
            "worth": weights,
            "min_worth": chosen.least,
            "tuned_on": f"{len(found)} readers' judgements: "
            + ", ".join(folder.name for folder in folders),
        }
    )
    # The table is of the worthiest of all repairs of a segment, so all are to be made.
    closed = manifest.closed.model_copy(update={"use": "always"})
    write_manifest(model, manifest.model_copy(update={"gate": gate, "closed": closed}))
    say(f"least worth {chosen.least}: readers agree with {chosen.better:.0f} % of the changes")


def _table(cuts: list[Cut]) -> Table:
    table = Table(title=f"{cuts[0].segments} segments with a repair to judge")
    for name in ("least worth", "changed", "readers agree", "serious errors", "chrF a change"):
        table.add_column(name, justify="right")
    for cut in cuts:
        table.add_row(
            f"{cut.least:.2f}",
            f"{cut.changed:.0f} %",
            f"{cut.better:.0f} %",
            f"{cut.serious:.0f} %",
            f"{cut.gained:+.1f}",
        )
    return table

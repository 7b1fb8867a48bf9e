"""`postedit model sheets` and `learn`: a gate out of readers' judgements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from postedit.benchmark import run_triplets
from postedit.cli.output import say
from postedit.cli.stages import counting
from postedit.errors import InputError
from postedit.formats.triplets import read_triplets
from postedit.judge import Cut, learn_worth, make_sheets, read_judgements
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import FILE, Gate, read_manifest, write_manifest
from postedit.tune import OPEN

# Looser than any gate that was ever chosen: what is refused here no reader needs to see.
_LOOSE = OPEN.model_copy(update={"min_kept": 0.85, "min_backed": 0.85})


def sheets(
    triplets: Annotated[
        list[Path], typer.Argument(metavar="TRIPLETS...", help="JSON lines: mt, pe or ref, terms.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for sheets and key.")],
    model: Annotated[Path, typer.Option(help="The model whose repairs are judged.")] = DEFAULT,
    split: Annotated[str | None, typer.Option(help="Take only the rows of this split.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Take N rows of each file, evenly.")
    ] = None,
    readers: Annotated[int, typer.Option(min=1, help="Sheets to share the items among.")] = 1,
    seed: Annotated[int, typer.Option(help="What decides who stands first.")] = 0,
) -> None:
    """Write blind sheets: repairs beside their drafts, for people to judge (a, b or =)."""
    rows = []
    for path in triplets:
        found = list(read_triplets(path, split))
        rows += found[:: max(1, len(found) // sample) if sample else 1][:sample]
    backend, manifest = load_backend(str(model))
    gate = _LOOSE.model_copy(update={"substitutes": manifest.gate.substitutes})
    everywhere = manifest.closed.model_copy(update={"use": "always"})
    with counting("repairing", len(rows)) as done:
        made = run_triplets(backend, gate, rows, done, everywhere)
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
) -> None:
    """Learn the gate from filled-in sheets; write it into postedit.json."""
    if not (model / FILE).is_file():
        raise InputError(f"no {FILE} there to write the gate into", path=model)
    found = [one for folder in folders for one in read_judgements(folder)]
    weights, cuts = learn_worth(found)
    say(_table(cuts))
    chosen = next((cut for cut in cuts if cut.better >= better), None)
    if chosen is None:
        raise InputError(f"no cut has {better:.0f} % of the readers behind it; see the table")
    manifest = read_manifest(model)
    gate: Gate = _LOOSE.model_copy(
        update={
            "worth": weights,
            "min_worth": chosen.least,
            "substitutes": manifest.gate.substitutes,
            "tuned_on": f"{len(found)} readers' judgements: "
            + ", ".join(folder.name for folder in folders),
        }
    )
    write_manifest(model, manifest.model_copy(update={"gate": gate}))
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

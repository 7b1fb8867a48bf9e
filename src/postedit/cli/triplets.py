"""The options and the steps that commands on triplets and model folders share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from postedit.benchmark import TripletRun, run_triplets
from postedit.cli.stages import counting
from postedit.errors import InputError
from postedit.formats.triplets import Triplet, evenly, read_triplets
from postedit.models.manifest import FILE, Gate, Manifest
from postedit.models.protocol import Backend

Triplets = Annotated[
    list[Path], typer.Argument(metavar="TRIPLETS...", help="JSON lines: mt, pe or ref, terms.")
]
Split = Annotated[str | None, typer.Option(help="Take only the rows of this split.")]
Sample = Annotated[int | None, typer.Option(min=1, help="Take N rows of each file, evenly.")]


def read_rows(paths: Sequence[Path], split: str | None, sample: int | None) -> list[Triplet]:
    """The rows of all files, or an even sample of each."""
    chosen: list[Triplet] = []
    for path in paths:
        rows = list(read_triplets(path, split))
        chosen += evenly(rows, sample) if sample else rows
    return chosen


def run_rows(
    backend: Backend, manifest: Manifest, triplets: Sequence[Triplet], gate: Gate
) -> TripletRun:
    """Repair triplets behind `gate`, with a progress bar."""
    with counting("repairing", len(triplets)) as done:
        return run_triplets(backend, gate, triplets, done, manifest.closed)


def check_gate_can_be_written(model: Path) -> None:
    """InputError if `model` is no folder with a manifest."""
    if not (model / FILE).is_file():
        raise InputError(f"no {FILE} there to write the gate into", path=model)

"""`postedit data prefer`: a model's own repairs into preferences to train it on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import say
from postedit.cli.stages import counting
from postedit.cli.triplets import Sample, Split, Triplets, read_rows
from postedit.formats import resumed
from postedit.formats.triplets import Triplet
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import Manifest

# Triplets between two writes to the file: what a stop may cost.
_PIECE = 10


def prefer(
    triplets: Triplets,
    output: Annotated[Path, typer.Option("-o", "--output", help="JSON lines of preferences.")],
    model: Annotated[Path, typer.Option(help="The model that repairs, and is to learn.")] = DEFAULT,
    split: Split = "train",
    sample: Sample = None,
    samples: Annotated[int, typer.Option(min=1, help="Repairs to draw of each segment.")] = 8,
    seed: Annotated[int, typer.Option(help="What decides the draws.")] = 0,
) -> None:
    """Draw repairs of triplets from a model, and pair one near the post-edit with one far from it.

    A run that was stopped goes on where it was.
    """
    from postedit.data.prefer import preferences

    rows = read_rows(triplets, split, sample)
    backend, manifest = load_backend(str(model))
    with resumed(output, _key(manifest, rows, samples, seed)) as out:
        found, begun = out.note or 0, out.done * _PIECE
        with counting("drawing", len(rows) - begun) as done:
            for first in range(begun, len(rows), _PIECE):
                piece = rows[first : first + _PIECE]
                made = [one for one in preferences(backend, piece, samples, seed, done) if one]
                found += len(made)
                lines = (json.dumps(one.as_json(), ensure_ascii=False) for one in made)
                out.write("".join(line + "\n" for line in lines), found)
    say(f"{found} preferences of {len(rows)} segments: {output}")


def _key(manifest: Manifest, rows: Sequence[Triplet], samples: int, seed: int) -> str:
    made_of = [manifest.sha256, manifest.name, samples, seed, *map(repr, rows)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()

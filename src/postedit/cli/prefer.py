"""`postedit data prefer`: a model's own repairs into preferences to train it on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postedit.cli.output import say
from postedit.cli.stages import counting
from postedit.cli.triplets import Sample, Split, Triplets, read_rows
from postedit.errors import InputError
from postedit.formats import resumed
from postedit.formats.triplets import Triplet, read_triplets
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import Manifest

if TYPE_CHECKING:
    from postedit.data.prefer import Preference

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
    corrections: Annotated[
        Path | None,
        typer.Option(help="Instead of draws: the model's repairs (as mt), and a person's of them."),
    ] = None,
) -> None:
    """Draw repairs of triplets from a model, and pair one near the post-edit with one far from it.

    With --corrections, triplets of the same ids, a correction is paired with the repair before it;
    a segment may have several. A run that was stopped goes on where it was.
    """
    from postedit.data.prefer import corrected, preferences

    rows = read_rows(triplets, split, sample)
    given = list(read_triplets(corrections)) if corrections else []
    fixed = _by_id(given)
    if corrections:
        rows = _of_corrections(rows, fixed, corrections)
    backend, manifest = load_backend(str(model))

    def paired(piece: Sequence[Triplet]) -> Iterator[Preference | None]:
        if corrections:
            return corrected(backend, piece, fixed, done)
        return preferences(backend, piece, samples, seed, done)

    with resumed(output, _key(manifest, [*rows, *given], samples, seed)) as out:
        found, begun = out.note or 0, out.done * _PIECE
        with counting("pairing" if corrections else "drawing", len(rows) - begun) as done:
            for first in range(begun, len(rows), _PIECE):
                made = [one for one in paired(rows[first : first + _PIECE]) if one]
                found += len(made)
                lines = (json.dumps(one.as_json(), ensure_ascii=False) for one in made)
                out.write("".join(line + "\n" for line in lines), found)
    say(f"{found} preferences of {len(rows)} segments: {output}")


def _by_id(corrections: Iterable[Triplet]) -> dict[str, list[Triplet]]:
    found: dict[str, list[Triplet]] = {}
    for one in corrections:
        found.setdefault(one.id, []).append(one)
    return found


def _of_corrections(
    rows: Sequence[Triplet], fixed: Mapping[str, Sequence[Triplet]], path: Path
) -> list[Triplet]:
    """The triplets that were corrected; says how many corrections are of none of them."""
    chosen = [row for row in rows if row.id in fixed]
    if not chosen:
        known = ", ".join(row.id for row in rows[:3])
        raise InputError(f"none has the id of a triplet, such as {known}", path=path)
    if strays := sum(len(fixed[one]) for one in fixed.keys() - {row.id for row in chosen}):
        say(f"{strays} corrections have no triplet and are left out: {path}")
    return chosen


def _key(manifest: Manifest, rows: Sequence[Triplet], samples: int, seed: int) -> str:
    made_of = [manifest.sha256, manifest.name, samples, seed, *map(repr, rows)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()

"""`postedit align`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from postedit.align import align as align_sentences
from postedit.cli.output import emit_json
from postedit.formats import read_text
from postedit.text.segment import split_sentences


def align(
    mt: Annotated[str, typer.Argument(metavar="MT", help="The machine translation, or - .")],
    ref: Annotated[Path, typer.Argument(metavar="REF", help="The reference.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Align the sentences of two English texts; print one bead a line, tab-separated.

    The flag says what to look at: `doubtful` (low confidence), `crossed` (two neighbours changed
    places) or `alone` (a sentence that the other text does not have).
    """
    paragraphs = read_text(mt).paragraphs, read_text(ref).paragraphs
    left, right = map(_sentences, paragraphs)
    beads = align_sentences(*map("\n".join, paragraphs))
    rows = [(" ".join(left[slice(*b.mt)]), " ".join(right[slice(*b.reference)])) for b in beads]
    if as_json:
        told = [
            {"mt": list(bead.mt), "reference": list(bead.reference)}
            | {"confidence": round(bead.confidence, 3), "flag": bead.flag and bead.flag.value}
            | {"mt_text": old, "reference_text": new}
            for bead, (old, new) in zip(beads, rows, strict=True)
        ]
        emit_json({"mt_sentences": len(left), "reference_sentences": len(right), "beads": told})
        return
    sys.stdout.write("type\tconfidence\tflag\tmt\treference\n")
    for bead, (old, new) in zip(beads, rows, strict=True):
        kind = f"{bead.mt[1] - bead.mt[0]}-{bead.reference[1] - bead.reference[0]}"
        sys.stdout.write(f"{kind}\t{bead.confidence:.3f}\t{bead.flag or ''}\t{old}\t{new}\n")


def _sentences(paragraphs: Sequence[str]) -> list[str]:
    return [
        span.of(text).replace("\t", " ") for text in paragraphs for span in split_sentences(text)
    ]

"""Word alignment by eflomal (Östling and Tiedemann 2016), if the extra `eflomal` is installed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from postedit.errors import MissingExtra
from postedit.garble.align import Links
from postedit.garble.symmetry import grow_diag_final_and
from postedit.garble.tokens import Words


def align_eflomal(source: Sequence[Words], target: Sequence[Words]) -> list[Links]:
    """Links of each pair of sentences, symmetrised; eflomal samples, so runs differ a little."""
    try:
        from eflomal import Aligner
    except ImportError as error:
        raise MissingExtra("the eflomal aligner", "eflomal") from error
    here, there = (
        [" ".join(word.lower() for word in words) + "\n" for words in side]
        for side in (source, target)
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("forward", "backward")]
        Aligner().align(here, there, str(paths[0]), str(paths[1]))
        directions = [[_links(line) for line in _read(path)] for path in paths]
    return [grow_diag_final_and(a, b) for a, b in zip(*directions, strict=True)]


def _read(path: Path) -> list[str]:
    return path.read_text(encoding="ascii").removesuffix("\n").split("\n")


def _links(line: str) -> Links:
    pairs = (link.split("-") for link in line.split())
    return frozenset((int(i), int(j)) for i, j in pairs)

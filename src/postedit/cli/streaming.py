"""`postedit repair` of a text too large to be held: in pieces, and gone on with after a stop."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from postedit.cli.output import say
from postedit.cli.stages import reaching
from postedit.formats import TextFile, can_resume, resumed, stream_text, stream_to
from postedit.pipeline import PostEditor
from postedit.report.story import told
from postedit.result import RepairResult, Tally
from postedit.termbase import Termbase


def stream_repair(
    editor: PostEditor, path: str, begun: bytes, termbase: Termbase, target: str
) -> None:
    """Repair `path` into `target` piece by piece; `begun` is what was read of standard input.

    A file is read through once before, so that one that cannot be used is found out before
    anything is written, and a run that was stopped goes on behind its last piece.
    """
    if path != "-" and can_resume(target):
        total = sum(len(piece.paragraphs) for piece in stream_text(path))
        with (
            resumed(target, _key(editor, path, termbase)) as output,
            reaching(f"repairing {Path(path).stem}") as on_progress,
        ):
            if output.done:
                say(f"going on with {target} behind {output.done} pieces", to_stderr=True)
            tally = _tally(output.note)
            for piece, result in _results(editor, path, b"", termbase, output.done):
                tally += Tally.of(result)
                output.write(piece.render(result.pe), asdict(tally))
                on_progress(piece.first - 1 + len(piece.paragraphs), total)
    else:
        tally = Tally()
        with stream_to(target) as write:
            for piece, result in _results(editor, path, begun, termbase, 0):
                write(piece.render(result.pe))
                tally += Tally.of(result)
    say(told(tally), to_stderr=target == "-")


def _results(
    editor: PostEditor, path: str, begun: bytes, termbase: Termbase, done: int
) -> Iterator[tuple[TextFile, RepairResult]]:
    for piece in islice(stream_text(path, begun), done, None):
        yield piece, editor.repair(piece.units, termbase)


def _key(editor: PostEditor, path: str, termbase: Termbase) -> str:
    """All that a repair depends on, in a hash."""
    seen = hashlib.sha256()
    with Path(path).open("rb") as file:
        while data := file.read(1 << 20):
            seen.update(data)
    made_by = [editor.manifest.model_dump(mode="json"), editor.backend.name]
    seen.update(json.dumps(made_by, sort_keys=True).encode())
    seen.update(repr(termbase.entries).encode())
    return seen.hexdigest()


def _tally(note: dict[str, Any] | None) -> Tally:
    if note is None:
        return Tally()
    counts = {"reasons": Counter(note["reasons"]), "findings": Counter(note["findings"])}
    return Tally(**(note | counts))

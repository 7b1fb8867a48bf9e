"""`postedit repair` of a text too large to be held: in pieces, and gone on with after a stop."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from postedit.cli.output import say
from postedit.cli.stages import reaching
from postedit.formats import can_resume, resumed, stream_text, stream_to
from postedit.pipeline import PostEditor
from postedit.report.story import told
from postedit.result import Tally
from postedit.termbase import Termbase


def stream_repair(
    editor: PostEditor, path: str, begun: bytes, termbase: Termbase, target: str
) -> None:
    """Repair `path` into `target` piece by piece; `begun` is what was read of standard input.

    A file is read through once before, so that one that cannot be used is found out before
    anything is written, and a run that was stopped goes on behind its last piece.
    """
    total = None if path == "-" else sum(len(one.paragraphs) for one in stream_text(path))
    with ExitStack() as stack:
        done, tally = 0, Tally()
        if total is not None and can_resume(target):
            output = stack.enter_context(resumed(target, _key(editor, path, termbase)))
            write: Callable[[str, Any], object] = output.write
            done, tally = output.done, _tally(output.note)
        else:
            put = stack.enter_context(stream_to(target))
            write = lambda text, note: put(text)  # noqa: E731  # one of two outputs
        if done:
            say(f"going on with {target} behind {done} pieces", to_stderr=True)
        on_progress = stack.enter_context(reaching(f"repairing {Path(path).stem}"))
        for piece in islice(stream_text(path, begun), done, None):
            result = editor.repair(piece.units, termbase)
            tally += Tally.of(result)
            write(piece.render(result.pe), asdict(tally))
            reached = piece.first - 1 + len(piece.paragraphs)
            on_progress(reached, reached if total is None else total)
    say(told(tally), to_stderr=target == "-")


def _key(editor: PostEditor, path: str, termbase: Termbase) -> str:
    """All that a repair depends on, in a hash."""
    with Path(path).open("rb") as file:
        seen = hashlib.file_digest(file, "sha256")
    made_by = [editor.manifest.model_dump(mode="json"), editor.backend.name]
    seen.update(json.dumps(made_by, sort_keys=True).encode())
    seen.update(repr(termbase.entries).encode())
    return seen.hexdigest()


def _tally(note: dict[str, Any] | None) -> Tally:
    if note is None:
        return Tally()
    counts = {"reasons": Counter(note["reasons"]), "findings": Counter(note["findings"])}
    return Tally(**(note | counts))

"""A file that is written piece by piece and, where that was stopped, gone on with.

What is finished lies in `NAME.partial`, and `NAME.partial.json` says how much of it counts and what
it was made of. A run of the same work finds both and goes on behind the last whole piece, whatever
stopped the one before: a closed terminal, an empty battery, SIGKILL.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from postedit.errors import InputError
from postedit.formats.plain import encoded, is_device, write_text


@dataclass(slots=True)
class Resumed:
    """An output in the making: `done` pieces are in it, with `note` told beside the last one."""

    done: int
    note: Any
    _file: BinaryIO
    _state: Path
    _key: str

    def write(self, text: str, note: Any = None) -> None:
        """Add a piece, for good; `note` (of JSON's kinds) is given back to a run that goes on."""
        self._file.write(encoded(text, self._state.with_suffix("")))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.done, self.note = self.done + 1, note
        state = {"key": self._key, "pieces": self.done, "bytes": self._file.tell(), "note": note}
        write_text(self._state, json.dumps(state))


@contextmanager
def resumed(path: Path | str, key: str) -> Iterator[Resumed]:
    """The output `path`, begun or gone on with; it is there, whole, when the body is over.

    `key` names the work: all that its pieces depend on. What was begun under another key is begun
    anew. Until the body is over without error the old file, if any, stays.
    """
    target = Path(path).resolve()
    partial = target.with_name(target.name + ".partial")
    state = target.with_name(target.name + ".partial.json")
    try:
        known = _known(state, partial, key)
        with partial.open("r+b" if known else "wb") as file:
            file.truncate(known.get("bytes", 0))
            file.seek(0, os.SEEK_END)
            yield Resumed(known.get("pieces", 0), known.get("note"), file, state, key)
        if target.exists():
            partial.chmod(stat.S_IMODE(target.stat().st_mode))
        partial.replace(target)
        state.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from error


def can_resume(path: Path | str) -> bool:
    """Whether `path` is, or would be, a plain file: no standard output, no device, no pipe."""
    return str(path) != "-" and not is_device(Path(path))


def _known(state: Path, partial: Path, key: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(state.read_text(encoding="utf-8"))
        whole = partial.stat().st_size >= found["bytes"] and found["pieces"] >= 0
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if whole and found.get("key") == key else {}

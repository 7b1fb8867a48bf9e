"""`postedit data check`: is anything that is evaluated on in a file of triplets?"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from postedit.data.config import NearConfig
from postedit.data.leaks import Guard, Guarded, Leak, guarded_files
from postedit.errors import InputError

_FIELDS = ("src", "mt", "pe", "ref")


def guard_of(paths: Iterable[Path], near: NearConfig) -> Guard:
    """A guard over articles, text files, and the rows of triplet files (.jsonl, .jsonl.gz)."""
    guarded: list[Guarded] = []
    for path in paths:
        if path.name.endswith((".jsonl", ".jsonl.gz")):
            for number, texts in _rows(path):
                guarded += [Guarded(text, f"{path}, line {number}") for text in texts]
        else:
            guarded += guarded_files([path])
    return Guard(guarded, near)


def leaks_in(
    path: Path, guard: Guard, done: Callable[[int], None] = lambda rows: None
) -> list[Leak]:
    """The rows of a triplet file that are equal or near to a guarded text, in file order."""
    found: list[Leak] = []
    for number, texts in _rows(path):
        leak = guard.leak(f"{path}, line {number}", texts)
        if leak is not None:
            found.append(leak)
        done(1)
    return found


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    open_ = gzip.open if path.suffix == ".gz" else open
    try:
        with open_(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _texts(line, path, number)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error


def _texts(line: str, path: Path, number: int) -> list[str]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", path=path, line=number) from error
    if not isinstance(row, dict):
        raise InputError(f"not a JSON object: {line[:60]!r}", path=path, line=number)
    return [text for key in _FIELDS if isinstance(text := row.get(key), str) and text]

"""Folders that are there whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postedit.errors import InputError


def check_new(path: Path) -> None:
    """InputError if something is at `path`: to be told before long work, not after it."""
    if path.exists():
        raise InputError("exists already; remove it or choose another folder", path=path)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` that takes its name, unless the body fails.

    Folders above `path` are made. InputError if something is there already.
    """
    check_new(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as work:
        ready = Path(work) / "ready"
        ready.mkdir()
        yield ready
        ready.rename(path)

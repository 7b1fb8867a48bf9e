"""Triplet files: JSON lines with mt, pe (or ref) and terms, plain or gzipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from postedit.errors import InputError
from postedit.records import TermEntry

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Triplet:
    """One segment with the post-edit that it should become, and its own terms."""

    id: str
    mt: str
    pe: str
    terms: tuple[TermEntry, ...]
    source: str | None = None

    @property
    def document(self) -> str:
        """What the id names before its last colon."""
        return self.id.rpartition(":")[0]


def read_triplets(path: Path, split: str | None = None) -> Iterator[Triplet]:
    """The triplets of a file, or those of one split of it; InputError names a bad line."""
    found: set[str] = set()
    empty = True
    for number, line in _lines(path):
        row = _parse(line, path, number)
        found.add(str(row.get("split", "")))
        if split is None or row.get("split") == split:
            empty = False
            yield _triplet(row, path, number)
    if empty:
        splits = ", ".join(sorted(found)) or "none at all"
        raise InputError(f"no triplets of split {split!r}; it has {splits}", path=path)


def evenly(rows: Sequence[Row], count: int) -> list[Row]:
    """At most `count` of the rows, at even distances from the first on."""
    return list(rows[:: max(1, len(rows) // count)][:count])


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    open_ = gzip.open if path.suffix == ".gz" else open
    try:
        with open_(path, "rt", encoding="utf-8") as file:
            yield from ((n, line) for n, line in enumerate(file, start=1) if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error


def _parse(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error}", path=path, line=number) from error
    if not isinstance(row, dict):
        raise InputError(f"not a JSON object: {line[:60]!r}", path=path, line=number)
    return row


def _triplet(row: dict[str, Any], path: Path, number: int) -> Triplet:
    mt, pe = row.get("mt"), row.get("pe") or row.get("ref")
    if not isinstance(mt, str) or not isinstance(pe, str):
        raise InputError("needs mt and pe (or ref) as texts", path=path, line=number)
    terms = tuple(
        TermEntry(term["mt"], term["target"], term.get("source", ""))
        for term in row.get("terms") or ()
        if term.get("mt")
    )
    id_ = f"{row.get('doc') or row.get('lp', '')}:{row.get('seg', number)}"
    return Triplet(id_, mt, pe, terms, row.get("src") or None)

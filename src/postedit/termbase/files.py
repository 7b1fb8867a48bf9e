"""Termbase files of every format: find out which, read, write, and what a format cannot keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from postedit.errors import TermbaseError
from postedit.records import TermEntry, TermStatus
from postedit.termbase.entries import COLUMNS, Placed, cells_of, projected
from postedit.termbase.layouts import LAYOUTS, Layout, detect
from postedit.termbase.tables import READERS, WRITERS, entries_in, rows_of, unread_columns
from postedit.termbase.tbx import read_tbx
from postedit.termbase.tbx_write import write_tbx


@dataclass(frozen=True, slots=True)
class TermFormat:
    """A file format: a container of rows with a layout of columns, or TBX of a version.

    `layout` is None where it is to be found out on reading, and in TBX.
    """

    id: str
    container: str
    layout: Layout | None = None
    version: int = 0

    @property
    def keeps(self) -> frozenset[str]:
        """The fields of an entry that a file of this format can hold."""
        return self.layout.keeps if self.layout else frozenset(COLUMNS)

    @property
    def statuses(self) -> frozenset[TermStatus]:
        """The statuses that it can hold."""
        return self.layout.statuses if self.layout else frozenset(TermStatus)


FORMATS: dict[str, TermFormat] = {
    one.id: one
    for one in (
        *(TermFormat(name, name, LAYOUTS["postedit"]) for name in READERS),
        TermFormat("tbx", "tbx", version=3),
        TermFormat("tbx2", "tbx", version=2),
        TermFormat("weblate", "csv", LAYOUTS["weblate"]),
        TermFormat("deepl", "csv", LAYOUTS["deepl"]),
        TermFormat("google", "csv", LAYOUTS["google"]),
        TermFormat("omegat", "tsv", LAYOUTS["omegat"]),
        TermFormat("memoq", "csv", LAYOUTS["memoq"]),
    )
}
_BY_SUFFIX = {
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "tsv",
    ".utf8": "tsv",
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".tbx": "tbx",
    ".xml": "tbx",
    ".mtf": "tbx",
}


@dataclass(frozen=True, slots=True)
class TermFile:
    """What a file held: its entries with their places, and the columns that no field takes."""

    format: str
    entries: tuple[Placed, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a termbase file, how many entries are in it, and what it could not keep."""

    data: bytes
    written: int
    losses: tuple[str, ...]


def format_of(path: Path | str, named: str | None = None) -> TermFormat:
    """The format of that name, or the one that goes with the file's name."""
    if named is not None:
        if named not in FORMATS:
            raise TermbaseError(f"unknown format “{named}”; valid: {', '.join(FORMATS)}")
        return FORMATS[named]
    suffix = Path(path).suffix.lower()
    if suffix not in _BY_SUFFIX:
        valid = f"{', '.join(_BY_SUFFIX)}; or name the format: {', '.join(FORMATS)}"
        raise TermbaseError(f"unknown file type “{suffix}”; valid: {valid}", path=path)
    return FORMATS[_BY_SUFFIX[suffix]]


def read_terms(path: Path | str, named: str | None = None) -> TermFile:
    """Read a termbase file; the layout of a table is found out by its header unless named."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise TermbaseError(f"cannot be read: {error.strerror}", path=path) from error
    return parse_terms(raw, path, named)


def parse_terms(raw: bytes, path: Path | str, named: str | None = None) -> TermFile:
    """The same for the bytes of a file; `path` is for messages and, if unnamed, the format."""
    found = format_of(path, named)
    if found.container == "tbx":
        return TermFile(found.id, tuple(read_tbx(raw, path)))
    rows = READERS[found.container](raw, path)
    layout = found.layout if named is not None else None
    layout = layout or (detect(rows[0][1]) if rows else LAYOUTS["postedit"])
    placed = tuple(entries_in(rows, path, layout))
    name = found.container if layout.id == "postedit" else layout.id
    return TermFile(name, placed, unread_columns(rows, layout))


def render_terms(entries: Sequence[TermEntry], target: TermFormat) -> Rendered:
    """The file with these entries in a format, and in words what the format could not keep.

    Entries of a status that it does not know would come to mean something else (a forbidden target
    would be asked for), so they are left out, which is one of the losses.
    """
    kept = [one for one in entries if one.status in target.statuses or _is_safe(one.status)]
    kept = [one for one in kept if "mt" in target.keeps or one.source]
    losses = _losses(entries, kept, target)
    if target.container == "tbx":
        return Rendered(write_tbx(kept, target.version), len(kept), losses)
    assert target.layout is not None
    data = WRITERS[target.container](rows_of(kept, target.layout))
    return Rendered(data, len(kept), losses)


def _is_safe(status: TermStatus) -> bool:
    return status in (TermStatus.PREFERRED, TermStatus.DO_NOT_TRANSLATE)


def _losses(
    entries: Sequence[TermEntry], kept: Sequence[TermEntry], target: TermFormat
) -> tuple[str, ...]:
    lost: Counter[str] = Counter()
    staying = set(map(id, kept))
    for entry in entries:
        if id(entry) not in staying:
            if entry.status in target.statuses or _is_safe(entry.status):
                lost["entries without a source are left out"] += 1
            else:
                lost[f"{entry.status} entries are left out"] += 1
            continue
        before = cells_of(entry)
        after = cells_of(projected(entry, target.keeps))
        lost.update(f"{name} is not kept" for name in COLUMNS if before[name] != after[name])
        if "status" in target.keeps and entry.status not in target.statuses:
            lost[f"status {entry.status} is not kept"] += 1
    return tuple(f"{what} ({count})" for what, count in lost.items())

"""Termbases: the entries of one or more glossaries, and the reader of the project's TSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from postedit.errors import TermbaseError
from postedit.records import TermEntry, TermMatch, TermStatus
from postedit.termbase.match import TermMatcher

_REQUIRED = ("mt", "source", "target")
_OPTIONAL = ("status", "note")
_STATUSES = ", ".join(TermStatus)


@dataclass(frozen=True)
class Termbase:
    """The entries of one or more glossaries; `Termbase()` is empty and matches nothing.

    An exact repetition of an entry is dropped; two entries that send one mt form to two targets
    are an error, because no order of files should decide what a text becomes. A forbidden entry
    conflicts with nothing: it says what the mt form must not become.
    """

    entries: tuple[TermEntry, ...] = ()
    # Where each entry was read, for messages: "glossary.tsv, line 3"; empty if made in Python.
    places: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        places = self.places or ("",) * len(self.entries)
        kept = _without_repeats(zip(self.entries, places, strict=True))
        object.__setattr__(self, "entries", tuple(entry for entry, _ in kept))
        object.__setattr__(self, "places", tuple(place for _, place in kept))

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a glossary: UTF-8, tab-separated, a header, one entry a line, no quoting.

        Columns, in any order: mt, source, target, and optionally status (empty is preferred) and
        note. Blank lines do not count. Raises TermbaseError with file, line and valid values.
        """
        path = Path(path)
        rows = list(_read(path))
        places = tuple(f"{path}, line {line}" for line, _ in rows)
        return cls(tuple(entry for _, entry in rows), places)

    @classmethod
    def merge(cls, *termbases: Termbase) -> Self:
        """One termbase with the entries of all, in order; of none, an empty one.

        Raises TermbaseError, naming both places, where one mt form has two targets.
        """
        entries = tuple(entry for one in termbases for entry in one.entries)
        return cls(entries, tuple(place for one in termbases for place in one.places))

    def match(self, text: str) -> tuple[TermMatch, ...]:
        """Entries whose mt form stands in `text`, in order; see `TermMatcher.match`."""
        return self._matcher.match(text)

    @cached_property
    def _matcher(self) -> TermMatcher:
        return TermMatcher(self.entries)


def _without_repeats(
    found: Iterator[tuple[TermEntry, str]],
) -> list[tuple[TermEntry, str]]:
    kept: list[tuple[TermEntry, str]] = []
    by_form: dict[str, tuple[TermEntry, str]] = {}
    seen: set[tuple[str, str, bool]] = set()
    for entry, place in found:
        banned = entry.status is TermStatus.FORBIDDEN
        if not banned:
            first, first_place = by_form.setdefault(entry.mt, (entry, place))
            if first.target != entry.target:
                at, first_at = (f" ({p})" if p else "" for p in (place, first_place))
                raise TermbaseError(
                    f"“{entry.mt}” has two targets: “{first.target}”{first_at}"
                    f" and “{entry.target}”{at}; keep one of them"
                )
        if (key := (entry.mt, entry.target, banned)) not in seen:
            seen.add(key)
            kept.append((entry, place))
    return kept


def _read(path: Path) -> Iterator[tuple[int, TermEntry]]:
    rows = csv.reader(_lines(path), delimiter="\t", quoting=csv.QUOTE_NONE)
    header = [name.strip() for name in next(rows, [])]
    _check_header(path, header)
    for line, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise TermbaseError(
                f"{len(row)} fields, but the header has {len(header)}: {', '.join(header)}",
                path=path,
                line=line,
            )
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        yield line, _entry(path, line, cells)


def _lines(path: Path) -> list[str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise TermbaseError(f"cannot be read: {error.strerror}", path=path) from error
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        bad = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TermbaseError(bad, path=path, line=line) from error
    # Not splitlines(): it would cut a cell at U+2028 and the line numbers would drift.
    return [line.removesuffix("\r") for line in text.split("\n")]


def _check_header(path: Path, header: list[str]) -> None:
    valid = f"valid: {', '.join(_REQUIRED)}, and optionally {', '.join(_OPTIONAL)}, tab-separated"
    for name in _REQUIRED:
        if name not in header:
            raise TermbaseError(f"no column “{name}” in the header; {valid}", path=path, line=1)
    for i, name in enumerate(header):
        if name not in _REQUIRED + _OPTIONAL:
            raise TermbaseError(f"unknown column “{name}”; {valid}", path=path, line=1)
        if name in header[:i]:
            raise TermbaseError(f"column “{name}” stands twice; {valid}", path=path, line=1)


def _entry(path: Path, line: int, cells: dict[str, str]) -> TermEntry:
    mt, target, named = cells["mt"], cells["target"], cells.get("status", "")
    try:
        status = TermStatus(named) if named else TermStatus.PREFERRED
    except ValueError as error:
        problem = f"unknown status “{named}”; valid: {_STATUSES}, or nothing for preferred"
        raise TermbaseError(problem, path=path, line=line) from error
    if not any(character.isalnum() for character in mt):
        raise TermbaseError(f"mt is “{mt}”: it needs a letter or digit", path=path, line=line)
    if not target and status is TermStatus.DO_NOT_TRANSLATE:
        target = mt
    if not target:
        problem = f"“{mt}” has no target; only do-not-translate entries may leave it empty"
        raise TermbaseError(problem, path=path, line=line)
    return TermEntry(mt, target, cells["source"], status, cells.get("note", ""))

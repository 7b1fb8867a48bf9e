"""Tables of term entries: tab-separated, comma-separated, and Excel workbooks.

The container (how cells are written down) and the layout (what the columns mean) are two things:
any layout of `layouts` may come in any container.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from postedit.errors import MissingExtra, TermbaseError
from postedit.records import TermEntry
from postedit.termbase.entries import Place, Placed, entry_of
from postedit.termbase.layouts import LAYOUTS, Layout, check_header, detect

# A row and the line that it begins on.
Row = tuple[int, list[str]]

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n"}
_UNESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n"}


def decode(raw: bytes, path: Path | str) -> str:
    """The text of a file in UTF-8, byte order mark or not; TermbaseError names a bad line."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        bad = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise TermbaseError(bad, path=path, line=line) from error


def read_tsv(raw: bytes, path: Path | str) -> list[Row]:
    r"""Rows of a tab-separated file without quoting; in a cell, \t, \n and \\ are what they say."""
    # Not splitlines(): it would cut a cell at U+2028 and the line numbers would drift.
    lines = (line.removesuffix("\r") for line in decode(raw, path).split("\n"))
    return [
        (number, [_unescaped(cell) for cell in line.split("\t")])
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _unescaped(cell: str) -> str:
    if "\\" not in cell:
        return cell
    parts: list[str] = []
    i = 0
    while i < len(cell):
        pair = cell[i : i + 2]
        parts.append(_UNESCAPES.get(pair, cell[i]))
        i += 2 if pair in _UNESCAPES else 1
    return "".join(parts)


def write_tsv(rows: Iterable[Sequence[str]]) -> bytes:
    """The file that `read_tsv` reads back."""
    lines = ("\t".join("".join(_ESCAPES.get(c, c) for c in cell) for cell in row) for row in rows)
    return "".join(line + "\n" for line in lines).encode()


def read_csv(raw: bytes, path: Path | str) -> list[Row]:
    """Rows of a comma- or semicolon-separated file with standard quoting."""
    text = decode(raw, path)
    first = text.partition("\n")[0]
    mark = ";" if first.count(";") > first.count(",") else ","
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise TermbaseError(f"not CSV: {error}", path=path, line=reader.line_num) from error
    return rows


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The file that `read_csv` reads back: commas, quotes where needed."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def read_xlsx(raw: bytes, path: Path | str) -> list[Row]:
    """Rows of the first sheet of an Excel workbook; numbers as Excel shows a whole number."""
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        values = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except Exception as error:  # zipfile, XML and openpyxl each raise their own
        raise TermbaseError(f"not an Excel workbook: {error}", path=path) from error
    rows = [(number, [_text(cell) for cell in row]) for number, row in enumerate(values, start=1)]
    return [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """The workbook that `read_xlsx` reads back: one sheet, every cell a text."""
    openpyxl = _openpyxl()
    texts = [list(row) for row in rows]
    illegal = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE
    for value in (value for row in texts for value in row):
        if illegal.search(value):
            raise TermbaseError(f"Excel cannot hold the characters of {value!r}")
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("terms")
    for row in texts:
        cells = [openpyxl.cell.WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type = "s"  # "=1+1" is a term, not a formula
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _openpyxl() -> Any:
    try:
        import openpyxl
        import openpyxl.cell.cell
    except ImportError as error:
        raise MissingExtra("reading and writing Excel workbooks", "formats") from error
    return openpyxl


READERS: dict[str, Callable[[bytes, Path | str], list[Row]]] = {
    "tsv": read_tsv,
    "csv": read_csv,
    "xlsx": read_xlsx,
}
WRITERS: dict[str, Callable[[Iterable[Sequence[str]]], bytes]] = {
    "tsv": write_tsv,
    "csv": write_csv,
    "xlsx": write_xlsx,
}


def entries_in(rows: Sequence[Row], path: Path | str, layout: Layout | None) -> Iterator[Placed]:
    """The entries in the rows of a table, in the layout given or the one that its header shows."""
    layout = layout or (detect(rows[0][1]) if rows else LAYOUTS["postedit"])
    header: list[str] = []
    if layout.has_header:
        header = [name.strip() for name in rows[0][1]] if rows else []
        if layout.id == "postedit":
            check_header(header, Place(path, rows[0][0] if rows else 1))
        rows = rows[1:]
    width = len(header) or max((len(row) for _, row in rows), default=0)
    for line, row in rows:
        place = Place(path, line)
        if layout.has_header and len(row) != width:
            named = ", ".join(header)
            raise place.error(f"{len(row)} fields, but the header has {width}: {named}")
        if len(row) < 2 and not row[0].startswith("#"):
            raise place.error(f"1 field, but {layout.id} has source and target: {row[0]!r}")
        for cells in layout.read(header, row):
            yield Placed(entry_of(cells, place), place)


def unread_columns(rows: Sequence[Row], layout: Layout) -> tuple[str, ...]:
    """Names of the columns that have something in them that no field of an entry takes."""
    if not layout.has_header or not rows:
        return ()
    names = [name.strip() for name in rows[0][1]]
    full = {i for _, row in rows[1:] for i, cell in enumerate(row) if cell.strip()}
    found = (names[i] for i in sorted(full) if i < len(names) and not layout.reads_column(names[i]))
    return tuple(dict.fromkeys(found))


def rows_of(entries: Iterable[TermEntry], layout: Layout) -> Iterator[Sequence[str]]:
    """The rows of a table with the given entries, its header among them."""
    if layout.header:
        yield layout.header
    for entry in entries:
        row = layout.write(entry)
        if layout.id == "omegat" and row[0].startswith("#"):
            raise TermbaseError(f"“{row[0]}” would be a comment in an OmegaT glossary")
        yield row

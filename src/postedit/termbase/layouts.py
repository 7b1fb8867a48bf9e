"""How the columns of a glossary table are named: ours, and those of other tools.

A layout turns a row of cells into the cells of an entry and back. It is known by its header; those
without one by the number of their columns. Sources: Weblate's and the translate-toolkit's CSV
(location, source, target, id, fuzzy, context, translator_comments, developer_comments); DeepL's
glossary CSV and TSV (source, target, and from its web page source and target language); Google's
equivalent term sets (a header of language codes, pos, description); OmegaT's glossary.txt (source,
target, comment); memoQ's term base CSV (Entry_ID, ..., and for each language a column of terms
followed by Term_Info and Term_Example).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from postedit.records import TermEntry, TermStatus
from postedit.termbase.entries import COLUMNS, Place, cells_of

Cells = dict[str, str]
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
_REQUIRED, _OPTIONAL = COLUMNS[:3], COLUMNS[3:]


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to lay entries out in columns.

    `knows(header)` says whether a first row is its header (or, without one, looks like its data);
    `read(header, row)` gives the cells of each entry in a row; `header` is what is written first,
    empty for none, and `write(entry)` the row that follows. `keeps` names the fields that survive,
    `statuses` the statuses that do; `reads_column` says of a column's name whether its cells go
    anywhere.
    """

    id: str
    keeps: frozenset[str]
    statuses: frozenset[TermStatus]
    header: tuple[str, ...]
    knows: Callable[[Sequence[str]], bool]
    read: Callable[[Sequence[str], Sequence[str]], Iterable[Cells]]
    write: Callable[[TermEntry], Sequence[str]]
    has_header: bool = True
    reads_column: Callable[[str], bool] = lambda name: True


def check_header(header: Sequence[str], place: Place) -> None:
    """TermbaseError unless the names are our columns, each once, the needed ones among them."""
    valid = f"valid: {', '.join(_REQUIRED)}, and optionally {', '.join(_OPTIONAL)}"
    for name in _REQUIRED:
        if name not in header:
            raise place.error(f"no column “{name}” in the header; {valid}")
    for i, name in enumerate(header):
        if name not in COLUMNS:
            raise place.error(f"unknown column “{name}”; {valid}")
        if name in header[:i]:
            raise place.error(f"column “{name}” stands twice; {valid}")


def detect(first: Sequence[str]) -> Layout:
    """The layout of which `first` is the first row: ours unless it looks like another's."""
    return next((layout for layout in LAYOUTS.values() if layout.knows(first)), LAYOUTS["postedit"])


def _named(header: Sequence[str], row: Sequence[str]) -> Cells:
    return {name.strip(): cell for name, cell in zip(header, row, strict=False)}


def _read_ours(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    yield _named(header, row)


def _write_ours(entry: TermEntry) -> Sequence[str]:
    return tuple(cells_of(entry)[name] for name in COLUMNS)


_WEBLATE = {
    "source": "source",
    "target": "target",
    "id": "ID",
    "domain": "context",
    "note": "translator_comments",
}


def _read_weblate(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    cells = {name.lower(): cell for name, cell in _named(header, row).items()}
    if cells.get("source") or cells.get("target"):
        yield {ours: cells.get(theirs.lower(), "") for ours, theirs in _WEBLATE.items()}


_WEBLATE_HEADER = (
    "location",
    "source",
    "target",
    "ID",
    "fuzzy",
    "context",
    "translator_comments",
    "developer_comments",
)


def _is_weblate(header: Sequence[str]) -> bool:
    names = {name.strip().lower() for name in header}
    return {"source", "target"} <= names <= {name.lower() for name in _WEBLATE_HEADER}


def _write_by_name(
    header: Sequence[str], names: Mapping[str, str]
) -> Callable[[TermEntry], list[str]]:
    theirs = {name: ours for ours, name in names.items()}

    def write(entry: TermEntry) -> list[str]:
        cells = cells_of(entry)
        return [cells[theirs[name]] if name in theirs else "" for name in header]

    return write


def _read_pairs(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    yield {"source": row[0], "target": row[1]}


def _read_omegat(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    if not row[0].startswith("#"):
        yield {"source": row[0], "target": row[1], "note": row[2] if len(row) > 2 else ""}


def _is_english(code: str) -> bool:
    return re.split("[-_]", code.lower())[0] in ("en", "eng", "english")


def _is_google(header: Sequence[str]) -> bool:
    codes = [name for name in header if name.strip().lower() not in ("pos", "description")]
    return (
        len(codes) >= 2
        and all(_CODE.match(code.strip()) and len(re.split("[-_]", code)[0]) == 2 for code in codes)
        and sum(_is_english(code.strip()) for code in codes) == 1
    )


def _read_google(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    cells = {name.strip().lower(): cell for name, cell in zip(header, row, strict=False)}
    extra = {"pos": cells.pop("pos", ""), "note": cells.pop("description", "")}
    target = next(cell for name, cell in cells.items() if _is_english(name))
    for name, cell in cells.items():
        if not _is_english(name) and cell.strip() and target.strip():
            yield {"source": cell, "target": target} | extra


def _read_memoq(header: Sequence[str], row: Sequence[str]) -> Iterator[Cells]:
    names = [name.strip() for name in header]
    cells = _named(names, row)
    shared = {
        "id": cells.get("Entry_ID", ""),
        "domain": cells.get("Entry_Domain", ""),
        "note": cells.get("Entry_Note", ""),
    }
    sources: list[str] = []
    targets: list[Cells] = []
    for i, name in enumerate(names):
        if name.startswith(("Entry_", "Term_")) or name.endswith("_Def") or not row[i].strip():
            continue
        if _is_english(name):
            info = row[i + 1] if names[i + 1 : i + 2] == ["Term_Info"] else ""
            banned = "forbidden" in re.split(r"\W+", info.lower())
            targets.append({"target": row[i], "status": "forbidden" if banned else ""})
        else:
            sources.append(row[i])
    for target in targets:
        for source in sources:
            yield shared | target | {"source": source}


def _reads_memoq(name: str) -> bool:
    if name.startswith("Entry_"):
        return name in ("Entry_ID", "Entry_Domain", "Entry_Note")
    return not name.endswith("_Def") and name != "Term_Example"


_MEMOQ_HEADER = (
    "Entry_ID",
    "Entry_Subject",
    "Entry_Domain",
    "Entry_Note",
    "Chinese_PRC_Def",
    "Chinese_PRC",
    "Term_Info",
    "Term_Example",
    "English_Def",
    "English",
    "Term_Info",
    "Term_Example",
)


def _write_memoq(entry: TermEntry) -> Sequence[str]:
    info = "CasePermissive;HalfPrefix"
    banned = info + ";Forbidden" if entry.status is TermStatus.FORBIDDEN else info
    head = (entry.id, "", entry.domain, entry.note)
    return (*head, "", entry.source, info, "", "", entry.target, banned, "")


def _fits(*widths: int) -> Callable[[Sequence[str]], bool]:
    def knows(row: Sequence[str]) -> bool:
        names = {cell.strip().lower() for cell in row}
        return len(row) in widths and not names & {"mt", "source", "target", "src", "tgt"}

    return knows


def _is_omegat(row: Sequence[str]) -> bool:
    return row[0].startswith("#") or _fits(2, 3)(row)


def _is_deepl(row: Sequence[str]) -> bool:
    return _fits(4, 5)(row) and all(_CODE.match(cell.strip()) for cell in row[2:4])


_PLAIN = frozenset({TermStatus.PREFERRED})
_PAIR = frozenset({"source", "target"})

# In the order in which a first row is tried.
LAYOUTS: dict[str, Layout] = {
    layout.id: layout
    for layout in (
        Layout(
            "postedit",
            frozenset(COLUMNS),
            frozenset(TermStatus),
            COLUMNS,
            lambda header: {"mt", "target"} <= {name.strip() for name in header},
            _read_ours,
            _write_ours,
        ),
        Layout(
            "memoq",
            _PAIR | {"id", "domain", "note", "status"},
            _PLAIN | {TermStatus.FORBIDDEN},
            _MEMOQ_HEADER,
            lambda header: "Entry_ID" in {name.strip() for name in header},
            _read_memoq,
            _write_memoq,
            reads_column=_reads_memoq,
        ),
        Layout(
            "weblate",
            frozenset(_WEBLATE),
            _PLAIN,
            _WEBLATE_HEADER,
            _is_weblate,
            _read_weblate,
            _write_by_name(_WEBLATE_HEADER, _WEBLATE),
            reads_column=lambda name: name.lower() in {n.lower() for n in _WEBLATE.values()},
        ),
        Layout(
            "google",
            _PAIR | {"pos", "note"},
            _PLAIN,
            ("zh", "en", "pos", "description"),
            _is_google,
            _read_google,
            lambda entry: (entry.source, entry.target, entry.pos, entry.note),
        ),
        Layout(
            "deepl",
            _PAIR,
            _PLAIN,
            (),
            _is_deepl,
            _read_pairs,
            lambda entry: (entry.source, entry.target, "zh", "en"),
            has_header=False,
        ),
        Layout(
            "omegat",
            _PAIR | {"note"},
            _PLAIN,
            (),
            _is_omegat,
            _read_omegat,
            lambda entry: (entry.source, entry.target, entry.note),
            has_header=False,
        ),
    )
}

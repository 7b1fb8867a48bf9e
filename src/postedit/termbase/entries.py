"""Term entries as cells of text, whatever file they come from: names, values, what is valid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from postedit.errors import TermbaseError
from postedit.records import Conditions, TermCase, TermEntry, TermStatus

# Every field of an entry, in the order of our own columns.
COLUMNS = ("mt", "source", "target", "status", "note", "id", "pos", "domain", "conditions")

_STATUSES = ", ".join(TermStatus)
_LISTS = ("before", "after", "not-before", "not-after", "near")
_CONDITIONS = (
    f"case={'|'.join(TermCase)}, {', '.join(f'{name}=WORD|WORD' for name in _LISTS)}, "
    + ("source=required, sure=yes")
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry was read: a file, a line of it (or row, or element's line), and a sheet."""

    path: Path | str
    line: int

    def __str__(self) -> str:
        return f"{self.path}, line {self.line}"

    def error(self, problem: str) -> TermbaseError:
        """The error that says what is wrong at this place."""
        return TermbaseError(problem, path=self.path, line=self.line)


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and the place it was read at."""

    entry: TermEntry
    place: Place


def entry_of(cells: Mapping[str, str], place: Place) -> TermEntry:
    """The entry that cells named by COLUMNS make; TermbaseError says which of them is wrong.

    A do-not-translate entry without a target keeps its mt, or its source if it has no mt.
    """
    get = {name: _clean(cells.get(name, "")) for name in COLUMNS}.__getitem__
    mt, source, target = get("mt"), get("source"), get("target")
    status = _status(get("status"), place)
    if not _can_match(mt or source):
        named = f"mt is “{mt}”" if mt or not source else f"source is “{source}”"
        raise place.error(f"{named}: it needs a letter or digit")
    if mt and not _can_match(mt):
        raise place.error(f"mt is “{mt}”: it needs a letter or digit")
    if not target and status is TermStatus.DO_NOT_TRANSLATE:
        target = mt or source
    if not target:
        problem = (
            f"“{mt or source}” has no target; only do-not-translate entries may leave it empty"
        )
        raise place.error(problem)
    return TermEntry(
        mt=mt,
        target=target,
        source=source,
        status=status,
        note=get("note"),
        id=get("id"),
        pos=get("pos"),
        domain=get("domain"),
        conditions=parse_conditions(get("conditions"), place),
    )


def cells_of(entry: TermEntry) -> dict[str, str]:
    """The cells of an entry by COLUMNS: what `entry_of` takes back."""
    return {
        "mt": entry.mt,
        "source": entry.source,
        "target": entry.target,
        "status": entry.status.value,
        "note": entry.note,
        "id": entry.id,
        "pos": entry.pos,
        "domain": entry.domain,
        "conditions": format_conditions(entry.conditions),
    }


def projected(entry: TermEntry, fields: Iterable[str]) -> TermEntry:
    """The entry with only the given fields; the others at their defaults."""
    empty = TermEntry("", "")
    kept = set(fields)
    return replace(entry, **{name: getattr(empty, name) for name in COLUMNS if name not in kept})


def parse_conditions(text: str, place: Place) -> Conditions:
    """Read `case=exact; before=China|Guangdong; source=required`; the empty text asks for nothing.

    >>> parse_conditions("not-after=language|tool", Place("g.tsv", 2)).not_after
    ('language', 'tool')
    """
    found: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, value = (side.strip() for side in part.partition("="))
        field = name.replace("-", "_")
        if field in found:
            raise place.error(f"condition “{name}” stands twice")
        found[field] = _condition(name, value, part, place)
    return Conditions(**found)  # type: ignore[arg-type]


def _condition(name: str, value: str, part: str, place: Place) -> object:
    if name in _LISTS:
        words = tuple(" ".join(word.split()) for word in value.split("|"))
        if all(words):
            return words
    elif name == "case" and value in list(TermCase):
        return TermCase(value)
    elif (name, value) in (("source", "required"), ("sure", "yes")):
        return True
    raise place.error(f"unknown condition “{part}”; valid, with “;” between: {_CONDITIONS}")


def format_conditions(conditions: Conditions) -> str:
    """The text that `parse_conditions` reads back; ValueError if a word has “;” or “|” in it."""
    parts = [] if conditions.case is TermCase.AUTO else [f"case={conditions.case}"]
    for name in _LISTS:
        words: tuple[str, ...] = getattr(conditions, name.replace("-", "_"))
        if any(mark in word for word in words for mark in ";|"):
            raise ValueError(f"a word of condition {name} has “;” or “|” in it: {words}")
        if words:
            parts.append(f"{name}={'|'.join(words)}")
    if conditions.source:
        parts.append("source=required")
    if conditions.sure:
        parts.append("sure=yes")
    return "; ".join(parts)


def _status(named: str, place: Place) -> TermStatus:
    try:
        return TermStatus(named) if named else TermStatus.PREFERRED
    except ValueError as error:
        problem = f"unknown status “{named}”; valid: {_STATUSES}, or nothing for preferred"
        raise place.error(problem) from error


def _clean(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def _can_match(text: str) -> bool:
    return any(character.isalnum() for character in text)

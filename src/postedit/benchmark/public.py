"""Public test sets by name, out of a folder or the hub of `datasets`; none of them is shipped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from postedit.benchmark.suite import Suite, SuiteArticle, passages
from postedit.errors import InputError, MissingExtra
from postedit.records import Unit
from postedit.termbase import Termbase

Row = Mapping[str, Any]

# A file of sums as sha256sum writes it; what it names is held to it.
_SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class PublicSet:
    """Where a test set is, what may be done with it, and how its rows become articles.

    `files` are patterns of file names in a folder, `sha256` the sums of those that are known;
    `columns` are the names that a row must have, all of them text but `terms`. `choices` are
    columns of which one value has to be chosen, in the order in which they stand in the name
    (`NAME:VALUE`); `keep` picks the rows that are into English, and `group` names the article.
    """

    title: str
    licence: str
    files: tuple[str, ...]
    columns: tuple[str, ...] = ("src", "mt", "ref")
    choices: tuple[str, ...] = ()
    group: str = ""
    keep: Mapping[str, str] | None = None
    split: str = ""
    hub: str = ""
    revision: str = ""
    sha256: tuple[str, ...] = ()


PUBLIC: Final[dict[str, PublicSet]] = {
    "mlqe-pe": PublicSet(
        title="MLQE-PE (Fomicheva et al. 2022): neural mt into English and its post-edits",
        licence="CC0-1.0",
        files=("mlqe_pe*.jsonl.gz", "mlqe_pe*.jsonl"),
        columns=("src", "mt", "ref", "lp", "split"),
        choices=("lp",),
        group="lp",
        split="test20",
        sha256=("f04ad666a223b1371202f79020c3c2a8e36b830955fad030aa083d5d43527ff7",),
    ),
    "wmt-zh-en": PublicSet(
        title="WMT news and talks, Chinese to English: system outputs 2020 to 2022 (MQM ratings)",
        licence="Apache-2.0",
        files=("*.csv", "*.parquet"),
        columns=("src", "mt", "ref", "lp", "system", "year", "domain"),
        choices=("year", "system"),
        group="domain",
        keep={"lp": "zh-en"},
        hub="RicardoRei/wmt-mqm-human-evaluation",
        revision="c299be4298b58f71d60f2718273b7c0d64d3aacd",
    ),
    "wmt23-terminology": PublicSet(
        title="WMT 2023 terminology task, Chinese to English: system outputs with terms",
        licence="CC, as its authors say; see the task's page",
        files=("*.zh-en.tsv",),
        columns=("src", "ref", "terms", "mt"),
        choices=("file",),
        hub="zouharvi/wmt-terminology-2023",
        revision="2e913e4cd5dbcf495fe97d2455e7130b374ea5c6",
    ),
}


def load_public(
    name: str, folder: Path | None, splits: Sequence[str] = (), sample: int | None = None
) -> Suite:
    """Load `NAME[:CHOICE...]` from a folder with its files, or without one from the hub.

    `sample` takes so many rows of each article, evenly. InputError if the files are missing or
    have another sum than they should, if columns are missing, or if a choice is open: the message
    names what there is.
    """
    kind, *chosen = name.split(":")
    if kind not in PUBLIC:
        raise InputError(f"no public test set {kind!r}; there are: {', '.join(PUBLIC)}")
    known = PUBLIC[kind]
    rows, sums = _from_folder(known, folder) if folder else (_from_hub(kind, known), [])
    place = folder or known.hub
    if missing := set(known.columns) - set(rows[0] if rows else ()):
        raise InputError(f"{kind}: no column {', '.join(sorted(missing))} in it", path=place)
    wanted = dict(zip(known.choices, chosen, strict=False)) | dict(known.keep or {})
    for column, value in wanted.items():
        rows = _only(rows, column, [value], kind)
    if known.split or splits:
        rows = _only(rows, "split", splits or [known.split], kind)
    for column in known.choices[len(chosen) :]:
        if len(values := _values(rows, column)) > 1:
            shown = ", ".join(values[:40])
            raise InputError(f"{kind} has several of {column}: choose {name}:VALUE out of {shown}")
    return Suite(name, tuple(_articles(kind, known, rows, sample)), tuple(sums))


def _from_folder(known: PublicSet, folder: Path) -> tuple[list[Row], list[str]]:
    if not folder.is_dir():
        raise InputError("no such folder", path=folder)
    files = sorted({file for pattern in known.files for file in folder.glob(pattern)})
    if not files:
        wanted = " or ".join(known.files)
        source = f"; it is {known.hub} on the hub" if known.hub else ""
        raise InputError(f"holds no {wanted} of {known.title}{source}", path=folder)
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files]
    _check_sums(known, folder, sums)
    return [row for file in files for row in _read(file)], sums


def _check_sums(known: PublicSet, folder: Path, sums: Iterable[str]) -> None:
    listed = folder / _SUMS
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    promised = {name.removeprefix("*"): value.lower() for value, name in pairs}
    for found, name in (line.split(maxsplit=1) for line in sums):
        expected = [promised[name]] if name in promised else list(known.sha256)
        if expected and found not in expected:
            raise InputError(
                f"has the SHA-256 {found}, but should have {' or '.join(expected)}",
                path=folder / name,
            )


def _read(file: Path) -> list[Row]:
    kind = "json" if ".json" in file.name else "parquet" if file.suffix == ".parquet" else "csv"
    options: dict[str, Any] = {"data_files": str(file)}
    if file.suffix == ".tsv":
        # No quoting: a quotation mark in a sentence is a quotation mark.
        options |= {"sep": "\t", "quoting": 3}
        with file.open(encoding="utf-8") as text:
            if "mt" not in text.readline().rstrip("\n").split("\t"):
                options |= {"names": ["src", "ref", "terms", "mt"], "header": None}
    if kind == "csv":
        options |= {"keep_default_na": False}
    try:
        rows = list(_datasets()(kind, split="train", **options))
    except MissingExtra:
        raise
    except Exception as error:
        raise InputError(f"cannot be read as {kind}: {_reason(error)}", path=file) from error
    return [{"file": file.name} | row for row in rows]


def _from_hub(kind: str, known: PublicSet) -> list[Row]:
    files = " or ".join(known.files)
    if not known.hub:
        raise InputError(f"{kind} is on no hub: give the folder with {files} as --data")
    load = _datasets()
    try:
        found = load(known.hub, revision=known.revision)
        return [row for part in found.values() for row in part]
    except Exception as error:
        raise InputError(
            f"{kind}: {known.hub} cannot be had from the hub ({_reason(error)}); fetch it where "
            f"you can, and give the folder with {files} as --data"
        ) from error


def _datasets() -> Callable[..., Any]:
    try:
        from datasets import disable_progress_bars, load_dataset
    except ImportError as error:
        raise MissingExtra("a public test set", "benchmark") from error
    disable_progress_bars()
    return load_dataset  # type: ignore[no-any-return]


def _reason(error: BaseException) -> str:
    # datasets wraps what went wrong in "An error occurred while generating the dataset".
    cause = error.__cause__ or error
    return (str(cause) or type(cause).__name__).splitlines()[0]


def _only(rows: Sequence[Row], column: str, values: Sequence[str], kind: str) -> list[Row]:
    found = [row for row in rows if str(row.get(column)) in values]
    if not found:
        there = ", ".join(_values(rows, column)[:40])
        raise InputError(f"{kind} has no {column} {' or '.join(values)}; it has {there}")
    return found


def _values(rows: Iterable[Row], column: str) -> list[str]:
    return sorted({str(row.get(column)) for row in rows})


def _articles(
    kind: str, known: PublicSet, rows: Sequence[Row], sample: int | None
) -> Iterable[SuiteArticle]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[known.group]) if known.group else kind, []).append(row)
    for name, group in groups.items():
        step = max(1, len(group) // sample) if sample else 1
        chosen = group[::step][:sample]
        units = tuple(
            Unit(str(i), _text(row, "mt", kind), _text(row, "src", kind))
            for i, row in enumerate(chosen, start=1)
        )
        identity = name if name.startswith(kind) else f"{kind}-{name}"
        yield SuiteArticle(
            id=identity,
            units=units,
            termbase=Termbase(),
            passages=passages(identity, units, [[_text(row, "ref", kind) for row in chosen]]),
            title=known.title,
            split=str(chosen[0].get("split") or "test"),
            licence=known.licence,
            origin=known.hub or "a folder",
            given=tuple(_targets(row, kind) for row in chosen) if "terms" in known.columns else (),
        )


def _text(row: Row, column: str, kind: str) -> str:
    value = row[column]
    if not isinstance(value, str):
        raise InputError(f"{kind}: {column} is no text but {value!r}")
    return " ".join(value.split())


def _targets(row: Row, kind: str) -> tuple[str, ...]:
    """The English sides of a row's terms: a JSON list of objects with a key `en`, or nothing."""
    given = row["terms"]
    try:
        terms = json.loads(given) if isinstance(given, str) and given.strip() else given or []
        return tuple(str(term["en"]) for term in terms)
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{kind}: terms must be a JSON list of objects with a key 'en', not {given!r}"
        ) from error

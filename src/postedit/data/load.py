"""Triplet files into rows, each in the split of its document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from datasets import load_dataset

from postedit.data.config import SPLITS, CorpusConfig, SharesConfig, Split, SplitsConfig
from postedit.data.row import Row
from postedit.errors import ConfigError, InputError
from postedit.records import TermEntry


def load_rows(source: CorpusConfig, seed: int) -> list[Row]:
    """All rows of a source that belong into a split, in file order.

    InputError if a document would stand in two splits, or a row has no mt or pe; ConfigError if
    the file knows no such split. A row without a document is a document of its own.
    """
    if not source.path.is_file():
        raise InputError("no such triplet file", path=source.path)
    table = load_dataset("json", data_files=str(source.path), split="train")
    if source.splits is not None:
        _check_splits(source, source.splits, {str(one) for one in table.unique("split")})
    rows: list[Row] = []
    for number, raw in enumerate(table, start=1):
        doc = str(raw.get("doc") or f"{raw.get('lp') or 'row'}-{number}")
        split = _split_of(source, raw, doc, seed)
        if split is not None:
            rows.append(_row(source, raw, number, doc, split))
    _check_documents(source, rows)
    return rows


def split_of_document(doc: str, shares: SharesConfig, seed: int) -> Split:
    """The split of a document: the same for all of its rows, in every run with this seed."""
    dice = int(hashlib.sha256(f"{seed}:{doc}".encode()).hexdigest()[:12], 16) / 16**12
    return "dev" if dice < shares.dev else "test" if dice < shares.dev + shares.test else "train"


def _split_of(source: CorpusConfig, raw: Mapping[str, Any], doc: str, seed: int) -> Split | None:
    if source.splits is None:
        return split_of_document(doc, source.shares or SharesConfig(), seed)
    theirs = raw.get("split")
    return next((split for split in SPLITS if theirs in getattr(source.splits, split)), None)


def _check_splits(source: CorpusConfig, splits: SplitsConfig, known: set[str]) -> None:
    for split in SPLITS:
        for name in getattr(splits, split):
            if name not in known:
                raise ConfigError(
                    f"source {source.name}: splits.{split}: no split {name!r} in {source.path}; "
                    f"it has {', '.join(sorted(known))}"
                )


def _check_documents(source: CorpusConfig, rows: list[Row]) -> None:
    split_of: dict[str, str] = {}
    for row in rows:
        if split_of.setdefault(row.doc, row.split) != row.split:
            raise InputError(
                f"document {row.doc!r} stands in the splits {split_of[row.doc]} and {row.split}; "
                "a document belongs into one",
                path=source.path,
            )


def _row(source: CorpusConfig, raw: Mapping[str, Any], number: int, doc: str, split: Split) -> Row:
    mt, pe = _clean(raw.get("mt")), _clean(raw.get(source.pe))
    if not mt or not pe:
        problem = f"row {number}: needs mt and {source.pe} as texts that are not empty"
        raise InputError(problem, path=source.path)
    return Row(
        origin=source.name,
        licence=source.licence,
        doc=doc,
        seg=int(raw.get("seg") or 0),
        split=split,
        src=_clean(raw.get("src")),
        mt=mt,
        pe=pe,
        ref=_clean(raw.get("ref")) if source.pe == "pe" else "",
        terms=tuple(_terms(raw.get("terms") or ())),
    )


def _terms(raw: Any) -> Iterator[TermEntry]:
    for term in raw:
        if term.get("mt") and term.get("target"):
            yield TermEntry(term["mt"], term["target"], term.get("source") or "")


def _clean(text: object) -> str:
    return " ".join(str(text or "").split())

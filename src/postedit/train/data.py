"""Triplet files into training pairs, with terms put in as at run time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from datasets import load_dataset

from postedit.errors import InputError
from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher
from postedit.termbase.replace import absorb_neighbours, replace_terms
from postedit.text.digest import digest
from postedit.text.words import content_words, coverage
from postedit.train.config import SourceConfig, TermsConfig

__all__ = ["Pair", "digest", "load_pairs", "with_terms"]


@dataclass(frozen=True, slots=True)
class Pair:
    """What the model reads and what it shall write."""

    mt: str
    pe: str


def load_pairs(sources: Iterable[SourceConfig], seed: int) -> list[Pair]:
    """All pairs of the sources, in file order; the choice of terms depends on `seed` alone."""
    rng = random.Random(seed)
    return [pair for source in sources for pair in _pairs_of(source, rng)]


def _pairs_of(source: SourceConfig, rng: random.Random) -> list[Pair]:
    pairs: list[Pair] = []
    for row in _rows(source):
        mt, pe = _clean(row["mt"]), _clean(row.get("pe") or row["ref"])
        mt = with_terms(mt, row, source.terms, rng)
        if min(_coverages(mt, pe)) >= source.min_coverage:
            pairs.append(Pair(mt, pe))
    if source.sample is not None and source.sample < len(pairs):
        pairs = [pairs[i] for i in sorted(rng.sample(range(len(pairs)), source.sample))]
    clean = [Pair(pair.pe, pair.pe) for pair in pairs if rng.random() < source.identity]
    return pairs + clean


def _rows(source: SourceConfig) -> Iterator[dict[str, Any]]:
    if not source.path.is_file():
        raise InputError("no such triplet file", path=source.path)
    rows = load_dataset("json", data_files=str(source.path), split="train")
    wanted = {"split": source.split}
    if source.origin is not None:
        wanted["origin"] = source.origin
    for field, value in wanted.items():
        known = set(rows.unique(field)) if field in rows.column_names else set()
        if value not in known:
            listed = ", ".join(sorted(map(str, known))) or "none at all"
            raise InputError(f"no {field} {value!r}; it has {listed}", path=source.path)
    yield from (row for row in rows if all(row[key] == value for key, value in wanted.items()))


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _coverages(mt: str, pe: str) -> tuple[float, float]:
    before, after = content_words(mt), content_words(pe)
    return coverage(before, after), coverage(after, before)


def with_terms(mt: str, row: Mapping[str, Any], shares: TermsConfig, rng: random.Random) -> str:
    """`mt` with all, some, more or none of its row's terms, as often as `shares` says."""
    own = _entries(row.get("terms"))
    variants: Mapping[str, Any] = row.get("variants") or {}
    dice = rng.random() - shares.all
    if dice < 0:
        given = own
    elif dice < shares.some:
        given = [entry for entry in own if rng.random() < 0.5]
    elif dice < shares.some + shares.random:
        given = [*own, *_entries(variants.get("random"))]
    else:
        given = []
    if not given:
        return mt
    if shares.form == "append":
        # The term stays, and its target follows it in brackets.
        given = [replace(entry, target=f"{entry.mt} [{entry.target}]") for entry in given]
        return replace_terms(mt, TermMatcher(given).match(mt)).text
    matches = TermMatcher(given).match(mt)
    return replace_terms(mt, absorb_neighbours(mt, matches)).text


def _entries(terms: Iterable[Mapping[str, str]] | None) -> list[TermEntry]:
    return [TermEntry(term["mt"], term["target"]) for term in terms or () if term["mt"]]

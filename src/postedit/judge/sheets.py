"""Sheets on which readers judge repairs against drafts without knowing which is which."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postedit.correct import Correction
from postedit.correct.evidence import Kind, objection
from postedit.correct.worth import traits
from postedit.errors import InputError
from postedit.formats import write_text
from postedit.formats.triplets import Triplet
from postedit.models.manifest import Gate, Trait
from postedit.models.prompt import one_line
from postedit.score import segment_chrf

KEY = "key.jsonl"
HEADER = ("item", "source", "reference", "a", "b", "better", "serious")
_BETTER = {"a", "b", "="}
_SERIOUS = {"", "a", "b", "ab"}


@dataclass(frozen=True, slots=True)
class Sheets:
    """What was written: how many items, for how many readers, in which folder."""

    items: int
    readers: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reader said of one repair beside its draft.

    `better` is 1 for the repair, 0 for the draft, one half for neither; `gained` is the chrF that
    the repair gains. `serious` says that the repair has a serious error of meaning that the draft
    has not. `segment` and `document` name where it stands.
    """

    segment: str
    document: str
    kind: Kind
    traits: dict[Trait, float]
    gained: float
    better: float
    serious: bool


def make_sheets(
    triplets: Sequence[Triplet],
    corrections: Sequence[Correction],
    gate: Gate,
    folder: Path,
    readers: int,
    seed: int = 0,
) -> Sheets:
    """Write one sheet for each reader, in which repair and draft change places at random.

    Of each segment every repair goes in that `gate` (a loose one) does not refuse; the same text is
    judged once. Beside the sheets stands key.jsonl, which says what is what: not for readers.
    """
    items = [
        item
        for triplet, made in zip(triplets, corrections, strict=True)
        for item in _items(triplet, made, gate)
    ]
    if not items:
        raise InputError("no repair that the gate would let through: nothing to judge")
    dice = random.Random(seed)
    dice.shuffle(items)
    folder.mkdir(parents=True, exist_ok=True)
    for reader in range(readers):
        rows: list[Sequence[str]] = [HEADER]
        for number, item in enumerate(items[reader::readers], start=1):
            item |= {"sheet": _sheet(reader), "item": number, "first": dice.random() < 0.5}
            pair = [item["repair"], item["draft"]]
            a, b = pair if item["first"] else pair[::-1]
            rows.append((str(number), item["source"], item["reference"], a, b, "", ""))
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows(rows)
        write_text(folder / _sheet(reader), out.getvalue())
    lines = (json.dumps(item, ensure_ascii=False) for item in items)
    write_text(folder / KEY, "".join(line + "\n" for line in lines))
    return Sheets(len(items), readers, folder)


def _sheet(reader: int) -> str:
    return f"sheet-{reader + 1}.csv"


def _items(triplet: Triplet, made: Correction, gate: Gate) -> Iterator[dict[str, Any]]:
    draft = one_line(made.draft)
    before = segment_chrf(draft, [triplet.pe])
    seen: set[str] = {draft}
    for one in made.candidates:
        if one.text in seen or objection(one.kind, one.evidence, gate):
            continue
        seen.add(one.text)
        yield {
            "segment": triplet.id,
            "document": triplet.document,
            "kind": one.kind,
            "source": triplet.source or "",
            "reference": triplet.pe,
            "draft": draft,
            "repair": one.text,
            "gained": segment_chrf(one.text, [triplet.pe]) - before,
            "traits": traits(one.kind, draft, one.text, one.evidence, one.score),
        }


def read_judgements(folder: Path) -> list[Judgement]:
    """The judgements on the sheets of a folder; what no reader has filled in is left out.

    A sheet may come back from a spreadsheet. InputError names the line of an answer that is none.
    """
    try:
        lines = (folder / KEY).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"no {KEY} of sheets there: {error}", path=folder) from error
    items = [json.loads(line) for line in lines]
    answers = {
        name: dict(_answers(folder / name)) for name in sorted({item["sheet"] for item in items})
    }
    found: list[Judgement] = []
    for item in items:
        answer = answers[item["sheet"]].get(item["item"])
        if answer is None:
            continue
        better, serious = answer
        repair = "a" if item["first"] else "b"
        found.append(
            Judgement(
                segment=item["segment"],
                document=item["document"],
                kind=item["kind"],
                traits=item["traits"],
                gained=item["gained"],
                better=0.5 if better == "=" else float(better == repair),
                serious=repair in serious,
            )
        )
    return found


def _answers(path: Path) -> Iterator[tuple[int, tuple[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if missing := {"item", "better", "serious"} - set(rows.fieldnames or ()):
        raise InputError(f"no column {', '.join(sorted(missing))}", path=path, line=1)
    for row in rows:
        better = (row["better"] or "").strip().lower()
        serious = "".join(sorted((row["serious"] or "").strip().lower()))
        if not better:
            continue
        if better not in _BETTER or serious not in _SERIOUS or not row["item"].isdigit():
            said = f"item {row['item']!r}, better {better!r}, serious {serious!r}"
            wanted = "better is a, b or =, serious is empty, a, b or ab"
            raise InputError(f"{said}: {wanted}", path=path, line=rows.line_num)
        yield int(row["item"]), (better, serious)

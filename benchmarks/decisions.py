"""Dangerous entries: how well is it decided where they apply? Run `python benchmarks/decisions.py`.

eval/decisions/terms.tsv has sentences with one word in [[brackets]], the target that an entry has
for it, and whether the target belongs there. `tune` rows (development texts, sentences of ours) are
for choosing the margin, which `--tune` prints; `test` rows are other texts and sentences, and the
Wang-Ma article. Ways to decide:

- always: what a plain glossary does;
- conditions: those of eval/decisions/conditions.tsv, written for the entries that stand there from
  a look at the tune rows; the other rows are left out;
- model: `correct.settle` with the margin of the model's manifest; entries that are not risky apply.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from postedit.correct.settle import preferences
from postedit.models.load import load_backend
from postedit.records import Span, TermEntry, TermMatch
from postedit.termbase import Termbase
from postedit.termbase.match import TermMatcher
from postedit.termbase.risk import is_risky

FOLDER = Path(__file__).parents[1] / "eval" / "decisions"


@dataclass(frozen=True, slots=True)
class Decision:
    split: str
    origin: str
    match: TermMatch
    text: str
    applies: bool


def main() -> None:
    decisions = read()
    backend, manifest = load_backend()
    scores = preferences(backend, [(one.text, one.match) for one in decisions])
    by_place = {
        (one.text, one.match.span): score for one, score in zip(decisions, scores, strict=True)
    }

    def model(one: Decision, margin: float = manifest.min_term_margin) -> bool:
        return not is_risky(one.match) or by_place[one.text, one.match.span] >= margin

    tune = [one for one in decisions if one.split == "tune"]
    if "--tune" in sys.argv:
        margins = sorted({round(score * 2) / 2 for score in scores})
        for margin in margins:
            report(f"margin {margin:.1f}", tune, lambda one, at=margin: model(one, at))
        return
    print(
        f"{'rows':<28} {'decisions':>9} {'apply':>5}  {'precision':>9} {'recall':>6} {'right':>6}"
    )
    known = conditional()
    test = [one for one in decisions if one.split == "test"]
    for name, rows in [("tune", tune), ("test", test), *by_text(test)]:
        report(f"{name}: always", rows, lambda one: True)
        report(f"{name}: model", rows, model)
        listed = [one for one in rows if one.match.entry.mt in known]
        if listed:
            report(f"{name}: listed, always", listed, lambda one: True)
            report(f"{name}: listed, model", listed, model)
            report(f"{name}: listed, conditions", listed, lambda one: holds(known, one))


def read() -> list[Decision]:
    with (FOLDER / "terms.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = []
    for row in rows:
        start, end = row["text"].index("[["), row["text"].index("]]") - 2
        text = row["text"].replace("[[", "").replace("]]", "")
        entry = TermEntry(row["mt"], row["target"])
        (match,) = (m for m in TermMatcher([entry]).match(text) if m.span == Span(start, end))
        found.append(Decision(row["split"], row["origin"], match, text, row["apply"] == "yes"))
    return found


def by_text(rows: Sequence[Decision]) -> list[tuple[str, list[Decision]]]:
    def kind(one: Decision) -> str:
        return "authored dev" if one.origin.startswith("authored") else one.origin

    return [
        (name, [r for r in rows if kind(r) == name]) for name in sorted({kind(r) for r in rows})
    ]


def conditional() -> dict[str, Termbase]:
    entries = Termbase.load(FOLDER / "conditions.tsv").entries
    names = {entry.mt.lower() for entry in entries}
    return {name: Termbase(tuple(e for e in entries if e.mt.lower() == name)) for name in names}


def holds(known: dict[str, Termbase], one: Decision) -> bool:
    found = known[one.match.entry.mt].match(one.text)
    return any(match.span == one.match.span for match in found)


def report(name: str, rows: Sequence[Decision], decide: Callable[[Decision], bool]) -> None:
    applied = [one for one in rows if decide(one)]
    wanted = sum(one.applies for one in rows)
    right = sum(one.applies for one in applied)
    same = sum(decide(one) == one.applies for one in rows)
    precision = f"{100 * right / len(applied):.1f}" if applied else "-"
    print(f"{name:<32} {len(rows):>5} {len(applied):>5} {precision:>9} "
          f"{100 * right / max(1, wanted):>6.1f} {100 * same / len(rows):>6.1f}")  # fmt: skip


if __name__ == "__main__":
    main()

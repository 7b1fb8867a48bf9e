"""Mining measured on authored articles; `--fit` prints the weights of postedit.mining anew.

    python benchmarks/mining.py AUTHORED.jsonl.gz [--split dev] [--leave-one-out] [--fit]

Each document is mined by itself, and then all of them together, against what its writers listed:
pairs whose mt form is garbled, and names that only lack their capitals. Baseline, over the same
phrase pairs: the log-likelihood ratio alone. `--leave-one-out` fits weights on all documents of the
split but the one that is measured. `--fit` takes the training split.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from postedit.mining import Article
from postedit.mining.features import Candidate
from postedit.mining.measure import same_phrase
from postedit.mining.mine import beads, candidates, choose, score
from postedit.mining.weights import NAMES, WEIGHTS

Floats = NDArray[np.float64]
K = 20


@dataclass(frozen=True)
class Case:
    """What is mined at once: all phrase pairs, the features of each, which are right, the truth."""

    found: list[Candidate]
    features: Floats
    right: Floats
    truth: list[tuple[str, str]]


def documents(path: Path, split: str, reference: str) -> list[list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["split"] == split:
                found.setdefault(row["doc"], []).append(row)
    names = sorted(found)
    random.Random(1).shuffle(names)
    kept = [found[name] for name in names if all(row.get(reference) for row in found[name])]
    return [sorted(rows, key=lambda row: row["seg"]) for rows in kept]


def truth(rows: Sequence[dict[str, object]]) -> list[tuple[str, str]]:
    """Pairs that a writer listed and that stand in the texts."""
    pairs: dict[tuple[str, str], None] = {}
    for row in rows:
        mt = str(row["mt"])
        for term in row["terms"]:  # type: ignore[attr-defined]
            form, target = term.get("mt") or "", term["target"]
            if not form and target not in mt:
                cased = re.search(rf"(?<!\w){re.escape(target)}(?!\w)", mt, re.IGNORECASE)
                form = cased[0] if cased else ""
            if form and form.lower() in mt.lower():
                pairs[form, target] = None
    return list(pairs)


def case(group: Sequence[list[dict[str, object]]], reference: str) -> Case:
    groups = []
    for rows in group:
        mt, ref = (tuple(str(row[key]) for row in rows) for key in ("mt", reference))
        groups += beads(Article(mt, (ref,)), ref)
    found = candidates(groups)
    pairs = [pair for rows in group for pair in truth(rows)]
    right = np.array([any(_same(one, pair) for pair in pairs) for one in found], dtype=np.float64)
    features = np.array([one.features for one in found]).reshape(len(found), len(NAMES))
    return Case(found, features, right, pairs)


def _same(one: Candidate, pair: tuple[str, str]) -> bool:
    mt, target = one.places[0].as_written
    return same_phrase(mt, pair[0]) and same_phrase(target, pair[1])


def fit(cases: Sequence[Case], penalty: float = 1.0) -> Floats:
    """Logistic regression by Newton's method."""
    x = np.concatenate([one.features for one in cases])
    y = np.concatenate([one.right for one in cases])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        chance = score(x, weights)
        slope = x.T @ (y - chance) - penalty * weights
        bend = (x * (chance * (1 - chance))[:, None]).T @ x + penalty * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def quality(cases: Sequence[Case], scores: Sequence[Floats]) -> tuple[float, float, float]:
    """Precision of the first K proposals, the most that it could be, and recall of all; in %."""
    right = proposed = best = found = listed = 0
    for one, values in zip(cases, scores, strict=True):
        proposals = choose(one.found, values)
        hits = [
            {p for p in one.truth if same_phrase(mine.mt, p[0]) and same_phrase(mine.target, p[1])}
            for mine in proposals
        ]
        right += sum(map(bool, hits[:K]))
        proposed += min(K, len(proposals))
        best += min(K, len(one.truth), len(proposals))
        found += len(set().union(*hits))
        listed += len(set(one.truth))
    return 100 * right / proposed, 100 * best / proposed, 100 * found / listed


def report(name: str, cases: Sequence[Case], leave_one_out: bool) -> None:
    rows = {
        "log-likelihood ratio alone": [
            np.array([c.association for c in one.found]) for one in cases
        ],
        "postedit.mining": [score(one.features, WEIGHTS) for one in cases],
    }
    if leave_one_out and len(cases) > 1:
        rows["the same, leave one out"] = [
            score(one.features, fit([other for other in cases if other is not one]))
            for one in cases
        ]
    print(f"{name}: {len(cases)} cases, {sum(len(set(one.truth)) for one in cases)} listed pairs")
    base = 0.0
    for method, scores in rows.items():
        precision, most, recall = quality(cases, scores)
        base = base or precision or 1.0
        print(
            f"  {method:28} P@{K} {precision:5.1f} % (of {most:.1f} possible)"
            f"   recall {recall:5.1f} %   P / baseline {precision / base:.1f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--leave-one-out", action="store_true")
    parser.add_argument("--fit", action="store_true")
    args = parser.parse_args()
    if args.fit:
        cases = []
        for reference, count in (("pe", 45), ("ref", 17)):
            group = documents(args.data, "train", reference)[:count]
            cases += [case([rows], reference) for rows in group]
        pool = documents(args.data, "train", "pe")[:50]
        cases += [case(pool[i : i + 10], "pe") for i in range(0, 50, 10)]
        for name, weight in zip(NAMES, fit(cases), strict=True):
            print(f'    "{name}": {weight:.2f},')
        return
    begin = time.perf_counter()
    for reference in ("pe", "ref"):
        group = documents(args.data, args.split, reference)[: args.documents]
        cases = [case([rows], reference) for rows in group]
        report(f"{args.split}, against {reference}, by document", cases, args.leave_one_out)
        report(f"{args.split}, against {reference}, all at once", [case(group, reference)], False)
    print(f"{time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()

"""How well and how fast does postedit.align find beads? Prints ratios against named baselines.

    python benchmarks/align.py DATA [--split dev] [--seeds 5] [--sentences 2000] [--lost 400]

DATA is a file of authored triplets (JSON lines, .gz or not) with doc, split, mt and ref. Truth is
made of them: neighbours are joined at random on either side, others dropped, so that the beads are
known. Quality: strict F1 (a bead is right if both its ranges are) against positional alignment and
against lengths alone (Gale and Church 1993). Speed: the banded against the full table, in one run.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import math
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from postedit.align import align
from postedit.align.beads import side_of
from postedit.align.search import Side, Weights, best_path
from postedit.align.similarity import PairSimilarity

Ranges = tuple[tuple[int, int], tuple[int, int]]
Sentences = list[str]
Aligner = Callable[[Sentences, Sentences], Sequence[Ranges]]


@dataclass(frozen=True, slots=True)
class Case:
    """Two sides with known beads; a side is a list of paragraphs, a paragraph one of sentences."""

    mt: list[list[str]]
    reference: list[list[str]]
    truth: tuple[Ranges, ...]


def load(path: Path, split: str) -> list[list[tuple[str, str]]]:
    """(mt, ref) of every document of the split that has both."""
    documents: dict[str, list[tuple[str, str]]] = {}
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["split"] == split and row.get("ref") and row["mt"].strip():
                documents.setdefault(row["doc"], []).append((row["mt"], row["ref"]))
    return list(documents.values())


def disturb(
    document: Sequence[tuple[str, str]], rng: random.Random, join: float = 0.2, drop: float = 0.05
) -> Case:
    """Join and drop sentences of either side until every bead has a shape that can be found.

    Paragraphs are never joined into one sentence, but a side loses one break in ten.
    """
    breaks = {i for i in range(1, len(document)) if rng.random() < 0.25}
    while True:
        sides = [_side(len(document), breaks, rng, join, drop) for _ in range(2)]
        truth = _components(len(document), sides)
        if all(b - a <= 3 and d - c <= 3 for (a, b), (c, d) in truth):
            break
    mt, reference = (
        _paragraphs(
            [pair[n] for pair in document], sides[n], {b for b in breaks if rng.random() < 0.9}
        )
        for n in range(2)
    )
    return Case(mt, reference, truth)


def _side(
    count: int, breaks: set[int], rng: random.Random, join: float, drop: float
) -> list[list[int]]:
    """Groups of the sentences that are kept; each group is written as one sentence."""
    groups: list[list[int]] = []
    for i in range(count):
        if rng.random() < drop:
            continue
        follows = groups and groups[-1][-1] == i - 1 and i not in breaks
        if follows and len(groups[-1]) < 3 and rng.random() < join:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _components(count: int, sides: Sequence[Sequence[Sequence[int]]]) -> tuple[Ranges, ...]:
    """Beads: the smallest ranges of groups that share their sentences."""
    owner = [{i: g for g, group in enumerate(side) for i in group} for side in sides]
    truth: list[Ranges] = []
    at = [0, 0]
    start = 0
    for end in range(1, count + 1):
        split_by = [o.get(end - 1, -1) == o.get(end, -2) for o in owner]
        if end < count and any(split_by):
            continue
        until = [
            at[n] + len({owner[n][i] for i in range(start, end) if i in owner[n]}) for n in (0, 1)
        ]
        if until != at:
            truth.append(((at[0], until[0]), (at[1], until[1])))
        at, start = until, end
    return tuple(truth)


def _paragraphs(
    texts: Sequence[str], groups: Sequence[Sequence[int]], breaks: set[int]
) -> list[list[str]]:
    paragraphs: list[list[str]] = []
    done = 0
    for group in groups:
        sentence = ", ".join(texts[i].strip().rstrip(".?!") for i in group) + "."
        if not paragraphs or any(done < b <= group[0] for b in breaks):
            paragraphs.append([])
        paragraphs[-1].append(sentence)
        done = group[0]
    return paragraphs


def postedit(mt: Sentences, reference: Sentences) -> list[Ranges]:
    return [(bead.mt, bead.reference) for bead in align(mt, reference)]


def positional(mt: Sentences, reference: Sentences) -> list[Ranges]:
    """Sentence i with sentence i."""
    return [((i, i + 1), (i, i + 1)) for i in range(min(len(mt), len(reference)))]


def lengths_only(mt: Sentences, reference: Sentences) -> list[Ranges]:
    """Gale and Church 1993: characters alone, with the priors and the variance of the paper."""
    priors = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099}
    priors |= {(1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
    sizes = [[len(s) for s in side] for side in (mt, reference)]
    ratio = sum(sizes[1]) / max(sum(sizes[0]), 1)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(mt) + 1):
        for j in range(len(reference) + 1):
            options = [
                (best[i - a, j - b][0] + _length_cost(sizes, (i, j), (a, b), ratio, prior), (a, b))
                for (a, b), prior in priors.items()
                if i >= a and j >= b
            ]
            if options:
                best[i, j] = min(options)
    beads: list[Ranges] = []
    i, j = len(mt), len(reference)
    while i or j:
        a, b = best[i, j][1]
        beads.append(((i - a, i), (j - b, j)))
        i, j = i - a, j - b
    return beads[::-1]


def _length_cost(
    sizes: list[list[int]], end: tuple[int, int], shape: tuple[int, int], ratio: float, prior: float
) -> float:
    left = sum(sizes[0][end[0] - shape[0] : end[0]])
    right = sum(sizes[1][end[1] - shape[1] : end[1]])
    mean = (left + right / ratio) / 2
    delta = abs(right - left * ratio) / math.sqrt(6.8 * mean) if mean else 0.0
    return -math.log(prior) - math.log(max(math.erfc(delta / math.sqrt(2)), 1e-300))


def strict(aligner: Aligner, cases: Sequence[Case]) -> tuple[float, float, float]:
    """Precision, recall and F1 over beads with both sides filled; both ranges have to be right."""
    found = right = true = 0
    for case in cases:
        beads = set(filter(_filled, aligner(_flat(case.mt), _flat(case.reference))))
        truth = set(filter(_filled, case.truth))
        found, true, right = found + len(beads), true + len(truth), right + len(beads & truth)
    return right / found, right / true, 2 * right / (found + true)


def _filled(ranges: Ranges) -> bool:
    return all(begin < end for begin, end in ranges)


def _flat(side: list[list[str]]) -> Sentences:
    return [sentence for paragraph in side for sentence in paragraph]


def with_paragraphs(cases: Sequence[Case]) -> tuple[float, float, float]:
    """The same measure where the search is told which sentences open a paragraph."""
    by_text = iter(cases)

    def aligner(mt: Sentences, reference: Sentences) -> list[Ranges]:
        case = next(by_text)
        sides = (_marked(case.mt), _marked(case.reference))
        return list(_ranges(best_path(PairSimilarity(mt, reference), *sides, Weights())))

    return strict(aligner, cases)


def _marked(side: list[list[str]]) -> Side:
    ends = list(itertools.accumulate(map(len, side), initial=0))
    return side_of(_flat(side), ends[:-1])


def _ranges(path: Sequence[tuple[int, int]]) -> Iterator[Ranges]:
    i = j = 0
    for a, b in path:
        yield (i, i + a), (j, j + b)
        i, j = i + a, j + b


def quality(path: Path, split: str, seeds: int) -> None:
    documents = load(path, split)
    cases = [
        disturb(document, random.Random(f"{seed} {number}"))
        for seed in range(seeds)
        for number, document in enumerate(documents)
    ]
    beads = sum(_filled(bead) for case in cases for bead in case.truth)
    print(f"quality: {split}, {len(documents)} documents x {seeds} seeds, {beads} filled beads")
    rows = {
        "positional": strict(positional, cases),
        "lengths only (Gale-Church)": strict(lengths_only, cases),
        "postedit.align": strict(postedit, cases),
        "postedit.align, paragraphs known": with_paragraphs(cases),
    }
    base = rows["lengths only (Gale-Church)"][2]
    print(f"{'strict':34}{'P':>8}{'R':>8}{'F1':>8}{'F1 / lengths':>14}{'errors / lengths':>18}")
    for name, (precision, recall, f1) in rows.items():
        scores = f"{precision:8.3f}{recall:8.3f}{f1:8.3f}"
        print(f"{name:34}{scores}{f1 / base:14.2f}{(1 - f1) / (1 - base):18.2f}")


def speed(path: Path, sentences: int, dropped: int) -> None:
    """Banded against full search on all articles in a row, without and with a run of them lost."""
    documents = [d for split in ("train", "dev", "test") for d in load(path, split)]
    pairs = [pair for document in documents for pair in document][:sentences]
    case = disturb(pairs, random.Random(0))
    mt, reference = _flat(case.mt), _flat(case.reference)
    for lost in (0, dropped):
        middle = len(reference) // 3
        kept = reference[:middle] + reference[middle + lost :]
        print(f"speed: {len(mt)} x {len(kept)} sentences, {lost} in a row lost")
        begin = time.perf_counter()
        similarity = PairSimilarity(mt, kept)
        print(f"{'  vectors':34}{time.perf_counter() - begin:8.2f} s")
        sides = (side_of(mt), side_of(kept))
        results: list[Sequence[tuple[int, int]]] = []
        seconds: list[float] = []
        for name, full_table in (("full table", sys.maxsize), ("banded", 0)):
            begin = time.perf_counter()
            results.append(best_path(similarity, *sides, Weights(), full_table=full_table))
            seconds.append(time.perf_counter() - begin)
            print(f"  {name:32}{seconds[-1]:8.2f} s{seconds[-1] / seconds[0]:8.2f} of full")
        print(f"  same result: {results[0] == results[1]}")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--lost", type=int, default=400)
    args = parser.parse_args()
    quality(args.data, args.split, args.seeds)
    speed(args.data, args.sentences, args.lost)


if __name__ == "__main__":
    main()

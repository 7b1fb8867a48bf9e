"""How well and how fast does postedit.align find beads? Against named baselines, in one run.

    python benchmarks/align.py DATA [--split dev] [--seeds 5] [--sentences 5000] [--lost 400]

DATA is a file of authored triplets (JSON lines, .gz or not) with doc, split, mt and ref. Gold is
made of them (postedit.align.gold: merge, split, drop, swap, insert), and read from the beads.tsv of
the Wang-Ma article. Baselines: sentence i with sentence i; lengths alone (Gale and Church 1993);
and of these packages those that are installed: galechurch; pypi-bleualign, with the mt as its
translation; sentweave, which is Vecalign's search, over hashed character n-grams in place of the
sentence embeddings that it is made for (no model can be had here). Speed is that of the search in a
band against the full table, in processor time; memory is measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from aligners import Aligner, aligners

from postedit.align import align
from postedit.align.beads import side_of
from postedit.align.gold import Agreement, Gold, Pair, Ranges, agreement, disturb, parse_beads
from postedit.align.paragraphs import found_paragraphs
from postedit.align.search import Step, best_path
from postedit.align.similarity import PairSimilarity
from postedit.align.worth import Side, Weights
from postedit.records import BeadFlag
from postedit.text.segment import split_sentences

ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom"
NOTHING = Agreement(0, 0, 0, 0, 0)


def load(path: Path, split: str) -> list[list[Pair]]:
    """(mt, ref) of every document of the split that has both."""
    documents: dict[str, list[Pair]] = {}
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["split"] == split and row.get("ref") and row["mt"].strip():
                documents.setdefault(row["doc"], []).append((row["mt"], row["ref"]))
    return list(documents.values())


def cases(documents: Sequence[Sequence[Pair]], rate: float, seeds: int) -> list[Gold]:
    strange = [text for document in documents for pair in document for text in pair]
    return [
        disturb(document, strange, rate, random.Random(f"{seed} {number}"))
        for seed in range(seeds)
        for number, document in enumerate(documents)
    ]


def agree(aligner: Aligner, golds: Sequence[Gold]) -> Agreement:
    return sum(
        (agreement(aligner(*one.sides), one.beads) for one in golds if all(one.sides)), NOTHING
    )


def show(name: str, found: Agreement, base: float | None = None) -> None:
    scores = [found.strict / found.found, found.strict / found.wanted, found.strict_f1]
    scores += [found.lax_found / found.found, found.lax_wanted / found.wanted, found.lax_f1]
    errors = "" if base is None else f"{(1 - found.strict_f1) / (1 - base):10.2f}"
    print(f"{name:34}" + "".join(f"{score:8.3f}" for score in scores) + errors)


def with_paragraphs(one: Gold) -> Agreement:
    sides = [_marked(side) for side in (one.mt, one.reference)]
    path = best_path(PairSimilarity(*one.sides), *sides, Weights())
    return agreement(_ranges(path), one.beads)


def _marked(side: Sequence[Sequence[str]]) -> Side:
    return side_of([s for block in side for s in block], _opens(side))


def _opens(side: Sequence[Sequence[str]]) -> list[int]:
    return list(accumulate(map(len, side), initial=0))[:-1]


def _ranges(path: Sequence[Step]) -> Iterator[Ranges]:
    i = j = 0
    for step in path:
        yield (i, i + step.mt), (j, j + step.reference)
        i, j = i + step.mt, j + step.reference


def quality(path: Path, split: str, seeds: int) -> None:
    documents = load(path, split)
    heads = ("P", "R", "F1", "lax P", "lax R", "lax F1")
    for rate in (0.05, 0.1, 0.2):
        golds = cases(documents, rate, seeds)
        done = sum(len(one.done) for one in golds)
        total = sum(len(document) for document in documents) * seeds
        print(
            f"\n{split}, {len(documents)} documents x {seeds}, {done} operations on {total} pairs"
        )
        print(" " * 34 + "".join(f"{head:>8}" for head in heads) + "   errors / lengths")
        found = {name: agree(aligner, golds) for name, aligner in aligners().items()}
        base = found["lengths (Gale-Church)"].strict_f1
        for name, one in found.items():
            show(name, one, base)
        show("postedit.align, paragraphs given", sum(map(with_paragraphs, golds), NOTHING), base)
    flags(golds)


def flags(golds: Sequence[Gold]) -> None:
    """How often flagged and unflagged beads are right, swaps are seen, and breaks are found."""
    right = {flag: [0, 0] for flag in (None, *BeadFlag)}
    swaps = breaks = kept = 0
    for one in golds:
        beads = align(*one.sides)
        for bead in beads:
            counts = right[bead.flag]
            counts[0] += (bead.mt, bead.reference) in one.beads
            counts[1] += 1
        swaps += one.done.count("swap")
        starts = _opens(one.reference)
        if len(one.mt) == len(one.reference):
            found = found_paragraphs(beads, _opens(one.mt))
            breaks += len(starts)
            kept += sum(own[0] in starts for _, own in found)
    told = ", ".join(f"{flag or 'none'} {a} of {b}" for flag, (a, b) in right.items())
    print(f"beads that are right, by flag: {told}; {swaps} swaps were made")
    print(f"paragraphs of the reference found from those of the mt: {kept} of {breaks}")


def article() -> None:
    """The real article: its sentences without paragraphs, and with them."""
    texts = [(ARTICLE / name).read_text(encoding="utf-8") for name in ("mt.txt", "reference.txt")]
    gold = parse_beads((ARTICLE / "beads.tsv").read_text(encoding="utf-8"))
    sides = [
        [span.of(line) for line in text.splitlines() for span in split_sentences(line)]
        for text in texts
    ]
    print(f"\nWang-Ma article, {len(gold)} beads by reading")
    for name, aligner in aligners().items():
        show(name, agreement(aligner(*sides), gold))
    beads = [(bead.mt, bead.reference) for bead in align(*texts)]
    show("postedit.align, paragraphs given", agreement(beads, gold))


def speed(path: Path, sentences: int, dropped: int) -> None:
    """Banded against full search on all articles in a row, without and with a run of them lost."""
    documents = [d for split in ("train", "dev", "test") for d in load(path, split)]
    pairs = [pair for document in documents for pair in document]
    # Repeated with a mark in every sentence, so that no two are the same.
    pairs = [
        (f"{mt} {n // len(pairs)}x", f"{ref} {n // len(pairs)}x")
        for n, (mt, ref) in enumerate(pairs * (sentences // len(pairs) + 1))
    ][:sentences]
    one = disturb(pairs, [mt for mt, _ in pairs[:500]], 0.2, random.Random(0))
    mt, reference = one.sides
    for lost in (0, dropped):
        middle = len(reference) // 3
        kept = reference[:middle] + reference[middle + lost :]
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begin = time.process_time()
        similarity = PairSimilarity(mt, kept)
        vectors = time.process_time() - begin
        sides = (side_of(mt), side_of(kept))
        begin = time.process_time()
        banded = best_path(similarity, *sides, Weights(), full_table=0)
        search = time.process_time() - begin
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"\nspeed: {len(mt)} x {len(kept)} sentences, {lost} in a row lost")
        print(f"  vectors {vectors:.2f} s, banded search {search:.2f} s of processor time")
        print(
            f"  peak memory {peak / 1024:.0f} MB, {max(peak - before, 0) / 1024:.0f} of it for this"
        )
        if not lost:
            print(f"  strict F1 {agreement(_ranges(banded), one.beads).strict_f1:.3f}")
        if len(mt) <= 2500:
            begin = time.process_time()
            full = best_path(similarity, *sides, Weights(), full_table=sys.maxsize)
            seconds = time.process_time() - begin
            same = "same" if full == banded else "another"
            print(f"  full table {seconds:.2f} s, ratio {seconds / search:.1f}, {same} result")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--lost", type=int, default=400)
    args = parser.parse_args()
    if args.seeds:
        quality(args.data, args.split, args.seeds)
        article()
    if args.sentences:
        speed(args.data, args.sentences, args.lost)


if __name__ == "__main__":
    main()

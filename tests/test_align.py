"""Beads: they cover both sides exactly once, and find what was merged, dropped and inserted."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.align import align
from postedit.align.beads import side_of
from postedit.align.search import Step, best_path
from postedit.align.similarity import PairSimilarity
from postedit.align.worth import MATCHES, Weights
from postedit.records import Bead
from postedit.text.segment import split_sentences

ARTICLE = Path(__file__).parent.parent / "eval/articles/wang-ma-telecom"

MT = [
    "at the beginning of April, wang xiaochu visit to alibaba headquarters.",
    "shortly thereafter, ma and met with the unicom chairman chang xiaobing.",
    "China telecom’s flagship store in mobile phone sales topped 13353.",
    "guangdong unicom ranked second flagship store selling 1916 phones.",
    "attractive though this way, but involves the risk bearing is the key.",
]
REFERENCE = [
    "In early April, Wang Xiaochu visited the headquarters of Alibaba.",
    "Shortly afterwards, Ma also met China Unicom chairman Chang Xiaobing.",
    "China Telecom's flagship store led mobile phone sales with 13,353 units.",
    "Guangdong Unicom's flagship store ranked second with 1,916 phones.",
    "Attractive though this method is, who bears the risk is the key.",
]

TEXTS = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from([*MT, *REFERENCE, "\n", "", " "])).map(" ".join)
)
STEPS = [Step(a, b) for a, b in ((0, 1), (1, 0), *MATCHES)] + [Step(2, 2, crossed=True)]
SIDES = st.one_of(TEXTS, st.lists(TEXTS, max_size=8))


def ranges(beads: tuple[Bead, ...]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(bead.mt, bead.reference) for bead in beads]


def shapes(beads: tuple[Bead, ...]) -> list[str]:
    return [f"{b - a}-{d - c}" for (a, b), (c, d) in ranges(beads)]


def joined(sentences: list[str]) -> str:
    return ", ".join(sentence.rstrip(".") for sentence in sentences) + "."


@dataclass(frozen=True)
class Case:
    why: str
    mt: list[str]
    reference: list[str]
    shapes: str


CASES = [
    Case("nothing changed", MT, REFERENCE, "1-1 1-1 1-1 1-1 1-1"),
    Case(
        "the reference merges two",
        MT,
        [*REFERENCE[:2], joined(REFERENCE[2:4]), REFERENCE[4]],
        "1-1 1-1 2-1 1-1",
    ),
    Case("the mt merges two", [joined(MT[:2]), *MT[2:]], REFERENCE, "1-2 1-1 1-1 1-1"),
    Case("the mt merges three", [MT[0], joined(MT[1:4]), MT[4]], REFERENCE, "1-1 1-3 1-1"),
    Case(
        "both merge, but not the same",
        [MT[0], joined(MT[1:3]), *MT[3:]],
        [*REFERENCE[:2], joined(REFERENCE[2:4]), REFERENCE[4]],
        "1-1 2-2 1-1",
    ),
    Case("the reference drops one", MT, [*REFERENCE[:2], *REFERENCE[3:]], "1-1 1-1 1-0 1-1 1-1"),
    Case("the reference inserts one", [*MT[:3], MT[4]], REFERENCE, "1-1 1-1 1-1 0-1 1-1"),
    Case("the reference drops the first", MT, REFERENCE[1:], "1-0 1-1 1-1 1-1 1-1"),
    Case("the reference stops early", MT, REFERENCE[:3], "1-1 1-1 1-1 1-0 1-0"),
    Case("nothing to align with", MT[:2], [], "1-0 1-0"),
    Case("nothing to align", [], REFERENCE[:2], "0-1 0-1"),
    Case("nothing at all", [], [], ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_beads_follow_what_was_done(case: Case) -> None:
    assert " ".join(shapes(align(case.mt, case.reference))) == case.shapes


def test_numbers_alone_align() -> None:
    mt = ["it sold 13353 yuan.", "it sold 1916 yuan.", "it sold 366 yuan."]
    assert ranges(align(mt, ["1,916 were sold by it.", "366 were sold by it."])) == [
        ((0, 1), (0, 0)),
        ((1, 2), (0, 1)),
        ((2, 3), (1, 2)),
    ]


@given(SIDES, SIDES)
@settings(deadline=None)
def test_every_sentence_is_covered_once_in_order(
    mt: str | list[str], reference: str | list[str]
) -> None:
    beads = align(mt, reference)
    for side, covered in (
        (mt, [bead.mt for bead in beads]),
        (reference, [bead.reference for bead in beads]),
    ):
        count = len(split_sentences(side)) if isinstance(side, str) else len(side)
        assert [i for begin, end in covered for i in range(begin, end)] == list(range(count))
    for bead in beads:
        shape = (bead.mt[1] - bead.mt[0], bead.reference[1] - bead.reference[0])
        assert shape in {(0, 1), (1, 0), *MATCHES}
        assert 0.0 <= bead.confidence <= 1.0
        assert bead.confidence == 0.0 or 0 not in shape


@given(st.lists(st.sampled_from(MT), max_size=5), st.lists(st.sampled_from(REFERENCE), max_size=5))
@settings(deadline=None, max_examples=40)
def test_the_search_finds_the_best_of_all_paths(mt: list[str], reference: list[str]) -> None:
    pairs, weights = PairSimilarity(mt, reference), Weights()
    sides = (side_of(mt), side_of(reference))
    found = best_path(pairs, *sides, weights)

    def pair(i: int, j: int) -> float:
        return pairs.cosine((i, i + 1), (j, j + 1)) - weights.floor - length((i, i + 1), (j, j + 1))

    def length(left: tuple[int, int], right: tuple[int, int]) -> float:
        sizes = (sum(map(len, mt[slice(*left)])) + 10, sum(map(len, reference[slice(*right)])) + 10)
        return float(weights.length * abs(np.log(sizes[0] / sizes[1])))

    def worth(path: tuple[Step, ...]) -> float:
        total, i, j = 0.0, 0, 0
        for step in path:
            a, b = step.mt, step.reference
            left, right = (i, i + a), (j, j + b)
            if not a or not b:
                total -= weights.gap
            elif step.crossed:
                total += pair(i, j + 1) + pair(i + 1, j) - weights.swap
            else:
                alike = [pairs.cosine((k, k + 1), right) for k in range(*left)]
                alike += [pairs.cosine(left, (k, k + 1)) for k in range(*right)]
                total += (sum(alike) - (a + b) * weights.floor) / 2
                total -= weights.merge * (a + b - 2) + length(left, right)
            i, j = i + a, j + b
        return total

    def paths(rows: int, columns: int) -> itertools.chain[tuple[Step, ...]]:
        if rows == columns == 0:
            return itertools.chain([()])
        return itertools.chain.from_iterable(
            ((*rest, step) for rest in paths(rows - step.mt, columns - step.reference))
            for step in STEPS
            if step.mt <= rows and step.reference <= columns
        )

    best = max(worth(path) for path in paths(len(mt), len(reference)))
    assert worth(found) == pytest.approx(best)


@pytest.mark.parametrize("lost", [0, 350], ids=["nothing lost", "a run of 350 lost"])
def test_the_band_finds_what_the_full_table_finds(lost: int) -> None:
    rng = random.Random(7)
    words = ["".join(rng.choices("abcdefghijklmnopqrst", k=7)) for _ in range(3000)]
    mt = [" ".join(rng.choices(words, k=12)) for _ in range(900)]
    reference = [" ".join(one.split()[:9]) for one in mt]
    del reference[200 : 200 + lost]
    pairs, sides = PairSimilarity(mt, reference), (side_of(mt), side_of(reference))
    banded = best_path(pairs, *sides, Weights(), full_table=0)
    assert banded == best_path(pairs, *sides, Weights())
    assert banded.count(Step(1, 1)) == 900 - lost


def test_paragraph_breaks_hold_merges_back() -> None:
    mt, reference = (
        [line for line in (ARTICLE / name).read_text(encoding="utf-8").splitlines() if line]
        for name in ("mt.txt", "reference.txt")
    )
    # "ali on cloud OS" is a heading between paragraphs, and "Alibaba bets on Aliyun OS" its pair.
    heading = mt.index("ali on cloud OS")
    assert heading == reference.index("Alibaba bets on Aliyun OS")
    excerpt = slice(heading - 1, heading + 2)
    texts = ["\n".join(side[excerpt]) for side in (mt, reference)]
    sentences = [[span.of(text) for span in split_sentences(text)] for text in texts]
    assert ((2, 4), (2, 4)) in ranges(align(*sentences))
    assert ranges(align(*texts))[2:4] == [((2, 3), (2, 3)), ((3, 4), (3, 4))]


def test_a_strange_reference_has_no_confidence() -> None:
    strange = ["The cat sat down.", "It rained in Spain all week.", "Bread is baked at night."]
    right = [bead.confidence for bead in align(MT, REFERENCE)]
    assert min(right) > 0.8
    assert max(bead.confidence for bead in align(MT, strange)) < 0.3


def test_real_article() -> None:
    mt, reference = (
        (ARTICLE / name).read_text(encoding="utf-8") for name in ("mt.txt", "reference.txt")
    )
    beads = align(mt, reference)
    assert sum(bead.confidence for bead in beads) / len(beads) > 0.9
    # Two headings share no word with the editor's; all else has to be sure of itself.
    assert sum(bead.confidence < 0.9 for bead in beads) == 2
    assert all(bead.confidence > 0.0 for bead in beads)
    starts = [_paragraph_starts(text) for text in (mt, reference)]
    assert len(starts[0]) == len(starts[1])
    partner = {bead.mt[0]: bead.reference[0] for bead in beads}
    assert [partner[start] for start in starts[0]] == starts[1]


def _paragraph_starts(text: str) -> list[int]:
    counts = [len(split_sentences(line)) for line in text.splitlines() if line.strip()]
    return list(itertools.accumulate(counts, initial=0))[:-1]

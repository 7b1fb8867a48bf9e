"""Beads: they cover both sides exactly once, and find what was merged, dropped and inserted."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.align import align
from postedit.align.beads import side_of
from postedit.align.gold import (
    OPERATIONS,
    Agreement,
    Ranges,
    agreement,
    disturb,
    parse_beads,
)
from postedit.align.paragraphs import found_paragraphs
from postedit.align.search import Step, best_path
from postedit.align.similarity import PairSimilarity
from postedit.align.worth import MATCHES, Weights
from postedit.errors import InputError
from postedit.records import Bead, BeadFlag
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
@settings(deadline=None, max_examples=60)
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


@given(st.lists(st.sampled_from(MT), max_size=4), st.lists(st.sampled_from(REFERENCE), max_size=4))
@settings(deadline=None, max_examples=15)
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
    whole = joined(REFERENCE[2:4])
    assert shapes(align(MT[2:4], [whole])) == ["2-1"]
    # The same two sentences in two paragraphs: they have to stay apart.
    beads = align("\n".join(MT[2:4]), whole)
    assert sorted(shapes(beads)) == ["1-0", "1-1"]


def test_a_strange_reference_has_no_confidence() -> None:
    strange = ["The cat sat down.", "It rained in Spain all week.", "Bread is baked at night."]
    right = [bead.confidence for bead in align(MT, REFERENCE)]
    assert min(right) > 0.8
    assert max(bead.confidence for bead in align(MT, strange)) < 0.3


def test_real_article() -> None:
    mt, reference = (
        (ARTICLE / name).read_text(encoding="utf-8") for name in ("mt.txt", "reference.txt")
    )
    gold = parse_beads((ARTICLE / "beads.tsv").read_text(encoding="utf-8"))
    beads = align(mt, reference)
    agreed = agreement(ranges(beads), gold)
    assert (agreed.found, agreed.wanted, agreed.lax_found) == (48, 48, 48)
    assert agreed.strict >= 47
    # "It is good words." is the end of a sentence that the reference writes as one. Two headings
    # share nearly nothing with the editor's; what they stand between is sure.
    assert {bead.mt: bead.flag for bead in beads if bead.flag} == {(3, 4): BeadFlag.ALONE}
    assert {bead.mt for bead in beads if 0.0 < bead.confidence < 0.95} == {(41, 42)}
    starts = [_paragraph_starts(text) for text in (mt, reference)]
    partner = {bead.mt[0]: bead.reference[0] for bead in beads}
    assert [partner[start] for start in starts[0]] == starts[1]
    # With its breaks taken from it, the reference gets all of them back.
    sentences = [s.of(line) for line in reference.splitlines() for s in split_sentences(line)]
    found = found_paragraphs(align(mt, sentences), starts[0])
    assert [own[0] for _, own in found] == starts[1]


def _paragraph_starts(text: str) -> list[int]:
    counts = [len(split_sentences(line)) for line in text.splitlines() if line.strip()]
    return list(itertools.accumulate(counts, initial=0))[:-1]


def pairs() -> list[tuple[str, str]]:
    """The mt and the reference of our development articles, sentence by sentence."""
    found: list[tuple[str, str]] = []
    for meta in sorted(ARTICLE.parent.glob("authored-*/meta.yaml")):
        if "split: dev" in meta.read_text(encoding="utf-8"):
            sides = [
                (meta.parent / name).read_text(encoding="utf-8").splitlines()
                for name in ("mt.txt", "reference.txt")
            ]
            found += [(mt, own) for mt, own in zip(*sides, strict=True) if mt and own]
    return found


def test_what_was_done_to_real_pairs_is_found() -> None:
    known = pairs()
    agreed, done = Agreement(0, 0, 0, 0, 0), Counter[str]()
    for seed in range(4):
        gold = disturb(known, [MT[3], REFERENCE[0]], 0.2, random.Random(seed))
        agreed += agreement(ranges(align(*gold.sides)), gold.beads)
        done.update(gold.done)
    assert set(done) == set(OPERATIONS)
    assert agreed.strict_f1 > 0.97
    assert agreed.lax_f1 > 0.99


def test_neighbours_that_changed_places_are_one_crossed_bead() -> None:
    swapped = [REFERENCE[0], REFERENCE[2], REFERENCE[1], *REFERENCE[3:]]
    beads = align(MT, swapped)
    assert shapes(beads) == ["1-1", "2-2", "1-1", "1-1"]
    assert [bead.flag for bead in beads] == [None, BeadFlag.CROSSED, None, None]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=12), st.floats(0, 1), st.integers(0, 99))
@settings(deadline=None)
def test_gold_beads_cover_both_sides(pairs: list[tuple[str, str]], rate: float, seed: int) -> None:
    gold = disturb(pairs, ["strange"], rate, random.Random(seed))
    for side, ends in zip(gold.sides, zip(*gold.beads, strict=True), strict=False):
        assert [i for begin, end in ends for i in range(begin, end)] == list(range(len(side)))
    assert rate > 0 or gold.sides == ([a for a, _ in pairs], [b for _, b in pairs])
    assert agreement(gold.beads, gold.beads).strict_f1 in (0.0, 1.0)


AGREEMENTS = [
    ("the same", [((0, 1), (0, 1))], [((0, 1), (0, 1))], Agreement(1, 1, 1, 1, 1)),
    ("one too long", [((0, 2), (0, 1))], [((0, 1), (0, 1))], Agreement(1, 1, 0, 1, 1)),
    ("elsewhere", [((0, 1), (1, 2))], [((0, 1), (0, 1))], Agreement(1, 1, 0, 0, 0)),
    ("one split in two", [((0, 1), (0, 1)), ((1, 2), (1, 2))], [((0, 2), (0, 2))],
     Agreement(2, 1, 0, 2, 1)),
    ("an empty side does not count", [((0, 1), (0, 0))], [((0, 1), (0, 1))],
     Agreement(0, 1, 0, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(("why", "found", "wanted", "agreed"), AGREEMENTS)
def test_agreement(why: str, found: list[Ranges], wanted: list[Ranges], agreed: Agreement) -> None:
    assert agreement(found, wanted) == agreed, why


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mt\tref\n1\t1", "line 1|header must be mt, tab, reference"),
        ("mt\treference\n1\tx", "two columns of numbers like 3 or 3-5"),
        ("mt\treference\n1\t1\n3\t2", "does not go on from 1 and 1"),
        ("mt\treference\n2-1\t1", "does not go on from 0 and 0"),
    ],
    ids=["another header", "no number", "a sentence left out", "a range backwards"],
)
def test_bad_gold_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_beads(text)


def test_paragraphs_are_found_where_only_one_side_has_them() -> None:
    beads = align(MT, REFERENCE)
    assert found_paragraphs(beads, [0, 2, 4]) == (
        ((0, 2), (0, 2)),
        ((2, 4), (2, 4)),
        ((4, 5), (4, 5)),
    )
    assert found_paragraphs((), []) == ()

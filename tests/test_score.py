from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from postedit.errors import InputError
from postedit.score import (
    METRICS,
    ScoreError,
    SegmentChanges,
    TermCounts,
    bootstrap,
    compare,
    edit_rate,
    meaning,
    segment_changes,
    segment_chrf,
    term_counts,
)
from postedit.score.ter import edit_kinds

ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom"

REFERENCE = [
    "Author: Lin Ziyu",
    "Stepping up the efforts of de-telecomization",
    "The two sides reached three cooperation intentions in early April.",
    "China Mobile's official flagship store sold only 366 phones.",
    "Shortly afterwards, Ma also met with the chairman of China Unicom.",
    "This time, Alibaba has raised the operator to a strategic business.",
]
RAW = [
    "the author: zi-yu Lin",
    "stepped up efforts to go to the telecom",
    "at the beginning of April the two sides have three cooperation intention.",
    "China mobile's official flagship store sold only 366 mobile phones.",
    "Shortly thereafter, ma and met with the unicom chairman.",
    "this time, the channels to promote the strategic business from alibaba.",
]
BETTER = [
    "The author: Lin Ziyu",
    "Stepped up efforts of de-telecomization",
    "At the beginning of April, the two sides reached three cooperation intentions.",
    "China Mobile's official flagship store sold only 366 mobile phones.",
    "Shortly thereafter, Ma also met with the China Unicom chairman.",
    "This time, the channel was raised to a strategic business by Alibaba.",
]


def paragraphs(name: str) -> list[str]:
    text = (ARTICLE / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.split("\n") if line.strip()]


def test_raw_article_has_the_published_scores() -> None:
    scores = compare({"mt": paragraphs("mt.txt")}, [paragraphs("reference.txt")], "mt", 0)
    assert scores.segments == 29
    values = {metric: round(scores["mt"].estimate(metric).value, 2) for metric in METRICS}
    assert values == {"bleu": 16.04, "chrf": 53.12, "ter": 67.91}


def test_numbers_are_those_of_sacrebleus_paired_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    metrics = {"bleu": BLEU(), "chrf": CHRF(), "ter": TER()}
    systems: list[tuple[str, Sequence[str]]] = [("mt", RAW), ("pe", BETTER)]
    signatures, expected = PairedTest(systems, metrics, [REFERENCE], "bs", n_samples=200)()
    got = compare(dict(systems), [REFERENCE], baseline="mt", resamples=200)
    for metric, name in zip(METRICS, ("BLEU", "chrF2", "TER"), strict=True):
        for i, system in enumerate(got.systems):
            estimate, theirs = system.estimate(metric), expected[name][i]
            assert not isinstance(theirs, str)
            assert estimate.value == pytest.approx(theirs.score)
            assert estimate.low is not None
            assert estimate.high is not None
            assert (estimate.high - estimate.low) / 2 == pytest.approx(theirs.ci, abs=1e-4)
            assert system.p_values[metric] == theirs.p_value
            ours = dict(part.split(":") for part in system.signatures[metric].split("|")[1:])
            assert ours == dict(part.split(":") for part in str(signatures[name]).split("|"))
            assert system.signatures[metric].startswith(f"{name}|nrefs:1|")


def test_signature_carries_what_is_needed_to_repeat_a_score() -> None:
    scores = compare({"mt": RAW}, [REFERENCE], "mt", resamples=50, seed=7)["mt"]
    for metric in METRICS:
        signature = scores.signatures[metric].split("|")
        assert {"nrefs:1", "bs:50", "seed:7"} <= set(signature)
        assert signature[-1].startswith("version:2.")
    assert "case:lc" in scores.signatures["ter"]


def test_nothing_outside_is_touched(capfd: pytest.CaptureFixture[str]) -> None:
    before = (dict(os.environ), random.getstate(), str(np.random.get_state(legacy=True)))
    # A hundred lines of tokenized text make sacrebleu warn.
    compare({"mt": ["the end of it ."] * 120}, [["the end of it."] * 120], "mt", 10)
    assert (dict(os.environ), random.getstate(), str(np.random.get_state(legacy=True))) == before
    assert capfd.readouterr() == ("", "")


def test_seed_in_the_environment_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = {"mt": RAW, "pe": BETTER}
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    first = compare(systems, [REFERENCE], "mt", 50)
    monkeypatch.setenv("SACREBLEU_SEED", "none")
    assert compare(systems, [REFERENCE], "mt", 50) == first
    assert compare(systems, [REFERENCE], "mt", 50, seed=1) != first


def test_blocks_of_resamples_give_what_one_block_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compare({"mt": RAW}, [REFERENCE], "mt", 50)
    monkeypatch.setattr(bootstrap, "_BLOCK_CELLS", 20)
    assert compare({"mt": RAW}, [REFERENCE], "mt", 50) == whole


def test_identical_systems_are_equal_and_do_not_differ() -> None:
    got = compare({"mt": RAW, "pe": list(RAW)}, [REFERENCE], "mt", 100)
    for metric in METRICS:
        assert got["pe"].estimate(metric) == got["mt"].estimate(metric)
        assert got["pe"].p_values[metric] == 1.0
        assert got["mt"].p_values[metric] is None


# At least four tokens a segment: BLEU counts sequences of four.
_WORD = st.text(alphabet="abcdeé", min_size=1, max_size=5)
_SENTENCE = st.lists(_WORD, min_size=4, max_size=7).map(" ".join)


@settings(max_examples=30, deadline=None)
@given(st.lists(_SENTENCE, min_size=1, max_size=4))
def test_the_reference_itself_scores_perfectly(reference: list[str]) -> None:
    scores = compare({"ref": reference}, [reference], "ref", 20)["ref"]
    assert scores.bleu.value == pytest.approx(100)
    assert scores.chrf.value == pytest.approx(100)
    assert scores.ter.value == 0
    if len(reference) > 1:
        assert (scores.bleu.low, scores.bleu.high) == pytest.approx((100, 100))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(_SENTENCE, _SENTENCE), min_size=2, max_size=4), st.integers(0, 99))
def test_p_values_and_intervals_are_in_range(pairs: list[tuple[str, str]], seed: int) -> None:
    systems = {"mt": [mt for mt, _ in pairs], "pe": [mt.upper() for mt, _ in pairs]}
    got = compare(systems, [[reference for _, reference in pairs]], "mt", 40, seed)
    for metric in METRICS:
        p = got["pe"].p_values[metric]
        assert p is not None
        assert 0 < p <= 1
        for system in got.systems:
            estimate = system.estimate(metric)
            assert estimate.low is not None
            assert estimate.high is not None
            assert 0 <= estimate.low <= estimate.high


def test_one_segment_has_a_score_but_no_interval() -> None:
    got = compare({"mt": RAW[:1], "pe": BETTER[:1]}, [REFERENCE[:1]], "mt")
    for system in got.systems:
        assert set(system.p_values.values()) == {None}
        assert "bs:" not in system.signatures["bleu"]
        assert system.chrf.value > 0
        assert (system.chrf.low, system.chrf.high) == (None, None)


def test_second_reference_counts() -> None:
    one = compare({"mt": RAW}, [REFERENCE], "mt", 10)["mt"]
    two = compare({"mt": RAW}, [REFERENCE, RAW], "mt", 10)["mt"]
    assert two.bleu.value == pytest.approx(100)
    assert two.bleu.value > one.bleu.value
    assert all("nrefs:2" in signature for signature in two.signatures.values())


@pytest.mark.parametrize(
    ("systems", "references", "baseline", "message"),
    [
        ({"mt": ["a"]}, [["a"]], "pe", r"no system is called 'pe'; there are mt"),
        ({"mt": []}, [[]], "mt", r"have no segments"),
        ({"mt": ["a"]}, [], "mt", r"no references"),
        ({"mt": ["a"], "pe": ["a", "b"]}, [["a"]], "mt", r"'mt' has 1, system 'pe' has 2"),
        ({"mt": ["a"]}, [["a"], []], "mt", r"reference 1 has 1, reference 2 has 0"),
    ],
    ids=["no-baseline", "no-segments", "no-references", "long-system", "short-reference"],
)
def test_unusable_input_is_named(
    systems: dict[str, list[str]], references: list[list[str]], baseline: str, message: str
) -> None:
    with pytest.raises(ScoreError, match=message) as caught:
        compare(systems, references, baseline)
    assert isinstance(caught.value, InputError)


def test_resamples_must_not_be_negative() -> None:
    with pytest.raises(ScoreError, match="negative: -1"):
        compare({"mt": ["a"]}, [["a"]], "mt", resamples=-1)


def test_comparison_has_no_system_of_another_name() -> None:
    with pytest.raises(KeyError, match="pe"):
        compare({"mt": ["a"]}, [["a"]], "mt")["pe"]


@pytest.mark.parametrize(
    ("before", "after", "rate"),
    [
        (["a b c d"], ["a b c d"], 0.0),  # nothing was changed
        (["a b c d"], ["a b c"], 25.0),  # a word of four was dropped
        (["a b c d"], ["A b c d"], 25.0),  # a capital is an edit
        (["a b c d", "e f g h"], ["a b c x", "e f g h"], 12.5),  # untouched words count
        (["a b c d"], ["c d a b"], 25.0),  # moving a phrase is one edit
        (["a"], ["a b c"], 200.0),  # more was added than there was
        (["a b"], [""], 100.0),  # all was dropped
        ([], [], 0.0),  # nothing to change
    ],
)
def test_edit_rate(before: list[str], after: list[str], rate: float) -> None:
    assert edit_rate(before, after) == pytest.approx(rate)


def test_edit_rate_is_ter_with_case() -> None:
    expected = TER(case_sensitive=True).corpus_score(BETTER, [RAW]).score
    assert edit_rate(RAW, BETTER) == pytest.approx(expected)


@pytest.mark.parametrize("function", [edit_rate, meaning, lambda a, b: term_counts(a, [b])])
def test_pairs_of_different_length_are_refused(function: object) -> None:
    assert callable(function)
    with pytest.raises(ScoreError, match="2"):
        function(["a", "b"], ["a"])


def test_segment_chrf_is_sacrebleus_and_takes_the_best_reference() -> None:
    expected = CHRF().sentence_score(RAW[3], [REFERENCE[3]]).score
    assert segment_chrf(RAW[3], [REFERENCE[3]]) == pytest.approx(expected)
    assert segment_chrf(RAW[3], [REFERENCE[0], RAW[3]]) == pytest.approx(100)
    with pytest.raises(ScoreError, match="no references"):
        segment_chrf("a", [])


def test_segments_are_counted_by_what_happened_to_them() -> None:
    reference = ["one two three", "four five six", "seven eight", "nine", "ten eleven"]
    before = ["one two", "four five six", "seven eight", "nine", "ten elev"]
    after = ["one two three", "four five", "seven eight", "nine ", "ten"]
    changes = segment_changes(before, after, reference)
    # chrF does not count spaces, so segment 3 is changed but no better or worse.
    assert (changes.total, changes.changed) == (5, 4)
    assert (changes.improved, changes.unchanged, changes.hurt) == (1, 2, 2)
    assert changes.deltas[2:4] == (0.0, 0.0)
    assert changes.worst == tuple(sorted((1, 4), key=lambda i: changes.deltas[i]))


def test_a_change_below_a_hundredth_is_neither_gain_nor_harm() -> None:
    changes = SegmentChanges(changed=4, deltas=(0.009, -0.009, 0.01, -0.01))
    assert (changes.improved, changes.unchanged, changes.hurt) == (1, 2, 1)
    assert changes.worst == (3,)


def test_segment_changes_names_the_lengths() -> None:
    with pytest.raises(ScoreError, match="1 segments before, 2 after and 3 references"):
        segment_changes(["a"], ["a", "b"], ["a", "b", "c"])


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=6))
@settings(max_examples=50, deadline=None)
def test_every_segment_is_improved_unchanged_or_hurt(pairs: list[tuple[str, str]]) -> None:
    before, after = [old for old, _ in pairs], [new for _, new in pairs]
    changes = segment_changes(before, after, after)
    assert changes.improved + changes.unchanged + changes.hurt == changes.total == len(pairs)
    assert changes.hurt == 0, "nothing can be nearer to the reference than itself"
    assert changes.changed == sum(old != new for old, new in pairs)


@pytest.mark.parametrize(
    ("output", "targets", "kept"),
    [
        ("Jack Ma opened a Tmall store.", ["Tmall", "Jack Ma"], 2),  # all there
        ("Tmall opened.", ["Tmall", "Tmall"], 1),  # matched twice, there once
        ("Tmall and Tmall and Tmall", ["Tmall"], 1),  # more than matched is no gain
        ("Jack Ma met them.", ["Jack Ma", "Ma"], 1),  # one place serves one term only
        ("Ma met Jack Ma.", ["Ma", "Jack Ma"], 2),  # in any order
        ("The Virtual Operators came.", ["virtual operator"], 1),  # inflected and in capitals
        ("the market", ["Ma"], 0),  # not inside a word
        ("", ["Tmall"], 0),  # nothing is left of the text
        ("anything", [], 0),  # nothing was matched
    ],
)
def test_terms_kept(output: str, targets: list[str], kept: int) -> None:
    assert term_counts([output], [targets]) == TermCounts(len(targets), kept)


def test_terms_are_looked_for_in_their_own_segment() -> None:
    assert term_counts(["Tmall", "Alibaba"], [["Alibaba"], ["Alibaba"]]) == TermCounts(2, 1)


@pytest.mark.parametrize(("matched", "kept", "accuracy"), [(0, 0, 100), (4, 3, 75), (2, 0, 0)])
def test_term_accuracy(matched: int, kept: int, accuracy: float) -> None:
    assert TermCounts(matched, kept).accuracy == accuracy


@settings(deadline=None)
@given(st.lists(st.sampled_from(["Ma", "Jack Ma", "Tmall", "phones", "the"]), max_size=8))
def test_a_list_of_the_terms_keeps_them_all(targets: list[str]) -> None:
    assert term_counts(["; ".join(targets)], [targets]) == TermCounts(len(targets), len(targets))


@pytest.mark.parametrize(
    ("before", "after", "kept", "invented"),
    [
        ("phones sold quickly", "The phone was sold quickly", 100, 0),  # inflection, grammar words
        ("phones sold quickly", "Phones sold", 0, 0),  # a clause was dropped
        ("phones sold", "phones sold in Beijing shops", 100, 100),  # something was added
        ("phones sold", "ships sank", 0, 100),  # something else is said
        ("good good good", "good", 0, 0),  # repeats count
        ("the of", "", 100, 0),  # no content, nothing lost
    ],
)
def test_meaning(before: str, after: str, kept: float, invented: float) -> None:
    proxy = meaning([before], [after])
    assert (proxy.kept, proxy.lost, proxy.invented) == (kept, 100 - kept, invented)


def test_meaning_is_averaged_over_segments() -> None:
    proxy = meaning(["one apple", "red pear", "fig", "plum"], ["one apple", "red", "fig x", "plum"])
    assert (proxy.kept, proxy.invented) == (75, 25)
    assert meaning([], []).kept == 100


WORDS_OF_TER = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=9).map(" ".join)


@settings(deadline=None)
@given(WORDS_OF_TER, WORDS_OF_TER.filter(bool))
def test_edits_by_kind_add_up_to_ter(text: str, reference: str) -> None:
    kinds = edit_kinds(text, reference)
    expected = TER().sentence_score(text, [reference]).score
    assert 100 * kinds.edits / kinds.words == pytest.approx(expected)
    grown = kinds.insertions - kinds.deletions
    assert grown == len(reference.split()) - len(text.split())

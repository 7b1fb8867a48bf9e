"""What is new beside the corpus scores: quick TER, randomisation, effort, facts, thresholds."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.lib_ter import BeamEditDistance
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest
from typer.testing import CliRunner

from postedit.cli import app
from postedit.errors import MissingExtra
from postedit.score import (
    ALL_METRICS,
    FactCounts,
    ScoreError,
    agreement,
    assess,
    compare,
    edit_rate,
    gain_to_edit,
    hter,
    name_accuracy,
    number_accuracy,
    ter,
)
from postedit.score.neural import neural_means
from postedit.score.ter import QuickTER
from tests.test_score import BETTER, RAW, REFERENCE

WORDS = st.lists(st.sampled_from("Ma ma met the a of in phone , . 13353".split()), max_size=14)
# Long texts of which one side lacks much: paths then leave the band that sacrebleu looks into.
LONG = st.tuples(
    st.lists(st.sampled_from("a b c d e f g h".split()), min_size=20, max_size=45),
    st.integers(0, 40),
)


def statistics(metric: TER, hypothesis: str, references: list[str]) -> list[float]:
    return list(metric._extract_corpus_statistics([hypothesis], [[one] for one in references])[0])


@given(WORDS, st.lists(WORDS, min_size=1, max_size=2), st.booleans())
@settings(deadline=None)
def test_ter_is_sacrebleus(words: list[str], references: list[list[str]], case: bool) -> None:
    texts = [" ".join(one) for one in references]
    ours = statistics(QuickTER(case_sensitive=case), " ".join(words), texts)
    assert ours == statistics(TER(case_sensitive=case), " ".join(words), texts)


@given(LONG, st.booleans())
@settings(deadline=None, max_examples=8)
def test_ter_is_sacrebleus_outside_its_band(drawn: tuple[list[str], int], swap: bool) -> None:
    words, lost = drawn
    texts = [" ".join(words), " ".join(words[lost:] + words[: lost // 3])]
    hypothesis, reference = texts[::-1] if swap else texts
    ours = statistics(QuickTER(), hypothesis, [reference])
    assert ours == statistics(TER(), hypothesis, [reference])


def test_the_band_of_sacrebleu_is_kept() -> None:
    """Fifty of eighty words are there, but so far off the diagonal that sacrebleu misses them."""
    words = "".join(map(chr, range(0x4E00, 0x4E50)))
    moved = "".join(map(chr, range(0x5E00, 0x5E1E))) + words[:50]
    assert Levenshtein.distance(moved, words) < BeamEditDistance(words)(moved)[0]  # type: ignore[arg-type]
    assert ter._distance(moved, words) is None
    assert ter._Distance(words)(moved)[0] == BeamEditDistance(words)(moved)[0]  # type: ignore[arg-type]


def test_randomisation_is_sacrebleus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    metrics = {"bleu": BLEU(), "chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER()}
    systems = [("mt", RAW), ("pe", BETTER)]
    _, expected = PairedTest(systems, metrics, [REFERENCE], "ar", n_samples=300)()  # type: ignore[arg-type]
    got = compare(
        dict(systems), [REFERENCE], "mt", metrics=ALL_METRICS, test="randomisation", trials=300
    )
    for metric, name in zip(ALL_METRICS, ("BLEU", "chrF2", "chrF2++", "TER"), strict=True):
        theirs = expected[name][1]
        assert not isinstance(theirs, str)
        assert got["pe"].estimate(metric).value == pytest.approx(theirs.score)
        assert got["pe"].p_values[metric] == theirs.p_value
        assert {"ar:300", "bs:1000", "seed:12345"} <= set(got["pe"].signatures[metric].split("|"))


def test_randomisation_finds_no_difference_between_equals() -> None:
    got = compare({"mt": RAW, "pe": RAW}, [REFERENCE], "mt", test="randomisation", trials=20)
    assert set(got["pe"].p_values.values()) == {1.0}


def test_gains_point_upwards() -> None:
    got = compare({"mt": RAW, "pe": BETTER}, [REFERENCE], "mt", 0)
    assert got.metrics == ("bleu", "chrf", "ter")
    assert all(got.gain("pe", metric) > 0 for metric in got.metrics)
    assert got.gain("mt", "bleu") == 0.0


@dataclass(frozen=True)
class Facts:
    why: str
    output: str
    reference: str
    counts: tuple[int, int, int]


NUMBERS = [
    Facts("a comma is no other number", "sold 13353", "sold 13,353", (1, 1, 1)),
    Facts("nor are words", "three shops", "3 shops", (1, 1, 1)),
    Facts("a digit lost", "sold 1335", "sold 13,353", (1, 1, 0)),
    Facts("twice is two", "3 and 3", "3", (1, 2, 1)),
    Facts("none anywhere", "a shop", "a shop", (0, 0, 0)),
]
NAMES = [
    Facts("as written", "He met Ma.", "He met Ma.", (1, 1, 1)),
    Facts("in lower case", "He met ma.", "He met Ma.", (1, 0, 0)),
    Facts("a start of a sentence is none", "Shops open.", "Many shops open.", (0, 0, 0)),
    Facts("unless it is one elsewhere", "Ma left.", "Later Ma left again.", (1, 1, 1)),
    Facts("a capital within", "an iphone", "an iPhone", (1, 0, 0)),
    Facts("a headline says nothing", "New Shops Open", "Three New Shops Open", (0, 0, 0)),
]


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.why)
def test_numbers(row: Facts) -> None:
    assert number_accuracy([row.output], [row.reference]) == FactCounts(*row.counts)


@pytest.mark.parametrize("row", NAMES, ids=lambda row: row.why)
def test_names(row: Facts) -> None:
    assert name_accuracy([row.output], [row.reference]) == FactCounts(*row.counts)


def test_facts_stay_in_their_segments() -> None:
    assert number_accuracy(["3", "4"], ["4", "3"]).found == 0
    with pytest.raises(ScoreError, match="1 outputs, but 2 references"):
        number_accuracy(["3"], ["3", "4"])


@pytest.mark.parametrize(
    ("counts", "recall", "precision"), [((0, 0, 0), 100, 100), ((4, 2, 1), 25, 50)]
)
def test_recall_and_precision(
    counts: tuple[int, int, int], recall: float, precision: float
) -> None:
    assert FactCounts(*counts).recall == recall
    assert FactCounts(*counts).precision == precision


def test_hter_divides_by_the_words_of_the_post_edit() -> None:
    assert hter(["Ma visit Beijing"], ["Ma visited Beijing today"]) == 50.0
    assert edit_rate(["Ma visit Beijing"], ["Ma visited Beijing today"]) == pytest.approx(200 / 3)


def test_gain_to_edit() -> None:
    assert gain_to_edit(3.0, 12.0) == 0.25
    assert gain_to_edit(-3.0, 12.0) == -0.25
    assert gain_to_edit(0.0, 0.0) is None


@pytest.mark.parametrize(
    ("metric", "difference", "words"),
    [
        ("chrf", 3.1, "a chrF gain of 3.1: 9 of 10 such gains are seen by people"),
        ("chrf", -1.7, "a chrF loss of 1.7: 8 of 10 such losses are seen by people"),
        ("bleu", 0.5, "a BLEU gain of 0.5: people hardly agree on one below 0.78"),
        ("bleu", 9.0, "a BLEU gain of 9.0: 8 of 10 such gains are seen by people"),
    ],
    ids=["9 of 10", "a loss", "too small", "BLEU never gets beyond 8"],
)
def test_what_a_difference_means(metric: str, difference: float, words: str) -> None:
    assert str(agreement(metric, difference)) == words


def test_ter_was_not_studied() -> None:
    assert agreement("ter", 5.0) is None


@given(st.floats(0, 20), st.floats(0, 20))
def test_a_larger_difference_is_seen_by_as_many(one: float, other: float) -> None:
    small, large = (agreement("chrf", abs(x)) for x in sorted((one, other)))
    assert small is not None
    assert large is not None
    assert small.tenths <= large.tenths


def test_assessment_without_a_person_and_terms() -> None:
    found = assess(RAW, BETTER, [REFERENCE])
    assert found.hter == {}
    assert found.terms == {}
    assert found.gain_to_edit is not None
    assert found.gain_to_edit > 0
    assert [one.metric for one in found.agreements] == ["bleu", "chrf"]


def test_score_command_shows_all(tmp_path: Path) -> None:
    files = {"mt": RAW, "pe": BETTER, "ref": REFERENCE}
    for name, texts in files.items():
        (tmp_path / name).write_text("\n".join(texts) + "\n", encoding="utf-8")
    (tmp_path / "terms.tsv").write_text("mt\tsource\ttarget\nunicom\t联通\tChina Unicom\n")
    options = [part for name in files for part in (f"--{name}", str(tmp_path / name))]
    options += ["--person", str(tmp_path / "ref"), "--glossary", str(tmp_path / "terms.tsv")]
    shown = CliRunner().invoke(app, ["score", *options])
    assert shown.exit_code == 0, shown.output
    for words in (
        "chrF++",
        "HTER",
        "gain-to-edit",
        "seen by people",
        "names of",
        "1 of 1 (100.0 %)",
    ):
        assert words in shown.output
    told = json.loads(CliRunner().invoke(app, ["score", *options, "--json"]).output)
    assert told["scores"]["pe"].keys() >= {"bleu", "chrf", "chrf++", "ter"}
    assert told["hter"]["mt"] > told["hter"]["pe"]
    assert told["term_accuracy"] == {"mt": 0.0, "pe": 100.0}
    assert told["agreement"][0]["metric"] == "bleu"


def test_neural_metrics_are_an_extra() -> None:
    with pytest.raises(MissingExtra, match=r"metric comet .*postedit\[neural\]"):
        neural_means("comet", {"mt": RAW}, RAW, REFERENCE)


def test_neural_metrics_look_at_the_source() -> None:
    with pytest.raises(ScoreError, match="comet look at the source"):
        assess(RAW, BETTER, [REFERENCE], neural=["comet"])
    with pytest.raises(ScoreError, match=r"differ in length: \[5, 6\]"):
        neural_means("comet", {"mt": RAW}, RAW[1:], REFERENCE)


class _LengthMetric:
    """Has lightyear's interface; scores by length, so that the arithmetic around it shows."""

    def __init__(self, qe: bool = False):
        self.qe = qe

    def score_batch(
        self, hyps: list[str], refs: list[str] | None = None, srcs: list[str] | None = None
    ) -> dict[str, dict[str, list[float]]]:
        assert srcs is not None
        assert (refs is None) == self.qe
        return {"any": {"score": [float(len(text)) for text in hyps]}}


def test_neural_means_and_what_they_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models cannot be had where the tests run: this holds what is ours, the way to them."""
    metrics = ModuleType("lightyear.metrics")
    metrics.COMETScore = _LengthMetric  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lightyear", ModuleType("lightyear"))
    monkeypatch.setitem(sys.modules, "lightyear.metrics", metrics)
    found = assess(["a b", "c"], ["a bc", "cd"], [["a b", "c"]], sources=["甲", "乙"],
                   neural=["comet", "cometkiwi"])  # fmt: skip
    assert found.neural["cometkiwi"] == {"mt": 2.0, "pe": 3.0}
    assert "a CometKiwi gain of 1.0: 9 of 10 such gains are seen by people" in map(
        str, found.agreements
    )

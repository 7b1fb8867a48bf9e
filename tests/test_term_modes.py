"""Term scores in three modes: what is repaired, what harmed, what comes in that has no place."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.benchmark.suite import load_suite
from postedit.benchmark.term_modes import demands, random_terms, with_terms
from postedit.errors import InputError
from postedit.records import TermEntry, TermStatus
from postedit.score import ScoreError
from postedit.score.term_modes import Demand, TermMode, TermSample, term_mode_scores
from tests.conftest import REPOSITORY

TMALL, ALIPAY = Demand(("Tmall",)), Demand(("Alipay", "Zhifubao"))
MA, JACK_MA = Demand(("Ma",)), Demand(("Jack Ma",))
IPHONE = Demand(("iPhone",), exact=True)


@pytest.mark.parametrize(
    ("mt", "output", "reference", "demands", "expected", "reason"),
    [
        ("day cat", "Tmall", "Tmall", [TMALL], (1, 1, 0, 0), "wrong in the mt, repaired"),
        ("day cat", "day cat", "Tmall", [TMALL], (1, 0, 0, 0), "wrong in the mt, and still"),
        ("Tmall", "Tmall", "Tmall", [TMALL], (0, 0, 1, 0), "right, and still"),
        ("Tmall", "the shop", "Tmall", [TMALL], (0, 0, 1, 1), "right, and harmed"),
        ("day cat", "Tmall", "a shop", [TMALL], (0, 0, 0, 0), "not required: no reference has it"),
        ("pay", "Zhifubao", "Alipay", [ALIPAY], (1, 1, 0, 0), "another allowed target"),
        ("Ma and Ma", "Jack Ma", "Jack Ma, Ma", [MA, JACK_MA], (1, 1, 1, 1), "one place, one term"),
        ("iphone", "iPhones", "iPhone", [IPHONE], (1, 0, 0, 0), "letter by letter"),
        ("sold", "Tmall's", "Tmall shops", [TMALL], (1, 1, 0, 0), "in any form"),
    ],
)
def test_counts(
    mt: str,
    output: str,
    reference: str,
    demands: list[Demand],
    expected: tuple[int, int, int, int],
    reason: str,
) -> None:
    sample = TermSample(mt, output, (reference,), tuple(demands))
    got = term_mode_scores(TermMode.REAL, [sample])
    assert (got.wrong, got.repaired, got.right, got.harmed) == expected, reason


@pytest.mark.parametrize(
    ("mt", "output", "reference", "expected", "reason"),
    [
        ("it grew", "Tmall grew", "it grew", (1, 1), "a stranger came in"),
        ("it grew", "it has grown", "it grew", (1, 0), "it stayed out"),
        ("Tmall grew", "Tmall grew", "it grew", (0, 0), "it was there before"),
        ("it grew", "Tmall grew", "Tmall grew", (0, 0), "the reference has it too"),
    ],
)
def test_insertions(
    mt: str, output: str, reference: str, expected: tuple[int, int], reason: str
) -> None:
    sample = TermSample(mt, output, (reference,), (), (TMALL,))
    got = term_mode_scores(TermMode.RANDOM, [sample])
    assert (got.offered, got.inserted) == expected, reason
    assert got.insertion_rate == (100.0 if expected[1] else 0.0)


def test_a_term_is_required_if_any_reference_has_it() -> None:
    sample = TermSample("day cat", "Tmall", ("the shop", "Tmall"), (TMALL,))
    got = term_mode_scores(TermMode.REAL, [sample])
    assert (got.required, got.accuracy, got.mt_accuracy, got.repair_rate) == (1, 100.0, 0.0, 100.0)


def test_nothing_required_is_all_there() -> None:
    got = term_mode_scores(TermMode.NONE, [])
    assert (got.accuracy, got.repair_rate, got.harm_rate, got.insertion_rate) == (100.0, 0, 0, 0)


def test_a_text_without_reference_cannot_be_scored() -> None:
    with pytest.raises(ScoreError, match="need a reference"):
        term_mode_scores(TermMode.REAL, [TermSample("a", "b", (), (TMALL,))])


WORDS = st.lists(st.sampled_from(["Tmall", "Alipay", "Ma", "Jack", "grew"]), max_size=6).map(
    " ".join
)


@given(WORDS, WORDS, WORDS)
def test_doing_nothing_repairs_and_harms_nothing(mt: str, output: str, reference: str) -> None:
    terms = (TMALL, ALIPAY, MA, JACK_MA)
    same = term_mode_scores(TermMode.NONE, [TermSample(mt, mt, (reference,), terms, terms)])
    assert (same.repaired, same.harmed, same.inserted) == (0, 0, 0)
    other = term_mode_scores(TermMode.REAL, [TermSample(mt, output, (reference,), terms, terms)])
    assert 0 <= other.repaired <= other.wrong
    assert 0 <= other.harmed <= other.right
    assert 0 <= other.inserted <= other.offered


def test_entries_of_one_concept_are_one_demand() -> None:
    entries = [
        TermEntry("pay treasure", "Alipay", "支付宝"),
        TermEntry("pay bao", "Zhifubao", "支付宝", status=TermStatus.ADMITTED),
        TermEntry("pay", "Paybao", "支付宝", status=TermStatus.FORBIDDEN),
        TermEntry("iPhone", "iPhone", status=TermStatus.DO_NOT_TRANSLATE),
    ]
    assert demands(entries) == (ALIPAY, IPHONE)


ARTICLES = [REPOSITORY / "eval" / "articles" / f"authored-{name}" for name in ("a-035", "q-036")]


def test_modes_give_other_termbases_and_nothing_else() -> None:
    suite = load_suite(ARTICLES)
    strangers = random_terms(suite, seed=1)
    none, real, chance = (with_terms(suite, mode, strangers) for mode in TermMode)
    assert [len(article.termbase) for article in none.articles] == [0, 0]
    assert real == suite
    for article, other in zip(chance.articles, suite.articles, strict=True):
        assert len(article.termbase) >= 10
        assert not set(article.termbase.entries) & set(other.termbase.entries)
        references = " ".join(text for one in article.passages for text in one.references)
        assert not any(entry.target in references for entry in article.termbase.entries)


def test_random_terms_hang_on_the_seed_alone() -> None:
    suite = load_suite(ARTICLES)
    assert random_terms(suite, 1) == random_terms(suite, 1) != random_terms(suite, 2)


def test_one_article_has_no_strangers() -> None:
    with pytest.raises(InputError, match="no other article has terms"):
        random_terms(load_suite(ARTICLES[:1]), 1)


def test_the_command(tmp_path: Path) -> None:
    options = ["--without-ours", "--terms-modes", "--json", "-o", str(tmp_path / "out")]
    command = [sys.executable, "-m", "postedit", "benchmark", *map(str, ARTICLES), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout)["terms_modes"]
    found = {(row["mode"], row["system"]): row for row in rows}
    assert set(found) == {(m, s) for m in ("none", "real", "random") for s in ("mt", "glossary")}
    assert found["real", "glossary"]["repair_rate"] > 90 > found["none", "glossary"]["accuracy"]
    assert found["real", "mt"]["repair_rate"] == 0
    assert json.loads((tmp_path / "out/terms-modes/scores.json").read_text()) == rows

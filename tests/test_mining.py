"""Mining: which phrase pairs are found, what is proposed, how good it is on the real article."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.formats import read_article
from postedit.mining import Article, Proposal, findable, measure, mine
from postedit.mining.features import log_likelihood
from postedit.mining.pairs import LONGEST_MT, LONGEST_TARGET, Group, content, is_name, pairs
from postedit.records import TermEntry
from postedit.termbase import Termbase

MT = "the telecom chairman say pay treasure of Hangzhou sell well."
REFERENCE = "The telecom chairman said that Alipay of Hangzhou was selling well."


def found(mt: str, reference: str) -> set[tuple[str, str]]:
    return {pair.as_written for pair in pairs(Group(mt, reference))}


@pytest.mark.parametrize(
    ("pair", "expected", "reason"),
    [
        (("pay treasure", "Alipay"), True, "between words that did not change"),
        (("pay treasure of Hangzhou", "Alipay of Hangzhou"), True, "with a word that stayed"),
        (("pay treasure", "Alipay of Hangzhou"), False, "Hangzhou stands outside of the mt phrase"),
        (("treasure of", "Alipay"), False, "a term does not end with a preposition"),
        (("telecom", "Alipay"), False, "telecom stayed: it is no other word"),
        (("telecom chairman", "telecom chairman"), False, "nothing changed"),
        (("sell well", "selling well"), False, "nothing but an ending changed"),
    ],
)
def test_pairs(pair: tuple[str, str], expected: bool, reason: str) -> None:
    assert (pair in found(MT, REFERENCE)) is expected, reason


@pytest.mark.parametrize(
    ("mt", "reference", "expected", "reason"),
    [
        ("he met jack ma today", "He met Jack Ma today", True, "the capitals of a name"),
        ("jack ma came today", "Jack came today", False, "a sentence start may be any word"),
        ("he sold phones", "He Sold Many Good Phones Today", False, "a headline says nothing"),
    ],
)
def test_capitals_alone(mt: str, reference: str, expected: bool, reason: str) -> None:
    changed = {(old, new) for old, new in found(mt, reference) if old == new.lower() != new}
    assert bool(changed) is expected, reason


@pytest.mark.parametrize(
    ("reference", "place", "expected", "reason"),
    [
        ("He met Jack Ma .", (2, 3), True, "both words have capitals"),
        ("He met old Ma .", (2, 3), False, "one has not"),
        ("Phones sold .", (0, 0), False, "the sentence starts there"),
        ("NetEase sold .", (0, 0), True, "a capital inside the word"),
        ("Jack Ma sold .", (0, 1), True, "the second has one too"),
    ],
)
def test_is_name(reference: str, place: tuple[int, int], expected: bool, reason: str) -> None:
    assert is_name(Group("x", reference), place) is expected, reason


WORDS = st.lists(
    st.sampled_from("the day cat sold Tmall phones of China , . ma Ma 5 购机款".split()),
    max_size=12,
).map(" ".join)


@given(WORDS, WORDS)
def test_pairs_are_consistent_with_the_words_that_stayed(mt: str, reference: str) -> None:
    group = Group(mt, reference)
    same, _ = group.links
    for pair in pairs(group):
        assert 0 < pair.mt[1] - pair.mt[0] <= LONGEST_MT
        assert 0 < pair.target[1] - pair.target[0] <= LONGEST_TARGET
        assert all(
            content(words[end]) for words in (pair.mt_words, pair.target_words) for end in (0, -1)
        )
        for i, j in same.items():
            if content(group.mt[i]) and content(group.reference[j]):
                assert (pair.mt[0] <= i < pair.mt[1]) == (pair.target[0] <= j < pair.target[1])


@pytest.mark.parametrize(
    ("both", "one", "other", "total", "expected", "reason"),
    [
        (10, 10, 10, 100, 65.0, "always together: 2 * total * entropy of 0.1"),
        (1, 10, 10, 100, 0.0, "as often as chance has it"),
        (0, 10, 10, 100, 0.0, "never together"),
        (10, 10, 10, 10, 0.0, "everywhere: nothing can be said"),
    ],
)
def test_log_likelihood(
    both: int, one: int, other: int, total: int, expected: float, reason: str
) -> None:
    assert log_likelihood(both, one, other, total) == pytest.approx(expected, abs=0.05), reason


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 200))
def test_association_is_symmetric_and_never_negative(
    both: int, more: int, others: int, rest: int
) -> None:
    one, other, total = both + more, both + others, both + more + others + rest
    value = log_likelihood(both, one, other, total)
    assert value >= 0.0
    assert value == pytest.approx(log_likelihood(both, other, one, total))


@pytest.fixture(scope="module")
def mined(article: Path) -> tuple[Article, tuple[Proposal, ...]]:
    read = read_article(article)
    one = Article(read.text.paragraphs, read.references)
    return one, mine([one], least=0.02)


def test_the_article_gives_its_glossary(
    article: Path, mined: tuple[Article, tuple[Proposal, ...]]
) -> None:
    one, proposals = mined
    made = measure(proposals, findable(Termbase.load(article / "glossary.tsv").entries, [one]))
    assert made.precision >= 40.0
    assert made.recall >= 45.0


def test_proposals_stand_beside_each_other(mined: tuple[Article, tuple[Proposal, ...]]) -> None:
    one, proposals = mined
    assert [p.score for p in proposals] == sorted((p.score for p in proposals), reverse=True)
    forms = [proposal.mt.lower() for proposal in proposals]
    assert len(set(forms)) == len(forms)
    text = "\n".join(one.mt)
    for proposal in proposals:
        assert proposal.mt in text
        assert proposal.places <= min(proposal.mt_count, proposal.target_count)
        assert proposal.examples
        assert all(proposal.target in example.reference for example in proposal.examples[:1])


def test_more_places_make_a_pair_likelier() -> None:
    sides = [
        ("buyers pay with pay treasure in the shop.", "Buyers pay with Alipay in the shop."),
        ("now pay treasure has many users.", "Now Alipay has many users."),
        ("the bank fears pay treasure.", "The bank fears Alipay."),
    ]
    scores = []
    for count in (1, 3):
        mt, reference = zip(*sides[:count], strict=True)
        (best,) = (p for p in mine([Article(mt, (reference,))]) if p.target == "Alipay")
        assert (best.mt, best.places) == ("pay treasure", count)
        scores.append(best.score)
    assert scores[0] < scores[1]


def test_two_references_are_counted_together() -> None:
    mt = ("it is said that pay treasure has many users.",)
    references = (
        ("It is said that Alipay has many users.",),
        ("They say that Alipay has many customers.",),
    )
    (best,) = (p for p in mine([Article(mt, references)]) if p.target == "Alipay")
    assert best.places == 2


def test_nothing_to_find_is_nothing_proposed() -> None:
    text = ("Tmall opened three shops yesterday.",)
    assert mine([Article(text, (text,))]) == ()
    assert mine([]) == ()


def proposal(mt: str, target: str) -> Proposal:
    return Proposal(mt, target, 0.5, 1, 1, 1, 1.0)


def test_measure() -> None:
    entries = [TermEntry("day cat", "Tmall"), TermEntry("operator", "carrier")]
    proposals = [
        proposal("the day cat", "Tmall"),
        proposal("x", "y"),
        proposal("operators", "carriers"),
    ]
    first = measure(proposals, entries, k=2)
    assert (first.right, first.proposed, first.found, first.entries) == (1, 2, 2, 2)
    assert (first.precision, first.recall) == (50.0, 100.0)
    assert measure([], entries).precision == 0.0
    assert measure(proposals, []).recall == 100.0


def test_findable_entries_stand_in_both_texts() -> None:
    one = Article(("the day cat and wang xiaochu",), (("Tmall and Wang Xiaochu",),))
    entries = [
        TermEntry("day cat", "Tmall"),
        TermEntry("day cat", "Taobao"),
        TermEntry("ali", "Tmall"),
        TermEntry("wang xiaochu", "Wang Xiaochu"),
        TermEntry("and", "and"),
    ]
    assert findable(entries, [one]) == [entries[0], entries[3]]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "postedit", "terms", "mine", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "mt.txt").write_text("now pay treasure has many users.\n", encoding="utf-8")
    (tmp_path / "reference.txt").write_text("Now Alipay has many users.\n", encoding="utf-8")
    done = run(tmp_path, "mt.txt", "reference.txt", "-o", "mined.tsv")
    assert done.returncode == 0, done.stderr
    (entry,) = Termbase.load(tmp_path / "mined.tsv").entries
    assert (entry.mt, entry.target) == ("pay treasure", "Alipay")
    assert "pay treasure has" in entry.note
    again = run(tmp_path, str(tmp_path), "--json", "--against", "mined.tsv")
    facts = json.loads(again.stdout)
    assert facts["proposals"][0]["examples"][0]["reference"] == "Now Alipay has many users."
    assert (facts["measure"]["precision"], facts["measure"]["recall"]) == (100.0, 100.0)
    known = run(tmp_path, "mt.txt", "reference.txt", "--known", "mined.tsv", "--json")
    assert json.loads(known.stdout)["proposals"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("mt.txt",), "an mt needs a reference"),
        (("mt.txt", "."), "article folders and files do not go together"),
        ((".",), "has no reference.txt to mine"),
    ],
)
def test_bad_calls(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    (tmp_path / "mt.txt").write_text("one\n", encoding="utf-8")
    done = run(tmp_path, *options)
    assert (done.returncode, message in done.stderr) == (2, True), done.stderr

"""Word links and typed edits: they rebuild the text, and say what was repaired."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.align import align_words, apply, edits, tokenize
from postedit.errors import InputError
from postedit.records import EditType

WORDS = st.sampled_from(
    "the a Ma ma met meet meets phone phones phone's smart smart-phone 13353 13,353 three of on , ."
    " is are was has visited visit also not “go 天猫 Tmall \t".split(" ")
)
TEXTS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=14).map(" ".join))


@given(TEXTS, TEXTS, st.lists(WORDS, max_size=2))
@settings(deadline=None, max_examples=150)
def test_edits_make_one_text_of_the_other(before: str, after: str, terms: list[str]) -> None:
    found = edits(before, after, terms)
    assert apply(found, before) == after
    assert all(left.span.end <= right.span.start for left, right in pairwise(found))
    assert all(left.into.end <= right.into.start for left, right in pairwise(found))
    for edit in found:
        assert edit.span.of(before) == edit.old
        assert edit.into.of(after) == edit.new
        assert edit.old != edit.new
        assert (edit.shift is not None) == (edit.type is EditType.WORD_ORDER)


@given(TEXTS)
def test_a_text_has_no_edits_against_itself(text: str) -> None:
    assert edits(text, text) == ()


@given(TEXTS)
def test_words_give_the_text_back(text: str) -> None:
    assert "".join(word.blank + word.text for word in tokenize(text)) == text
    assert all(word.span.of(text) == word.text for word in tokenize(text))


@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=12))
@settings(deadline=None)
def test_no_word_is_linked_twice_and_only_shifts_cross(old: list[str], new: list[str]) -> None:
    links = align_words(old, new)
    assert len({link.before for link in links}) == len({link.after for link in links}) == len(links)
    kept = [link for link in links if link.shift is None]
    assert all(a.before < b.before and a.after < b.after for a, b in pairwise(kept))
    runs: dict[int, list[int]] = defaultdict(list)
    for link in links:
        if link.shift is not None:
            runs[link.shift].append(link.after - link.before)
    assert all(len(set(offsets)) == 1 for offsets in runs.values())


@dataclass(frozen=True)
class Case:
    why: str
    before: str
    after: str
    found: list[tuple[str, str, str]]
    terms: list[str] = field(default_factory=list)


CASES = [
    Case("a missing article", "Ma met chairman.", "Ma met the chairman.", [("", "the", "article")]),
    Case("a wrong article", "a Alibaba phone", "an Alibaba phone", [("a", "an", "article")]),
    Case("a needless article", "The Ma left.", "Ma left.", [("The", "", "article")]),
    Case("a plural", "three shop", "three shops", [("shop", "shops", "agreement")]),
    Case("person of a verb", "he visit us", "he visits us", [("visit", "visits", "agreement")]),
    Case("person of an auxiliary", "sales is up", "sales are up", [("is", "are", "agreement")]),
    Case("an irregular plural", "two child", "two children", [("child", "children", "agreement")]),
    Case("a regular past", "he visit us", "he visited us", [("visit", "visited", "tense")]),
    Case("an irregular past", "he go home", "he went home", [("go", "went", "tense")]),
    Case("a past in one letter", "he build it", "he built it", [("build", "built", "tense")]),
    Case("an auxiliary", "he visited us", "he has visited us", [("", "has", "tense")]),
    Case(
        "a verb and its auxiliary", "he visit us", "he had visited us",
        [("visit", "had visited", "tense")],
    ),
    Case("a wrong preposition", "at April", "in April", [("at", "in", "preposition")]),
    Case("a missing preposition", "visit April", "visit in April", [("", "in", "preposition")]),
    Case("a derived form", "an operation store", "an operator store",
         [("operation", "operator", "form")]),
    Case("a possessive", "Alibaba store", "Alibaba's store", [("", "'s", "form")]),
    Case("a pronoun", "he sold it", "she sold it", [("he", "she", "function")]),
    Case("a capital", "ma left", "Ma left", [("ma", "Ma", "casing")]),
    Case("a comma", "Later Ma left", "Later, Ma left", [("", ",", "punctuation")]),
    Case("a stop of another kind", "Ma left,", "Ma left.", [(",", ".", "punctuation")]),
    Case("one word out of two", "a smart phone", "a smartphone",
         [("smart phone", "smartphone", "punctuation")]),
    Case("a hyphen", "a smart phone", "a smart-phone",
         [("smart phone", "smart-phone", "punctuation")]),
    Case("a capital and a comma beside it", "saw hong", "saw Hong,",
         [("hong", "Hong", "casing"), ("", ",", "punctuation")]),
    Case("a number written otherwise", "sold 13353", "sold 13,353",
         [("13353", "13,353", "number")]),
    Case("a number in words", "sold three hundred phones", "sold 300 phones",
         [("three hundred", "300", "number")]),
    Case("a term", "the day cat store", "the Tmall store", [("day cat", "Tmall", "term")],
         ["Tmall"]),
    Case("the same change, where no term is known", "the day cat store", "the Tmall store",
         [("day cat", "Tmall", "lexical")]),
    Case("another word", "a small phone", "a cheap phone", [("small", "cheap", "lexical")]),
    Case("a phrase with a small word inside", "a go to telecom plan", "a de-telecomization plan",
         [("go to telecom", "de-telecomization", "lexical")]),
    Case("a word that moved", "today three shops opened.", "three shops opened today.",
         [("today", "", "word order"), ("", "today", "word order")]),
    Case("an adverb that moved", "he also is here", "he is also here",
         [("", "is", "tense"), ("is", "", "tense")]),
    Case("white space alone", "Ma  left", "Ma left", [("", "", "spacing")]),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_types(case: Case) -> None:
    found = edits(case.before, case.after, case.terms)
    assert [(e.old.strip(), e.new.strip(), e.type.value) for e in found] == case.found


def test_both_halves_of_a_move_have_one_number() -> None:
    out, into = edits("today three shops opened", "three shops opened today")
    assert out.shift == into.shift == 0


def test_a_part_of_the_edits_may_be_applied() -> None:
    text = "ma visit Beijing"
    casing, tense = edits(text, "Ma visited Beijing")
    assert apply([casing], text) == "Ma visit Beijing"
    assert apply([tense], text) == "ma visited Beijing"


@pytest.mark.parametrize("text", ["Ma met Wang", ""], ids=["another text", "no text"])
def test_edits_of_another_text_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="no 'visit' at characters 3 to 8"):
        apply(edits("ma visit", "ma visits"), text)


def test_edits_out_of_order_are_refused() -> None:
    text = "ma visit Beijing"
    with pytest.raises(InputError, match="characters 0 to 2"):
        apply(edits(text, "Ma visited Beijing")[::-1], text)

"""Phrases in any inflection, and the content words of a text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.text.phrases import occurrences
from postedit.text.words import content_words, coverage

FOUND = [
    ("Virtual operators came.", "virtual operator", ["Virtual operators"], "plural and case"),
    ("its virtual operations", "virtual operator", [], "another word of the root is no inflection"),
    ("two companies", "company", ["companies"], "y to ies"),
    ("three buses", "bus", ["buses"], "es"),
    ("they planned it", "plan", ["planned"], "doubled consonant"),
    ("they sold children’s books", "sell child's book", ["sold children’s books"], "irregular"),
    ("ecommerce, e commerce, e-commerce", "e-commerce", ["e commerce", "e-commerce"], "hyphens"),
    ("VIRTUAL OPERATORS", "virtual operator", ["VIRTUAL OPERATORS"], "all capitals"),
    ("the operator's share", "operator", ["operator"], "the possessive ending stays outside"),
    ("from 5-10 ma", "5 10 ma", [], "a hyphen between numbers is no matter of spelling"),
    ("saving", "saved", ["saving"], "two inflections of a third form"),
    ("take care", "car", [], "an e more is another word"),
    ("the king", "k", [], "endings need a word before them"),
    ("Alibaba Cloud, Alibaba", "Alibaba", ["Alibaba", "Alibaba"], "each place once"),
    ("ma ma ma", "ma ma", ["ma ma"], "no overlap"),
    ("market", "ma", [], "whole words"),
    ("Telecom’s Tmall", "Telecom's Tmall", ["Telecom’s Tmall"], "curly quotes are straight ones"),
    ("Aliyun OS2.0", "Aliyun OS 2.0", ["Aliyun OS2.0"], "spaces do not matter"),
    ("e‑commerce", "e-commerce", ["e‑commerce"], "nor does the kind of hyphen"),
    ("pay 购机款 now", "购机款", ["购机款"], "Chinese"),
    ("“...”", "...", [], "punctuation alone is no phrase"),
    ("anything", "", [], "neither is nothing"),
    ("13,353 units", "13,353", ["13,353"], "a number is one token"),
    ("13,353 units", "353", [], "and is not cut"),
    ("Jack  Ma", "jack ma", ["Jack  Ma"], "any space between"),
]


@pytest.mark.parametrize(("text", "phrase", "found", "reason"), FOUND, ids=[r[3] for r in FOUND])
def test_occurrences(text, phrase, found, reason):
    assert [span.of(text) for span in occurrences(text, phrase)] == found, reason


_TEXT = st.lists(
    st.sampled_from(["ma", "Ma's", "mas", "company", "companies", ",", "5.17", "云", "OS2"]),
    max_size=12,
).map(" ".join)


@given(_TEXT, _TEXT)
def test_occurrences_are_disjoint_and_in_order(text, phrase):
    spans = occurrences(text, phrase)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@given(_TEXT)
def test_a_text_occurs_in_itself(text):
    if any(character.isalnum() for character in text):
        assert len(occurrences(text, text)) == 1


WORDS = [
    ("The phone", "a phone", "articles carry no content"),
    ("phones", "phone", "inflection"),
    ("We don't sell", "We do not sell", "a contraction keeps its negation"),
    ("they cannot pay", "they can't pay", "cannot"),
    ("we'll see they’ve paid", "we see they paid", "contracted auxiliaries, curly too"),
    ("Alibaba's shop", "Alibaba shop", "possessive"),
    ("sold 300", "sold", "numbers are not words"),
]


@pytest.mark.parametrize(("one", "other", "reason"), WORDS, ids=[row[2] for row in WORDS])
def test_same_content(one, other, reason):
    assert content_words(one) == content_words(other), reason


def test_negation_is_content():
    assert content_words("it is not good") != content_words("it is good")


def test_coverage_counts_repeats():
    part, whole = content_words("shop shop phone"), content_words("shop phone")
    assert coverage(part, whole) == pytest.approx(2 / 3)
    assert coverage(whole, part) == 1.0
    assert coverage(content_words(""), whole) == 1.0

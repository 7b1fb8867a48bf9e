"""English inflection: forms, lemmas, case."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.text.inflect import forms, lemma, lemmas, same_word, with_case_of

FORMS = [
    ("company", {"companies", "company's", "companies'"}, {"companys"}, "a plural by the rules"),
    ("child", {"children", "children's"}, {"childs"}, "an irregular plural"),
    ("sell", {"sold", "selling", "sells"}, {"selled"}, "an irregular verb"),
    ("children's", {"child", "children"}, set(), "from a possessive back to the base"),
    ("operators", {"operator", "operator's"}, {"operation", "operate"}, "other words of its root"),
    ("big", {"bigger", "biggest"}, {"big's"}, "degrees; an adjective owns nothing"),
    (
        "telecoms",
        {"telecom", "telecoms"},
        {"telecomses"},
        "not in the dictionary, led back by rule",
    ),
    ("Tmall", {"Tmalls", "Tmall's"}, {"tmall"}, "a name keeps its capital"),
    ("SIM", {"SIMs", "SIM's"}, {"sims", "SIMS"}, "an abbreviation keeps its capitals"),
    ("have", {"had", "having"}, {"haves"}, "an auxiliary is no noun"),
    ("5G", {"5G", "5G's"}, set(), "a letter after a digit"),
    ("11", {"11", "11's"}, set(), "a number"),
    ("", {""}, set(), "nothing"),
    ("’s", {"’s"}, set(), "an ending alone"),
]


@pytest.mark.parametrize(("word", "among", "never", "reason"), FORMS, ids=[r[3] for r in FORMS])
def test_forms(word, among, never, reason):
    assert forms(word) >= {word, *among}, reason
    assert forms(word).isdisjoint(never), reason


LEMMAS = [
    ("visited", "visit", "a regular past"),
    ("Met", "meet", "an irregular one, in any case"),
    ("companies'", "company", "a plural possessive"),
    ("phones", "phone", "noun and verb agree"),
    ("data", "data", "a base form is its own lemma"),
    ("Siemens’s", "siemens", "with a curly apostrophe"),
    ("天猫", "天猫", "not English"),
]


@pytest.mark.parametrize(("word", "base", "reason"), LEMMAS, ids=[row[2] for row in LEMMAS])
def test_lemma(word, base, reason):
    assert lemma(word) == base or base in lemmas(word), reason


KIN = [
    ("Buses", "bus", True, "a plural in -es"),
    ("operations", "operator", False, "another word of the root"),
    ("left", "leave", True, "one of two readings is enough"),
    ("OS", "os", True, "case does not matter"),
    ("king", "k", False, "no ending is cut off blindly"),
]


@pytest.mark.parametrize(("one", "other", "kin", "reason"), KIN, ids=[row[3] for row in KIN])
def test_same_word(one, other, kin, reason):
    assert same_word(one, other) is kin, reason


def test_case_is_carried_over():
    assert with_case_of("companies", "COMPANY") == "COMPANIES"
    assert with_case_of("mcdonalds", "McDonald") == "McDonalds"


ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom" / "reference.txt"


def test_every_form_of_a_word_in_use_leads_back():
    words = set(re.findall(r"[^\W\d_]{3,}", ARTICLE.read_text(encoding="utf-8")))
    assert len(words) > 300
    lost = {(form, word) for word in words for form in forms(word) if not same_word(form, word)}
    # The dictionary's own gaps: it has "truest" but not the way back, and takes "any" for a name.
    assert {word for _, word in lost} <= {"any", "true"}


@given(st.text(st.characters(categories=["L", "Nd"]) | st.sampled_from("'’-"), max_size=8))
def test_any_text_is_a_form_of_itself(word):
    assert word in forms(word)
    assert all(forms(word)) or not word
    assert same_word(word, word.upper()) or word.upper().lower() != word.lower()

"""Each check has rows in which it fires and rows in which it stays silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.checks import CHECKS, run_checks
from postedit.records import Span, TermEntry, TermMatch, TermStatus


def matched(*targets: str, status: TermStatus = TermStatus.PREFERRED) -> tuple[TermMatch, ...]:
    return tuple(TermMatch(TermEntry("x", t, status=status), Span(0, 1)) for t in targets)


def admitted(target: str, other: str) -> tuple[TermMatch, ...]:
    return (TermMatch(TermEntry("x", target), Span(0, 1), allowed=(other,)),)


BANNED, KEPT = TermStatus.FORBIDDEN, TermStatus.DO_NOT_TRANSLATE

# check, mt, pe, matches, messages (empty: silent), reason
ROWS = [
    ("terms", "x", "On Tmall.", matched("Tmall"), [], "there"),
    ("terms", "x", "On day cat.", matched("Tmall"), ["“Tmall” stands 0 times, not once"], "gone"),
    ("terms", "x", "Virtual operators", matched("virtual operator"), [], "inflected"),
    ("terms", "x", "Ma", matched("Ma", "Ma"), ["stands once, not 2 times"], "one of two gone"),
    ("terms", "x", "Jack Ma", matched("Jack Ma", "Ma"), ["“Ma” stands 0"], "one place, one term"),
    ("terms", "x", "Jack Ma, Ma", matched("Ma", "Jack Ma"), [], "a place for each"),
    ("terms", "x", "it runs os", matched("OS", status=KEPT), ["“OS” stands 0"], "kept as it was"),
    ("terms", "x", "it runs OS", matched("OS", status=KEPT), [], "kept"),
    ("terms", "x", "Sky cats", matched("sky cat", status=BANNED), ["forbidden"], "banned"),
    ("terms", "x", "Tmall", matched("sky cat", status=BANNED), [], "banned word is absent"),
    ("terms", "x", "On Tmall.com", admitted("Tmall", "Tmall.com"), [], "another admitted target"),
    ("terms", "x", "a shop", admitted("Tmall", "mall"), ["“Tmall” stands 0"], "neither of them"),
    ("terms", "x", "it runs OSes", matched("OS", status=KEPT), ["“OS” stands 0"], "not inflected"),
    ("terms", "x", "the SIM's", matched("SIM", status=KEPT), [], "but it may own something"),
    ("terms", "x", "children sold", matched("child", "sell"), [], "irregular forms"),
    ("terms", "x", "VIRTUAL OPERATORS", matched("virtual operator"), [], "all capitals"),
    ("terms", "x", "anything", (), [], "no matches"),
    ("numbers", "sold 13353", "sold 1,335,000", (), ["13353 is gone", "1,335,000 is not"], "both"),
    ("numbers", "sold 13353", "sold 13,353", (), [], "comma"),
    ("numbers", "3 of them", "three of them", (), [], "spelled out"),
    ("chinese", "x", "pay 购机款 now", (), ["Chinese is left: 购机款"], "left"),
    ("chinese", "x", "pay now", (), [], "none"),
    ("chinese", "x", "the 淘 sign", matched("淘", status=KEPT), [], "a target"),
    ("chinese", "x", "the 淘宝 sign", matched("淘", status=KEPT), ["淘宝"], "more than the target"),
    ("chinese", "x", "“quoted”、so", (), [], "punctuation is no Chinese word"),
    ("repeats", "x", "the the shop", (), ["“the” stands 2 times"], "a word"),
    ("repeats", "x", "channel Channel", (), ["“channel” stands 2 times"], "in any case"),
    ("repeats", "x", "in the end in the end", (), ["“in the end” stands 2 times"], "a phrase"),
    ("repeats", "x", "the chairman of the chairman of", (), ["“the chairman of”"], "a loop"),
    ("repeats", "x", "go go go go", (), ["“go” stands 4 times"], "one finding for a loop"),
    ("repeats", "x", "a, b, a, b", (), [], "a list, not a loop: no comma at its end"),
    ("repeats", "x", "a b c d e a b c d e", (), [], "five words are no loop of a model"),
    ("repeats", "x", "the way he had had it", (), [], "had had"),
    ("repeats", "x", "he said that that is so", (), [], "that that"),
    ("repeats", "x", "he had had had it", (), ["3 times"], "but not thrice"),
    ("repeats", "x", "very, very good", (), [], "a comma between"),
    ("repeats", "x", "300 300 and ......", (), [], "numbers and marks"),
    ("repeats", "x", "about politics::", (), ["“:” stands 2 times"], "a mark that stands once"),
    ("repeats", "x", "Want Want sells", matched("Want Want"), [], "a name of the termbase"),
    ("repeats", "the the", "the the", (), ["“the”"], "an error even if it was in the input"),
    ("empty", "some words", "", (), ["is empty"], "nothing"),
    ("empty", "some words", " ...", (), ["has no words"], "marks only"),
    ("empty", "...", "", (), [], "nothing was there"),
    ("empty", "some words", "words", (), [], "something"),
    ("length", "a b c d e f", "a b", (), ["2 words out of 6, 0.33 times"], "too short"),
    ("length", "a b c d", "a b c d e f g h i", (), ["2.25 times"], "too long"),
    ("length", "a b c d", "a b c d e f g h", (), [], "just not too long"),
    ("length", "a b c", "a b c d e f g h i", (), [], "too little to tell"),
    ("length", "a b c d", "", (), [], "left to the check for empty output"),
]


@pytest.mark.parametrize(
    ("check", "mt", "pe", "matches", "messages", "reason"),
    ROWS,
    ids=[f"{row[0]}: {row[5]}" for row in ROWS],
)
def test_check(check, mt, pe, matches, messages, reason):
    findings = CHECKS[check].run(mt, pe, matches)
    assert len(findings) == len(messages), reason
    for finding, message in zip(findings, messages, strict=True):
        assert message in finding.message, reason
        assert finding.check == check


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_has_both_rows(check):
    assert {bool(row[4]) for row in ROWS if row[0] == check} == {True, False}
    assert CHECKS[check].id == check
    assert CHECKS[check].name
    assert CHECKS[check].description.endswith(".")


def test_spans_are_places_in_the_repair():
    pe = "the the shop sold 14 购机款"
    found = {f.check: f.span.of(pe) for f in run_checks("the shop sold 13", pe) if f.span}
    assert found == {"repeats": "the the", "numbers": "14", "chinese": "购机款"}


def test_a_sound_repair_has_no_findings():
    mt = "in 2012, day cat sold 13353 phone"
    assert run_checks(mt, "In 2012, Tmall sold 13,353 phones.", matched("Tmall")) == ()


@given(st.lists(st.sampled_from(["the", "5", "云", ",", "Ma", "had"]), max_size=12).map(" ".join))
def test_spans_lie_inside_and_an_untouched_text_loses_nothing(text):
    findings = run_checks(text, text, matched("Ma") if "Ma" in text else ())
    assert {f.check for f in findings} <= {"repeats", "chinese"}
    assert all(f.span and 0 <= f.span.start < f.span.end <= len(text) for f in findings)

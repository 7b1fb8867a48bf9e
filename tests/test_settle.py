"""Dangerous terms: which matches are risky, and what the model makes of them."""

import pytest

from postedit import PostEditor
from postedit.correct.settle import preferences, settle
from postedit.records import Conditions, TermEntry, TermMatch, TermStatus
from postedit.termbase.match import TermMatcher
from postedit.termbase.risk import is_risky

NEAR = Conditions(near=("phone",))
RISKY = [
    (TermEntry("ma", "Ma"), False, "the word itself in other capitals"),
    (TermEntry("ali", "Alibaba"), True, "three letters"),
    (TermEntry("machine", "phone"), True, "an everyday word"),
    (TermEntry("telecom", "China Telecom"), True, "made more special"),
    (TermEntry("jingdong", "JD.com"), False, "a long word that is no English"),
    (TermEntry("taobao", "Taobao"), False, "the word itself in other capitals"),
    (TermEntry("day cat", "Tmall"), False, "two words"),
    (TermEntry("Ali", "Alibaba"), False, "listed with a capital, matched as listed"),
    (TermEntry("machine", "phone", conditions=NEAR), False, "the entry says when"),
    (TermEntry("machine", "device", status=TermStatus.FORBIDDEN), False, "it changes nothing"),
    (TermEntry("购", "buy"), False, "no English at all"),
]


def only_match(entry: TermEntry, text: str, source: str | None = None) -> TermMatch:
    (match,) = TermMatcher([entry]).match(text, source)
    return match


@pytest.mark.parametrize(("entry", "risky", "reason"), RISKY, ids=[row[2] for row in RISKY])
def test_risky(entry, risky, reason):
    assert is_risky(only_match(entry, f"the {entry.mt} and a phone")) is risky, reason


def test_a_source_takes_the_risk_away():
    entry = TermEntry("machine", "phone", "手机")
    assert is_risky(only_match(entry, "machine sales"))
    assert not is_risky(only_match(entry, "machine sales", "手机销售"))


READ = [
    ("after the listing, [ali] will open its first office", "Alibaba", True, "a company acts"),
    ("xiaomi sold 100,000 [machine] in 90 seconds", "phone", True, "what Xiaomi sells"),
    (
        "european [telecom] companies invested in the spectrum",
        "China Telecom",
        False,
        "an industry",
    ),
    ("nobody knows [where] the money has gone", "Qunar", False, "a conjunction"),
]


@pytest.mark.parametrize(("text", "target", "applies", "reason"), READ, ids=[r[3] for r in READ])
def test_the_model_reads_both_ways(editor: PostEditor, text, target, applies, reason):
    start, end = text.index("["), text.index("]") - 1
    mt, text = text[start + 1 : end + 1], text.replace("[", "").replace("]", "")
    (match,) = TermMatcher([TermEntry(mt, target)]).match(text)
    (settled,) = settle(editor.backend, [text], [[match]], editor.manifest.min_term_margin)
    assert bool(settled.matches) is applies, reason
    assert bool(settled.declined) is not applies
    assert settled.matches + tuple(one.match for one in settled.declined) == (match,)


def test_a_target_that_changes_nothing_is_even(editor: PostEditor):
    text = "Mr Ma came"
    assert preferences(editor.backend, [(text, only_match(TermEntry("ma", "Ma"), text))]) == [0.0]


def test_what_is_not_risky_is_not_asked(editor: PostEditor):
    match = only_match(TermEntry("day cat", "Tmall"), "a day cat")
    (settled,) = settle(editor.backend, ["a day cat"], [[match]], float("inf"))
    assert settled.matches == (match,)


def test_a_forbidden_rendering_goes_with_the_term(editor: PostEditor):
    matcher = TermMatcher(
        [
            TermEntry("where", "Qunar", id="c"),
            TermEntry("", "Where.com", "去哪儿", TermStatus.FORBIDDEN, id="c"),
        ]
    )
    text = "nobody knows where the money has gone"
    (settled,) = settle(editor.backend, [text], [matcher.match(text)], 0.0)
    assert settled.matches == ()


def test_the_result_tells_what_was_declined(editor: PostEditor):
    from postedit import Termbase
    from postedit.report.story import explanation, summary

    termbase = Termbase((TermEntry("where", "Qunar"),))
    result = editor.repair("nobody knows where the money has gone.", termbase)
    assert "Qunar" not in result.text
    assert result.segments[0].glossary == "nobody knows Qunar the money has gone."
    assert [one.match.entry.mt for one in result.segments[0].declined] == ["where"]
    assert "dangerous terms left out, as the model reads: 1" in summary(result)
    assert "“where” is not made “Qunar” here" in str(explanation(result).renderables[1])

"""What a repair has to carry: every kind of demand has a row in which it is broken and one not."""

from __future__ import annotations

import pytest

from postedit import PostEditor
from postedit.correct import Draft, make_draft
from postedit.correct.demands import Speller, broken, demands
from postedit.records import TermEntry, TermStatus
from postedit.termbase.match import TermMatcher

ENTRIES = [
    TermEntry("virtual operator", "virtual operator"),
    TermEntry("day cat", "Tmall"),
    TermEntry("OS2.0", "OS2.0", status=TermStatus.DO_NOT_TRANSLATE),
    TermEntry("shop", "outlet", status=TermStatus.FORBIDDEN),
]


def draft(text: str) -> Draft:
    return make_draft(text, TermMatcher(ENTRIES).match(text))


@pytest.mark.parametrize(
    ("mt", "wanted", "why"),
    [
        ("day cat open in Beijing", ["Tmall"], "a term, in its target form"),
        ("day cat and day cat", ["Tmall", "Tmall"], "twice"),
        ("sales of 13353 phones", ["13353"], "a number"),
        ("the 5G phone of OS2.0", ["OS2.0", "5G"], "letters and all; no number inside a term"),
        ("see https://a.cn/x?y=1, or {name}", ["https://a.cn/x?y=1", "{name}"], "copies"),
        ("press <b>OK</b> %s", ["<b>", "</b>", "%s"], "tags and placeholders"),
        ("mail to jack.ma@alibaba.com.cn now", ["jack.ma@alibaba.com.cn"], "an address"),
        ("grew by 5% since", ["5"], "a percentage is no placeholder"),
        ("nothing to demand", [], "nothing"),
    ],
)
def test_what_is_demanded(mt: str, wanted: list[str], why: str) -> None:
    found = [one.label for one in demands(draft(mt)) if not one.forbidden]
    assert found == wanted, why


@pytest.mark.parametrize(
    ("mt", "banned", "why"),
    [
        ("day cat open", ["day cat"], "the literal mistranslation"),
        ("the shop open", ["outlet"], "a forbidden term"),
        ("virtual operator grew", [], "the target is not banned for being the mt too"),
        ("fare rose", [], "nothing"),
    ],
)
def test_what_is_forbidden(mt: str, banned: list[str], why: str) -> None:
    assert [one.label for one in demands(draft(mt)) if one.forbidden] == banned, why


@pytest.mark.parametrize(
    ("mt", "repair", "is_broken", "why"),
    [
        ("day cat open", "Tmall opened.", False, "kept"),
        ("day cat open", "It opened.", True, "a term lost"),
        ("the virtual operator rise", "Virtual operators rose.", False, "another form"),
        ("OS2.0 come", "OS 2.0 came.", True, "do not translate, nor touch"),
        ("sales of 13353", "Sales of 13,353.", False, "the same number"),
        ("sales of 13353", "Sales of 1,335,300.", True, "another number"),
        ("see https://a.cn/x", "See https://a.cn/x.", False, "the address is there"),
        ("see https://a.cn/x", "See the site.", True, "the address is lost"),
        ("the shop open", "The outlet opened.", True, "a forbidden term"),
        ("the shop open", "The shop opened.", False, "another word"),
        ("Tmall, the day cat", "Tmall, Tmall, the day cat.", True, "the mistranslation is back"),
    ],
)
def test_broken(mt: str, repair: str, is_broken: bool, why: str) -> None:
    assert broken(draft(mt), repair) == is_broken, why


def test_a_draft_keeps_its_own_demands() -> None:
    for mt in ("day cat and day cat, 5G of OS2.0", "see https://a.cn/x or {name} in the shop"):
        assert not broken(draft(mt), draft(mt).text)


def test_spellings_read_back_and_stand_in_sentences(editor: PostEditor) -> None:
    backend = editor.backend
    speller = Speller(backend)
    text = "In 2014 Tmall’s virtual operators sold 13,353 of (OS2.0) “phones” via https://a.cn/x."
    wanted = demands(draft("day cat virtual operator sold 13353 OS2.0 via https://a.cn/x"))
    constraints = speller.constraints(wanted)
    written = tuple(backend.write(text))
    for demand, constraint in zip(wanted, constraints.wanted, strict=False):
        texts = {backend.text(variant).lstrip('“"($¥-/') for variant in constraint.variants}
        assert texts == set(demand.texts)
        assert any(
            written[i : i + len(variant)] == variant
            for variant in constraint.variants
            for i in range(len(written))
        ), demand
    assert constraints.forbidden
    assert speller.glued(int(list(backend.write("13353"))[-2]))
    assert not speller.glued(int(list(backend.write("x ,"))[-2]))
    assert not speller.glued(int(list(backend.write("x the"))[-2]))


def test_what_a_wanted_text_contains_is_not_forbidden(editor: PostEditor) -> None:
    entries = [
        TermEntry("move", "mobile phone"),
        TermEntry("x", "mobile", status=TermStatus.FORBIDDEN),
    ]
    found = make_draft("x move", TermMatcher(entries).match("x move"))
    banned = Speller(editor.backend).constraints(demands(found)).forbidden
    assert {editor.backend.text(one).lstrip('“"($¥-/') for one in banned} == {"move", "Move"} | {
        form for word in ("mobile", "Mobile") for form in (word + "s", word + "'s", word + "s'")
    }

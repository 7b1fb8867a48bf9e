"""Termbases: reading, matching, replacing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.errors import TermbaseError
from postedit.records import Conditions, Span, TermCase, TermEntry, TermMatch, TermStatus
from postedit.termbase import Termbase
from postedit.termbase.automaton import SequenceFinder
from postedit.termbase.match import TermMatcher
from postedit.termbase.replace import absorb_neighbours, replace_terms, replaceable

FORBIDDEN, ADMITTED, KEEP = (
    TermStatus.FORBIDDEN,
    TermStatus.ADMITTED,
    TermStatus.DO_NOT_TRANSLATE,
)


def entries(**targets: str) -> list[TermEntry]:
    return [TermEntry(mt.replace("_", " "), target) for mt, target in targets.items()]


GLOSSARY = [
    *entries(
        ma="Ma",
        jack_ma="Jack Ma",
        ali="Alibaba",
        ali_cloud="Alibaba Cloud",
        ali_cloud_OS="Aliyun OS",
        cloud_OS="Aliyun OS",
        telecom="China Telecom",
        telecom_cat="Telecom's Tmall",
        China_mobile="China Mobile",
        electric_city="electronics channel",
        购机款="phone purchases",
    ),
    TermEntry("double 11", "Double 11"),
    TermEntry("Mr. Lu", "Lu Zhaoxi"),
    TermEntry("7000-80 million", "70 million to 80 million"),
    TermEntry("lu's", "Lu's"),
]

MATCHES = [
    ("the market", [], "ma is not in market"),
    ("alibaba in California", [], "ali is in neither"),
    ("ma met MA", ["ma", "MA"], "a lower-case entry matches in any case"),
    ("China mobile", ["China mobile"], "an entry with a capital matches as written"),
    ("china mobile", [], "and in no other case"),
    ("telecom cat", ["telecom cat"], "the longer entry wins"),
    ("ali cloud OS, ali cloud", ["ali cloud OS", "ali cloud"], "at each of three lengths"),
    ("ali cloud os", ["ali cloud"], "OS as written, so the shorter one is left"),
    ("on ali cloud OS2.0", ["ali cloud OS"], "digits end a word"),
    ("jack ma.", ["jack ma"], "punctuation ends a word"),
    ("ma-like ma’s", ["ma", "ma"], "so do hyphen and apostrophe"),
    ("pay 购机款, 买购机款了", ["购机款", "购机款"], "Chinese has no spaces around a term"),
    ("Mr. Lu came, Mr Lu went", ["Mr. Lu"], "the dot is part of the entry"),
    ("in 7000-80 million", ["7000-80 million"], "numbers and hyphens in an entry"),
    ("in 17000-80 million", [], "a number is not cut at its start"),
    ("double 11, double 11.5", ["double 11"], "nor at its end"),
    ("telecom\n cat", ["telecom\n cat"], "any white space between the words"),
    ("Lu’s", ["Lu’s"], "curly quotes are straight ones"),
    ("ma\u0301", [], "an accent that stands apart belongs to its word"),
    ("", [], "nothing in nothing"),
]


@pytest.mark.parametrize(("text", "found", "reason"), MATCHES, ids=[row[2] for row in MATCHES])
def test_match(text, found, reason):
    assert [m.span.of(text) for m in TermMatcher(GLOSSARY).match(text)] == found, reason


FORMS = [
    ("virtual operators'", ["virtual operators"], "a plural, and the possessive stays outside"),
    ("paid treasures", ["paid treasures"], "a verb at the head of an entry in another form"),
    ("Machines, machining", ["Machines"], "of a word that is a noun too, the noun"),
    ("mas alis", [], "not of two letters, nor of three that are no word"),
    ("zi-yu lin, zi yu lin, ziyu lin, ziyulin", 3, "a hyphen, a blank, or nothing for it"),
    ("zi - yu lin", [], "but no dash"),
    ("7000 80 million", [], "nor a range without its hyphen"),
    ("ｖｉｒｔｕａｌ　ｏｐｅｒａｔｏｒ", 1, "wide letters are letters"),
    ("cafe\u0301 CAFÉ café", 3, "composed or not"),
    ("vir\u00adtual oper\u200bator", 1, "nothing that is not seen divides a word"),
    ("lu‘s luʼs lu's", 3, "apostrophes of every shape"),
    ("zi‑yu lin, zi‐yu lin", 2, "hyphens of every shape"),
    ("CHINA MOBILE rose", ["CHINA MOBILE"], "an entry with capitals in an all-capitals line"),
    ("MA, IOS", ["MA"], "but not one of a single word"),
    ("operator virtual operator cat", ["virtual operator"], "entries side by side"),
]


@pytest.mark.parametrize(("text", "found", "reason"), FORMS, ids=[row[2] for row in FORMS])
def test_forms(text, found, reason):
    glossary = entries(
        virtual_operator="virtual operator",
        pay_treasure="Alipay",
        machine="phone",
        ma="Ma",
        ali="Alibaba",
        China_mobile="China Mobile",
        café="Café",
        iOS="iOS",
    )
    more = [
        TermEntry("zi-yu lin", "Lin Ziyu"),
        TermEntry("7000-80 million", "x"),
        TermEntry("lu's", "Lu's"),
    ]
    matches = TermMatcher([*glossary, *more]).match(text)
    assert (len(matches) if isinstance(found, int) else [m.span.of(text) for m in matches]) == found


PLACES = [
    ("the electricity suppliers", "carrier", "electricity supplier", "the carriers"),
    ("Electricity suppliers rose", "carrier", "electricity supplier", "Carriers rose"),
    ("of Electricity Suppliers", "mobile carrier", "electricity supplier", "of Mobile Carriers"),
    ("ELECTRICITY SUPPLIERS", "carrier", "electricity supplier", "CARRIERS"),
    ("Ali rose", "Alibaba", "ali", "Alibaba rose"),
    ("to Day cat", "Tmall", "day cat", "to Tmall"),
    ("Electric cars", "e-car", "electric car", "E-cars"),
    ("flows rose", "traffic", "flow", "traffic rose"),
    ("electricity suppliers", "China Unicom", "electricity supplier", "China Unicom"),
    ("suppliers", "way of payment", "supplier", "ways of payment"),
    ("Day cats", "iPhone", "day cat", "iPhone"),
    ("they received it", "get", "receive", "they got it"),
    ("it went to the telecom", "de-telecomize", "go to the telecom", "it de-telecomize"),
    ("the OS", "system", "OS", "the system"),
]


@pytest.mark.parametrize(("text", "target", "mt", "after"), PLACES)
def test_the_target_has_the_form_that_its_place_asks_for(text, target, mt, after):
    (match,) = TermMatcher([TermEntry(mt, target)]).match(text)
    assert replace_terms(text, [match]).text == after
    assert target in replace_terms(text, [match], as_listed=True).text


def condition(**fields) -> TermMatcher:
    return TermMatcher(
        [TermEntry("telecom", "China Telecom", "电信", conditions=Conditions(**fields))]
    )


CONDITIONS = [
    ({"case": TermCase.LOWER}, "telecom", "Telecom", "lower case only"),
    ({"case": TermCase.CAPITAL}, "Telecom", "telecom", "with a capital only"),
    ({"case": TermCase.EXACT}, "telecom", "telecoms", "just as listed"),
    ({"before": ("the",)}, "The telecom sold", "telecom sold", "after a word"),
    ({"after": ("sell", "chairman")}, "telecom sold", "telecom said", "before a form of a word"),
    ({"not_before": ("three big",)}, "the telecom", "three big telecom", "not after a phrase"),
    ({"not_after": ("industry",)}, "telecom's", "telecom industries", "not before a word"),
    ({"near": ("chairman",)}, "the chairman of telecom", "telecom", "with a word in the segment"),
    ({"near": ("telecom",)}, "telecom and telecoms", "telecom", "which is another one"),
]


@pytest.mark.parametrize(
    ("fields", "yes", "no", "reason"), CONDITIONS, ids=[row[3] for row in CONDITIONS]
)
def test_conditions(fields, yes, no, reason):
    assert condition(**fields).match(yes), reason
    assert not condition(**fields).match(no), reason


SOURCES = [
    ("中国电信", True, "inside a longer name"),
    ("通信行业", False, "another word"),
    (None, None, "no source text says nothing"),
    ("", None, "nor does an empty one"),
]


@pytest.mark.parametrize(("source", "confirmed", "reason"), SOURCES, ids=[r[2] for r in SOURCES])
def test_a_source_confirms_or_vetoes(source, confirmed, reason):
    found = condition().match("telecom", source)
    assert [match.confirmed for match in found] == ([] if confirmed is False else [bool(confirmed)])
    needed = condition(source=True).match("telecom", source)
    assert bool(needed) is (confirmed is True), reason


def test_the_source_tells_two_targets_apart():
    matcher = TermMatcher(
        [TermEntry("telecom", "China Telecom", "电信"), TermEntry("telecom", "telecoms", "通信")]
    )
    assert [m.entry.target for m in matcher.match("telecom", "通信行业")] == ["telecoms"]
    assert [m.entry.target for m in matcher.match("telecom", "在电信")] == ["China Telecom"]
    assert matcher.match("telecom") == ()


def test_a_latin_source_is_a_whole_word():
    matcher = TermMatcher([TermEntry("listing", "IPO", "IPO")])
    assert matcher.match("listing", "赴美ipo计划")
    assert not matcher.match("listing", "IPOS")


def test_a_concept_brings_what_it_admits_and_what_it_forbids():
    matcher = TermMatcher(
        [
            TermEntry("day cat", "Tmall", id="c1"),
            TermEntry("", "Tmall.com", "天猫", ADMITTED, id="c1"),
            TermEntry("", "Sky Cat", "天猫", FORBIDDEN, id="c1"),
            TermEntry("", "Day Shop", "天猫", FORBIDDEN, id="c1"),
        ]
    )
    tmall, *banned = matcher.match("day cat")
    assert (tmall.entry.target, tmall.allowed) == ("Tmall", ("Tmall.com",))
    assert [match.entry.target for match in banned] == ["Sky Cat", "Day Shop"]
    assert all(match.is_forbidden and match.span == tmall.span for match in banned)


def test_an_entry_without_mt_is_found_by_its_target():
    (match,) = TermMatcher([TermEntry("", "Taobao", "淘宝")]).match("on Taobao")
    assert match.target == "Taobao"


def test_do_not_translate_stays_letter_by_letter():
    matcher = TermMatcher([TermEntry("aliyun", "aliyun", status=KEEP)])
    (match,) = matcher.match("Aliyun rose")
    assert match.is_exact
    assert match.target == "aliyun"
    assert matcher.match("aliyuns") == ()


@given(
    st.lists(st.sampled_from("ab"), max_size=12),
    st.lists(st.text("ab", min_size=1, max_size=3), max_size=4),
)
def test_the_automaton_finds_what_a_search_finds(tokens, sequences):
    expected = {
        (n, i, i + len(one))
        for n, one in enumerate(sequences)
        for i in range(len(tokens) - len(one) + 1)
        if tokens[i : i + len(one)] == list(one)
    }
    unique = list(dict.fromkeys(sequences))
    found = SequenceFinder(unique).find([*tokens, "c"])
    assert {(unique[n], i, j) for n, i, j in found} == {
        (sequences[n], i, j) for n, i, j in expected
    }


def test_the_nearer_case_wins():
    matcher = TermMatcher([TermEntry("os", "operating system"), TermEntry("OS", "Aliyun OS")])
    assert [m.entry.target for m in matcher.match("OS os")] == ["Aliyun OS", "operating system"]


def test_a_forbidden_entry_does_not_hide_the_preferred_one():
    banned = TermEntry("day cat", "Sky Cat", status=FORBIDDEN)
    matches = TermMatcher([banned, TermEntry("day cat", "Tmall")]).match("day cat")
    assert {m.entry.target for m in matches} == {"Sky Cat", "Tmall"}
    assert [m.entry.target for m in replaceable(matches)] == ["Tmall"]


REPLACED = [
    ("China telecom sold", "China Telecom sold", "a word that the target says again, before"),
    ("the telecom sold", "the China Telecom sold", "nothing to absorb"),
    ("day electric city channel", "day electronics channel", "the same after"),
    ("electric city channels", "electronics channels", "the number of the word that is there"),
    ("phone 购机款", "phone purchases", "before a Chinese entry"),
    ("inChina telecom", "inChina China Telecom", "the neighbour is a whole word"),
    ("telecom ma", "China Telecom Ma", "matches side by side"),
    ("China\ntelecom", "China Telecom", "over a line break"),
]


@pytest.mark.parametrize(("text", "after", "reason"), REPLACED, ids=[row[2] for row in REPLACED])
def test_absorb_and_replace(text, after, reason):
    matches = absorb_neighbours(text, TermMatcher(GLOSSARY).match(text))
    assert replace_terms(text, matches).text == after, reason


def test_a_match_does_not_grow_into_its_neighbour():
    matcher = TermMatcher(entries(china="China", telecom="China Telecom"))
    matches = absorb_neighbours("china telecom", matcher.match("china telecom"))
    assert [m.span for m in matches] == [Span(0, 5), Span(6, 13)]


def test_overlapping_matches_are_refused():
    entry = TermEntry("a b", "c")
    with pytest.raises(ValueError, match="overlaps"):
        replace_terms("a b c", [TermMatch(entry, Span(0, 3)), TermMatch(entry, Span(2, 5))])


_WORDS = "ma Ma market ali cloud OS OS2 telecom cat China mobile electric city 购机款 云 11 , - ’s"
_TEXT = st.lists(st.sampled_from(_WORDS.split()), max_size=15).flatmap(
    lambda words: st.lists(
        st.sampled_from(["", " ", "\n"]), min_size=len(words), max_size=len(words)
    ).map(lambda gaps: "".join(w + g for w, g in zip(words, gaps, strict=True)))
)
_ENTRIES = st.lists(
    st.builds(
        TermEntry,
        st.lists(st.sampled_from(_WORDS.split()), min_size=1, max_size=3).map(" ".join),
        st.sampled_from(["Ma", "China Telecom", "electric city channel", "云 cloud"]),
    ),
    max_size=8,
)


@given(_ENTRIES, _TEXT)
def test_matches_are_in_order_and_cut_no_word(glossary, text):
    matches = TermMatcher(glossary).match(text)
    assert all(a.span.end <= b.span.start for a, b in pairwise(matches))
    for match in matches:
        for edge in (match.span.start, match.span.end):
            around = text[max(edge - 1, 0) : edge + 1]
            assert not (len(around) == 2 and around.isascii() and around.isalpha()), (match, text)
            assert not (len(around) == 2 and around.isdigit()), (match, text)


@given(_ENTRIES, _TEXT, st.booleans())
def test_replacing_keeps_every_character_outside_the_spans(glossary, text, absorb):
    matches = TermMatcher(glossary).match(text)
    if absorb:
        matches = absorb_neighbours(text, matches)
    assert all(a.span.end <= b.span.start for a, b in pairwise(matches))
    done = replace_terms(text, matches)
    assert [span.of(done.text) for span in done.spans] == [m.target for m in matches]
    assert _outside(done.text, done.spans) == _outside(text, [m.span for m in matches])


def _outside(text: str, spans) -> list[str]:
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


HEADER = "mt\tsource\ttarget\tstatus\tnote\n"


def load(tmp_path, text: str | bytes, name: str = "g.tsv") -> Termbase:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Termbase.load(path)


def test_load(tmp_path):
    rows = 'day cat\t天猫\tTmall\t\tshop\nma\t\t"Ma\tadmitted\t\n\nOS\t\t\tdo-not-translate\t\n'
    assert load(tmp_path, HEADER + rows).entries == (
        TermEntry("day cat", "Tmall", "天猫", note="shop"),
        TermEntry("ma", '"Ma', "", ADMITTED),
        TermEntry("OS", "OS", "", KEEP),
    )


READABLE = [
    ("\ufeff" + HEADER + "ma\t\tMa\t\t\n", "a byte order mark"),
    ((HEADER + "ma\t\tMa\t\t\n").replace("\n", "\r\n"), "line ends of Windows"),
    ("target\tsource\tmt\nMa\t\tma\n", "columns in any order, without the optional ones"),
    (HEADER + " ma \t\t Ma\t\t", "spaces around, no line end"),
    (HEADER + "ma\t\tMa\t\t\nma\t\tMa\t\t\n", "an exact repetition is dropped"),
]


@pytest.mark.parametrize(("text", "reason"), READABLE, ids=[row[1] for row in READABLE])
def test_readable(tmp_path, text, reason):
    assert load(tmp_path, text).entries == (TermEntry("ma", "Ma"),), reason


BROKEN = [
    ("mt\ttarget\n", "line 1: no column “source”.*valid: mt, source, target", "missing column"),
    ("", "line 1: no column “mt”", "an empty file has no header"),
    (HEADER.replace("note", "notes"), "unknown column “notes”; valid: .*note", "unknown column"),
    (HEADER.replace("note", "mt"), "column “mt” stands twice", "column twice"),
    (HEADER + "\t\tMa\t\t\n", "line 2: mt is “”", "empty mt"),
    (HEADER + "...\t\tMa\t\t\n", "line 2: mt is “...”", "an mt that could never match"),
    (HEADER + "\nma\t\t\t\t\n", "line 3: “ma” has no target", "no target; blank lines count"),
    (HEADER + "ma\t\t\tforbidden\t\n", "line 2: “ma” has no target", "forbidden needs one"),
    (HEADER + "ma\t\tMa\tgood\t\n", "line 2: .*“good”; valid: preferred, .*translate", "status"),
    (HEADER + "ma\tMa\n", "line 2: 2 fields, but the header has 5", "number of fields"),
    (HEADER.encode() + b"ma\t\xe9\n", "line 2: byte 0xe9 is not UTF-8", "other encodings"),
    (HEADER + "ma\t\tMa\t\t\nma\t\tJack\t\t\n", "“ma” has two .*line 2.*line 3", "conflict"),
]


@pytest.mark.parametrize(("text", "message", "reason"), BROKEN, ids=[row[2] for row in BROKEN])
def test_broken(tmp_path, text, message, reason):
    with pytest.raises(TermbaseError, match=message):
        load(tmp_path, text)


def test_missing_file(tmp_path):
    with pytest.raises(TermbaseError, match=r"no\.tsv: cannot be read: No such file"):
        Termbase.load(tmp_path / "no.tsv")


def test_merge(tmp_path):
    one = load(tmp_path, HEADER + "ma\t\tMa\t\t\n", "one.tsv")
    two = load(tmp_path, HEADER + "ma\t\tMa\t\t\nali\t\tAlibaba\t\t\n", "two.tsv")
    assert Termbase.merge(one, two).entries == (TermEntry("ma", "Ma"), TermEntry("ali", "Alibaba"))
    bad = load(tmp_path, HEADER + "ma\t\tMother\t\t\n", "bad.tsv")
    with pytest.raises(TermbaseError, match=r"“Ma” \(.*one.tsv, line 2\).*“Mother” \(.*bad.tsv"):
        Termbase.merge(one, bad)


def test_forbidden_conflicts_with_nothing():
    known = Termbase((TermEntry("ma", "Ma"), TermEntry("ma", "mother", status=FORBIDDEN)))
    assert len(known) == 2


def test_empty():
    assert Termbase().match("ma") == ()
    assert Termbase.merge() == Termbase()


def test_match_of_a_termbase():
    (match,) = Termbase((TermEntry("ma", "Ma"),)).match("told ma so")
    assert match == TermMatch(TermEntry("ma", "Ma"), Span(5, 7))

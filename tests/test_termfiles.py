"""Termbase files: what every format must do, and what each is for."""

# ruff: noqa: E501 (a table with its reason in each row)

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from postedit.cli import app
from postedit.errors import TermbaseError
from postedit.records import Conditions, TermCase, TermEntry, TermStatus
from postedit.termbase.entries import Place, format_conditions, parse_conditions, projected
from postedit.termbase.files import FORMATS, format_of, parse_terms, read_terms, render_terms
from postedit.termbase.repeats import RepeatKind, repeats
from tests.test_cli import postedit

FORBIDDEN, ADMITTED, KEEP = (
    TermStatus.FORBIDDEN,
    TermStatus.ADMITTED,
    TermStatus.DO_NOT_TRANSLATE,
)
# Letters, Chinese, and what each format must quote, escape or forbid somewhere.
_TEXT = st.text(
    st.sampled_from("abZé云猫09 ,;|\t\n\"'\\=#<>&{}_-’")
    | st.characters(categories=["Ll", "Lo", "Sm"]),
    max_size=12,
).map(str.strip)
_TERM = _TEXT.filter(lambda text: any(c.isalnum() for c in text))
_WORD = st.sampled_from(["China", "language", "virtual operator", "手机"])
_WORDS = st.lists(_WORD, max_size=2, unique=True).map(tuple)
_CONDITIONS = st.builds(
    Conditions,
    case=st.sampled_from(TermCase),
    before=_WORDS,
    not_after=_WORDS,
    near=_WORDS,
    source=st.booleans(),
    sure=st.booleans(),
)
_ENTRIES = st.lists(
    st.builds(
        TermEntry,
        mt=_TERM | st.just(""),
        source=_TERM,
        target=_TERM,
        status=st.sampled_from(TermStatus),
        note=_TEXT | st.just("postedit:status=x"),
        id=st.sampled_from(["", "c1", "c1", "7", "a b", "postedit.1"]),
        pos=st.sampled_from(["", "noun", "verb", "properNoun"]),
        domain=st.sampled_from(["", "telecom", "e-commerce & <retail>"]),
        conditions=_CONDITIONS,
    )
    | st.builds(TermEntry, mt=_TERM, target=_TERM),
    max_size=5,
)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=40, deadline=None)
@given(entries=_ENTRIES)
def test_every_format_gives_back_what_it_says_it_keeps(name, entries):
    target = FORMATS[name]
    if name == "omegat":
        entries = [one for one in entries if not one.source.startswith("#")]
    rendered = render_terms(entries, target)
    back = [one.entry for one in parse_terms(rendered.data, f"x.{name}", name).entries]
    expected = [
        projected(one, target.keeps)
        for one in entries
        if (one.status in target.statuses or one.status in (TermStatus.PREFERRED, KEEP))
        and ("mt" in target.keeps or one.source)
    ]
    if "status" in target.keeps:
        expected = [
            one if one.status in target.statuses else replace(one, status=TermStatus.PREFERRED)
            for one in expected
        ]
    assert rendered.written == len(expected)
    assert sorted(map(repr, back)) == sorted(map(repr, expected))
    kept_all = expected == entries
    assert kept_all == (not rendered.losses), rendered.losses


@pytest.mark.parametrize("name", ["tsv", "csv", "xlsx"])
@given(entries=_ENTRIES)
@settings(max_examples=15, deadline=None)
def test_tables_keep_the_order(name, entries):
    data = render_terms(entries, FORMATS[name]).data
    assert [one.entry for one in parse_terms(data, f"x.{name}").entries] == entries


def entry(target: str, source: str = "", **fields) -> TermEntry:
    return TermEntry(fields.pop("mt", ""), target, source, **fields)


TABLES = [
    ("csv", "x.csv", 'source,target\n天猫,"Tmall, the shop"\n', "weblate", [entry("Tmall, the shop", "天猫")]),
    (
        "weblate",
        "x.csv",
        "location,source,target,ID,fuzzy,context,translator_comments,developer_comments\n"
        ",天猫,Tmall,t1,,shops,the mall,\n",
        "weblate",
        [entry("Tmall", "天猫", id="t1", domain="shops", note="the mall")],
    ),
    ("deepl", "x.csv", "天猫,Tmall\n淘宝,Taobao\n", "omegat", [entry("Tmall", "天猫"), entry("Taobao", "淘宝")]),
    ("deepl from its page", "x.csv", "天猫,Tmall,zh,en\n", "deepl", [entry("Tmall", "天猫")]),
    ("deepl generator", "x.csv", "天猫,Tmall,ZH,EN-US,0.9\n", "deepl", [entry("Tmall", "天猫")]),
    ("deepl", "x.tsv", "天猫\tTmall\n", "omegat", [entry("Tmall", "天猫")]),
    (
        "google",
        "x.csv",
        "en,zh,pos,description\nTmall,天猫,noun,a shop\n",
        "google",
        [entry("Tmall", "天猫", pos="noun", note="a shop")],
    ),
    ("google of three", "x.csv", "zh-CN,de,en\n云,Wolke,cloud\n", "google", [entry("cloud", "云"), entry("cloud", "Wolke")]),
    ("omegat", "x.utf8", "# ours\n天猫\tTmall\tthe mall\n", "omegat", [entry("Tmall", "天猫", note="the mall")]),
    (
        "memoq with two English terms, one forbidden",
        "x.csv",
        "Entry_ID;Entry_Subject;Entry_Note;Chinese_PRC;Term_Info;English;Term_Info;English;Term_Info\n"
        "7;;mall;天猫;x;Tmall;CasePermissive;Sky Cat;CasePermissive;Forbidden\n",
        "memoq",
        None,
    ),
    ("ours", "x.csv", "target,mt,source\nTmall,day cat,天猫\n", "csv", [entry("Tmall", "天猫", mt="day cat")]),
    ("tab in a cell", "x.tsv", "mt\tsource\ttarget\tnote\na\t\tb\ta\\tb\\\\n\\x\n", "tsv", [entry("b", mt="a", note="a\tb\\n\\x")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "name", "text", "found", "entries"), TABLES, ids=[row[0] for row in TABLES]
)
def test_tables_of_other_tools_are_known_by_their_header(reason, name, text, found, entries):
    if entries is None:
        text = text.replace("CasePermissive;Forbidden", '"CasePermissive;Forbidden"')
        entries = [
            entry("Tmall", "天猫", id="7", note="mall"),
            entry("Sky Cat", "天猫", id="7", note="mall", status=FORBIDDEN),
        ]
    read = parse_terms(text.encode(), name)
    assert read.format == found, reason
    assert [one.entry for one in read.entries] == entries, reason


TBX2 = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><martifHeader><fileDesc/></martifHeader><text><body>
<termEntry id="c5"><descrip type="subjectField">retail</descrip>
 <langSet xml:lang="zh-CN"><tig><term>天猫</term></tig></langSet>
 <langSet xml:lang="en-US">
  <ntig><termGrp><term>Tmall</term><termNote type="partOfSpeech">noun</termNote>
   <termNote type="administrativeStatus">preferredTerm-admn-sts</termNote></termGrp></ntig>
  <tig><term>Sky Cat</term>
   <termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote>
   <note>literal</note></tig>
 </langSet></termEntry>
<termEntry><langSet xml:lang="en"><tig><term>iOS</term>
 <descrip type="Translation needed">No</descrip></tig></langSet></termEntry>
</body></text></martif>"""


def test_tbx_2_of_another_tool():
    read = parse_terms(TBX2.encode(), "x.tbx")
    assert [one.entry for one in read.entries] == [
        entry("Tmall", "天猫", id="c5", domain="retail", pos="noun"),
        entry("Sky Cat", "天猫", id="c5", domain="retail", status=FORBIDDEN, note="literal"),
        entry("iOS", mt="iOS", status=KEEP),
    ]
    assert [one.place.line for one in read.entries] == [7, 9, 13]


def test_tbx_3_is_dca_with_one_concept_an_id():
    entries = [
        entry("Tmall", "天猫", mt="day cat", id="c1"),
        entry("Tmall", "天猫", mt="cat shop", id="c1"),
        entry("Sky Cat", "天猫", mt="day cat", id="c1", status=FORBIDDEN),
    ]
    text = render_terms(entries, FORMATS["tbx"]).data.decode()
    assert 'style="dca"' in text
    assert text.count("<conceptEntry") == 1
    assert text.count("<term>Tmall</term>") == text.count("<term>天猫</term>") == 1
    assert 'xml:lang="en-x-mt"' in text


BROKEN = [
    ("x.tbx", "<tbx><text>", "x.tbx, line 1: not XML", "XML that ends too soon"),
    ("x.tbx", "<html/>", "root is <html>; valid: <martif>", "another XML format"),
    ("x.tbx", '<tbx style="dct"/>', "style “dct” is not read; valid: dca", "the other style"),
    (
        "x.tbx",
        '<!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tbx>&a;</tbx>',
        "entit",
        "an external entity",
    ),
    (
        "x.tbx",
        '<!DOCTYPE tbx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><tbx>&b;</tbx>',
        "entit",
        "entities in entities",
    ),
    ("x.xlsx", "PK", "not an Excel workbook", "no workbook"),
    ("x.csv", 'source,target\n"a,b\n', "line 3: not CSV|not CSV", "a quote left open"),
    ("x.csv", "source,target,colour\n天猫,Tmall,red\n", "no column “mt”", "columns of nobody"),
    ("x.csv", "mt,source,target\na,b,c,d\n", "line 2: 4 fields, but the header has 3", "a field too many"),
    ("x.doc", "", "unknown file type “.doc”; valid: .tsv", "a file type of nobody"),
    ("x.tsv", "mt\tsource\ttarget\tconditions\na\tb\tc\tcase=big\n", "line 2: unknown condition “case=big”; valid.*case=auto", "a condition"),
    ("x.tsv", "mt\tsource\ttarget\tconditions\na\tb\tc\tsure=yes;sure=yes\n", "line 2: condition “sure” stands twice", "a condition twice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "message", "reason"), BROKEN, ids=[row[3] for row in BROKEN]
)
def test_broken_files(name, text, message, reason):
    with pytest.raises(TermbaseError, match=message):
        parse_terms(text.encode(), name)


def test_characters_that_a_format_cannot_hold_are_named():
    bad = [entry("a\x01b", "c")]
    with pytest.raises(TermbaseError, match=r"target.*U\+0001.*XML cannot hold"):
        render_terms(bad, FORMATS["tbx"])
    with pytest.raises(TermbaseError, match="Excel cannot hold"):
        render_terms(bad, FORMATS["xlsx"])
    with pytest.raises(TermbaseError, match="comment"):
        render_terms([entry("a", "#b")], FORMATS["omegat"])


def test_a_formula_is_text():
    data = render_terms([entry("=1+1", "b")], FORMATS["xlsx"]).data
    (back,) = parse_terms(data, "x.xlsx").entries
    assert back.entry.target == "=1+1"


def test_unknown_format_is_named():
    with pytest.raises(TermbaseError, match="unknown format “tmx”; valid: tsv, csv, xlsx, tbx"):
        format_of("x.tmx", "tmx")


@given(_CONDITIONS)
def test_conditions_are_text_and_back(conditions):
    assert parse_conditions(format_conditions(conditions), Place("x", 1)) == conditions


REPEATS = [
    ([entry("Ma", mt="ma"), entry("Ma", mt="ma")], RepeatKind.DUPLICATE, "the same twice"),
    ([entry("Ma", mt="ma"), entry("Mom", mt="ma")], RepeatKind.CONFLICT, "two targets"),
    (
        [entry("Ma", "马", mt="ma"), entry("Mom", mt="ma")],
        RepeatKind.CONFLICT,
        "one lacks a source",
    ),
    ([entry("Mom", mt="ma"), entry("Ma", "马", mt="ma")], RepeatKind.CONFLICT, "the other way"),
    (
        [entry("Ma", "马", mt="ma"), entry("Mom", "妈", mt="ma")],
        None,
        "the source tells them apart",
    ),
    ([entry("Ma", mt="ma"), entry("Mom", mt="ma", status=FORBIDDEN)], None, "one is forbidden"),
    ([entry("Ma", mt="ma"), entry("Mr Ma", mt="ma", status=ADMITTED)], None, "one is admitted"),
    ([entry("Tmall", "天猫"), entry("Sky Cat", "天猫")], RepeatKind.SYNONYM, "a source with two"),
    ([entry("Tmall", "天猫"), entry("Cat", "猫")], None, "two concepts without mt forms"),
]


@pytest.mark.parametrize(("entries", "kind", "reason"), REPEATS, ids=[row[2] for row in REPEATS])
def test_repeats(entries, kind, reason):
    found = list(repeats(entries, ["g.tsv, line 2", "g.tsv, line 3"]))
    assert [one.kind for one in found] == ([kind] if kind else []), reason
    assert all("line 2" in str(one) and "line 3" in str(one) for one in found)


def convert(*args: object):
    return CliRunner().invoke(app, ["terms", "convert", *map(str, args)])


def test_convert(tmp_path):
    glossary = tmp_path / "g.tsv"
    glossary.write_text(
        "mt\tsource\ttarget\tstatus\nday cat\t天猫\tTmall\t\nday cat\t天猫\tSky Cat\tforbidden\n"
        "ma\t马\tMa\t\nma\t马\tMom\t\n",
        encoding="utf-8",
    )
    for name in ("g.tbx", "g.xlsx", "g.csv", "back.tsv"):
        done = convert(glossary, tmp_path / name)
        assert done.exit_code == 1, done.output
        assert "g.tsv, line 4) and “Mom” (" in done.stderr
        assert "4 of 4 entries from tsv" in done.stdout
        assert read_terms(tmp_path / name).entries[1].entry.status is FORBIDDEN
    done = convert(tmp_path / "g.tbx", tmp_path / "d.csv", "--to", "deepl", "--json")
    record = json.loads(done.stdout)
    assert record["to"] == {"path": str(tmp_path / "d.csv"), "format": "deepl", "entries": 3}
    assert "forbidden entries are left out (1)" in record["losses"]
    assert "Sky Cat" not in (tmp_path / "d.csv").read_text(encoding="utf-8")


def test_convert_from_standard_input_needs_a_format():
    done = postedit("terms", "convert", "-", "-", "--to", "csv", stdin="天猫\tTmall\n")
    assert done.returncode == 2
    assert "standard input needs --from; valid: tsv" in done.stderr


def test_columns_that_nothing_takes_are_named(tmp_path):
    (tmp_path / "w.csv").write_text("source,target,fuzzy\n天猫,Tmall,1\n", encoding="utf-8")
    done = convert(tmp_path / "w.csv", tmp_path / "o.tsv")
    assert done.exit_code == 0
    assert "column “fuzzy” is not read" in done.stderr

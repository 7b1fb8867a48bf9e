"""Term checks of a finished text: each rule fires and stays silent; places; SARIF and JUnit."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml
from rich.console import Console
from sarif_pydantic import Sarif

from postedit.correct import Correction
from postedit.errors import InputError
from postedit.formats import parse_text
from postedit.pipeline import match_document
from postedit.records import TermEntry, TermMatch, TermStatus, Unit
from postedit.report.story import explanation, summary
from postedit.result import RepairedSegment, RepairResult
from postedit.termbase import Termbase
from postedit.termcheck import RULES, TermFinding, check_terms, to_junit, to_sarif
from postedit.termcheck.consistency import uses_in_repair, uses_in_text
from postedit.text.segment import segment

FORBIDDEN, ADMITTED, EXACT = (
    TermStatus.FORBIDDEN,
    TermStatus.ADMITTED,
    TermStatus.DO_NOT_TRANSLATE,
)
TERMS = Termbase(
    (
        TermEntry("day cat", "Tmall", "天猫"),
        TermEntry("pay treasure", "Alipay", "支付宝", id="c1"),
        TermEntry("pay bao", "Zhifubao", "支付宝", status=ADMITTED, id="c1"),
        TermEntry("unicom", "China Unicom", "联通"),
        TermEntry("virtual operating", "virtual operation", "虚拟运营"),
        TermEntry("net red", "internet celebrity", "网红", id="c2"),
        TermEntry("net red", "web celebrity", "网红", status=FORBIDDEN, id="c2"),
        TermEntry("iPhone", "iPhone", "苹果手机", status=EXACT),
    )
)


def rules(text: str, **known: object) -> list[str]:
    found = check_terms(parse_text(text), TERMS, **known)  # type: ignore[arg-type]
    return [one.rule for one in found]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("They sold it on day cat.", ["literal"], "an mt form is left over"),
        ("They sold it on Tmall.", [], "the target stands"),
        ("China Unicom sold it.", [], "the mt form is a part of its target"),
        ("Unicom sold it.", ["literal"], "the short form alone is not the target"),
        ("Virtual operations grew.", [], "the target in the plural"),
        ("A web celebrity came.", ["forbidden"], "a forbidden target"),
        ("Web celebrities came.", ["forbidden"], "in the plural too"),
        ("An internet celebrity came.", [], "the target beside it is allowed"),
        ("The iphone is new.", ["altered"], "letter by letter means in its case"),
        ("The iPhone is new.", [], "unchanged"),
        ("The iPhone's screen.", [], "a possessive does not change it"),
        ("Alipay and Zhifubao.", ["inconsistent"], "one concept, two of its targets"),
        ("Alipay and Alipay's app.", [], "one target in two forms"),
        ("", [], "nothing to check"),
    ],
)
def test_what_stands_in_the_text(text: str, expected: list[str], reason: str) -> None:
    assert rules(text) == expected, reason


@pytest.mark.parametrize(
    ("text", "known", "expected", "reason"),
    [
        ("It grew.", {"source": ["天猫增长。"]}, ["missing"], "the source has the term"),
        ("Tmall grew.", {"source": ["天猫增长。"]}, [], "and so has the text"),
        ("It grew.", {"source": ["增长。"]}, [], "the source does not have it"),
        ("Zhifubao grew.", {"source": ["支付宝增长。"]}, [], "an admitted target will do"),
        ("Day cat grew.", {"source": ["天猫增长。"]}, ["literal"], "told once, not as missing too"),
        ("A day cat slept.", {"source": ["猫睡了。"]}, [], "the source speaks of a cat"),
        ("A web celebrity.", {"source": ["明星"]}, [], "the source has another word"),
        ("It grew.", {"mt": ["day cat grow."]}, ["missing"], "the mt had the form"),
        ("Tmall grew.", {"mt": ["day cat grow."]}, [], "it was repaired"),
        ("iphone sells.", {"mt": ["iPhone sell."]}, ["altered"], "once, as what it is"),
        (
            "Sales on the shop grew fast in May.",
            {"references": [["Sales on Tmall grew fast in May."]]},
            ["missing"],
            "the reference has the target",
        ),
        (
            "Sales on Tmall grew fast in May.",
            {"references": [["In May sales at the shop grew fast."]]},
            [],
            "nothing is asked for that the reference does not say",
        ),
        (
            "Zhifubao sales grew fast in May.",
            {"references": [["Alipay sales grew fast in May."]]},
            [],
            "another target of the same source",
        ),
    ],
)
def test_what_should_stand_there(
    text: str, known: dict[str, object], expected: list[str], reason: str
) -> None:
    assert rules(text, **known) == expected, reason


def test_every_rule_is_tested() -> None:
    assert set(RULES) == {"literal", "forbidden", "altered", "missing", "inconsistent"}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("on day cat", (1, 4), "columns count from 1"),
        ("one\r\n\r\n  on day cat", (3, 6), "Windows line breaks, white space before"),
        ("\ufeffday cat", (1, 1), "a byte order mark is no column"),
        ("天 𠀀 day cat", (1, 5), "characters, not bytes or UTF-16 units"),
        ("one\rday cat", (2, 1), "the line break of old Macs"),
    ],
)
def test_places(text: str, place: tuple[int, int], reason: str) -> None:
    (found,) = check_terms(parse_text(text), TERMS)
    assert (found.place.line, found.place.column) == place, reason
    assert found.place.end_column - found.place.column == len("day cat")


@given(
    st.lists(st.sampled_from(["day cat", "Tmall", " ", "\n", "\r\n", "x", "。", "\t"]), max_size=9)
)
def test_places_are_where_the_words_are(parts: list[str]) -> None:
    text = "".join(parts)
    lines = text.replace("\r\n", "\n").split("\n")
    for one in check_terms(parse_text(text), TERMS):
        line = lines[one.place.line - 1]
        assert line[one.place.column - 1 : one.place.end_column - 1] == one.found


def test_a_source_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="source has 2 paragraphs, but the text has 1"):
        check_terms(parse_text("one"), TERMS, source=["一", "二"])


def test_uses_are_counted_and_the_commonest_comes_first() -> None:
    texts = ["Zhifubao and Alipay.", "Alipay again, on day cat."]
    use, other = uses_in_text(texts, TERMS)
    assert str(use) == "支付宝: “Alipay” (2), “Zhifubao” (1)"
    assert (use.is_consistent, other.is_consistent) == (False, True)
    assert [place.index for place in use.renderings[0].places] == [0, 1]


def test_a_repair_that_kept_a_literal_rendering_is_inconsistent() -> None:
    entry = TERMS.entries[0]
    match = [TermMatch(entry, span) for span in [m.span for m in TERMS.match("day cat")]]
    (use,) = uses_in_repair(["Tmall grew.", "The day cat grew."], [match, match])
    assert str(use) == "天猫: “Tmall” (1), “day cat” (1)"
    assert not use.is_consistent
    assert uses_in_repair(["Tmall grew."], [match])[0].is_consistent


def test_a_short_form_is_no_other_way() -> None:
    names = Termbase((TermEntry("ma", "Ma", "马云"), TermEntry("jack ma", "Jack Ma", "马云")))
    (use,) = uses_in_text(["Jack Ma came.", "Ma spoke, and Ma left."], names)
    assert (str(use), use.is_consistent) == ("马云: “Ma” (2), “Jack Ma” (1)", True)


@pytest.mark.parametrize(
    ("texts", "expected", "reason"),
    [
        (["pay bao grew", "pay treasure fell"], ["Alipay", "Alipay"], "the preferred one"),
        (["pay bao grew", "pay bao fell"], ["Zhifubao", "Zhifubao"], "there is only one"),
        (["iPhone", "day cat"], ["iPhone", "Tmall"], "entries without id, and exact ones, stay"),
    ],
)
def test_one_target_for_each_concept(texts: list[str], expected: list[str], reason: str) -> None:
    units = tuple(Unit(str(i), text) for i, text in enumerate(texts))
    rows = match_document(TERMS, units, segment(units))
    assert [match.target for row in rows for match in row] == expected, reason


def test_the_report_names_the_units_of_each_rendering() -> None:
    units = (Unit("p1", "day cat grew."), Unit("p2", "day cat fell."))
    found = match_document(TERMS, units, segment(units))
    repaired = tuple(
        RepairedSegment(one, matches, pe, Correction(pe, pe), ())
        for one, matches, pe in zip(
            segment(units), found, ["Tmall grew.", "The day cat fell."], strict=True
        )
    )
    result = RepairResult(units, repaired)
    told = io.StringIO()
    Console(width=100, file=told).print(explanation(result))
    assert "inconsistent: 天猫: “Tmall” in p1; “day cat” in p2" in told.getvalue()
    assert "concepts rendered in more than one way: 1" in summary(result)
    sound = RepairResult(units, (repaired[0],))
    assert (sound.inconsistent, "more than one way" in summary(sound)) == ((), False)


TEXT = "On day cat \x01.\n\nA web celebrity came.\n"


def findings() -> tuple[TermFinding, ...]:
    return check_terms(parse_text(TEXT), TERMS)


def test_sarif_is_what_the_standard_says() -> None:
    log = to_sarif(findings(), "a folder/text.txt")
    parsed = Sarif.model_validate(json.loads(json.dumps(log)))
    assert parsed.version == "2.1.0"
    (run,) = parsed.runs
    assert [result.rule_id for result in run.results or []] == ["literal", "forbidden"]
    known = [rule.id for rule in run.tool.driver.rules or []]
    for result in run.results or []:
        assert known[result.rule_index or 0] == result.rule_id
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20folder/text.txt"}
    assert place["region"] == {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 11}


def test_junit_counts_failures_and_passes() -> None:
    (suite,) = JUnitXml.fromstring(to_junit(findings(), "text\x02.txt").decode())
    assert (suite.tests, suite.failures) == (len(RULES), 2)
    failed = {case.name: [r.message for r in case.result] for case in suite if case.result}
    assert set(failed) == {"literal", "forbidden"}


GLOSSARY = "mt\tsource\ttarget\nday cat\t天猫\tTmall\n"


@pytest.mark.parametrize(
    ("text", "options", "code", "out", "reason"),
    [
        (
            "on day cat",
            [],
            1,
            "text.txt:1:4: literal: “day cat” should be “Tmall” [",
            "a violation",
        ),
        ("on Tmall", [], 0, "0 findings in 1 paragraphs", "none"),
        ("on day cat", ["--rule", "missing"], 0, "0 findings", "another rule alone"),
        ("on day cat", ["--json"], 1, '"violations": 1', "as JSON"),
        ("on day cat", ["--format", "sarif"], 1, '"ruleId": "literal"', "as SARIF"),
        ("on day cat", ["--format", "junit"], 1, "<failure ", "as JUnit"),
        ("on day cat", ["--rule", "speling"], 2, "no rule “speling”; valid: literal", "bad input"),
    ],
)
def test_the_command(
    tmp_path: Path, text: str, options: list[str], code: int, out: str, reason: str
) -> None:
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    (tmp_path / "g.tsv").write_text(GLOSSARY, encoding="utf-8")
    command = ["terms", "check", "text.txt", "--glossary", "g.tsv", *options]
    done = subprocess.run(
        [sys.executable, "-m", "postedit", *command], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == code, reason
    assert out in done.stdout + done.stderr

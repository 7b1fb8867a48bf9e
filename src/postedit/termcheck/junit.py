"""Findings as JUnit XML, which build servers count as failed tests: one case for each rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from junitparser import Failure, JUnitXml, TestCase, TestSuite

from postedit.termcheck.finding import RULES, TermFinding

# What XML 1.0 cannot hold at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(findings: Sequence[TermFinding], path: str) -> bytes:
    """A suite with the name of the text; a rule without findings is a case that passed."""
    path = _clean(path)
    suite = TestSuite(f"postedit terms check {path}")
    for rule in RULES.values():
        case = TestCase(rule.id, classname=path)
        case.result = [_failure(one, path) for one in findings if one.rule == rule.id]
        suite.add_testcase(case)
    xml = JUnitXml()
    xml.add_testsuite(suite)
    return bytes(xml.tostring())  # type: ignore[no-untyped-call]


def _failure(finding: TermFinding, path: str) -> Failure:
    failure = Failure(_clean(finding.message), finding.rule)
    failure.text = _clean(f"{path}:{finding.place}: {finding.message}")
    return failure


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

"""Findings as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors show beside the text."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from postedit.termcheck.finding import RULES, TermFinding

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(findings: Iterable[TermFinding], path: str) -> dict[str, Any]:
    """One SARIF log with one run; `path` is that of the text, "-" is written as stdin."""
    rules = list(RULES)
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "postedit",
                        "version": _version(),
                        "rules": [
                            {
                                "id": rule.id,
                                "name": rule.name.title().replace(" ", ""),
                                "shortDescription": {"text": rule.name},
                                "fullDescription": {"text": rule.description},
                            }
                            for rule in RULES.values()
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, _uri(path), rules) for one in findings],
            }
        ],
    }


def _result(finding: TermFinding, uri: str, rules: list[str]) -> dict[str, Any]:
    place = finding.place
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": "error",
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endLine": place.end_line,
                        "endColumn": place.end_column,
                    },
                }
            }
        ],
        "properties": {"expected": list(finding.expected), "glossary": finding.glossary},
    }


def _uri(path: str) -> str:
    """A relative path as a URI reference; an absolute one as a file URI."""
    if path == "-":
        return "stdin"
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())


def _version() -> str:
    try:
        return version("postedit")
    except PackageNotFoundError:  # run from a source tree
        return "0"

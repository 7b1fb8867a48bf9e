"""`postedit terms check`."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from postedit.errors import InputError
from postedit.formats import read_text, write_bytes
from postedit.termbase import Termbase
from postedit.termcheck import RULES, TermFinding, check_terms, to_junit, to_sarif


class Report(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The text to check, or - .")],
    glossary: Annotated[list[Path], typer.Option(help="A termbase. May be repeated.")],
    source: Annotated[
        Path | None, typer.Option(help="Its source text, one paragraph for each of FILE.")
    ] = None,
    mt: Annotated[
        Path | None, typer.Option(help="The raw mt that it came from, paragraph by paragraph.")
    ] = None,
    reference: Annotated[
        list[Path] | None, typer.Option(help="A reference; it is aligned. May be repeated.")
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(help=f"Only this rule: {', '.join(RULES)}. May be repeated."),
    ] = None,
    report: Annotated[
        Report, typer.Option("--format", help="SARIF 2.1.0 and JUnit are for CI.")
    ] = Report.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    output: Annotated[str, typer.Option("-o", "--output", help="File for the report.")] = "-",
) -> None:
    """Check a text against termbases; findings have line and column, the exit code is 1 with any.

    Without --source, --mt or --reference only what stands in the text can be wrong: literal
    renderings, forbidden and altered terms, concepts rendered in several ways.
    """
    wanted = set(rule or RULES)
    for name in sorted(wanted - set(RULES)):
        raise InputError(f"no rule “{name}”; valid: {', '.join(RULES)}")
    text = read_text(file)
    termbase = Termbase.merge(*(Termbase.load(path) for path in glossary))
    found = check_terms(
        text,
        termbase,
        source=None if source is None else read_text(source).paragraphs,
        mt=None if mt is None else read_text(mt).paragraphs,
        references=[read_text(path).paragraphs for path in reference or ()],
    )
    found = tuple(one for one in found if one.rule in wanted)
    kind = Report.JSON if as_json else report
    match kind:
        case Report.JUNIT:
            data = to_junit(found, file)
        case Report.SARIF:
            data = _json(to_sarif(found, file))
        case Report.JSON:
            data = _json(_record(file, found))
        case Report.TEXT:
            summary = f"{len(found)} findings in {len(text.paragraphs)} paragraphs"
            data = "\n".join([*(_line(file, one) for one in found), summary, ""]).encode()
    write_bytes(output, data)
    if found:
        raise typer.Exit(1)


def _line(file: str, finding: TermFinding) -> str:
    read = f" [{finding.glossary}]" if finding.glossary else ""
    return f"{file}:{finding.place}: {finding.rule}: {finding.message}{read}"


def _json(what: dict[str, Any]) -> bytes:
    return (json.dumps(what, ensure_ascii=False, indent=2) + "\n").encode()


def _record(file: str, found: tuple[TermFinding, ...]) -> dict[str, object]:
    return {"file": file, "violations": len(found), "findings": [asdict(one) for one in found]}

"""`postedit score`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import emit_json, say
from postedit.errors import InputError
from postedit.formats import read_text
from postedit.report import assessment_lines, assessment_record, score_table
from postedit.score import assess
from postedit.termbase import Termbase


class Neural(StrEnum):
    """Learned metrics; each needs the extra `neural` and its model."""

    COMET = "comet"
    COMETKIWI = "cometkiwi"
    METRICX = "metricx"
    METRICX_QE = "metricx-qe"


class Significance(StrEnum):
    """The paired test behind the marks of the table."""

    BOOTSTRAP = "bootstrap"
    RANDOMISATION = "randomisation"


def score(
    mt: Annotated[Path, typer.Option(help="The machine translation, one paragraph a line.")],
    pe: Annotated[Path, typer.Option(help="Its post-edit: ours, or a person's.")],
    ref: Annotated[list[Path], typer.Option(help="A reference. May be repeated.")],
    person: Annotated[
        Path | None,
        typer.Option(help="What a person made of the machine translation: adds HTER."),
    ] = None,
    glossary: Annotated[Path | None, typer.Option(help="Adds the accuracy of its terms.")] = None,
    source: Annotated[
        Path | None, typer.Option(help="The source, for the metrics of --neural.")
    ] = None,
    neural: Annotated[
        list[Neural] | None,
        typer.Option(help="A learned metric (extra `neural`). May be repeated."),
    ] = None,
    test: Annotated[
        Significance, typer.Option(help="The paired test of significance.")
    ] = Significance.BOOTSTRAP,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Score a post-edit beside the machine translation that it was made of (the do-nothing row).

    BLEU, chrF, chrF++ and TER with 95 % intervals and signatures, what the gains mean to people,
    what they cost in edits, and the numbers and names of the first reference.
    """
    before = read_text(mt).paragraphs
    after, *references = [_parallel(path, before, mt) for path in (pe, *ref)]
    found = assess(
        before,
        after,
        references,
        person=None if person is None else _parallel(person, before, mt),
        targets=None if glossary is None else _targets(glossary, before),
        sources=None if source is None else _parallel(source, before, mt),
        neural=[one.value for one in neural or ()],
        test=test.value,
    )
    if as_json:
        emit_json(assessment_record(found))
        return
    say(score_table(found.comparison))
    for line in assessment_lines(found):
        say(line)


def _parallel(path: Path, before: Sequence[str], mt: Path) -> Sequence[str]:
    texts = read_text(path).paragraphs
    if len(texts) != len(before):
        raise InputError(
            f"{len(texts)} paragraphs, but {mt} has {len(before)}; they must be parallel", path=path
        )
    return texts


def _targets(glossary: Path, before: Sequence[str]) -> list[list[str]]:
    termbase = Termbase.load(glossary)
    return [[match.entry.target for match in termbase.match(text)] for text in before]

"""`postedit repair`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from postedit.cli.output import emit_json, say
from postedit.cli.stages import reaching
from postedit.cli.streaming import stream_repair
from postedit.errors import InputError
from postedit.formats import (
    TextFile,
    parse_bytes,
    read_ahead,
    read_article,
    read_text,
    write_text,
)
from postedit.pipeline import PostEditor
from postedit.report import record, score_table
from postedit.report.story import explanation, summary, unit_ids
from postedit.result import RepairResult
from postedit.termbase import Termbase

#: Bytes of a text that is still repaired in one piece.
LARGE = 256_000


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    is_article: bool
    text: TextFile | None
    termbase: Termbase
    reference: tuple[str, ...] | None
    begun: bytes = b""


def repair(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Article folders, text files, or - .")
    ],
    glossary: Annotated[
        list[Path] | None,
        typer.Option(help="A glossary (TSV: mt, source, target, status, note). May be repeated."),
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="A reference translation to score a text file against.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", help="File for the repaired text; a folder for many PATHs."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model folder or hub name instead of the shipped model.")
    ] = None,
    adapter: Annotated[
        Path | None, typer.Option(help="Folder of an adapter of that model (postedit adapt).")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every change, and why others were not made.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Repair machine translation; with a reference, score it beside the raw and glossary rows.

    An article folder holds mt.txt and may hold reference.txt and glossary.tsv. A text file has one
    paragraph a line; its repair goes to standard output unless -o says where.
    """
    if reference is not None and len(paths) > 1:
        raise InputError(f"--reference goes with one PATH, not with {len(paths)}")
    shared = Termbase.merge(*(Termbase.load(path) for path in glossary or ()))
    plain = not (reference or explain or as_json)
    jobs = [_read(path, shared, reference, plain) for path in paths]
    targets = _targets(jobs, output, as_json)
    editor = PostEditor.load(model, adapter)
    records = []
    for path, job, target in zip(paths, jobs, targets, strict=True):
        if job.text is None:
            stream_repair(editor, path, job.begun, job.termbase, target or "-")
            continue
        with reaching(f"repairing {job.name}") as on_progress:
            result = editor.repair(job.text.units, job.termbase, job.reference, on_progress)
        if target is not None:
            write_text(target, job.text.render(result.pe))
        if as_json:
            records.append({"path": path, "model": editor.manifest.name} | _record(result))
        else:
            _report(job, result, to_stderr=target == "-", explain=explain)
    if as_json:
        emit_json(records[0] if len(records) == 1 else {"articles": records})


def _read(path: str, shared: Termbase, reference: Path | None, plain: bool) -> _Job:
    """The job of a path; one without text is to be streamed, as a `plain` one that is large is."""
    given = None if reference is None else read_text(reference).paragraphs
    if path == "-" and plain:
        begun, whole = read_ahead(LARGE)
        return _Job("text", False, parse_bytes(begun) if whole else None, shared, given, begun)
    if path != "-" and Path(path).is_dir():
        article = read_article(path)
        own = [Termbase.load(article.glossary)] if article.glossary else []
        termbase = Termbase.merge(*own, shared)
        return _Job(article.id, True, article.text, termbase, given or article.reference)
    text = None if plain and _large(path) else read_text(path)
    return _Job(Path(path).stem if path != "-" else "text", False, text, shared, given)


def _large(path: str) -> bool:
    # A text that may not fit into memory is repaired in pieces; of a smaller one more can be said,
    # such as which concepts are rendered in more than one way.
    return Path(path).is_file() and Path(path).stat().st_size > LARGE


def _targets(jobs: Sequence[_Job], output: str | None, as_json: bool) -> list[str | None]:
    if output is None:
        return [None if job.is_article or as_json else "-" for job in jobs]
    if as_json and output == "-":
        raise InputError("-o - and --json would both write to standard output; give -o a file")
    if len(jobs) == 1:
        inside = output != "-" and Path(output).is_dir()
        return [str(Path(output) / f"{jobs[0].name}.pe.txt") if inside else output]
    if len({job.name for job in jobs}) < len(jobs):
        raise InputError("two PATHs have the same name, so -o would write one file twice")
    folder = Path(output)
    if output == "-" or (folder.exists() and not folder.is_dir()):
        raise InputError(f"-o must be a folder for {len(jobs)} PATHs", path=output)
    folder.mkdir(parents=True, exist_ok=True)
    return [str(folder / f"{job.name}.pe.txt") for job in jobs]


def _record(result: RepairResult) -> dict[str, Any]:
    scored = result.evaluation
    return record(
        scored.comparison if scored else None,
        result.terms,
        scored.changes if scored else None,
        total=len(result.segments),
        changed=result.changed,
        timing=dict(result.seconds),
    ) | {
        "pe": list(result.pe),
        "inconsistent": [
            {
                "concept": use.concept,
                "renderings": [
                    {"text": one.text, "units": unit_ids(result, one)} for one in use.renderings
                ],
            }
            for use in result.inconsistent
        ],
        "flagged": [
            {"unit": result.units[one.segment.unit].id, "mt": one.mt, "reason": reason}
            for one in result.segments
            for reason in ([one.correction.reason] if one.correction.reason else [])
            + [f"{finding.check}: {finding.message}" for finding in one.findings]
        ],
    }


def _report(job: _Job, result: RepairResult, *, to_stderr: bool, explain: bool) -> None:
    if explain:
        say(explanation(result), to_stderr=to_stderr)
    if result.evaluation is not None:
        table = score_table(result.evaluation.comparison)
        table.title = f"{job.name}: {result.evaluation.comparison.segments} texts"
        say(table, to_stderr=to_stderr)
    say(summary(result), to_stderr=to_stderr)

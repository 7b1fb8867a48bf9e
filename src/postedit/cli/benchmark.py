"""`postedit benchmark`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from postedit.benchmark.peers.registry import USAGE, load_peer
from postedit.benchmark.public import PUBLIC, load_public
from postedit.benchmark.record import run_record
from postedit.benchmark.report import FILES, write_report
from postedit.benchmark.run import OnProgress, run_suite
from postedit.benchmark.scores import ScopeScores, SuiteScores, score_run
from postedit.benchmark.store import Store
from postedit.benchmark.suite import Suite, load_suite
from postedit.benchmark.systems import (
    RESERVED,
    DoNothing,
    Files,
    GlossaryOnly,
    PeerSystem,
    System,
    ours,
)
from postedit.benchmark.tables import COLUMNS, cells
from postedit.benchmark.term_modes import ModeRow, run_term_modes
from postedit.cli.output import emit_json, say
from postedit.cli.stages import bars
from postedit.cli.terms_modes import records as mode_records
from postedit.cli.terms_modes import table as mode_table
from postedit.errors import InputError
from postedit.formats import write_text
from postedit.score.term_modes import TermMode

_MARKS = {"better": ("*", "bold green"), "worse": ("!", "bold red"), "": (" ", "")}
# A name becomes a folder of the outputs and a row of the table.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,40}")


def benchmark(
    suite: Annotated[
        list[str],
        typer.Argument(
            metavar="SUITE...", help="Article folders, folders of them, or a public test set."
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for outputs and reports.")
    ] = Path("postedit-benchmark"),
    system: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DIR", help="Another system's files: DIR/ID.txt. Repeatable."),
    ] = None,
    peer: Annotated[
        list[str] | None,
        typer.Option(metavar="PEER", help=f"Another tool: {USAGE}. Repeatable."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Model folder or hub name instead of the shipped model.")
    ] = None,
    without_ours: Annotated[bool, typer.Option(help="Leave our own row out.")] = False,
    split: Annotated[
        list[str] | None, typer.Option(help="Take only articles of this split. Repeatable.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder with the files of a public test set.")
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Of a public test set, N rows of each article, evenly."),
    ] = None,
    baseline: Annotated[
        str, typer.Option(help="The row that the others are compared with.")
    ] = "glossary",
    fresh: Annotated[
        bool, typer.Option(help="Run all again instead of going on with what is there.")
    ] = False,
    terms_modes: Annotated[
        bool, typer.Option("--terms-modes", help="Term scores with no, the right, random terms.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare ways to repair many articles: tables, JSON lines, and an HTML report.

    Rows: doing nothing, glossary replacement, postedit, --system, --peer, and two controls. A run
    that was interrupted goes on where it was when called again with the same -o.
    """
    loaded = _suite(suite, tuple(split or ()), data, sample)
    systems: list[System] = [DoNothing(), GlossaryOnly()]
    systems += [] if without_ours else [ours(model)]
    systems += [_files(one) for one in system or ()]
    systems += [PeerSystem(*load_peer(one)) for one in peer or ()]
    if baseline not in (names := [one.name for one in systems]):
        raise InputError(f"--baseline {baseline}: no such row; there are: {', '.join(names)}")
    store = Store(output / "outputs")
    if fresh:
        store.clear()
    with _progress(loaded, systems) as on_progress:
        run = run_suite(loaded, systems, store, on_progress)
    with _scoring() as on_scope:
        scored = score_run(run, baseline, progress=on_scope)
        on_scope("writing")
        write_report(scored, output)
    modes: tuple[ModeRow, ...] = ()
    if terms_modes:
        with _progress(loaded, systems * len(TermMode)) as on_progress:
            modes = run_term_modes(loaded, systems, output / "terms-modes", progress=on_progress)
        told = json.dumps(mode_records(modes), indent=1)
        write_text(output / "terms-modes" / "scores.json", told + "\n")
    if as_json:
        extra = {"terms_modes": mode_records(modes)} if terms_modes else {}
        emit_json({"output": str(output)} | run_record(scored) | extra)
    else:
        _report(scored, output)
        if terms_modes:
            say(mode_table(modes))


def _suite(
    names: list[str], splits: tuple[str, ...], data: Path | None, sample: int | None
) -> Suite:
    public = [name for name in names if name.split(":")[0] in PUBLIC and not Path(name).exists()]
    if not public:
        if data is not None or sample is not None:
            given = "--data" if data is not None else "--sample"
            raise InputError(f"{given} goes with a public test set: {', '.join(PUBLIC)}")
        return load_suite([Path(name) for name in names], splits)
    if len(names) > 1:
        raise InputError(f"{public[0]} is a public test set, which is benchmarked alone")
    return load_public(public[0], data, splits, sample)


def _files(given: str) -> Files:
    name, _, folder = given.partition("=")
    if not folder or not _NAME.fullmatch(name):
        raise InputError(f"--system {given}: must be NAME=DIR, NAME of letters, digits and ._:+-")
    if name in RESERVED:
        raise InputError(f"--system {name}: the name is taken; so are {', '.join(RESERVED)}")
    if not Path(folder).is_dir():
        raise InputError(f"--system {name}: no such folder", path=folder)
    return Files(name, Path(folder))


@contextmanager
def _progress(suite: Suite, systems: list[System]) -> Iterator[OnProgress]:
    total = sum(len(article.units) for article in suite.articles) * len(systems)
    with bars() as shown:
        task = shown.add_task("", total=total)
        yield lambda name, article, units: shown.update(
            task, advance=units, description=f"{name}: {article}"
        )


@contextmanager
def _scoring() -> Iterator[Callable[[str], None]]:
    console = Console(stderr=True)
    with console.status("scoring") as status:
        yield lambda scope: status.update(Text(f"scoring: {scope}"))


def _report(scored: SuiteScores, output: Path) -> None:
    suite = scored.run.suite
    for one in (scored.whole, *scored.of("split")):
        say(_table(one, suite.name))
    say(
        f"* better, ! worse than {scored.baseline}: paired bootstrap, p < 0.05; improved and hurt "
        f"count passages; oracle is the reference, shuffled another passage's"
    )
    for line in scored.readings():
        say(line)
    if scored.run.reused:
        say(f"{scored.run.reused} of {scored.run.total} outputs are of an earlier run (--fresh)")
    say(f"written to {output}: {', '.join(FILES)}")


def _table(one: ScopeScores, suite: str) -> Table:
    title = suite if one.scope.kind == "all" else f"{suite}, {one.scope.kind} {one.scope.name}"
    table = Table(box=box.SIMPLE_HEAD, title=Text(f"{title}: {one.comparison.segments} passages"))
    for i, name in enumerate(COLUMNS):
        table.add_column(name, justify="right" if i else "left", no_wrap=True)
    for row in one.rows:
        texts = []
        for cell in cells(one, row):
            mark, style = _MARKS[cell.mark]
            texts.append(Text(cell.text).append(mark if cell.aside.startswith("[") else "", style))
        texts[0] = Text(row.scores.name)
        table.add_row(*texts)
    return table

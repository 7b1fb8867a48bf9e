"""`postedit model`: look at a model, score it on triplets, tune its gate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from postedit.cli.judge import learn, sheets
from postedit.cli.output import emit_json, say
from postedit.cli.train import mean
from postedit.cli.triplets import (
    Sample,
    Split,
    Triplets,
    check_gate_can_be_written,
    read_rows,
    run_rows,
)
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import (
    ClosedSearch,
    read_manifest,
    write_manifest,
)
from postedit.report import record, score_table
from postedit.tune import OPEN, Trial, decided, searches, tune

app = typer.Typer(
    help="Look at a model, score it on triplets, tune its gate.", no_args_is_help=True
)
app.command()(sheets)
app.command()(learn)
app.command()(mean)

Model = Annotated[
    str | None, typer.Option(help="Model folder or hub name instead of the shipped model.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def info(model: Annotated[Path, typer.Argument()] = DEFAULT, as_json: Json = False) -> None:
    """Say what a model is, what it was tuned on, and how big it is."""
    manifest = read_manifest(model)
    size = sum(file.stat().st_size for file in model.rglob("*") if file.is_file())
    facts: dict[str, Any] = manifest.model_dump(mode="json")
    facts |= {"folder": str(model), "megabytes": round(size / 1e6, 1)}
    if as_json:
        emit_json(facts)
        return
    table = Table(show_header=False, box=None)
    for key, value in facts.items():
        lines = value.items() if isinstance(value, dict) else [("", value)]
        for name, part in lines:
            table.add_row(f"{key}.{name}" if name else key, str(part))
    say(table)


@app.command()
def evaluate(
    triplets: Triplets,
    model: Model = None,
    adapter: Annotated[Path | None, typer.Option(help="Folder of an adapter of it.")] = None,
    split: Split = None,
    sample: Sample = None,
    no_gate: Annotated[bool, typer.Option(help="Keep what passes the checks.")] = False,
    as_json: Json = False,
) -> None:
    """Repair triplets, each with its own terms, and score them against the people's post-edits."""
    backend, manifest = load_backend(model, adapter)
    run = run_rows(
        backend, manifest, read_rows(triplets, split, sample), OPEN if no_gate else manifest.gate
    )
    comparison, changes, proxy = run.compare(), run.changes(), run.meaning()
    if as_json:
        total = len(run.triplets)
        changed = changes.changed
        facts = record(comparison, run.terms, changes, total=total, changed=changed, timing={})
        emit_json(facts | {"meaning": {"lost": proxy.lost, "invented": proxy.invented}})
        return
    table = score_table(comparison)
    table.title = f"{manifest.name}: {len(run.triplets)} segments"
    say(table)
    say(
        f"{changes.changed} changed beyond terms: {changes.improved} improved, "
        f"{changes.hurt} hurt; "
        f"content lost in {proxy.lost:.1f} %, invented in {proxy.invented:.1f} %; "
        f"terms {run.terms.kept} of {run.terms.matched}"
    )
    for i in changes.worst[:5]:
        one = run.triplets[i]
        say(
            f"\n{one.id}: chrF {changes.deltas[i]:+.1f}\n  glossary  {run.glossary[i]}\n"
            f"  pe        {run.pe[i]}\n  reference {one.pe}"
        )


@app.command(name="tune")
def tune_gate(
    triplets: Triplets,
    model: Annotated[Path, typer.Option(help="The model folder whose gate is written.")] = DEFAULT,
    split: Split = None,
    sample: Sample = None,
    max_hurt: Annotated[float, typer.Option(help="Segments that may be hurt, in percent.")] = 5.0,
    slack: Annotated[
        list[float] | None, typer.Option(help="Closed search: words left unsaid; each is tried.")
    ] = None,
    price: Annotated[
        list[float] | None,
        typer.Option(help="Closed search: nats for a word from outside; each is tried."),
    ] = None,
) -> None:
    """Choose gate and closed search on development triplets; write them into postedit.json."""
    check_gate_can_be_written(model)
    backend, manifest = load_backend(model)
    rows = read_rows(triplets, split, sample)
    name = ", ".join(f"{path.name}[{split or 'all'}]" for path in triplets)
    trials: list[tuple[Trial, ClosedSearch]] = []
    for search in searches(manifest.closed, slack or [], price or []):
        tried = manifest.model_copy(update={"closed": search})
        run = run_rows(backend, tried, rows, OPEN)
        best = tune(run.corrections, [one.pe for one in run.triplets], max_hurt, name)
        trials.append((best, decided(search, best.gate)))
        say(f"slack {search.slack}, price {search.price}: {_told(best)}")
    best, search = max(trials, key=lambda one: one[0].gain)
    write_manifest(model, manifest.model_copy(update={"gate": best.gate, "closed": search}))
    gate = best.gate
    say(
        f"gate: kept >= {gate.min_kept}, backed >= {gate.min_backed}, margin >= {gate.min_margin}, "
        f"of closed search >= {gate.min_closed_margin}, of safe edits >= {gate.min_edit_margin}; "
        f"closed search: {search.use}, slack {search.slack}, price {search.price}: {_told(best)}"
    )


def _told(trial: Trial) -> str:
    return (
        f"chrF {trial.gain:+.2f} a segment, {trial.changed:.1f} % changed, {trial.hurt:.1f} % hurt"
    )

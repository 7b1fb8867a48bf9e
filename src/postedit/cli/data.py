"""`postedit data`: make training data, and check that nothing evaluated on is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from postedit.cli.output import emit_json, say
from postedit.cli.stages import counting, stages
from postedit.config import load_config
from postedit.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from postedit.data.leaks import Leak
    from postedit.data.profile import Profile
    from postedit.data.report import DataReport
    from postedit.formats.triplets import Triplet

app = typer.Typer(help="Make training data, and check them for leaks.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def build(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file; see configs/.")],
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Use this source alone, or these: give it often."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make train, dev and test triplets out of many sources, split by document, without leaks."""
    try:
        from postedit.data.build import build as run
        from postedit.data.config import BuildConfig
    except ImportError as error:
        raise MissingExtra("postedit data build", "train") from error
    parsed = load_config(config, BuildConfig)
    if only:
        parsed = parsed.of_sources(only)
    with stages() as tell:
        report = run(parsed, tell)
    if as_json:
        emit_json(report.as_json())
    else:
        _tell(report)


@app.command()
def substitutes(
    triplets: Annotated[list[Path], typer.Argument(metavar="TRIPLETS...")],
    output: Annotated[str, typer.Option("-o", "--output", help="A TSV file, or - .")] = "-",
    split: Annotated[str, typer.Option(help="Learn from the rows of this split.")] = "train",
) -> None:
    """Learn which content words post-editors put for which others: word, other word, how often."""
    from postedit.correct.substitutes import learn_substitutes
    from postedit.formats import write_text
    from postedit.formats.triplets import read_triplets

    rows = [row for path in triplets for row in read_triplets(path, split)]
    with counting("aligning", len(rows)) as done:
        found = learn_substitutes(_counted(rows, done))
    write_text(output, "".join(f"{one.word}\t{one.other}\t{one.times}\n" for one in found))
    say(f"{len(found)} exchanges out of {len(rows)} segments", to_stderr=True)


def _counted(rows: list[Triplet], done: Callable[[int], None]) -> Iterator[Triplet]:
    for row in rows:
        yield row
        done(1)


@app.command()
def check(
    triplets: Annotated[Path, typer.Argument(metavar="TRIPLETS", help="What is trained on.")],
    against: Annotated[
        list[Path], typer.Option(help="Articles, texts or triplets that are evaluated on.")
    ],
    overlap: Annotated[
        float, typer.Option(min=0.01, max=1, help="Near: this share of n-grams in common.")
    ] = 0.6,
    as_json: Json = False,
) -> None:
    """Find rows that are equal or near to a text that is evaluated on; exit 1 if there are any."""
    from postedit.data.check import guard_of, leaks_in
    from postedit.data.config import NearConfig
    from postedit.data.report import told

    guard = guard_of(against, NearConfig(overlap=overlap))
    found = leaks_in(triplets, guard)
    if as_json:
        emit_json({"guarded_texts": len(guard), "leaks": [told(leak) for leak in found]})
    else:
        for leak in found:
            say(_line(leak))
        say(f"{len(found)} leaks of {len(guard)} guarded texts")
    if found:
        raise typer.Exit(1)


@app.command()
def profile(
    sets: Annotated[
        list[str],
        typer.Argument(metavar="SET...", help="NAME=TRIPLETS[#SPLIT] or NAME=ARTICLE."),
    ],
    sample: Annotated[int, typer.Option(min=1, help="Take N segments of each, evenly.")] = 1000,
    figure: Annotated[Path | None, typer.Option(help="Draw the profiles into a PNG.")] = None,
    as_json: Json = False,
) -> None:
    """Say what kind of machine translation each set is: edits by kind, TER, chrF, word order."""
    from postedit.data.profile import profile as run
    from postedit.formats.triplets import evenly

    profiles = []
    with stages() as tell:
        for one in sets:
            name, triplets = _set(one)
            chosen = evenly(triplets, sample)
            profiles.append(run(name, chosen, partial(tell, name, total=len(chosen))))
    if figure is not None:
        _draw(profiles, figure)
    if as_json:
        emit_json({"profiles": [one.as_json() for one in profiles]})
        return
    table = Table(box=None)
    columns = ("set", "segments", "substituted", "inserted", "deleted", "shifted")
    for column in (*columns, "order %", "TER", "TER quartiles", "chrF quartiles"):
        table.add_column(column, justify="left" if column == "set" else "right")
    for found in profiles:
        facts = found.as_json()
        quartiles = [" ".join(map(str, facts[f"{kind}_quartiles"])) for kind in ("ter", "chrf")]
        edits = [f"{value:.1f}" for value in found.kinds.values()]
        scores = [f"{found.order:.1f}", f"{found.ter:.1f}"]
        table.add_row(found.name, str(found.segments), *edits, *scores, *quartiles)
    say(table)
    say("edits for 100 words of the post-edit; order: shifts among all edits")


def _set(given: str) -> tuple[str, list[Triplet]]:
    from postedit.data.profile import article_triplets
    from postedit.formats.triplets import read_triplets

    name, found, place = given.partition("=")
    if not found or not name or not place:
        raise InputError(f"{given!r}: a set is NAME=TRIPLETS[#SPLIT] or NAME=ARTICLE")
    file, _, split = place.partition("#")
    path = Path(file)
    return name, list(
        article_triplets(path) if path.is_dir() else read_triplets(path, split or None)
    )


def _draw(profiles: list[Profile], path: Path) -> None:
    try:
        from postedit.data.figure import draw_profiles

        draw_profiles(profiles, path)
    except ImportError as error:
        raise MissingExtra("the figure", "train") from error


def _line(leak: Leak) -> str:
    kind = "equal to" if leak.exact else f"{100 * leak.overlap:.0f} % like"
    return f"{leak.row}: {kind} {leak.guarded.place}: {leak.text}"


def _tell(report: DataReport) -> None:
    table = Table(box=None)
    for column in ("source", "licence", "split"):
        table.add_column(column)
    for column in ("read", "kept", "documents", "terms"):
        table.add_column(column, justify="right")
    table.add_column("left out")
    for one in report.sources:
        reasons = ", ".join(f"{count} {reason}" for reason, count in one.dropped.items())
        counts = (one.read, one.kept, one.documents, one.terms)
        table.add_row(one.origin, one.licence, one.split, *map(str, counts), reasons)
    say(table)
    exact = sum(leak.exact for leak in report.leaks)
    say(
        f"leak check: {report.guarded} guarded texts; kept out {exact} equal and "
        f"{len(report.leaks) - exact} near; left in train: {report.left}"
    )
    for file in report.files:
        say(f"{file.path}: {file.rows} rows, sha256 {file.sha256[:12]}")

"""`postedit garble`."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postedit.cli.output import emit_json, say
from postedit.cli.stages import stages
from postedit.config import load_config
from postedit.formats import write_text

if TYPE_CHECKING:
    from postedit.garble.run import GarbleReport


def garble(
    bitext: Annotated[
        list[Path], typer.Argument(metavar="BITEXT...", help="TSV, TMX or JSON lines (.gz), or - .")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="JSON lines of triplets, or - .")],
    dictionary: Annotated[
        Path | None, typer.Option(help="CC-CEDICT as TSV: word, senses, pinyin.")
    ] = None,
    brands: Annotated[
        Path | None, typer.Option(help="Brands as TSV: word, name, literal names with | .")
    ] = None,
    learn_from: Annotated[
        list[Path] | None, typer.Option(help="More bitext to learn words and phrases from.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="YAML; see configs/garble/.")] = None,
    seed: Annotated[int | None, typer.Option(help="Instead of the configuration's.")] = None,
    licence: Annotated[str, typer.Option(help="The licence of the bitext, for the rows.")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Take N pairs of each file.")] = None,
    processes: Annotated[int, typer.Option(min=1, help="Translate in so many at once.")] = 1,
    keep_all: Annotated[
        bool, typer.Option("--keep-all", help="Write what cannot be recovered too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Turn Chinese-English bitext into machine translation of the statistical age, with its repair.

    Only pairs whose repair can be had from the machine translation and its terms are written. The
    same input, configuration and seed give the same bytes.
    """
    from postedit.garble.bitext import read_bitext
    from postedit.garble.config import GarbleConfig
    from postedit.garble.dictionary import Dictionary
    from postedit.garble.run import garble as run
    from postedit.garble.triplets import as_lines

    parsed = load_config(config, GarbleConfig) if config else GarbleConfig()
    if seed is not None:
        parsed = parsed.model_copy(update={"seed": seed})
    words = Dictionary.load(dictionary, brands)
    more = [pair for path in learn_from or () for pair in read_bitext(path)]
    lines: list[str] = []
    reports: dict[str, GarbleReport] = {}
    for path in bitext:
        pairs = islice(read_bitext(path), limit)
        with stages() as tell:
            garbled, report = run(
                pairs, parsed, words, learn_from=more, processes=processes, tell=tell
            )
        origin = path.name.split(".")[0] or "standard input"
        good = [one for one in garbled if keep_all or one.loss is None]
        lines.append(as_lines(good, origin, licence))
        reports[str(path)] = report
    write_text(output, "".join(lines))
    if as_json:
        told = {path: asdict(one) | {"per_second": one.per_second} for path, one in reports.items()}
        emit_json({"output": str(output), "bitexts": told})
    elif str(output) != "-":
        for name, report in reports.items():
            say(_line(name, report))


def _line(name: str, report: GarbleReport) -> str:
    thrown = [f"{count} {reason}" for reason, count in (report.unfit | report.lost).items()]
    return (
        f"{name}: {report.read} pairs, {report.kept} kept with {report.terms} terms, "
        f"{report.per_second:.0f} a second and core; left out: {', '.join(thrown) or 'none'}"
    )

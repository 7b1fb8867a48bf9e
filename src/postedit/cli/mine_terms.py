"""`postedit terms mine`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import emit_json, say
from postedit.cli.stages import counting
from postedit.errors import InputError
from postedit.formats import read_article, read_text, write_text
from postedit.mining import Article, Proposal, findable, measure
from postedit.mining import mine as mine_articles
from postedit.records import TermEntry
from postedit.termbase import Termbase, render_terms
from postedit.termbase.files import FORMATS


def mine(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="MT REF...", help="An mt and its references; or article folders."),
    ],
    output: Annotated[str, typer.Option("-o", "--output", help="File for the TSV.")] = "-",
    least: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Leave out what scores less (0 to 1).")
    ] = 0.1,
    top: Annotated[int | None, typer.Option(min=1, help="Only the N likeliest.")] = None,
    known: Annotated[
        list[Path] | None,
        typer.Option(help="A termbase whose entries need no proposal. May be repeated."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Measure the proposals against this termbase.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Propose termbase entries out of references: garbled phrase of the mt, and what stands there.

    The TSV is a glossary: read it, strike what is wrong, and use it. Its column note has the score,
    the counts and an example; the likeliest come first.
    """
    articles = _articles(paths)
    have = {entry.mt.lower() for path in known or () for entry in Termbase.load(path).entries}
    with counting("mining", len(articles)) as done:
        found = mine_articles(articles, least, done)
    found = tuple(one for one in found if one.mt.lower() not in have)[:top]
    if as_json:
        facts: dict[str, object] = {"proposals": [asdict(one) for one in found]}
        if against is not None:
            made = measure(found, findable(Termbase.load(against).entries, articles))
            facts["measure"] = asdict(made) | {
                "precision": round(made.precision, 1),
                "recall": round(made.recall, 1),
            }
        emit_json(facts)
        return
    write_text(output, render_terms(list(map(_entry, found)), FORMATS["tsv"]).data.decode())
    say(f"{len(found)} proposals", to_stderr=True)
    if against is not None:
        made = measure(found, findable(Termbase.load(against).entries, articles))
        say(
            f"against {against}: {made.right} of the first {made.proposed} right "
            f"({made.precision:.1f} %), {made.found} of {made.entries} findable entries proposed "
            f"({made.recall:.1f} %)",
            to_stderr=True,
        )


def _articles(paths: Sequence[Path]) -> list[Article]:
    folders = [path for path in paths if path.is_dir()]
    if folders and len(folders) < len(paths):
        file = next(path for path in paths if not path.is_dir())
        raise InputError("article folders and files do not go together", path=file)
    if not folders:
        if len(paths) < 2:
            raise InputError(
                "an mt needs a reference: postedit terms mine MT REF...", path=paths[0]
            )
        mt, *references = (read_text(path).paragraphs for path in paths)
        return [Article(mt, tuple(references))]
    articles: list[Article] = []
    for folder in folders:
        read = read_article(folder)
        if not read.references:
            raise InputError("has no reference.txt to mine", path=folder)
        articles.append(Article(read.text.paragraphs, read.references))
    return articles


def _entry(one: Proposal) -> TermEntry:
    example = one.examples[0]
    shown = " ".join(
        f"{_short(example.mt, one.mt)} => {_short(example.reference, one.target)}".split()
    )
    note = (
        f"score {one.score:.2f}; in {one.places} of {one.mt_count} places, "
        f"LLR {one.association:.1f}; {shown}"
    )
    return TermEntry(one.mt, one.target, note=note)


def _short(text: str, phrase: str, around: int = 30) -> str:
    at = max(text.find(phrase), 0)
    start, end = max(at - around, 0), at + len(phrase) + around
    return ("..." if start else "") + text[start:end] + ("..." if end < len(text) else "")

"""`postedit terms`: work with termbases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import emit_json, say
from postedit.errors import InputError
from postedit.formats import write_bytes
from postedit.termbase import (
    FORMATS,
    Rendered,
    Repeat,
    RepeatKind,
    TermFile,
    format_of,
    parse_terms,
    read_terms,
    render_terms,
    repeats,
)

app = typer.Typer(help="Work with termbases: convert them between formats.", no_args_is_help=True)

_NAMES = ", ".join(FORMATS)


@app.command()
def convert(
    source: Annotated[str, typer.Argument(metavar="A", help="The termbase to read, or - .")],
    target: Annotated[str, typer.Argument(metavar="B", help="The file to write, or - .")],
    from_: Annotated[
        str | None, typer.Option("--from", help=f"Format of A, if its name does not say: {_NAMES}.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Format of B, if its name does not say.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Convert a termbase: TSV, CSV, Excel, TBX 2 and 3, and other tools' glossary tables.

    What B's format cannot keep is told, with the number of entries; duplicates and contradictions
    are named with file and line, and stay. Exit code 1 if entries contradict each other.
    """
    if as_json and target == "-":
        raise InputError("B and --json would both go to standard output; give B a file")
    chosen = format_of(target, to)
    found = _read(source, from_)
    entries = [one.entry for one in found.entries]
    twice = list(repeats(entries, [str(one.place) for one in found.entries]))
    rendered = render_terms(entries, chosen)
    write_bytes(target, rendered.data)
    if as_json:
        emit_json(_record(source, target, chosen.id, found, rendered, twice))
    else:
        for column in found.unread:
            say(f"{source}: column “{column}” is not read", to_stderr=True)
        for line in [*map(str, twice), *rendered.losses]:
            say(line, to_stderr=True)
        say(
            f"{rendered.written} of {len(entries)} entries from {found.format} to {chosen.id}",
            to_stderr=target == "-",
        )
    if any(one.kind is RepeatKind.CONFLICT for one in twice):
        raise typer.Exit(1)


def _read(source: str, named: str | None) -> TermFile:
    if source != "-":
        return read_terms(Path(source), named)
    if named is None:
        raise InputError(f"standard input needs --from; valid: {_NAMES}")
    return parse_terms(sys.stdin.buffer.read(), "-", named)


def _record(
    source: str,
    target: str,
    to: str,
    found: TermFile,
    rendered: Rendered,
    twice: list[Repeat],
) -> dict[str, object]:
    return {
        "from": {"path": source, "format": found.format, "entries": len(found.entries)},
        "to": {"path": target, "format": to, "entries": rendered.written},
        "unread_columns": list(found.unread),
        "losses": list(rendered.losses),
        "repeats": [
            {"kind": one.kind.value, "message": str(one), "places": list(one.places)}
            for one in twice
        ],
    }

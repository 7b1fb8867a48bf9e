"""The command line: the only place that prints, catches and exits."""

from __future__ import annotations

import logging
import os
import sys

import typer

from postedit.cli import (
    align,
    benchmark,
    check_terms,
    data,
    garble,
    mine_terms,
    model,
    prefer,
    repair,
    score,
    terms,
    train,
)
from postedit.errors import PosteditError

app = typer.Typer(
    name="postedit",
    help="Repair garbled machine translation under glossary constraints, and score the repair.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(repair.repair)
app.command()(align.align)
app.command()(score.score)
app.command()(benchmark.benchmark)
app.command()(train.train)
app.command()(train.adapt)
app.command()(train.export)
app.command()(garble.garble)
app.add_typer(model.app, name="model")
data.app.command()(prefer.prefer)
app.add_typer(data.app, name="data")
terms.app.command()(check_terms.check)
terms.app.command()(mine_terms.mine)
app.add_typer(terms.app, name="terms")


def main() -> None:
    """Run a command; exit 0 if it worked, 2 on bad input, 130 if interrupted."""
    logging.basicConfig(level=os.environ.get("POSTEDIT_LOG", "WARNING"), format="%(message)s")
    try:
        app()
    except PosteditError as error:
        sys.stderr.write(f"postedit: {error}\n")
        sys.exit(2)

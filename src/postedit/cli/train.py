"""`postedit train` and `postedit export`: the makers of models."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import say
from postedit.config import load_config
from postedit.errors import MissingExtra


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file; see configs/.")],
) -> None:
    """Train a model on mt -> pe pairs; a stopped run goes on from its last checkpoint."""
    try:
        from postedit.train.config import TrainConfig
        from postedit.train.run import train as run
    except ImportError as error:
        raise MissingExtra("postedit train", "train") from error
    logging.getLogger("postedit").setLevel(logging.INFO)
    say(f"trained: {run(load_config(config, TrainConfig))}")


def export(
    checkpoint: Annotated[Path, typer.Argument(help="A trained causal model folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new model folder.")],
    name: Annotated[str, typer.Option(help="What reports shall call the model.")],
    licence: Annotated[str, typer.Option(help="The licence of the weights.")] = "",
) -> None:
    """Write a checkpoint as a 4-bit ONNX model folder that runs without torch."""
    from postedit.export import export as run

    manifest = run(checkpoint, output, name, licence)
    say(f"exported: {output} ({manifest.name}, sha256 {manifest.sha256[:12]})")

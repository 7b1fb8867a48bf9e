"""`postedit train` and `postedit export`: the makers of models."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from postedit.cli.output import say
from postedit.config import load_config
from postedit.errors import InputError, MissingExtra
from postedit.formats.triplets import evenly, read_triplets
from postedit.models.load import DEFAULT
from postedit.models.manifest import read_manifest


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


def adapt(
    triplets: Annotated[
        list[Path], typer.Argument(metavar="TRIPLETS...", help="Corrections: mt, pe, terms, doc.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The adapter's new folder.")],
    model: Annotated[Path, typer.Option(help="The model folder to adapt.")] = DEFAULT,
    split: Annotated[str | None, typer.Option(help="Take only the rows of this split.")] = None,
    epochs: Annotated[float, typer.Option(min=0.1, help="Times that each is learned.")] = 3.0,
    learning_rate: Annotated[float, typer.Option(min=1e-6, help="Highest step size.")] = 5e-4,
    bf16: Annotated[
        bool, typer.Option("--bf16", help="Faster where the processor multiplies bf16 itself.")
    ] = False,
) -> None:
    """Learn from a customer's corrections: a small adapter, to be loaded with --adapter."""
    try:
        from postedit.train.adapt import adapt as run
        from postedit.train.config import OptimConfig
    except ImportError as error:
        raise MissingExtra("postedit adapt", "train") from error
    logging.getLogger("postedit").setLevel(logging.INFO)
    rows = [one for path in triplets for one in read_triplets(path, split)]
    steps = max(1, len(rows) // 8)
    optim = OptimConfig(
        epochs=epochs,
        batch_size=8,
        learning_rate=learning_rate,
        eval_steps=steps,
        warmup_steps=5,
        # Greedy search on torch takes longer than the training, and says no more than the loss.
        best_by="loss",
        decoded=0,
        bf16=bf16,
    )
    made = run(model, read_manifest(model), rows, output, optim)
    say(f"adapter {made.name}: {made.pairs} corrections of {made.documents} documents, in {output}")


def export(
    checkpoint: Annotated[Path, typer.Argument(help="A trained causal model folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new model folder.")],
    name: Annotated[str, typer.Option(help="What reports shall call the model.")],
    licence: Annotated[str, typer.Option(help="The licence of the weights.")] = "",
    weights: Annotated[str, typer.Option(help="int4 (embeddings int8), int8 or float32.")] = "int4",
    calibrate: Annotated[
        Path | None, typer.Option(help="Triplets whose text says which rounding errors matter.")
    ] = None,
    split: Annotated[str | None, typer.Option(help="Calibrate on this split only.")] = "train",
    sample: Annotated[int, typer.Option(min=1, help="Calibrate on N rows, evenly.")] = 64,
) -> None:
    """Write a checkpoint as an ONNX model folder that runs without torch."""
    from postedit.export import WEIGHTS
    from postedit.export import export as run

    kind = next((one for one in WEIGHTS if one == weights), None)
    if kind is None:
        raise InputError(f"--weights {weights}: not one of {', '.join(WEIGHTS)}")
    rows = [] if calibrate is None else list(read_triplets(calibrate, split))
    rows = evenly(rows, sample)
    manifest = run(checkpoint, output, name, licence, kind, rows)
    say(f"exported: {output} ({manifest.name}, sha256 {manifest.sha256[:12]})")


def mean(
    checkpoints: Annotated[
        list[Path], typer.Argument(metavar="CHECKPOINTS...", help="Folders of one architecture.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The new folder.")],
    weights: Annotated[
        list[float] | None, typer.Option(help="One for each, in their order; equal if not given.")
    ] = None,
) -> None:
    """Write the mean of checkpoints, to export or to train on from."""
    try:
        from postedit.train.mean import write_mean
    except ImportError as error:
        raise MissingExtra("postedit model mean", "train") from error
    write_mean(checkpoints, weights, output)
    say(f"mean of {len(checkpoints)} checkpoints: {output}")

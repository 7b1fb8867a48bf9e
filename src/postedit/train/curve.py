"""The course of a training run as a picture, out of its `training.json`."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # after the choice of a backend that needs no screen


def draw_curve(record: Path, output: Path) -> None:
    """Draw loss on training and development pairs over steps; `record` is a training.json."""
    record_of = json.loads(record.read_text(encoding="utf-8"))
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for key, label in (("loss", "training"), ("eval_loss", "development")):
        points = [(row["step"], row[key]) for row in record_of["curve"] if key in row]
        if points:
            marker = "o" if key == "eval_loss" else ""
            axes.plot(*zip(*points, strict=True), label=label, marker=marker)
    axes.set_xlabel("step")
    preferred = record_of["config"]["data"].get("prefer")
    axes.set_ylabel("loss of preferences" if preferred else "cross-entropy per target token")
    axes.grid(alpha=0.3)
    if axes.has_data():
        axes.legend()
    figure.tight_layout()
    figure.savefig(output, dpi=120)
    pyplot.close(figure)

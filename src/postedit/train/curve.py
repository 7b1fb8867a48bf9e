"""The course of a training run as a picture, out of its `training.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # after the choice of a backend that needs no screen


def draw_curve(record: Path, output: Path) -> None:
    """Draw the course on training and development pairs over steps; `record` is a training.json.

    Drawn is the loss, or, of a run that is `online`, what the repairs gain in reward.
    """
    record_of = json.loads(record.read_text(encoding="utf-8"))
    name, unit = _measure(record_of["config"])
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for key, label in ((name, "training"), (f"eval_{name}", "development")):
        points = [(row["step"], row[key]) for row in record_of["curve"] if key in row]
        if points:
            marker = "o" if key.startswith("eval") else ""
            axes.plot(*zip(*points, strict=True), label=label, marker=marker)
    axes.set_xlabel("step")
    axes.set_ylabel(unit)
    axes.grid(alpha=0.3)
    if axes.has_data():
        axes.legend()
    figure.tight_layout()
    figure.savefig(output, dpi=120)
    pyplot.close(figure)


def _measure(config: dict[str, Any]) -> tuple[str, str]:
    if config.get("online"):
        return "gain", "reward beyond the untouched mt, points"
    preferred = config["data"].get("prefer")
    return "loss", "loss of preferences" if preferred else "cross-entropy per target token"

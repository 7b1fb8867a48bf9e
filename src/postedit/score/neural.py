"""Learned metrics, where a user has the extra and can fetch their models; nothing here needs them.

COMET and CometKiwi (Rei et al. 2022) and MetricX-24 (Juraska et al. 2024) run through lightyear
(MIT), which has them on the transformers that training uses; unbabel-comet asks for versions before
that. Their models are 2 to 5 GB of a hub, under licences of their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from postedit.errors import InputError, MissingExtra
from postedit.score.results import ScoreError

NeuralName = Literal["comet", "cometkiwi", "metricx", "metricx-qe"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A class of lightyear, and what it is made with; `reference` says whether it looks at one."""

    scorer: str
    options: Mapping[str, Any]
    reference: bool


NEURAL: Final[Mapping[NeuralName, _Kind]] = {
    "comet": _Kind("COMETScore", {}, reference=True),
    "cometkiwi": _Kind("COMETScore", {"qe": True}, reference=False),
    "metricx": _Kind("MetricXScore", {}, reference=True),
    "metricx-qe": _Kind("MetricXScore", {"qe": True}, reference=False),
}


def neural_means(
    name: NeuralName,
    systems: Mapping[str, Sequence[str]],
    sources: Sequence[str],
    references: Sequence[str],
) -> dict[str, float]:
    """The mean score of every system, 0 to 100, more being better.

    MissingExtra without the extra; InputError if the model cannot be fetched or read; ScoreError if
    there is nothing to score or the lengths differ.
    """
    lengths = {len(sources), len(references), *map(len, systems.values())}
    if len(lengths) > 1:
        raise ScoreError(f"sources, references and systems differ in length: {sorted(lengths)}")
    if not sources:
        raise ScoreError("nothing to score: no segments")
    kind = NEURAL[name]
    try:
        metrics = importlib.import_module("lightyear.metrics")
        scorer = getattr(metrics, kind.scorer)
    except ImportError as error:
        raise MissingExtra(f"the metric {name}", "neural") from error
    try:
        metric = scorer(**kind.options)
    except (OSError, ValueError) as error:
        raise InputError(f"the model of {name} cannot be had: {error}") from error
    refs = list(references) if kind.reference else None
    means: dict[str, float] = {}
    for system, outputs in systems.items():
        found = metric.score_batch(list(outputs), refs=refs, srcs=list(sources))
        (scores,) = found.values()
        means[system] = sum(scores["score"]) / len(outputs)
    return means

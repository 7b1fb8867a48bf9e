"""Several targets drawn at random for one input: what else the model might have written."""

from __future__ import annotations

import numpy as np

from postedit.decoding.greedy import walk
from postedit.decoding.hypothesis import Hypothesis, Limit, twice
from postedit.models.protocol import Backend, Logits, Tokens


def sample(
    backend: Backend,
    read: Tokens,
    count: int,
    dice: np.random.Generator,
    *,
    temperature: float = 0.8,
    floor: float = 0.02,
    limit: Limit = twice,
) -> list[Hypothesis]:
    """`count` targets of one input, each token drawn by its probability; some may be the same.

    Only tokens that the model gives at least the probability `floor` are drawn ("epsilon sampling",
    Hewitt et al. 2022, arXiv:2210.15191); `temperature` below 1 favours the likely ones. Scores are
    the model's own, at temperature 1. `limit` is that of `greedy`.
    """
    logits, state = backend.start([read])
    return walk(
        backend,
        np.repeat(logits, count, axis=0),
        backend.keep(state, [0] * count),
        [limit(len(read))] * count,
        lambda _, log_probs: [_draw(row, dice, temperature, floor) for row in log_probs],
    )


def _draw(log_probs: Logits, dice: np.random.Generator, temperature: float, floor: float) -> int:
    likely = np.flatnonzero(log_probs >= np.log(floor))
    if not len(likely):
        return int(log_probs.argmax())
    weights = np.exp(log_probs[likely].astype(np.float64) / temperature)
    return int(dice.choice(likely, p=weights / weights.sum()))

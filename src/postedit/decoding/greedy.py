"""Batched greedy search over the step protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from postedit.decoding.hypothesis import Hypothesis, Limit, twice
from postedit.models.batching import BATCH_TOKENS, batches
from postedit.models.protocol import Backend, Logits, State, Tokens
from postedit.models.softmax import log_softmax

#: From logits and log-probabilities, of shape (rows, vocabulary), to the next token of each row.
Choice = Callable[[Logits, Logits], list[int]]


def greedy(
    backend: Backend,
    inputs: Sequence[Tokens],
    *,
    batch_tokens: int = BATCH_TOKENS,
    limit: Limit = twice,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Hypothesis]:
    """The most likely next token at every step, for every input; results in input order.

    Inputs of like length share a batch of at most `batch_tokens` tokens, and a row that has ended
    leaves its batch. `limit` says from the length of an input how long its target may grow, and
    `done` is told how many inputs were finished (for a progress bar).
    """
    found: dict[int, Hypothesis] = {}
    for batch in batches([len(read) for read in inputs], batch_tokens):
        chosen = [inputs[i] for i in batch]
        found.update(zip(batch, _search(backend, chosen, limit), strict=True))
        done(len(batch))
    return [found[i] for i in range(len(inputs))]


def _search(backend: Backend, inputs: Sequence[Tokens], limit: Limit) -> list[Hypothesis]:
    limits = [limit(len(read)) for read in inputs]
    logits, state = backend.start(inputs)
    return walk(backend, logits, state, limits, lambda logits, _: logits.argmax(axis=-1).tolist())


def walk(
    backend: Backend, logits: Logits, state: State, limits: Sequence[int], choose: Choice
) -> list[Hypothesis]:
    """Write every row to its end, one token a pass, or until it has `limits[i]` tokens.

    `logits` are those of the first token and `state` what they come from. A row that has ended
    leaves the batch.
    """
    tokens: list[list[int]] = [[] for _ in limits]
    scores, finished = np.zeros(len(limits)), [False] * len(limits)
    rows = list(range(len(limits)))
    while rows:
        log_probs = log_softmax(logits)
        chosen = choose(logits, log_probs)
        scores[rows] += log_probs[np.arange(len(rows)), chosen]
        alive: list[int] = []
        for place, (row, token) in enumerate(zip(rows, chosen, strict=True)):
            finished[row] = token == backend.end
            if not finished[row]:
                tokens[row].append(token)
                if len(tokens[row]) < limits[row]:
                    alive.append(place)
        if not alive:
            break
        if len(alive) < len(rows):
            state = backend.keep(state, alive)
        rows = [rows[place] for place in alive]
        logits, state = backend.step(state, [tokens[row][-1] for row in rows])
    return [
        Hypothesis(tuple(tokens[row]), float(scores[row]), finished[row])
        for row in range(len(limits))
    ]

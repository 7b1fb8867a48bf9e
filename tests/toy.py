"""A backend of a few tokens in pure numpy: searches over it can be compared with brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from postedit.models.protocol import Logits, Tokens
from postedit.models.softmax import log_softmax


@dataclass(frozen=True)
class _State:
    inputs: tuple[tuple[int, ...], ...]
    targets: tuple[tuple[int, ...], ...]


class Toy:
    """A trigram model with random weights that also likes to go on copying its input.

    Texts are numbers with blanks between; token 0 is the end. `copying` is what the model adds to
    the logit of the token that follows, in the input, what was written last.
    """

    name = "toy"
    end = 0

    def __init__(self, seed: int, vocabulary: int = 6, copying: float = 0.0):
        random = np.random.default_rng(seed)
        self.vocabulary = vocabulary
        self._weights = random.normal(size=(vocabulary + 1, vocabulary + 1, vocabulary)) * 2
        self._copying = copying
        self.passes = 0

    def read(self, mt: str) -> Tokens:
        return [int(word) for word in mt.split()]

    def write(self, pe: str) -> Tokens:
        return [*self.read(pe), self.end]

    def text(self, target: Tokens) -> str:
        return " ".join(str(token) for token in target if token != self.end)

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, _State]:
        self.passes += 1
        state = _State(tuple(tuple(read) for read in inputs), ((),) * len(inputs))
        return self._logits(state), state

    def step(self, state: _State, tokens: Tokens) -> tuple[Logits, _State]:
        logits, after = self.extend(state, [[token] for token in tokens])
        return logits[:, 0], after

    def extend(self, state: _State, tokens: Sequence[Tokens]) -> tuple[Logits, _State]:
        assert len(tokens) == len(state.targets)
        self.passes += 1
        width = max(map(len, tokens))
        logits = np.full((len(tokens), width, self.vocabulary), np.nan, np.float32)
        for i, row in enumerate(tokens):
            for k in range(len(row)):
                target = (*state.targets[i], *row[: k + 1])
                logits[i, k] = self.next(state.inputs[i], target)
        targets = tuple((*old, *new) for old, new in zip(state.targets, tokens, strict=True))
        return logits, _State(state.inputs, targets)

    def rewind(self, state: _State, lengths: Sequence[int]) -> _State:
        rows = list(zip(state.targets, lengths, strict=True))
        assert all(0 <= length <= len(target) for target, length in rows)
        return _State(state.inputs, tuple(target[:length] for target, length in rows))

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        return _State(tuple(state.inputs[i] for i in rows), tuple(state.targets[i] for i in rows))

    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        return [
            sum(
                float(log_softmax(self.next(tuple(read), tuple(target[:k])))[token])
                for k, token in enumerate(target)
            )
            for read, target in zip(inputs, targets, strict=True)
        ]

    def next(self, read: tuple[int, ...], target: tuple[int, ...]) -> Logits:
        """Logits of the token after `target`."""
        last = (self.vocabulary, self.vocabulary, *target)[-2:]
        logits = self._weights[last].copy()
        if not target:
            logits[read[0]] += self._copying
        for here, following in pairwise(read):
            if target and here == target[-1]:
                logits[following] += self._copying
        if target and read and read[-1] == target[-1]:
            logits[self.end] += self._copying
        result: Logits = logits.astype(np.float32)
        return result

    def _logits(self, state: _State) -> Logits:
        return np.array(
            [
                self.next(read, target)
                for read, target in zip(state.inputs, state.targets, strict=True)
            ]
        )

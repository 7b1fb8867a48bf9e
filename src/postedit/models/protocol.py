"""What a model must be able to do for the decoder: the only thing that search knows of models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]
Tokens = Sequence[int]

# What a backend remembers between steps; only the backend that made it may look inside.
State = Any


class Backend(Protocol):
    """A prefix language model or an encoder-decoder, one or several target tokens a row at a time.

    A state is never changed in place: `step`, `extend`, `rewind` and `keep` return new ones, and
    the old one can be gone on from as before.
    """

    @property
    def name(self) -> str:
        """What a report calls the model."""

    @property
    def end(self) -> int:
        """The token that closes a target."""

    def read(self, mt: str) -> Tokens:
        """Token ids of an mt as the model reads it: a prompt, or the encoder's input."""

    def write(self, pe: str) -> Tokens:
        """Token ids of a pe as the model would write it, closed by `end`."""

    def text(self, target: Tokens) -> str:
        """The text of target tokens, with or without `end`."""

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, State]:
        """Read a batch of inputs; logits of the first target token, of shape (rows, vocabulary)."""

    def step(self, state: State, tokens: Tokens) -> tuple[Logits, State]:
        """Append one token to each row; logits of the next, of shape (rows, vocabulary)."""

    def extend(self, state: State, tokens: Sequence[Tokens]) -> tuple[Logits, State]:
        """Append any number of tokens to each row; `logits[i, k]` follow the token `tokens[i][k]`.

        The logits have the shape (rows, width, vocabulary), where width is the longest row's
        number of tokens, at least one; beyond a row's own tokens they mean nothing. A row may be
        empty: it stays as it is.
        """

    def rewind(self, state: State, lengths: Sequence[int]) -> State:
        """The state in which row i has its first `lengths[i]` target tokens and no others."""

    def keep(self, state: State, rows: Sequence[int]) -> State:
        """The state of the given rows alone, in the given order; a row may be given twice."""

    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        """Natural log-probability of each target token sequence, summed over its tokens."""

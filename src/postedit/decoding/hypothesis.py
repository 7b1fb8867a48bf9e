"""What a search finds, and how long it may look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

#: From the length of an input to the most tokens that its target may have.
Limit = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a search found for one input: target tokens without the end, and their log-probability.

    `log_prob` counts the end token too; `finished` is false where the length limit cut it off.
    """

    tokens: tuple[int, ...]
    log_prob: float
    finished: bool

    @property
    def per_token(self) -> float:
        """Mean log-probability of a token, the end among them."""
        return self.log_prob / (len(self.tokens) + 1)


def twice(read: int) -> int:
    """The usual limit: twice the input, and a little for the shortest."""
    return 2 * read + 16

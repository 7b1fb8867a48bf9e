"""How long work tells of its progress, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Tell(Protocol):
    """Hears of work done: the stage, the steps done since the last call, the steps in all."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note."""


def silent(stage: str, done: int, total: int) -> None:
    """Nobody listens."""

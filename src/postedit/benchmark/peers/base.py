"""What a peer is given, and what it has to give."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from postedit.records import TermEntry


@dataclass(frozen=True, slots=True)
class Piece:
    """One unit for a peer: its mt with the terms put in, its source, and the terms matched."""

    id: str
    draft: str
    source: str | None
    terms: tuple[TermEntry, ...]


class Peer(Protocol):
    """A tool that rewrites English, or translates the source anew."""

    @property
    def about(self) -> Mapping[str, str]:
        """What it is, its version and licence, and where it runs."""

    def load(self) -> None:
        """Load what it needs, once."""

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """One text for each piece, in order; `done` is told how many are ready."""

"""Harper, an offline grammar checker written in Rust (harper-py, Apache-2.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from postedit.benchmark.peers.base import Piece
from postedit.errors import MissingExtra

if TYPE_CHECKING:
    from harper import Linter


class Harper:
    """Applies the first suggestion of every lint, as an editor that accepts all of them would."""

    def __init__(self) -> None:
        try:
            self._version = version("harper-py")
        except PackageNotFoundError as error:
            raise MissingExtra("the peer harper", "peers") from error

    @property
    def about(self) -> Mapping[str, str]:
        """Version and licence."""
        return {
            "what": "Harper, first suggestion of every lint",
            "version": f"harper-py {self._version}",
            "licence": "Apache-2.0",
        }

    @cached_property
    def _linter(self) -> Linter:
        from harper import Linter

        return Linter()

    def load(self) -> None:
        """Load the dictionary."""
        _ = self._linter

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Correct each piece by itself."""
        texts = []
        for piece in pieces:
            texts.append(self._corrected(piece.draft))
            done(1)
        return texts

    def _corrected(self, text: str) -> str:
        # From the end, so that the places of those still to come stay true. Two lints may want the
        # same place: then the later one in the text has it.
        free = len(text)
        lints = self._linter.lint(text, language="plaintext")
        for lint in sorted(lints, key=lambda one: one.span.start, reverse=True):
            if lint.suggestions and lint.span.end <= free:
                text = self._linter.apply_suggestion(text, lint, lint.suggestions[0])
                free = lint.span.start
        return text

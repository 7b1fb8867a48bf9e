"""How a model's vocabulary spells the pieces of a lexicon, and which tokens are parts of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from postedit.models.protocol import Backend, Tokens

# What a piece is spelled after: a word, or a mark after which no blank comes.
_WORD, _MARK = "a", "("


class Spelling:
    """Tokens of pieces of text, remembered; a piece is spelled as it would be inside a sentence."""

    def __init__(self, backend: Backend):
        self._backend = backend
        self._known: dict[tuple[str, bool], Tokens] = {}
        self._before = {anchor: self._write(anchor) for anchor in (_WORD, _MARK)}
        self._parts: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None

    def encode(self, text: str, glued: bool) -> Tokens:
        """Tokens of a piece; none if it runs together with what stands before it."""
        key = (text, glued)
        known = self._known.get(key)
        if known is None:
            anchor = _MARK if glued else _WORD
            before, both = self._before[anchor], self._write(anchor + text)
            known = both[len(before) :] if both[: len(before)] == before else ()
            self._known[key] = known
        return known

    def parts(self, size: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Of `size` tokens those that begin a word after a blank, and those that go on with one."""
        if self._parts is None:
            before = self._before[_WORD]
            texts = [self._backend.text((*before, token))[len(_WORD) :] for token in range(size)]
            starts = np.array([text[:1] == " " and text[1:].isalpha() for text in texts])
            self._parts = starts, np.array([text.isalpha() for text in texts])
        return self._parts

    def _write(self, text: str) -> Tokens:
        return tuple(self._backend.write(text))[:-1]

"""Many sequences found in one pass over a text (Aho and Corasick 1975; the library is in Rust)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import ahocorasick_rs

# Each token is written as one character, so that an offset of the library is an index of ours.
# Surrogates are left out: they are no characters.
_FIRST, _GAP, _LAST = 1, (0xD800, 0xE000), 0x110000
_ROOM = _LAST - _FIRST - (_GAP[1] - _GAP[0])


class SequenceFinder:
    """Finds every occurrence, overlapping ones too, of many sequences of tokens.

    More than a million different tokens share characters: a sequence may then be reported where
    only its likes stand, so the caller compares.
    """

    def __init__(self, sequences: Iterable[Sequence[str]]):
        self._codes: dict[str, str] = {}
        encoded = [
            "".join(self._codes.setdefault(token, _character(len(self._codes))) for token in one)
            for one in sequences
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(encoded) if encoded else None

    def find(self, tokens: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Number of a sequence, and the half-open range of tokens where it stands."""
        if self._automaton is None:
            return
        get = self._codes.get
        text = "".join([get(token, "\0") for token in tokens])
        if text.strip("\0"):
            yield from self._automaton.find_matches_as_indexes(text, overlapping=True)


def _character(number: int) -> str:
    code = _FIRST + number % _ROOM
    return chr(code if code < _GAP[0] else code + _GAP[1] - _GAP[0])

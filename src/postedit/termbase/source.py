"""Which entries have their source in a source text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import ahocorasick_rs

from postedit.records import Span


class SourceFinder:
    """Finds source terms in a source text: in Chinese anywhere, in other scripts as whole words.

    Compatibility forms (full-width letters) and case make no difference. A term inside a longer
    one is found too: what names a company has the company's short name in it.
    """

    def __init__(self, sources: Iterable[str]):
        self._sources = sorted({_plain(source) for source in sources if source.strip()})
        self._automaton = ahocorasick_rs.AhoCorasick(self._sources) if self._sources else None

    def found(self, text: str) -> frozenset[str]:
        """The sources, as `key` writes them, that stand in the text."""
        if self._automaton is None:
            return frozenset()
        plain = _plain(text)
        hits = self._automaton.find_matches_as_indexes(plain, overlapping=True)
        return frozenset(self._sources[i] for i, a, b in hits if _whole(plain, Span(a, b)))

    @staticmethod
    def key(source: str) -> str:
        """How `found` writes a source."""
        return _plain(source)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _whole(text: str, span: Span) -> bool:
    return not any(
        _joined(text[edge - 1], text[edge])
        for edge in (span.start, span.end)
        if 0 < edge < len(text)
    )


def _joined(left: str, right: str) -> bool:
    # "IPO" is no part of "IPOS", but stands in "赴美IPO计划"; digits of one number hang together.
    if left.isdigit() and right.isdigit():
        return True
    return _is_lettered(left) and _is_lettered(right)


def _is_lettered(character: str) -> bool:
    # Letters of scripts that write blanks between words.
    return character.isalpha() and ord(character) < 0x2E80

"""TER with exactly sacrebleu's values, several times faster.

sacrebleu measures the edit distance of every candidate shift in Python. Here its own search for
shifts runs over the words as single characters, and the distances come from rapidfuzz. sacrebleu
looks only into a band around the diagonal, so a distance may be taken from elsewhere only if a path
that has it stays within that band; otherwise sacrebleu's own is used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics import lib_ter
from sacrebleu.metrics.ter import TER

# Words are numbered from here on, clear of surrogates, in the order of the words themselves:
# sacrebleu settles ties of shifts by comparing word lists.
_FIRST_CHARACTER = 0x10000
# The band reaches one column less to the right than its width; a rounded diagonal costs another.
_REACH = lib_ter._BEAM_WIDTH - 2


class QuickTER(TER):
    """sacrebleu's TER: the same settings, statistics and signature."""

    def _compute_segment_statistics(
        self, hypothesis: str, ref_kwargs: dict[str, Any]
    ) -> list[float]:
        words = tuple(hypothesis.split())
        counts = [_edits(words, tuple(reference)) for reference in ref_kwargs["ref_words"]]
        lengths = [len(reference) for reference in ref_kwargs["ref_words"]]
        return [min(counts), sum(lengths) / len(lengths)]


@lru_cache(maxsize=65536)
def _edits(words: tuple[str, ...], reference: tuple[str, ...]) -> int:
    """Shifts and edits that make the reference of the words."""
    if not reference or words == reference:
        return len(words) if not reference else 0
    shifts, text, _, distance = _shifted(words, reference)
    return shifts + int(distance(text)[0])


def _shifted(words: tuple[str, ...], reference: tuple[str, ...]) -> tuple[int, str, str, _Distance]:
    """Number of shifts; the words after them and the reference, each word as one character; and
    what measures the rest.
    """
    numbers = {
        word: chr(_FIRST_CHARACTER + n) for n, word in enumerate(sorted({*words, *reference}))
    }
    text, wanted = ("".join(numbers[word] for word in side) for side in (words, reference))
    distance = _Distance(wanted)
    shifts = checked = 0
    while True:
        gain, shifted, checked = lib_ter._shift(text, wanted, distance, checked)  # type: ignore[arg-type]
        if checked >= lib_ter._MAX_SHIFT_CANDIDATES or gain <= 0:
            return shifts, text, wanted, distance
        shifts += 1
        text = shifted  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class EditKinds:
    """What TER counts on the way from a text to its reference, by kind; `words` of the reference.

    An insertion puts in a word that the text lacks, a deletion takes one out, a shift moves words.
    """

    substitutions: int
    insertions: int
    deletions: int
    shifts: int
    words: int

    @property
    def edits(self) -> int:
        """All edits: TER times the words of the reference, over 100."""
        return self.substitutions + self.insertions + self.deletions + self.shifts


def edit_kinds(text: str, reference: str) -> EditKinds:
    """Edits of TER by kind, in lower case and without normalisation, as sacrebleu's default.

    >>> edit_kinds("yesterday he visit factory", "He visited a factory yesterday")
    EditKinds(substitutions=1, insertions=1, deletions=0, shifts=1, words=5)
    """
    here, there = (tuple(side.lower().split()) for side in (text, reference))
    if not here or not there:
        return EditKinds(0, len(there), len(here), 0, len(there))
    shifts, moved, wanted, _ = _shifted(here, there)
    kinds = Counter(step.tag for step in Levenshtein.editops(moved, wanted))
    return EditKinds(kinds["replace"], kinds["insert"], kinds["delete"], shifts, len(there))


class _Distance:
    """Stands in for sacrebleu's BeamEditDistance: called with words, gives distance and trace."""

    def __init__(self, reference: str):
        self._reference = reference
        self._beam = lib_ter.BeamEditDistance(reference)  # type: ignore[arg-type]
        self._known: dict[str, _Answer] = {}

    def __call__(self, text: str) -> _Answer:
        if text not in self._known:
            self._known[text] = _Answer(text, self._reference, self._beam)
        return self._known[text]


class _Answer(Sequence[Any]):
    """The pair (distance, trace); only what is asked for is computed."""

    def __init__(self, text: str, reference: str, beam: lib_ter.BeamEditDistance):
        self._text, self._reference, self._beam = text, reference, beam

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: Any) -> Any:
        if index == 0 and (distance := _distance(self._text, self._reference)) is not None:
            return distance
        return self._beam(self._text)[index]  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._beam(self._text))  # type: ignore[arg-type]


def _distance(text: str, reference: str) -> int | None:
    """The edit distance, or None if its path may leave the band that sacrebleu looks into."""
    distance: int = Levenshtein.distance(text, reference)
    # A path of this cost strays so far from the diagonal at most.
    if distance + abs(len(text) - len(reference)) <= _REACH:
        return distance
    slope = len(reference) / max(len(text), 1)
    for block in Levenshtein.opcodes(text, reference):
        for i, j in (
            (block.src_start, block.dest_start),
            (block.src_end, block.dest_end),
        ):
            if i and abs(j - math.floor(i * slope)) > _REACH:
                return None
    return distance

"""What each system edited: typed edits from the raw mt, counted and shown as a word diff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from postedit.align import edits
from postedit.benchmark.scores import CONTROLS, SuiteScores
from postedit.records import Edit, EditType


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a word diff: `old` became `new`; where both are the same, nothing happened."""

    old: str
    new: str
    type: EditType | None = None


def word_diff(before: str, changes: Sequence[Edit]) -> tuple[Piece, ...]:
    """The text before, cut at its edits; the old sides in a row give it back to the letter."""
    pieces: list[Piece] = []
    done = 0
    for edit in changes:
        kept = before[done : edit.span.start]
        pieces += [Piece(kept, kept)] if kept else []
        pieces.append(Piece(edit.old, edit.new, edit.type))
        done = edit.span.end
    rest = before[done:]
    return (*pieces, Piece(rest, rest)) if rest else tuple(pieces)


@dataclass(frozen=True)
class Changes:
    """The edits of each system in each passage, from the raw mt; controls have none."""

    edits: dict[str, tuple[tuple[Edit, ...], ...]]

    @classmethod
    def of(cls, scored: SuiteScores) -> Changes:
        """Find the edits; one text that several systems share is looked at once."""
        known: dict[tuple[str, str, tuple[str, ...]], tuple[Edit, ...]] = {}
        found: dict[str, tuple[tuple[Edit, ...], ...]] = {}
        for system in scored.systems:
            if system in CONTROLS:
                continue
            row = []
            for key in zip(scored.texts["mt"], scored.texts[system], scored.targets, strict=True):
                if key not in known:
                    known[key] = edits(*key)
                row.append(known[key])
            found[system] = tuple(row)
        return cls(found)

    def types(self, system: str) -> Counter[EditType]:
        """How many edits of each type a system made."""
        return Counter(edit.type for row in self.edits[system] for edit in row)

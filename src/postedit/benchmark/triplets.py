"""The main path over a file of triplets: every segment with its own terms and its own post-edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from postedit.correct import Correction, Corrector, glossary_only, triplet_draft
from postedit.formats.triplets import Triplet
from postedit.models.manifest import ClosedSearch, Gate
from postedit.models.protocol import Backend
from postedit.score import (
    Comparison,
    MeaningProxy,
    SegmentChanges,
    TermCounts,
    compare,
    meaning,
    segment_changes,
    term_counts,
)


@dataclass(frozen=True, slots=True)
class TripletRun:
    """Corrections of triplets, in order, and their scores against the people's post-edits.

    `meaning` counts, among the segments that were changed, those that lost or invented content.
    """

    triplets: tuple[Triplet, ...]
    glossary: tuple[str, ...]
    corrections: tuple[Correction, ...]
    terms: TermCounts

    @property
    def pe(self) -> list[str]:
        """The texts that the run ends with."""
        return [one.pe for one in self.corrections]

    def compare(self) -> Comparison:
        """Raw mt, glossary replacement and repair side by side."""
        systems = {
            "mt": [one.mt for one in self.triplets],
            "glossary": list(self.glossary),
            "pe": self.pe,
        }
        return compare(systems, [[one.pe for one in self.triplets]], baseline="glossary")

    def changes(self) -> SegmentChanges:
        """Segments improved and hurt, from glossary replacement to repair."""
        return segment_changes(self.glossary, self.pe, [one.pe for one in self.triplets])

    def meaning(self) -> MeaningProxy:
        """Content lost and invented by the repair, in percent of all segments."""
        return meaning([one.draft for one in self.corrections], self.pe)


def run_triplets(
    backend: Backend,
    gate: Gate,
    triplets: Sequence[Triplet],
    done: Callable[[int], None] = lambda rows: None,
    closed: ClosedSearch | None = None,
) -> TripletRun:
    """Correct every triplet's mt; the person's post-edit is only used to score."""
    drafts = [triplet_draft(one) for one in triplets]
    corrections = Corrector(backend, gate, closed).correct(drafts, done)
    targets = [[match.entry.target for match in draft.matches] for draft in drafts]
    return TripletRun(
        triplets=tuple(triplets),
        glossary=tuple(
            glossary_only(one.mt, draft.matches)
            for one, draft in zip(triplets, drafts, strict=True)
        ),
        corrections=tuple(corrections),
        terms=term_counts([one.pe for one in corrections], targets),
    )

"""What a repair gives back: each segment with its story, the text, and the scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from postedit.correct import Correction, Declined
from postedit.records import Bead, Finding, Segment, TermMatch, Unit
from postedit.score import Comparison, SegmentChanges, TermCounts, term_counts
from postedit.termcheck import ConceptUse, uses_in_repair
from postedit.text.segment import rebuild


@dataclass(frozen=True, slots=True)
class RepairedSegment:
    """One sentence on its way: as it came, with its terms put in, and corrected.

    `declined` are dangerous terms that the model would not have in this sentence; the glossary row,
    which is a baseline, puts them in.
    """

    segment: Segment
    matches: tuple[TermMatch, ...]
    glossary: str
    correction: Correction
    findings: tuple[Finding, ...]
    declined: tuple[Declined, ...] = ()

    @property
    def mt(self) -> str:
        """The machine translation as it came."""
        return self.segment.text

    @property
    def pe(self) -> str:
        """The text that stands in the result."""
        return self.correction.pe


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Scores of a repair against a reference, and the alignment that they rest on.

    `comparison` has the systems `mt`, `glossary` and `pe`, tested against `glossary`; `changes`
    goes by segment, from the glossary row to the repair.
    """

    comparison: Comparison
    changes: SegmentChanges
    beads: tuple[Bead, ...]


@dataclass(frozen=True, slots=True)
class RepairResult:
    """A repaired text; `seconds` says how long each stage took."""

    units: tuple[Unit, ...]
    segments: tuple[RepairedSegment, ...]
    evaluation: Evaluation | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def pe(self) -> tuple[str, ...]:
        """The repair of each unit, in order."""
        return rebuilt(self.units, self.segments, [one.pe for one in self.segments])

    @property
    def text(self) -> str:
        """The repair of all units, one a line."""
        return "\n".join(self.pe)

    @property
    def terms(self) -> TermCounts:
        """Term matches, and those whose target stands in the repair."""
        targets = [[match.entry.target for match in one.matches] for one in self.segments]
        return term_counts([one.pe for one in self.segments], targets)

    @property
    def renderings(self) -> tuple[ConceptUse, ...]:
        """How each matched concept is rendered over the whole text; places count segments."""
        return uses_in_repair(
            [one.pe for one in self.segments], [one.matches for one in self.segments]
        )

    @property
    def inconsistent(self) -> tuple[ConceptUse, ...]:
        """The concepts that are rendered in more than one way."""
        return tuple(use for use in self.renderings if not use.is_consistent)

    @property
    def changed(self) -> int:
        """Segments in which more was changed than terms."""
        return sum(one.pe != one.glossary for one in self.segments)


def rebuilt(
    units: Sequence[Unit], segments: Sequence[RepairedSegment], pieces: Sequence[str]
) -> tuple[str, ...]:
    """The units with `pieces` in the places of their segments, and all that is between kept."""
    by_unit: list[list[int]] = [[] for _ in units]
    for i, one in enumerate(segments):
        by_unit[one.segment.unit].append(i)
    return tuple(
        rebuild(unit.mt, [segments[i].segment.span for i in own], [pieces[i] for i in own])
        for unit, own in zip(units, by_unit, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of a repair that add up over the pieces of a text too large to be held."""

    segments: int = 0
    changed: int = 0
    matched: int = 0
    kept: int = 0
    declined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, result: RepairResult) -> Tally:
        """The counts of one result."""
        terms, segments = result.terms, result.segments
        reasons = [one.correction.reason.split(":")[0] for one in segments if one.correction.reason]
        return cls(
            segments=len(segments),
            changed=result.changed,
            matched=terms.matched,
            kept=terms.kept,
            declined=sum(len(one.declined) for one in segments),
            reasons=Counter(reasons),
            findings=Counter(finding.check for one in segments for finding in one.findings),
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.segments + other.segments,
            self.changed + other.changed,
            self.matched + other.matched,
            self.kept + other.kept,
            self.declined + other.declined,
            self.reasons + other.reasons,
            self.findings + other.findings,
        )

    @property
    def terms(self) -> TermCounts:
        """Term matches, and those whose target stands in the repair."""
        return TermCounts(matched=self.matched, kept=self.kept)


class Stopwatch:
    """Adds up the seconds that named stages take."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time the body as `stage`."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - start

"""The frozen records that the stages hand to each other; nothing here computes more than itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters that the span covers in `text`."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Unit:
    """One entry of a file: a paragraph of machine translation, with its source if there is one."""

    id: str
    mt: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence-sized piece of a unit; `span` is its place in the unit's text."""

    unit: int
    index: int
    text: str
    span: Span


class TermStatus(StrEnum):
    """What a termbase says about the target of an entry."""

    PREFERRED = "preferred"
    ADMITTED = "admitted"
    FORBIDDEN = "forbidden"
    DO_NOT_TRANSLATE = "do-not-translate"


@dataclass(frozen=True, slots=True)
class TermEntry:
    """One concept: how it stands in the mt, its source, and the target that it must become."""

    mt: str
    target: str
    source: str = ""
    status: TermStatus = TermStatus.PREFERRED
    note: str = ""


@dataclass(frozen=True, slots=True)
class TermMatch:
    """An entry and the place in a text where its `mt` form stands."""

    entry: TermEntry
    span: Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text whose matched terms stand in their target form; `spans[i]` is where match i went."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Bead:
    """An aligned group: mt sentences `mt[0]..mt[1]` with reference sentences `reference[0]..[1]`.

    Both are half-open index ranges. `confidence` is between 0 and 1; it is 0 where a side is empty.
    """

    mt: tuple[int, int]
    reference: tuple[int, int]
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say of one segment: the check's id, a message, and the place if known."""

    check: str
    message: str
    span: Span | None = None

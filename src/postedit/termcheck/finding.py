"""What a term check says, and where in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from postedit.formats.plain import TextFile
from postedit.records import Span

_BREAK = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a text may do against its termbase."""

    id: str
    name: str
    description: str


RULES = {
    rule.id: rule
    for rule in (
        Rule(
            "literal",
            "Literal rendering",
            "An mt form of the termbase stands in the text in place of its target.",
        ),
        Rule(
            "forbidden",
            "Forbidden term",
            "A term that the termbase forbids stands in the text.",
        ),
        Rule(
            "altered",
            "Altered term",
            "A term that must stay letter by letter stands in other letters.",
        ),
        Rule(
            "missing",
            "Missing term",
            "The source, the mt or the reference has a term here, the text none of its targets.",
        ),
        Rule(
            "inconsistent",
            "Inconsistent term",
            "One concept is rendered in more than one way in the text.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """A range in a file: lines and columns from 1, in characters, the end after the last one."""

    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class TermFinding:
    """A violation: the rule's id, what is wrong, where, and what should stand there.

    `found` are the words of the text, empty where a term is missing; the place is then that of the
    paragraph (`unit`). `glossary` says where the entry was read.
    """

    rule: str
    message: str
    unit: str
    place: Place
    found: str = ""
    expected: tuple[str, ...] = ()
    glossary: str = ""


class Positions:
    """Lines and columns of places in the paragraphs of a text."""

    def __init__(self, text: TextFile):
        self._starts = tuple(_starts(text))
        self._paragraphs = text.paragraphs

    def of(self, paragraph: int, span: Span) -> Place:
        """The place of a range of characters of a paragraph; paragraphs have one line each."""
        line, column = self._starts[paragraph]
        return Place(line, column + span.start, line, column + span.end)

    def paragraph(self, paragraph: int) -> Place:
        """The place of a whole paragraph."""
        return self.of(paragraph, Span(0, len(self._paragraphs[paragraph])))


def _starts(text: TextFile) -> Iterator[tuple[int, int]]:
    line, column = 1, 1
    for before, paragraph in zip(text.frame, text.paragraphs, strict=False):
        breaks = list(_BREAK.finditer(before))
        if breaks:
            line, column = line + len(breaks), 1 + len(before) - breaks[-1].end()
        else:
            column += len(before.removeprefix("\ufeff"))
        yield line, column
        column += len(paragraph)

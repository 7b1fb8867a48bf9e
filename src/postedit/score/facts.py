"""Numbers and names of the reference: are they in the output, and are there others?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from postedit.score.results import ScoreError
from postedit.text.numbers import numbers
from postedit.text.words import FUNCTION_WORDS

_WORD = re.compile(r"[^\W\d_]+(?:[-.&][^\W_]+)*")
# Where a capital says nothing: at the start of a text, and after what ends a sentence or opens one.
_OPENS = re.compile(r"(?:^|[.!?:;…。！？]|[\"“‘'(\[])\s*[\"“‘'(\[]*\Z")

# A text with a greater share of capitalised words is a headline.
_HEADLINE = 0.9


@dataclass(frozen=True, slots=True)
class FactCounts:
    """Facts that the references hold, that the outputs hold, and that both do, with repeats."""

    wanted: int
    written: int
    found: int

    @property
    def recall(self) -> float:
        """Percentage of the references' facts that the outputs have; 100 where there are none."""
        return 100.0 * self.found / self.wanted if self.wanted else 100.0

    @property
    def precision(self) -> float:
        """Percentage of the outputs' facts that the references have; 100 where there are none."""
        return 100.0 * self.found / self.written if self.written else 100.0


def number_accuracy(outputs: Sequence[str], references: Sequence[str]) -> FactCounts:
    """Numbers by value, segment by segment: "three hundred" is 300, and 13,353 is 13353.

    >>> number_accuracy(["It sold 13353 of 20."], ["It sold 13,353."])
    FactCounts(wanted=1, written=2, found=1)
    """
    return _counts(outputs, references, numbers)


def name_accuracy(outputs: Sequence[str], references: Sequence[str]) -> FactCounts:
    """Words written with a capital inside a sentence, segment by segment, letter by letter.

    A capital at the start of a sentence counts if the same word has one inside a sentence anywhere
    in these outputs or references. Headlines, in which most words have one, are left out.

    >>> name_accuracy(["today ma met Wang in beijing."], ["Today Ma met Wang in Beijing."])
    FactCounts(wanted=3, written=1, found=1)
    """
    texts = [*outputs, *references]
    known = {name for text in texts for name in _inside(text)}

    def names(text: str) -> Counter[str]:
        return Counter(word for word in _words(text) if word in known)

    return _counts(outputs, references, names)


def _words(text: str) -> list[str]:
    return [word.group() for word in _WORD.finditer(text)]


def _inside(text: str) -> list[str]:
    """Words with a capital that no start of a sentence accounts for; none of a headline."""
    words = [word for word in _WORD.finditer(text) if word.group().lower() not in FUNCTION_WORDS]
    names = [word for word in words if word.group() != word.group().lower()]
    if len(words) > 2 and len(names) > _HEADLINE * len(words):
        return []
    return [word.group() for word in names if not _OPENS.search(text[: word.start()])]


def _counts(
    outputs: Sequence[str], references: Sequence[str], facts: Callable[[str], Counter[Any]]
) -> FactCounts:
    if len(outputs) != len(references):
        raise ScoreError(f"{len(outputs)} outputs, but {len(references)} references")
    pairs = [(facts(one), facts(other)) for one, other in zip(outputs, references, strict=True)]
    return FactCounts(
        wanted=sum(wanted.total() for _, wanted in pairs),
        written=sum(written.total() for written, _ in pairs),
        found=sum((written & wanted).total() for written, wanted in pairs),
    )

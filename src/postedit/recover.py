"""Whether a post-edit can be had from its mt at all: what cannot teaches invention.

A pair whose pe says what the mt does not hold trains a model to make things up, and one whose mt
holds more trains it to drop things. So a pair is kept for training only if content words, names and
numbers are covered in both directions and the two texts are of like length and likeness.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PositiveFloat

from postedit.config import Config
from postedit.records import TermEntry
from postedit.score.segments import segment_chrf
from postedit.termbase.match import TermMatcher
from postedit.termbase.replace import absorb_neighbours, replace_terms
from postedit.text.numbers import added_numbers, lost_numbers
from postedit.text.words import FUNCTION_WORDS, content_words, coverage

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]|\n)[\s\"“'‘(\[]*\Z")

Share = Annotated[float, Field(ge=0, le=1)]


class Recoverability(Config):
    """Thresholds; content words are counted after the row's own terms are put into the mt."""

    min_kept: Share = 0.8  # of the mt's content words, in the pe
    min_backed: Share = 0.8  # of the pe's content words, in the mt
    names: bool = True
    numbers: bool = True
    min_ratio: PositiveFloat = 0.6  # length of pe in words over that of the mt
    max_ratio: PositiveFloat = 1.7
    min_chrf: Annotated[float, Field(ge=0, le=100)] = 35.0
    max_chrf: Annotated[float, Field(ge=0, le=100)] = 100.0


class Loss(StrEnum):
    """Why a pair is not recoverable: the first reason that holds, in this order."""

    LENGTH = "length ratio"
    NUMBERS = "number lost or invented"
    NAMES = "name lost or invented"
    KEPT = "content of the mt lost"
    BACKED = "content not in the mt"
    CHRF = "chrF outside the window"


def lost_in(mt: str, pe: str, terms: Sequence[TermEntry], want: Recoverability) -> Loss | None:
    """The first reason why `pe` cannot be had from `mt` and its terms, or None if it can."""
    matches = TermMatcher(terms).match(mt)
    given = replace_terms(mt, absorb_neighbours(mt, matches)).text
    ratio = (len(pe.split()) + 1) / (len(mt.split()) + 1)
    if not want.min_ratio <= ratio <= want.max_ratio:
        return Loss.LENGTH
    if want.numbers and (lost_numbers(given, pe) or added_numbers(given, pe)):
        return Loss.NUMBERS
    if want.names and not _names_covered(given, pe):
        return Loss.NAMES
    before, after = content_words(given), content_words(pe)
    if coverage(before, after) < want.min_kept:
        return Loss.KEPT
    if coverage(after, before) < want.min_backed:
        return Loss.BACKED
    if not want.min_chrf <= segment_chrf(given, [pe]) <= want.max_chrf:
        return Loss.CHRF
    return None


def _names_covered(mt: str, pe: str) -> bool:
    """Whether every name of either text stands in the other, in any case ("WANG xiaochu")."""
    here, there = _words(mt), _words(pe)
    return _names(pe) <= here and _names(mt) <= there


def _words(text: str) -> set[str]:
    return {_bare(word) for word in _WORD.findall(text)}


def _names(text: str) -> set[str]:
    """Words with a capital that do not merely begin a sentence."""
    return {
        _bare(found.group())
        for found in _WORD.finditer(text)
        if found.group()[0].isupper()
        and _bare(found.group()) not in FUNCTION_WORDS
        and not _SENTENCE_START.search(text[: found.start()])
    }


def _bare(word: str) -> str:
    return re.sub(r"['’]s?\Z", "", word.lower().replace("’", "'"))

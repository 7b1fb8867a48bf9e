"""Alignment of a machine translation with a reference in the same language, bead by bead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from postedit.align.search import Shape, Side, Weights, best_path
from postedit.align.similarity import PairSimilarity
from postedit.records import Bead
from postedit.text.segment import split_sentences


def align(
    mt: str | Sequence[str], reference: str | Sequence[str], *, weights: Weights | None = None
) -> tuple[Bead, ...]:
    """Beads that cover every sentence of both sides exactly once, in order.

    A string is split first: its lines are paragraphs, and their sentences are what the beads count.
    A sequence holds the sentences themselves.

    >>> beads = align(["ma go to the telecom.", "he meet wang."], ["Ma met Wang."])
    >>> [(bead.mt, bead.reference) for bead in beads]
    [((0, 1), (0, 0)), ((1, 2), (0, 1))]
    """
    mt_sentences, mt_opens = _sentences(mt)
    reference_sentences, reference_opens = _sentences(reference)
    pairs = PairSimilarity(mt_sentences, reference_sentences)
    path = best_path(
        pairs,
        side_of(mt_sentences, mt_opens),
        side_of(reference_sentences, reference_opens),
        weights or Weights(),
    )
    return _beads(path, pairs)


def _sentences(text: str | Sequence[str]) -> tuple[list[str], list[int]]:
    """The sentences, and the indices of those that open a paragraph (none if unknown)."""
    if not isinstance(text, str):
        return list(text), []
    paragraphs = [[span.of(line) for span in split_sentences(line)] for line in text.splitlines()]
    paragraphs = [sentences for sentences in paragraphs if sentences]
    opens = accumulate((len(sentences) for sentences in paragraphs), initial=0)
    return [sentence for sentences in paragraphs for sentence in sentences], list(opens)[:-1]


def side_of(sentences: Sequence[str], opens: Sequence[int] = ()) -> Side:
    """What the search has to know of the sentences; `opens` are those that begin a paragraph."""
    marks = np.zeros(len(sentences) + 1, dtype=np.bool_)
    marks[list(opens)] = True
    return Side(np.array([len(s) for s in sentences], dtype=np.int64), marks)


def _beads(path: Sequence[Shape], pairs: PairSimilarity) -> tuple[Bead, ...]:
    beads: list[Bead] = []
    i = j = 0
    for a, b in path:
        mt, reference = (i, i + a), (j, j + b)
        alike = pairs.cosine(mt, reference) if a and b else 0.0
        beads.append(Bead(mt, reference, _confidence(alike, a, b)))
        i, j = i + a, j + b
    return tuple(beads)


def _confidence(cosine: float, a: int, b: int) -> float:
    """Chance that a bead of a and b sentences is right, given their cosine; 0 for an empty side.

    A logistic fit on authored training articles, aligned with their own references and with those
    of others. On development articles mixed in the same way, beads above .8 were right in .96 of
    266 cases, those below .2 in .03 of 228; few lie between.
    """
    if not a or not b:
        return 0.0
    evidence = 8.0 + 3.3 * math.log(max(cosine, 0.0) + 0.02) - 1.65 * (a + b - 2)
    return 1.0 / (1.0 + math.exp(-evidence))

"""Alignment of a machine translation with a reference in the same language, bead by bead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from postedit.align.search import Step, best_path
from postedit.align.similarity import PairSimilarity
from postedit.align.worth import Side, Weights
from postedit.records import Bead, BeadFlag
from postedit.text.segment import split_sentences

# Most beads below this confidence are wrong: see docs/alignment.md.
DOUBTFUL = 0.5


def align(
    mt: str | Sequence[str], reference: str | Sequence[str], *, weights: Weights | None = None
) -> tuple[Bead, ...]:
    """Beads that cover every sentence of both sides exactly once, in order.

    A string is split first: its lines are paragraphs, and their sentences are what the beads count.
    A sequence holds the sentences themselves.

    >>> beads = align(["ma go to the telecom.", "he meet wang."], ["Ma met Wang."])
    >>> [(bead.mt, bead.reference) for bead in beads]
    [((0, 1), (0, 0)), ((1, 2), (0, 1))]
    >>> beads[0].flag.value
    'alone'
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


def _beads(path: Sequence[Step], pairs: PairSimilarity) -> tuple[Bead, ...]:
    places: list[tuple[tuple[int, int], tuple[int, int]]] = []
    i = j = 0
    for step in path:
        places.append(((i, i + step.mt), (j, j + step.reference)))
        i, j = i + step.mt, j + step.reference
    cosines = [_cosines(pairs, step, *place) for step, place in zip(path, places, strict=True)]
    means = [sum(found) / len(found) if found else 0.0 for found in cosines]
    beads = []
    for n, (step, place, found) in enumerate(zip(path, places, cosines, strict=True)):
        beside = [*means[max(n - 1, 0) : n], *means[n + 1 : n + 2]]
        confidence = _confidence(found, beside or means, step.crossed) if found else 0.0
        beads.append(Bead(*place, confidence, _flag(step, confidence)))
    return tuple(beads)


def _cosines(
    pairs: PairSimilarity, step: Step, mt: tuple[int, int], reference: tuple[int, int]
) -> list[float]:
    """Each sentence's with all of the other side, or with its partner across; none if alone."""
    if not step.mt or not step.reference:
        return []
    if step.crossed:
        (i, _), (j, _) = mt, reference
        return [pairs.cosine((i + k, i + k + 1), (j + 1 - k, j + 2 - k)) for k in (0, 1)]
    return [
        *(pairs.cosine((i, i + 1), reference) for i in range(*mt)),
        *(pairs.cosine(mt, (j, j + 1)) for j in range(*reference)),
    ]


def _flag(step: Step, confidence: float) -> BeadFlag | None:
    if not step.mt or not step.reference:
        return BeadFlag.ALONE
    if confidence < DOUBTFUL:
        return BeadFlag.DOUBTFUL
    return BeadFlag.CROSSED if step.crossed else None


def _confidence(cosines: Sequence[float], beside: Sequence[float], crossed: bool) -> float:
    """Chance that a bead is right: its weakest sentence counts, and how sure its neighbours are.

    A logistic fit on authored training articles, disturbed, and every second one followed by
    articles of different content on either side. On development articles done alike, beads above
    .95 were right in .99 of 959 cases, those between .5 and .95 in .85 of 61, those below in .03 of
    462.
    """
    evidence = 17.7 + 3.2 * _log(min(cosines)) - 4.1 * crossed
    evidence += 3.1 * sum(map(_log, beside)) / len(beside)
    return 1.0 / (1.0 + math.exp(-evidence))


def _log(cosine: float) -> float:
    return math.log(max(cosine, 0.0) + 0.02)

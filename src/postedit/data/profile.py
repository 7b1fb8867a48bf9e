"""What kind of machine translation a set of triplets holds: edits by kind, TER, chrF, order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from postedit.align import align
from postedit.errors import InputError
from postedit.formats import read_article
from postedit.formats.triplets import Triplet
from postedit.score.segments import segment_chrf
from postedit.score.ter import EditKinds, edit_kinds
from postedit.text.segment import split_sentences
from postedit.text.words import content_words, coverage


@dataclass(frozen=True, slots=True)
class Profile:
    """Figures of one set; kinds of edits are per 100 words of the post-edit.

    `order` is the share of shifts among all edits: how much of the damage is word order. `kept` and
    `backed` are the shares of content words of mt in pe and of pe in mt. Distributions are by
    segment. The scores are sacrebleu's segment TER and chrF, 0 to 100.
    """

    name: str
    segments: int
    words: int
    kinds: dict[str, float]
    order: float
    ter: float
    ter_by_segment: tuple[float, ...]
    chrf_by_segment: tuple[float, ...]
    kept: float
    backed: float

    def as_json(self) -> dict[str, Any]:
        """Plain values, with the quartiles of the distributions."""
        return {
            "name": self.name,
            "segments": self.segments,
            "words_per_segment": round(self.words / self.segments, 1),
            "edits_per_100_words": {kind: round(value, 1) for kind, value in self.kinds.items()},
            "order_share_of_edits": round(self.order, 1),
            "ter": round(self.ter, 1),
            "ter_quartiles": _quartiles(self.ter_by_segment),
            "chrf_quartiles": _quartiles(self.chrf_by_segment),
            "content_kept": round(self.kept, 1),
            "content_backed": round(self.backed, 1),
        }


def profile(
    name: str, triplets: Iterable[Triplet], done: Callable[[int], None] = lambda rows: None
) -> Profile:
    """Compare the mt of every triplet with its pe, terms not put in; ValueError for no triplet."""
    kinds: list[EditKinds] = []
    chrf: list[float] = []
    kept: list[float] = []
    backed: list[float] = []
    for one in triplets:
        kinds.append(edit_kinds(one.mt, one.pe))
        chrf.append(segment_chrf(one.mt, [one.pe]))
        before, after = content_words(one.mt), content_words(one.pe)
        kept.append(100 * coverage(before, after))
        backed.append(100 * coverage(after, before))
        done(1)
    if not kinds:
        raise ValueError(f"{name}: no triplets to look at")
    words, edits = sum(one.words for one in kinds), sum(one.edits for one in kinds)
    names = ("substitutions", "insertions", "deletions", "shifts")
    totals = {kind: sum(getattr(one, kind) for one in kinds) for kind in names}
    return Profile(
        name=name,
        segments=len(kinds),
        words=words,
        kinds={kind: 100 * total / max(words, 1) for kind, total in totals.items()},
        order=100 * totals["shifts"] / max(edits, 1),
        ter=100 * edits / max(words, 1),
        ter_by_segment=tuple(100 * one.edits / max(one.words, 1) for one in kinds),
        chrf_by_segment=tuple(chrf),
        kept=sum(kept) / len(kept),
        backed=sum(backed) / len(backed),
    )


def _quartiles(values: tuple[float, ...]) -> list[float]:
    if len(values) < 2:
        return [round(value, 1) for value in values]
    return [round(value, 1) for value in quantiles(values, n=4)]


def article_triplets(folder: Path) -> Iterator[Triplet]:
    """The aligned sentences of an article with a reference, as triplets; for looking, not training.

    InputError if the article has no reference. What is aligned with nothing is left out.
    """
    article = read_article(folder)
    if article.reference is None:
        raise InputError("an article without reference.txt has no profile", path=folder)
    sides = [unit.mt for unit in article.units], list(article.reference)
    sentences = [
        [span.of(text) for text in side for span in split_sentences(text)] for side in sides
    ]
    for number, bead in enumerate(align(*("\n".join(side) for side in sides)), start=1):
        mt, reference = sentences[0][slice(*bead.mt)], sentences[1][slice(*bead.reference)]
        if mt and reference:
            yield Triplet(f"{folder.name}:{number}", " ".join(mt), " ".join(reference), ())

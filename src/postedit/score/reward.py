"""What a repair is worth to one who has a person's post-edit: the reward of on-policy training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from postedit.score.ter import QuickTER
from postedit.text.words import content_words

# Points for each word in a hundred that is edited. Readers forgive an edit less the more it
# changes: docs/model-lab.md has how well each part of the reward agrees with them.
_EDITED = 0.1


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair of `mt`, and the person's `pe` that it is measured by."""

    mt: str
    pe: str
    repair: str


def reward(one: Repair) -> float:
    """Points, at most 100: the mean of chrF++ in lower case, BLEU and 100 - TER, less faults.

    Faults are, in per cent of the post-edit's content words, those of them that the mt has and the
    repair has not, and those in the repair that neither mt nor post-edit has; and a tenth of the
    words, in per cent, that differ between mt and repair.
    """
    chrf, bleu, ter = _metrics()
    near = (
        chrf.sentence_score(one.repair, [one.pe]).score
        + bleu.sentence_score(one.repair, [one.pe]).score
        + 100.0
        - min(100.0, ter.sentence_score(one.repair, [one.pe]).score)
    ) / 3
    edited = Levenshtein.normalized_distance(one.mt.split(), one.repair.split())
    return float(near - _faults(one) - _EDITED * 100.0 * edited)


def rewards(repairs: Sequence[Repair]) -> list[float]:
    """The reward of each; what stands there twice is measured once."""
    known = {one: reward(one) for one in dict.fromkeys(repairs)}
    return [known[one] for one in repairs]


def _faults(one: Repair) -> float:
    wanted, given, made = map(content_words, (one.pe, one.mt, one.repair))
    lost = (wanted & given) - made
    invented = made - wanted - given
    return 100.0 * (lost.total() + invented.total()) / max(1, wanted.total())


@cache
def _metrics() -> tuple[CHRF, BLEU, QuickTER]:
    ter = QuickTER(case_sensitive=True)
    return CHRF(word_order=2, lowercase=True), BLEU(effective_order=True), ter

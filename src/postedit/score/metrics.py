"""The metrics of sacrebleu (Post 2018) as tables of statistics that can be summed and scored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from postedit.score.results import Metric

if TYPE_CHECKING:
    from sacrebleu.metrics.base import Metric as SacrebleuMetric

Floats = NDArray[np.float64]


class Scorer:
    """One metric. Statistics are additive: the score of a corpus is that of the sum of its rows.

    The methods of sacrebleu that are called here have a leading underscore, but they are the ones
    that its base class asks every metric for, and that its own significance tests are built on.
    """

    def __init__(self, name: Metric, *, case_sensitive_ter: bool = False):
        self._metric = _load(name, case_sensitive_ter)

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str | None]]
    ) -> Floats:
        """A (segments x k) table; `references[j][i]` is the j-th reference of segment i.

        None is no reference: it counts for nothing, where "" would count as an empty one.
        """
        # Its own documentation allows None, its annotation does not.
        given = cast(Sequence[Sequence[str]], references)
        rows = self._metric._extract_corpus_statistics(hypotheses, given)
        return np.array(rows, dtype=np.float64)

    def score(self, sums: Floats) -> float:
        """The score of summed rows, 0 to 100 (more for TER)."""
        return float(self._metric._compute_score_from_stats(sums.tolist()).score)

    def segment(self, hypothesis: str, references: Sequence[str]) -> float:
        """The score of one segment against its references."""
        return self.score(self.statistics([hypothesis], [[text] for text in references])[0])

    def signature(self, width: int, **more: int) -> str:
        """Name, settings and version, as sacrebleu prints them, for rows of `width` statistics."""
        signature = self._metric.get_signature()
        for key, value in more.items():
            signature.update(key, value)
        return f"{self._metric._compute_score_from_stats([0] * width).name}|{signature}"


def _load(name: Metric, case_sensitive_ter: bool) -> SacrebleuMetric:
    # sacrebleu takes a third of a second to import, so it is left until something is scored.
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    from postedit.score.ter import QuickTER

    match name:
        case "bleu":
            # `force` silences a warning on stderr about tokenized text; scores stay the same.
            return BLEU(force=True)
        case "chrf":
            return CHRF()
        case "chrf++":
            return CHRF(word_order=2)
        case "ter":
            return QuickTER(case_sensitive=case_sensitive_ter)

"""Scores of a repair: overlap with a reference, terms kept, content kept, and how much changed."""

from postedit.score.corpus import Measured, compare, edit_rate
from postedit.score.meaning import MeaningProxy, meaning
from postedit.score.results import METRICS, Comparison, Estimate, ScoreError, SystemScores
from postedit.score.segments import SegmentChanges, segment_changes, segment_chrf
from postedit.score.terms import TermCounts, term_counts

__all__ = [
    "METRICS",
    "Comparison",
    "Estimate",
    "MeaningProxy",
    "Measured",
    "ScoreError",
    "SegmentChanges",
    "SystemScores",
    "TermCounts",
    "compare",
    "edit_rate",
    "meaning",
    "segment_changes",
    "segment_chrf",
    "term_counts",
]

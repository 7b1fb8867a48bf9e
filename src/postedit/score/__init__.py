"""Scores of a repair: overlap with a reference, terms kept, content kept, and how much changed."""

from postedit.score.assess import Assessment, assess
from postedit.score.corpus import Measured, compare
from postedit.score.effort import edit_rate, gain_to_edit, hter
from postedit.score.facts import FactCounts, name_accuracy, number_accuracy
from postedit.score.meaning import MeaningProxy, meaning
from postedit.score.results import (
    ALL_METRICS,
    METRICS,
    Comparison,
    Estimate,
    ScoreError,
    SystemScores,
)
from postedit.score.segments import SegmentChanges, segment_changes, segment_chrf
from postedit.score.terms import TermCounts, term_counts
from postedit.score.thresholds import Agreement, agreement

__all__ = [
    "ALL_METRICS",
    "METRICS",
    "Agreement",
    "Assessment",
    "Comparison",
    "Estimate",
    "FactCounts",
    "MeaningProxy",
    "Measured",
    "ScoreError",
    "SegmentChanges",
    "SystemScores",
    "TermCounts",
    "agreement",
    "assess",
    "compare",
    "edit_rate",
    "gain_to_edit",
    "hter",
    "meaning",
    "name_accuracy",
    "number_accuracy",
    "segment_changes",
    "segment_chrf",
    "term_counts",
]

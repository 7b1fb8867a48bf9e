"""Correct segments with a model, and keep only the repairs that can be trusted."""

from postedit.correct.corrector import Correction, Corrector
from postedit.correct.drafts import Draft, glossary_only, make_draft, triplet_draft
from postedit.correct.settle import Declined, Settled, settle

__all__ = [
    "Correction",
    "Corrector",
    "Declined",
    "Draft",
    "Settled",
    "glossary_only",
    "make_draft",
    "settle",
    "triplet_draft",
]

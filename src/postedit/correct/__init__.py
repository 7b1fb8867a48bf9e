"""Correct segments with a model, and keep only the repairs that can be trusted."""

from postedit.correct.corrector import Correction, Corrector
from postedit.correct.drafts import Draft, glossary_only, make_draft

__all__ = ["Correction", "Corrector", "Draft", "glossary_only", "make_draft"]

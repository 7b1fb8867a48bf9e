"""Whether a text keeps to a termbase: findings with line and column, for people and for CI."""

from postedit.termcheck.check import check_terms
from postedit.termcheck.consistency import (
    ConceptUse,
    Rendering,
    uses_in_repair,
    uses_in_text,
    with_one_target,
)
from postedit.termcheck.finding import RULES, Place, Rule, TermFinding
from postedit.termcheck.junit import to_junit
from postedit.termcheck.sarif import to_sarif

__all__ = [
    "RULES",
    "ConceptUse",
    "Place",
    "Rendering",
    "Rule",
    "TermFinding",
    "check_terms",
    "to_junit",
    "to_sarif",
    "uses_in_repair",
    "uses_in_text",
    "with_one_target",
]

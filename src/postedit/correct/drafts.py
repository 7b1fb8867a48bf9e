"""Term matches into text: what the model reads, and the baseline that it has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postedit.formats.triplets import Triplet
from postedit.records import TermMatch
from postedit.termbase.match import TermMatcher
from postedit.termbase.replace import absorb_neighbours, replace_terms, replaceable


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment's text with its terms in target form, and the term matches that put them there."""

    text: str
    matches: tuple[TermMatch, ...] = ()


def make_draft(text: str, matches: Sequence[TermMatch]) -> Draft:
    """Put targets in place of terms as training did (Dinu et al. 2019, "replace").

    A word beside a term that its target says again goes, so that "China telecom" does not become
    "China China Telecom".
    """
    wanted = absorb_neighbours(text, replaceable(matches))
    return Draft(replace_terms(text, wanted).text, tuple(matches))


def triplet_draft(triplet: Triplet) -> Draft:
    """The draft of a triplet's mt, with the triplet's own terms."""
    return make_draft(triplet.mt, TermMatcher(triplet.terms).match(triplet.mt, triplet.source))


def glossary_only(text: str, matches: Sequence[TermMatch]) -> str:
    """The baseline row: every matched term replaced by its target, and nothing else."""
    return replace_terms(text, replaceable(matches), as_listed=True).text

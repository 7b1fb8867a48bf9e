"""Measure a proposed repair against the draft that it was made of, and judge it by the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from postedit.checks import run_checks
from postedit.models.manifest import Gate
from postedit.records import Finding, TermMatch
from postedit.text.numbers import find_numbers
from postedit.text.substitutes import exchanged
from postedit.text.words import content_words, coverage

#: Who proposes it: the free search, the closed-lexicon search, or what is safe of the free one.
Kind = Literal["free", "closed", "safe"]

#: Words of a sentence of usual length.
USUAL = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be said of a proposal before it is judged.

    `kept` is the share of the draft's content words that the proposal still has, `backed` the
    share of the proposal's that the draft has; a learnt substitute will do for its word. `margin`
    is the model's mean log-probability of a token of the proposal less that of the draft, times the
    square root of its words over 20: as in a t-test, a difference of means says more of a long
    sentence. `ratio` compares their words; `new` are the findings of the checks that the draft
    alone does not have; `worth` is what a reader would say (correct/worth.py).
    """

    kept: float
    backed: float
    margin: float
    ratio: float
    new: tuple[Finding, ...]
    worth: float = 1.0


def weigh(
    draft: str,
    proposal: str,
    matches: Sequence[TermMatch],
    margin: float,
    substitutes: Mapping[str, Sequence[str]] | None = None,
) -> Evidence:
    """Collect the evidence on one proposal; `matches` are the term matches of its segment.

    `margin` is the plain difference of the model's mean log-probabilities.
    `substitutes` are words that may stand for others, besides the usual ones.
    """
    before = content_words(_without_shared_numbers(draft, proposal))
    after = content_words(_without_shared_numbers(proposal, draft))
    before = exchanged(before, after, substitutes)
    return Evidence(
        kept=coverage(before, after),
        backed=coverage(after, before),
        margin=margin * sqrt(len(proposal.split()) / USUAL),
        ratio=len(proposal.split()) / max(1, len(draft.split())),
        new=_new_findings(draft, proposal, matches),
    )


def _without_shared_numbers(text: str, other: str) -> str:
    """`text` without the numbers that `other` has too: "twenty million" is "20 million"."""
    values = Counter(number.value for number in find_numbers(other))
    rest = list(text)
    for number in find_numbers(text):
        if values[number.value] > 0:
            values[number.value] -= 1
            rest[number.span.start : number.span.end] = " " * len(number.span.of(text))
    return "".join(rest)


def _new_findings(draft: str, proposal: str, matches: Sequence[TermMatch]) -> tuple[Finding, ...]:
    old = Counter(finding.check for finding in run_checks(draft, draft, matches))
    new: list[Finding] = []
    for finding in run_checks(draft, proposal, matches):
        old[finding.check] -= 1
        if old[finding.check] < 0:
            new.append(finding)
    return tuple(new)


def objection(kind: Kind, evidence: Evidence, gate: Gate) -> str:
    """Why the gate keeps a proposal out, in words for a person; empty if it lets it through.

    Safe edits alone cannot lose or invent content, so they are not asked about that.
    """
    if evidence.new:
        return f"{evidence.new[0].check}: {evidence.new[0].message}"
    if kind != "safe" and (unlike := _unlike(evidence, gate)):
        return unlike
    margins = {
        "free": gate.min_margin,
        "closed": gate.min_closed_margin,
        "safe": gate.min_edit_margin,
    }
    if evidence.margin < margins[kind]:
        return f"not preferred: margin {evidence.margin:.2f} below {margins[kind]:.2f}"
    if evidence.worth < gate.min_worth:
        return f"not trusted: worth {evidence.worth:.2f}, needs {gate.min_worth:.2f}"
    return ""


def _unlike(evidence: Evidence, gate: Gate) -> str:
    if evidence.kept < gate.min_kept:
        return f"content lost: {evidence.kept:.0%} of the content words kept"
    if evidence.backed < gate.min_backed:
        return f"content invented: {evidence.backed:.0%} of the content words backed"
    if not gate.min_ratio <= evidence.ratio <= gate.max_ratio:
        return f"length: {evidence.ratio:.2f} times the words"
    return ""

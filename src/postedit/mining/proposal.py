"""What mining proposes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A place where a proposal was found: the aligned texts, the phrase in each still inside."""

    mt: str
    reference: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that a termbase may want: the phrase of the mt, and what the references say there.

    `score` is the estimated chance (0 to 1) that a person who keeps a termbase would list the pair.
    `places` counts the aligned groups where one stood for the other, `mt_count` and `target_count`
    those whose mt has the phrase, and whose reference has the target. `association` is the
    log-likelihood ratio of the two (Dunning 1993).
    """

    mt: str
    target: str
    score: float
    places: int
    mt_count: int
    target_count: int
    association: float
    examples: tuple[Example, ...] = ()

"""What a repair is worth, told from a few of its traits by weights learnt from readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import exp, sqrt

from rapidfuzz.distance import LCSseq

from postedit.correct.drafts import Draft
from postedit.correct.evidence import USUAL, Evidence, Kind, weigh
from postedit.models.manifest import Gate, Trait
from postedit.text.words import content_stems

# A margin that is this clear is clear; more of it says that the draft is bad, not the repair good.
_CLEAR = 0.1
# Words that a sentence is known by at its end, where repairs that go wrong often show.
_END = 2


def traits(
    kind: Kind, draft: str, text: str, evidence: Evidence, score: float
) -> dict[Trait, float]:
    """Numbers that tell a good repair from a bad one, each of the size of 1.

    `confidence` is the model's own: its mean log-probability `score` of a token, by the root of the
    length, as the margin is (a known sign of quality: Fomicheva et al. 2020, TACL). `order` is the
    share of the shared content words that still follow one another, `ending` is 1 if the last words
    are the same.
    """
    before, after = content_stems(draft), content_stems(text)
    shared = (Counter(before) & Counter(after)).total()
    return {
        "bias": 1.0,
        "confidence": score * sqrt(len(text.split()) / USUAL),
        "margin": min(max(evidence.margin, 0.0), _CLEAR) / _CLEAR,
        "kept": evidence.kept,
        "order": LCSseq.similarity(before, after) / shared if shared else 1.0,
        "ending": float(_ending(draft) == _ending(text)),
        "free": float(kind == "free"),
        "safe": float(kind == "safe"),
    }


def worth(found: Mapping[Trait, float], weights: Mapping[Trait, float]) -> float:
    """From 0 to 1, how likely a reader would take the repair; 1 where no weights were learnt."""
    if not weights:
        return 1.0
    return 1 / (1 + exp(-sum(weight * found[name] for name, weight in weights.items())))


def appraise(
    kind: Kind, draft: Draft, text: str, score: float, base: float, gate: Gate
) -> Evidence:
    """All that the gate asks of a repair `text` of a draft.

    `score` and `base` are the model's mean log-probabilities of a token of both.
    """
    evidence = weigh(draft.text, text, draft.matches, score - base, gate.substitutes)
    found = traits(kind, draft.text, text, evidence, score)
    return replace(evidence, worth=worth(found, gate.worth))


def _ending(text: str) -> list[str]:
    return text.lower().rstrip(" .!?\"'”’").split()[-_END:]

"""Weights of a repair's traits from readers' judgements, and what each cut lets through."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from postedit.correct.worth import worth
from postedit.errors import InputError
from postedit.judge.sheets import Judgement
from postedit.models.manifest import Trait

TRAITS: tuple[Trait, ...] = get_args(Trait)
CUTS = tuple(round(0.4 + 0.02 * i, 2) for i in range(25))
_FEWEST, _FOLDS = 60, 10
# Strength of the ridge, and the chrF that counts as much as going from undecided to sure.
_RIDGE, _CHRF = 3.0, 2.0
_STEPS = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """What a least worth lets through, each segment judged by weights that never saw its document.

    Shares are in percent: `changed` of the segments judged, `better` of the decided judgements,
    `serious` of the changed segments; `gained` is chrF a changed segment.
    """

    least: float
    segments: int
    changed: float
    better: float
    serious: float
    gained: float


def learn_worth(
    judgements: Sequence[Judgement], share: float = 0.5
) -> tuple[dict[Trait, float], list[Cut]]:
    """Weights for the gate, and the cuts to choose its least worth from, loosest first.

    Logistic regression with a ridge (fitted by Newton's method). What it learns is the reader's
    choice and, for the `share` of it, the chrF that was gained: readers alone would have a gate
    that prefers to do little, chrF alone one that forgives turned relations.
    Raises InputError if there are too few judgements.
    """
    if len(judgements) < _FEWEST:
        raise InputError(f"{len(judgements)} judgements; weights need at least {_FEWEST}")
    table = np.array([[one.traits[name] for name in TRAITS] for one in judgements])
    said = np.array([one.better for one in judgements])
    gained = np.array([one.gained for one in judgements])
    wanted = (1 - share) * said + share / (1 + np.exp(-gained / _CHRF))
    folds = np.array([_fold(one.document) for one in judgements])
    guessed = np.zeros(len(judgements))
    for fold in range(_FOLDS):
        out = folds == fold
        weights = _fit(table[~out], wanted[~out])
        guessed[out] = [worth(judgements[i].traits, weights) for i in np.flatnonzero(out).tolist()]
    best = _worthiest(judgements, guessed)
    return _fit(table, wanted), [_cut(least, best) for least in CUTS]


def _fold(document: str) -> int:
    return int(hashlib.sha256(document.encode()).hexdigest(), 16) % _FOLDS


def _fit(table: Floats, wanted: Floats) -> dict[Trait, float]:
    """Ridge on traits of equal spread; the weights are for the traits as they are."""
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0  # the bias
    x = (table - middle) / spread
    ridge = np.diag([1e-6] + [_RIDGE] * (x.shape[1] - 1))
    weights = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (likely - wanted) + ridge @ weights
        bend = (x * (likely * (1 - likely))[:, None]).T @ x + ridge
        step = np.linalg.solve(bend, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    plain = weights / spread
    plain[0] = weights[0] - float((plain * middle)[1:].sum())
    return {name: round(float(value), 4) for name, value in zip(TRAITS, plain, strict=True)}


def _worthiest(judgements: Sequence[Judgement], guessed: Floats) -> list[tuple[float, Judgement]]:
    """The worthiest repair of each segment, and its worth."""
    best: dict[str, tuple[float, Judgement]] = {}
    for one, value in zip(judgements, guessed.tolist(), strict=True):
        if one.segment not in best or value > best[one.segment][0]:
            best[one.segment] = (value, one)
    return list(best.values())


def _cut(least: float, best: Sequence[tuple[float, Judgement]]) -> Cut:
    taken = [one for value, one in best if value >= least]
    decided = [one.better for one in taken if one.better != 0.5]
    count = max(1, len(taken))
    return Cut(
        least=least,
        segments=len(best),
        changed=100 * len(taken) / len(best),
        better=100 * sum(decided) / max(1, len(decided)),
        serious=100 * sum(one.serious for one in taken) / count,
        gained=sum(one.gained for one in taken) / count,
    )

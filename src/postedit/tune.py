"""`postedit model tune`: choose the gate's thresholds on development triplets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from postedit.correct.corrector import Candidate, Correction
from postedit.models.manifest import ClosedSearch, Gate
from postedit.score import segment_chrf

#: A gate that asks for nothing but clean checks.
OPEN = Gate(min_kept=0, min_backed=0, min_margin=-100, min_closed_margin=-100, min_edit_margin=-100)
# A margin that nothing reaches: what this keeps out is never taken.
SHUT = 1000.0
# Meaning first: chrF would let a repair drop one word in five (0.8) for its better grammar, but
# what a reader cannot forgive is lost or invented content.
_COVERAGE = (0.9, 0.95, 1.0)
_MARGIN = (-100.0, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, SHUT)
_LEAST = 0.01

Marks = NDArray[np.bool_]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """A gate and what it does to the development set: mean chrF gained, and shares in percent."""

    gate: Gate
    gain: float
    changed: float
    hurt: float


@dataclass(frozen=True, slots=True)
class _Column:
    """The candidates of one kind, by segment.

    `deltas` is the chrF that each would gain, `sound` says whether there is one that no threshold
    is needed to refuse.
    """

    deltas: Values
    margins: Values
    kept: Values
    backed: Values
    sound: Marks

    def passing(self, kept: float, backed: float) -> Marks:
        """Which of them have that much of their content kept and backed."""
        return self.sound & (self.kept >= kept) & (self.backed >= backed)


def tune(
    corrections: Sequence[Correction], references: Sequence[str], max_hurt: float, name: str
) -> Trial:
    """The gate that gains most chrF per segment while at most `max_hurt` percent are hurt.

    The corrections are made with the gate OPEN, and with closed-lexicon search in every segment if
    it is to be tuned. Of gates that gain alike the one that changes least is taken. The gate that
    lets nothing through is among those tried, so there is always an answer.
    """
    columns = (
        _column(corrections, references, lambda one: one.whole),
        _column(corrections, references, lambda one: one.closed),
        _column(corrections, references, lambda one: one.safe),
    )
    allowed = (trial for trial in _trials(*columns, name) if trial.hurt <= max_hurt)
    return max(allowed, key=lambda trial: (round(trial.gain, 3), -trial.changed))


def searches(
    base: ClosedSearch, slacks: Sequence[float], prices: Sequence[float]
) -> Iterator[ClosedSearch]:
    """The settings of closed search to try, run in every segment; `base` where none are given."""
    maybe: Sequence[float | None] = prices or [None]
    for slack, price in product(slacks or [base.slack], maybe):
        update: dict[str, object] = {"use": "always", "slack": slack}
        if price is not None:
            update |= {"price": price, "max_outside": base.max_outside or 2}
        yield base.model_copy(update=update)


def decided(search: ClosedSearch, gate: Gate) -> ClosedSearch:
    """The search as it is to be stored: only where it is needed, and not where it never passes."""
    use = "never" if gate.min_closed_margin >= SHUT else "refused"
    return search.model_copy(update={"use": use})


def _column(
    corrections: Sequence[Correction],
    references: Sequence[str],
    pick: Callable[[Correction], Candidate | None],
) -> _Column:
    rows = []
    for one, reference in zip(corrections, references, strict=True):
        candidate = pick(one)
        if candidate is None:
            rows.append((0.0, 0.0, 0.0, 0.0, 0.0))
            continue
        evidence = candidate.evidence
        gained = segment_chrf(candidate.text, [reference]) - segment_chrf(one.draft, [reference])
        # With the gate OPEN there is an objection only where no threshold can help.
        rows.append(
            (gained, evidence.margin, evidence.kept, evidence.backed, not candidate.objection)
        )
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    gains, margins, kept, backed, usable = table.T
    return _Column(gains, margins, kept, backed, usable > 0)


def _trials(whole: _Column, closed: _Column, safe: _Column, name: str) -> Iterator[Trial]:
    # Strictest first: where nothing is gained, the search is not run at all.
    closed_margins = _MARGIN[::-1] if closed.sound.any() else (SHUT,)
    for kept, backed in product(_COVERAGE, _COVERAGE):
        wholes, closeds = whole.passing(kept, backed), closed.passing(kept, backed)
        for margin, closed_margin in product(_MARGIN, closed_margins):
            first = wholes & (whole.margins >= margin)
            second = closeds & (closed.margins >= closed_margin) & ~first
            for edit_margin in _MARGIN:
                third = safe.sound & (safe.margins >= edit_margin) & ~first & ~second
                gate = {
                    "min_kept": kept,
                    "min_backed": backed,
                    "min_margin": margin,
                    "min_closed_margin": closed_margin,
                    "min_edit_margin": edit_margin,
                }
                deltas = first * whole.deltas + second * closed.deltas + third * safe.deltas
                chosen = OPEN.model_copy(update=gate | {"tuned_on": name})
                yield _trial(chosen, deltas, first | second | third)


def _trial(gate: Gate, deltas: Values, changed: Marks) -> Trial:
    total = max(1, len(deltas))
    return Trial(
        gate=gate,
        gain=float(deltas.sum()) / total,
        changed=100.0 * float(changed.sum()) / total,
        hurt=100.0 * float((deltas <= -_LEAST).sum()) / total,
    )

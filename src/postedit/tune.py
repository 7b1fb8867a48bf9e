"""`postedit model tune`: choose the gate's thresholds on development triplets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from postedit.correct.corrector import Candidate, Correction
from postedit.correct.evidence import edit_objection, objection
from postedit.models.manifest import Gate
from postedit.score import segment_chrf

#: A gate that asks for nothing but clean checks.
OPEN = Gate(min_kept=0, min_backed=0, min_margin=-100, min_edit_margin=-100)
# Meaning first: chrF would let a repair drop one word in five (0.8) for its better grammar, but
# what a reader cannot forgive is lost or invented content.
_COVERAGE = (0.9, 0.925, 0.95, 0.975, 1.0)
_MARGIN = (-100.0, 0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1000.0)
_LEAST = 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """A gate and what it does to the development set: mean chrF gained, and shares in percent."""

    gate: Gate
    gain: float
    changed: float
    hurt: float


@dataclass(frozen=True, slots=True)
class _Row:
    correction: Correction
    whole: float
    safe: float


def tune(
    corrections: Sequence[Correction], references: Sequence[str], max_hurt: float, name: str
) -> Trial:
    """The gate that gains most chrF per segment while at most `max_hurt` percent are hurt.

    Of gates that gain alike the one that changes least is taken. The gate that lets nothing
    through is among those tried, so there is always an answer.
    """
    rows = [
        _Row(one, _delta(one, one.whole, reference), _delta(one, one.safe, reference))
        for one, reference in zip(corrections, references, strict=True)
    ]
    allowed = [trial for trial in _trials(rows, name) if trial.hurt <= max_hurt]
    return max(allowed, key=lambda trial: (round(trial.gain, 3), -trial.changed))


def _delta(correction: Correction, candidate: Candidate | None, reference: str) -> float:
    if candidate is None:
        return 0.0
    before = segment_chrf(correction.draft, [reference])
    return segment_chrf(candidate.text, [reference]) - before


def _trials(rows: Sequence[_Row], name: str) -> Iterator[Trial]:
    for kept, backed, margin in product(_COVERAGE, _COVERAGE, _MARGIN):
        gate = Gate(min_kept=kept, min_backed=backed, min_margin=margin, tuned_on=name)
        refused = [row for row in rows if not _passes(row, gate)]
        taken = [row.whole for row in rows if row.correction.whole and _passes(row, gate)]
        for edit_margin in _MARGIN:
            edited = gate.model_copy(update={"min_edit_margin": edit_margin})
            safe = [row.safe for row in refused if _passes_safely(row, edited)]
            yield _trial(edited, [*taken, *safe], len(rows))


def _passes(row: _Row, gate: Gate) -> bool:
    whole, reason = row.correction.whole, row.correction.reason
    # With the gate OPEN the only reasons are those that no threshold can lift.
    return whole is None or (not reason and not objection(whole.evidence, gate))


def _passes_safely(row: _Row, gate: Gate) -> bool:
    safe = row.correction.safe
    return safe is not None and not edit_objection(safe.evidence, gate)


def _trial(gate: Gate, deltas: Sequence[float], total: int) -> Trial:
    percent = 100.0 / max(1, total)
    return Trial(
        gate=gate,
        gain=sum(deltas) / max(1, total),
        changed=percent * len(deltas),
        hurt=percent * sum(delta <= -_LEAST for delta in deltas),
    )

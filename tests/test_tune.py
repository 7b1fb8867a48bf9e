"""The gate's tuning, on corrections whose effect is known beforehand."""

from __future__ import annotations

import pytest

from postedit.correct.corrector import Candidate, Correction
from postedit.correct.evidence import Evidence, objection
from postedit.models.manifest import ClosedSearch
from postedit.tune import decided, searches, tune


def correction(draft: str, text: str, *, kept: float = 1.0, margin: float = 0.5) -> Correction:
    evidence = Evidence(kept=kept, backed=1.0, margin=margin, ratio=1.0, new=())
    return Correction(draft, text, whole=Candidate("free", text, evidence))


GOOD = correction("fare rose", "Fares rose.")
LOSSY = correction("fare rose, refund also more", "Fares rose.", kept=0.5)
UNLIKELY = correction("shop open", "it is unclear", margin=0.01)
REFERENCES = ["Fares rose.", "Fares rose, and there were also more refunds.", "The shop opened."]


def test_gate_that_gains_most_without_hurting() -> None:
    best = tune([GOOD, LOSSY, UNLIKELY], REFERENCES, max_hurt=0, name="test")
    assert best.gate.min_kept > 0.5
    assert best.gate.min_margin > 0.01
    assert best.changed == pytest.approx(100 / 3)
    assert best.hurt == 0
    assert best.gain > 0
    assert best.gate.tuned_on == "test"


def test_gate_closes_where_every_repair_hurts() -> None:
    best = tune([LOSSY, UNLIKELY], REFERENCES[1:], max_hurt=100, name="test")
    assert (best.gain, best.changed, best.hurt) == (0, 0, 0)


def test_safe_edits_are_taken_where_the_whole_is_not() -> None:
    evidence = Evidence(kept=1.0, backed=1.0, margin=0.3, ratio=1.0, new=())
    both = Correction(
        "fare rose, refund also more",
        "Fares rose.",
        whole=LOSSY.whole,
        safe=Candidate("safe", "Fares rose, refunds also more.", evidence),
    )
    best = tune([both], REFERENCES[1:2], max_hurt=0, name="test")
    assert LOSSY.whole is not None
    assert objection("free", LOSSY.whole.evidence, best.gate)
    assert best.gate.min_edit_margin <= 0.3
    assert best.gain > 0


def test_closed_search_is_taken_where_it_gains_and_left_out_where_it_hurts() -> None:
    evidence = Evidence(kept=1.0, backed=1.0, margin=0.3, ratio=1.0, new=())
    draft, good, bad = (
        "fare rose, refund also more",
        "Fares rose, and refunds were also more.",
        "more also refund, rose fare",
    )
    helped = Correction(draft, draft, whole=LOSSY.whole, closed=Candidate("closed", good, evidence))
    best = tune([helped], REFERENCES[1:2], max_hurt=0, name="test")
    assert best.gate.min_closed_margin <= 0.3
    assert best.gain > 0
    assert decided(ClosedSearch(), best.gate).use == "refused"
    harmed = Correction(draft, draft, whole=LOSSY.whole, closed=Candidate("closed", bad, evidence))
    worst = tune([harmed], REFERENCES[1:2], max_hurt=0, name="test")
    assert (worst.gain, worst.changed) == (0, 0)
    assert decided(ClosedSearch(), worst.gate).use == "never"


def test_settings_to_try_are_all_combinations_and_always_run() -> None:
    base = ClosedSearch(slack=0.03)
    assert [one.slack for one in searches(base, [], [])] == [0.03]
    tried = list(searches(base, [0.0, 0.1], [2.0, 4.0]))
    assert [(one.slack, one.price) for one in tried] == [(0, 2), (0, 4), (0.1, 2), (0.1, 4)]
    assert all(one.use == "always" and one.max_outside == 2 for one in tried)

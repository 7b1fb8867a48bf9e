"""Counted once, compared on any segments: the same numbers as when only those were counted."""

from __future__ import annotations

import pytest

from postedit.score import METRICS, Measured, ScoreError, compare, segment_chrf
from tests.test_score import BETTER, RAW, REFERENCE

SYSTEMS = {"mt": RAW, "pe": BETTER}


@pytest.mark.parametrize("chosen", [[0, 2, 3], [5, 1], [4]])
def test_a_part_scores_as_if_it_were_all(chosen: list[int]) -> None:
    part = Measured(SYSTEMS, [REFERENCE]).compare("mt", chosen, resamples=50)
    alone = {name: [texts[i] for i in chosen] for name, texts in SYSTEMS.items()}
    assert part == compare(alone, [[REFERENCE[i] for i in chosen]], "mt", resamples=50)


def test_a_segment_with_fewer_references_is_scored_on_those_it_has() -> None:
    second = [BETTER[0], None, None, None, None, None]
    measured = Measured(SYSTEMS, [REFERENCE, second])
    for i, text in enumerate(RAW):
        wanted = [one for one in (REFERENCE[i], second[i]) if one is not None]
        assert measured.scores("mt", "chrf")[i] == pytest.approx(segment_chrf(text, wanted))
    without = compare(SYSTEMS, [REFERENCE], "mt", resamples=0)
    rest = measured.compare("mt", range(1, 6), resamples=0)
    alone = compare({"mt": RAW[1:], "pe": BETTER[1:]}, [REFERENCE[1:]], "mt", resamples=0)
    assert [rest["pe"].estimate(m).value for m in METRICS] == pytest.approx(
        [alone["pe"].estimate(m).value for m in METRICS]
    )
    assert "nrefs:var" in rest["pe"].signatures["bleu"]
    assert measured.compare("mt", resamples=0)["pe"].chrf.value > without["pe"].chrf.value


def test_unusable_choices_are_named() -> None:
    measured = Measured(SYSTEMS, [REFERENCE])
    with pytest.raises(ScoreError, match="segment 1 has no first reference"):
        Measured(SYSTEMS, [[REFERENCE[0], None, *REFERENCE[2:]]])
    with pytest.raises(ScoreError, match="no system is called 'hyp'; there are mt, pe"):
        measured.compare("hyp")
    with pytest.raises(ScoreError, match="no segments were chosen"):
        measured.compare("mt", [])

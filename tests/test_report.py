from __future__ import annotations

import io
import json
from collections.abc import Mapping

import pytest
from rich.console import Console

from postedit.report import record, score_table
from postedit.score import (
    METRICS,
    Comparison,
    Estimate,
    SegmentChanges,
    SystemScores,
    TermCounts,
)
from postedit.score.results import Metric

SIGNATURES: Mapping[Metric, str] = {
    "bleu": "BLEU|nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
    "chrf": "chrF2|nrefs:1|bs:1000|seed:12345|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
    "ter": "TER|nrefs:1|bs:1000|seed:12345|case:lc|tok:tercom|norm:no|punct:yes|asian:no|"
    "version:2.6.0",
}


def system(
    name: str, *scores: tuple[float, float, float], p: tuple[float | None, ...] = (None,) * 3
) -> SystemScores:
    estimates = [Estimate(*score) for score in scores]
    return SystemScores(
        name,
        dict(zip(METRICS, estimates, strict=True)),
        SIGNATURES,
        dict(zip(METRICS, p, strict=True)),
    )


COMPARISON = Comparison(
    (
        system("mt", (16.045, 13.411, 18.353), (53.122, 51.0, 55.455), (67.912, 64.988, 70.605)),
        system(
            "glossary",
            (23.1, 19.901, 26.592),
            (61.0, 58.649, 63.737),
            (63.3, 60.017, 66.248),
            p=(0.002, 0.001, 0.05),
        ),
        system(
            "pe", (7.5, 5.0, 9.96), (60.9, 58.0, 63.0), (104.26, 98.1, 110.0), p=(0.01, 0.4, 0.03)
        ),
    ),
    baseline="mt",
    segments=29,
)

TABLE = """\

  n = 29     BLEU ↑               chrF ↑               TER ↓
 ───────────────────────────────────────────────────────────────────────────
  raw mt     16.0  [13.4, 18.4]   53.1  [51.0, 55.5]    67.9  [65.0, 70.6]
  glossary   23.1* [19.9, 26.6]   61.0* [58.6, 63.7]    63.3  [60.0, 66.2]
  repair      7.5! [5.0, 10.0]    60.9  [58.0, 63.0]   104.3! [98.1, 110.0]

[95 % interval]; * better, ! worse than raw mt, p < 0.05
BLEU|nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|
  version:2.6.0
chrF2|nrefs:1|bs:1000|seed:12345|case:mixed|eff:yes|nc:6|nw:0|space:no|
  version:2.6.0
TER|nrefs:1|bs:1000|seed:12345|case:lc|tok:tercom|norm:no|punct:yes|
  asian:no|version:2.6.0
"""


def rendered(comparison: Comparison, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(score_table(comparison))
    assert isinstance(console.file, io.StringIO)
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    return "\n".join(line.rstrip() for line in lines) + "\n"


@pytest.mark.parametrize("width", [80, 120])
def test_table(width: int) -> None:
    assert rendered(COMPARISON, width) == TABLE


def test_narrow_table_loses_no_number() -> None:
    text = rendered(COMPARISON, 60)
    assert "…" not in text
    for number in ("16.0", "13.4", "18.4]", "104.3!", "110.0]"):
        assert number in text


def test_signatures_beneath_the_table_are_whole() -> None:
    joined = "".join(line.strip() for line in rendered(COMPARISON, 80).splitlines())
    assert all(signature in joined for signature in SIGNATURES.values())


def test_table_without_intervals_says_nothing_of_them() -> None:
    bare = SystemScores(
        "mt",
        {"bleu": Estimate(0.0), "chrf": Estimate(38.9), "ter": Estimate(33.3)},
        SIGNATURES,
        dict.fromkeys(METRICS),
    )
    text = rendered(Comparison((bare,), "mt", 1), 80)
    assert "raw mt" in text
    assert "38.9" in text
    assert "[" not in text
    assert "p <" not in text


def test_name_of_an_unknown_system_is_shown_as_it_is() -> None:
    other = system("[red]my system", (1, 0, 2), (1, 0, 2), (1, 0, 2))
    assert "[red]my system" in rendered(Comparison((other,), "[red]my system", 2), 80)


def test_record_with_reference() -> None:
    changes = SegmentChanges(changed=3, deltas=(1.5, -2.0, 0.0, 0.5))
    got = record(
        COMPARISON, TermCounts(3, 2), changes, total=4, changed=3, timing={"correct": 1.23456}
    )
    assert list(got) == ["scores", "terms", "segments", "timing"]
    assert list(got["scores"]) == ["mt", "glossary", "pe"]
    assert got["scores"]["glossary"] == {
        "bleu": 23.1,
        "chrf": 61.0,
        "ter": 63.3,
        "signatures": dict(SIGNATURES),
        "intervals": {"bleu": [19.9, 26.59], "chrf": [58.65, 63.74], "ter": [60.02, 66.25]},
        "p": {"bleu": 0.002, "chrf": 0.001, "ter": 0.05},
    }
    assert got["scores"]["mt"]["p"] == {"bleu": None, "chrf": None, "ter": None}
    assert got["terms"] == {"matched": 3, "kept": 2, "accuracy": 66.67}
    assert got["segments"] == {"total": 4, "changed": 3, "improved": 2, "hurt": 1}
    assert got["timing"] == {"correct": 1.235}
    assert json.loads(json.dumps(got)) == got


def test_record_without_reference() -> None:
    got = record(None, TermCounts(0, 0), None, total=2, changed=0, timing={})
    assert got == {
        "scores": None,
        "terms": {"matched": 0, "kept": 0, "accuracy": 100.0},
        "segments": {"total": 2, "changed": 0, "improved": None, "hurt": None},
        "timing": {},
    }


def test_record_of_a_score_without_interval() -> None:
    bare = SystemScores(
        "mt",
        {"bleu": Estimate(1.0), "chrf": Estimate(2.0), "ter": Estimate(3.0)},
        SIGNATURES,
        dict.fromkeys(METRICS),
    )
    got = record(
        Comparison((bare,), "mt", 1), TermCounts(0, 0), None, total=1, changed=0, timing={}
    )
    assert got["scores"]["mt"]["intervals"] == {"bleu": None, "chrf": None, "ter": None}

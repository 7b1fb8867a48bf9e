"""The whole path on the real article, with the shipped model: what must hold whatever it writes."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from postedit import PostEditor, RepairResult, Termbase, Unit
from postedit.formats import read_article
from postedit.report.story import explanation, summary
from postedit.text.numbers import lost_numbers


@pytest.fixture(scope="module")
def result(editor: PostEditor, article: Path) -> RepairResult:
    read = read_article(article)
    assert read.glossary is not None
    return editor.repair(read.units, Termbase.load(read.glossary), read.reference)


def test_no_unit_or_segment_is_lost(result: RepairResult) -> None:
    assert len(result.pe) == len(result.units) == 29
    assert all(result.pe)
    order = [(one.segment.unit, one.segment.span) for one in result.segments]
    assert order == sorted(order)
    for i, unit in enumerate(result.units):
        own = [one for one in result.segments if one.segment.unit == i]
        assert all(one.segment.span.of(unit.mt) == one.mt for one in own)
        assert "".join(one.mt for one in own).split() == unit.mt.replace(" ", " ").split() or own


def test_all_matched_terms_are_kept(result: RepairResult) -> None:
    assert result.terms.matched > 80
    assert result.terms.kept == result.terms.matched


def test_all_numbers_are_kept(result: RepairResult) -> None:
    for one in result.segments:
        assert lost_numbers(one.correction.draft, one.pe) == (), one.mt


def test_scores_are_not_below_glossary_replacement(result: RepairResult) -> None:
    assert result.evaluation is not None
    scores = result.evaluation.comparison
    assert scores["mt"].bleu.value == pytest.approx(16.0, abs=0.1)
    assert scores["mt"].chrf.value == pytest.approx(53.1, abs=0.1)
    assert scores["pe"].bleu.value >= scores["glossary"].bleu.value
    assert scores["pe"].chrf.value >= scores["glossary"].chrf.value
    assert scores["pe"].ter.value <= scores["glossary"].ter.value


def test_something_is_repaired_and_every_refusal_has_a_reason(result: RepairResult) -> None:
    assert result.changed > 0
    for one in result.segments:
        whole = one.correction.whole
        refused = whole is not None and whole.text != one.pe
        assert refused == bool(one.correction.reason)


def test_every_segment_is_in_one_bead(result: RepairResult) -> None:
    assert result.evaluation is not None
    covered = [i for bead in result.evaluation.beads for i in range(*bead.mt)]
    assert covered == list(range(len(result.segments)))
    assert result.evaluation.changes.total == len(result.segments)


def test_reference_of_other_paragraphs_is_scored_by_bead(editor: PostEditor) -> None:
    text = "fare rose. refund also more."
    result = editor.repair(text, reference="Fares rose.\nThere were more refunds.")
    assert result.evaluation is not None
    assert result.evaluation.comparison.segments == len(result.evaluation.beads) == 2


@pytest.mark.parametrize(
    ("text", "units", "why"),
    [
        ("", (), "nothing in, nothing out"),
        ("\n \n", (), "blank lines are no units"),
        ("…", ("…",), "nothing that a model could repair"),
        ([Unit("a7", "5.17")], ("5.17",), "a unit of numbers alone is left as it is"),
    ],
)
def test_edges(editor: PostEditor, text: str, units: tuple[str, ...], why: str) -> None:
    assert editor.repair(text).pe == units, why


def test_every_change_and_every_refusal_is_told(result: RepairResult) -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(explanation(result))
    told = console.export_text()
    assert told.count("kept out (") == sum(bool(one.correction.reason) for one in result.segments)
    assert "[-wang xiaochu-]" in told
    assert "{+Wang Xiaochu+}" in told
    assert f"{result.changed} changed beyond terms" in summary(result)

"""Sheets for readers, and a gate out of what they say."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path
from typing import get_args

import pytest

from postedit.cli.judge import learn, sheets
from postedit.correct import Correction
from postedit.correct.corrector import Candidate
from postedit.correct.evidence import Evidence, Kind, objection
from postedit.correct.worth import traits, worth
from postedit.errors import InputError
from postedit.formats.triplets import Triplet
from postedit.judge import Judgement, learn_worth, make_sheets, read_judgements
from postedit.judge.learn import TRAITS
from postedit.models.load import DEFAULT
from postedit.models.manifest import FILE, Gate, read_manifest
from postedit.tune import OPEN
from tests.conftest import REPOSITORY


def evidence(margin: float = 0.5, kept: float = 1.0) -> Evidence:
    return Evidence(kept=kept, backed=1.0, margin=margin, ratio=1.0, new=())


def candidate(kind: Kind, text: str, kept: float = 1.0) -> Candidate:
    return Candidate(kind, text, evidence(kept=kept), score=-0.4, base=-0.9)


DRAFTS = ["fare rose", "shop open today", "he win first game"]
REPAIRS = ["Fares rose.", "The shop opened today.", "He won the first game."]
TRIPLETS = [
    Triplet(f"d-{i}:1", draft, repair, (), "句子")
    for i, (draft, repair) in enumerate(zip(DRAFTS, REPAIRS, strict=True))
]
CORRECTIONS = [
    Correction(
        draft,
        draft,
        whole=candidate("free", repair),
        safe=candidate("safe", repair),  # the same text: judged once
        closed=candidate("closed", repair + " Lost.", kept=0.2),
    )
    for draft, repair in zip(DRAFTS, REPAIRS, strict=True)
]
GATE = OPEN.model_copy(update={"min_kept": 0.85})


def fill(sheet: Path, better: str | None = None, serious: str = "") -> None:
    """As a reader would: the text that ends with a full stop is the better one."""
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        row["better"] = better or ("a" if row["a"].endswith(".") else "B")
        row["serious"] = serious
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:  # as a spreadsheet saves it
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_sheets_hide_what_is_what_and_come_back(tmp_path: Path) -> None:
    made = make_sheets(TRIPLETS, CORRECTIONS, GATE, tmp_path, readers=2, seed=2)
    assert (made.items, made.readers) == (3, 2)
    sheet = (tmp_path / "sheet-1.csv").read_text(encoding="utf-8")
    assert "free" not in sheet
    assert "Lost" not in sheet
    key = (tmp_path / "key.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["first"] for line in key} == {True, False}
    assert read_judgements(tmp_path) == []
    fill(tmp_path / "sheet-1.csv")
    fill(tmp_path / "sheet-2.csv", serious="ab")
    found = read_judgements(tmp_path)
    assert len(found) == 3
    assert {one.better for one in found} == {1.0}
    assert sum(one.serious for one in found) == 1
    assert {one.segment for one in found} == {one.id for one in TRIPLETS}
    assert all(one.gained > 0 for one in found)
    fill(tmp_path / "sheet-1.csv", better="=")
    assert sum(one.better for one in read_judgements(tmp_path)) == 2


@pytest.mark.parametrize(
    ("better", "serious", "message"),
    [
        ("repair", "", r"sheet-1\.csv, line 2: item '1', better 'repair'.*better is a, b or ="),
        ("a", "yes", r"sheet-1\.csv, line 2: .*serious 'esy'"),
    ],
)
def test_answer_that_is_none_is_named(
    tmp_path: Path, better: str, serious: str, message: str
) -> None:
    make_sheets(TRIPLETS, CORRECTIONS, GATE, tmp_path, readers=1)
    fill(tmp_path / "sheet-1.csv", better, serious)
    with pytest.raises(InputError, match=message):
        read_judgements(tmp_path)


def test_folder_without_sheets_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no key\.jsonl of sheets"):
        read_judgements(tmp_path)


def judged(count: int) -> list[Judgement]:
    """Readers who like what keeps the order, and now and then something else."""
    dice = random.Random(3)
    found = []
    for i in range(count):
        order = dice.random()
        numbers = dict.fromkeys(TRAITS, 0.0) | {"bias": 1.0, "confidence": -dice.random()}
        likes = order > 0.5 if dice.random() < 0.95 else order <= 0.5
        found.append(
            Judgement(
                segment=f"d-{i // 4}:{i % 4}",
                document=f"d-{i // 4}",
                kind="free",
                traits=numbers | {"order": order},  # type: ignore[arg-type]
                gained=2.0 if likes else -2.0,
                better=float(likes),
                serious=not likes,
            )
        )
    return found


def test_weights_find_what_readers_go_by() -> None:
    weights, cuts = learn_worth(judged(400))
    assert weights["order"] > 5 * abs(weights["confidence"])
    zero = dict.fromkeys(TRAITS, 0.0) | {"bias": 1.0}
    assert worth(zero | {"order": 0.9}, weights) > 0.6 > 0.4 > worth(zero | {"order": 0.1}, weights)
    loose, strict = cuts[0], next(cut for cut in cuts if cut.least >= 0.6)
    assert strict.better > 85
    assert strict.changed < loose.changed
    assert strict.serious < loose.serious


def test_few_judgements_are_refused() -> None:
    with pytest.raises(InputError, match="59 judgements; weights need at least 60"):
        learn_worth(judged(59))


def test_gate_without_weights_trusts_and_with_them_asks() -> None:
    assert worth(traits("free", "fare rose", "Fares rose.", evidence(), -0.4), {}) == 1.0
    doubted = Evidence(kept=1.0, backed=1.0, margin=0.5, ratio=1.0, new=(), worth=0.4)
    strict = Gate(min_worth=0.5)
    for kind in get_args(Kind):
        assert objection(kind, doubted, strict) == "not trusted: worth 0.40, needs 0.50"
        assert not objection(kind, doubted, Gate(min_worth=0.4))


def test_traits_see_order_and_ending() -> None:
    draft = "the firm of the customers sued yesterday"
    turned = traits("closed", draft, "The customers sued the firm yesterday.", evidence(), -0.2)
    same = traits("free", draft, "The firms of the customers sued yesterday.", evidence(), -0.2)
    assert (same["order"], same["ending"], same["free"]) == (1.0, 1.0, 1.0)
    assert turned["order"] < 1.0
    assert turned["ending"] == 0.0
    assert turned["margin"] == 1.0


def test_commands_from_sheets_to_gate(
    tmp_path: Path, triplets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets([triplets], tmp_path / "sheets", split="dev", sample=4, readers=2)
    assert "repairs of 4 segments on 2 sheets" in capsys.readouterr().out
    assert (tmp_path / "sheets" / "sheet-2.csv").is_file()
    shutil.copy(DEFAULT / FILE, tmp_path)
    with pytest.raises(InputError, match="0 judgements"):
        learn([tmp_path / "sheets"], tmp_path)


def test_shipped_gate_is_what_readers_taught(tmp_path: Path) -> None:
    """The command of the model card: all six rounds of readers, 86 % of whom agree."""
    shutil.copy(DEFAULT / FILE, tmp_path)
    rounds = ("run-5", "run-6", "run-9", "run-9-more", "run-10", "run-11")
    learn([REPOSITORY / "data" / "judgements" / one for one in rounds], tmp_path, better=86)
    assert read_manifest(tmp_path).gate == read_manifest(DEFAULT).gate


def test_the_share_of_chrf_is_what_the_lab_book_had(tmp_path: Path) -> None:
    """A row of docs/model-lab.md: mean of two models, a fifth of chrF, 83 % of the readers."""
    shutil.copy(DEFAULT / FILE, tmp_path)
    learn([REPOSITORY / "data" / "judgements" / "run-6"], tmp_path, better=83, share=0.2)
    assert read_manifest(tmp_path).gate.min_worth == 0.70
    learn([REPOSITORY / "data" / "judgements" / "run-6"], tmp_path, better=81, share=0.5)
    assert read_manifest(tmp_path).gate.min_worth != 0.70

"""Triplet files: what is read, and what is said of a file that cannot be."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from postedit import PostEditor
from postedit.benchmark import run_triplets
from postedit.errors import InputError
from postedit.formats.triplets import read_triplets
from postedit.models.manifest import Gate


def test_terms_without_a_form_in_the_mt_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    row = (
        '{"doc": "a-1", "seg": 3, "split": "dev", "mt": "day cat open", "pe": "Tmall opened.",'
        ' "terms": [{"mt": "day cat", "target": "Tmall"}, {"mt": "", "target": "shop"}]}\n'
    )
    path.write_bytes(gzip.compress(row.encode()))
    (one,) = read_triplets(path, "dev")
    assert (one.id, one.mt, one.pe) == ("a-1:3", "day cat open", "Tmall opened.")
    assert [entry.target for entry in one.terms] == ["Tmall"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"mt": "a", "pe": "b"}\nno json\n', r"t\.jsonl, line 2: not JSON"),
        ("[1]\n", r"line 1: not a JSON object: '\[1\]"),
        ('{"mt": "a", "split": "test"}\n', "line 1: needs mt and pe"),
        ('{"mt": "a", "pe": "b", "split": "dev"}\n', "no triplets of split 'test'; it has dev"),
        ("", "no triplets of split 'test'; it has none at all"),
    ],
)
def test_bad_files_are_explained(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        list(read_triplets(path, "test"))


def test_run_scores_three_rows_and_keeps_the_order(editor: PostEditor, triplets: Path) -> None:
    rows = list(read_triplets(triplets, "dev"))
    run = run_triplets(editor.backend, Gate(min_margin=1000, min_edit_margin=1000), rows)
    assert [one.draft for one in run.corrections] == [one.mt for one in rows]
    assert run.pe == list(run.glossary), "the gate is closed"
    assert [system.name for system in run.compare().systems] == ["mt", "glossary", "pe"]
    assert run.changes().changed == 0
    assert run.meaning().lost == 0

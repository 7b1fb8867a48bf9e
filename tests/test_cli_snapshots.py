"""What the commands print, to the letter, where it does not hang on the model's arithmetic.

After a change that is meant: pytest tests/test_cli_snapshots.py --snapshot-update
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.test_cli import postedit

FILES = {
    "mt.txt": "fare rose. refund also more.\n\nsales topped 13353 phones.\n",
    "pe.txt": "Fares rose. Refunds also more.\n\nSales topped 13,353 phones.\n",
    "ref.txt": "Fares rose, and there were also more refunds.\n\nSales topped 13,353 phones.\n",
    "twice.tsv": "mt\tsource\ttarget\nday cat\t天猫\tTmall\nday cat\t天猫\tTianmao\n",
    "status.tsv": "mt\tsource\ttarget\tstatus\nday cat\t天猫\tTmall\tprefered\n",
    "short.tsv": "mt\tsource\ttarget\nday cat\tTmall\n",
    "config.yaml": "base: {kind: casual, nam: x}\ndata: {train: [], dev: []}\noutput: x\n",
    "bad.jsonl": '{"mt": "a", "pe": 1}\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(b"good line\ncaf\xe9\n")
    return tmp_path


@pytest.mark.parametrize(
    "call",
    [
        "align mt.txt ref.txt",
        "align mt.txt ref.txt --json",
        "score --mt mt.txt --pe pe.txt --ref ref.txt",
        "score --mt mt.txt --pe pe.txt --ref ref.txt --json",
        "score --mt mt.txt --pe twice.tsv --ref ref.txt",
        "repair latin.txt",
        "repair mt.txt pe.txt -o mt.txt",
        "repair mt.txt mt.txt -o out",
        "repair mt.txt --json -o -",
        "repair mt.txt --glossary twice.tsv",
        "repair mt.txt --glossary status.tsv",
        "repair mt.txt --glossary short.tsv",
        "train config.yaml",
        "model evaluate bad.jsonl",
        "model evaluate bad.jsonl --split dev",
        "export mt.txt -o out --name x",
    ],
)
def test_output(call: str, folder: Path, snapshot: SnapshotAssertion) -> None:
    done = postedit(*call.split(), cwd=folder)
    told = f"$ postedit {call}\n{done.stdout}{done.stderr}exit {done.returncode}"
    assert re.sub(r"version:[\d.]+", "version:*", told) == snapshot
    assert not (folder / "out").exists()

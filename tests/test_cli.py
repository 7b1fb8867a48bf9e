"""The command line: each row is a call, its exit code and what it must say."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ARTICLE, REPOSITORY

GLOSSARY = str(REPOSITORY / "glossaries" / "zh-en-telecom.tsv")


def postedit(
    *args: str, stdin: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "postedit", *args],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        check=False,
    )


@dataclass(frozen=True)
class Call:
    args: tuple[str, ...]
    code: int
    stdout: str
    stderr: str
    why: str


@pytest.mark.parametrize(
    "call",
    [
        Call(("--help",), 0, "Repair garbled machine translation", "", "help goes to stdout"),
        Call(("repair",), 2, "", "Missing argument", "a call without PATH"),
        Call(("repair", "nowhere.txt"), 2, "", "nowhere.txt: cannot be read", "no such file"),
        Call(("repair", "src"), 2, "", "src: is not an article: it has no mt.txt", "wrong folder"),
        Call(
            ("repair", "README.md", "--glossary", "eval/articles/wang-ma-telecom/mt.txt"),
            2,
            "",
            "mt.txt, line 1",
            "a glossary that is none names file and line",
        ),
        Call(
            ("repair", "README.md", "LICENSE", "--reference", "LICENSE"),
            2,
            "",
            "--reference goes with one PATH, not with 2",
            "which text should it belong to?",
        ),
        Call(
            ("repair", "LICENSE", "--model", "src"), 2, "", "src: not a model folder", "bad model"
        ),
        Call(
            ("score", "--mt", "README.md", "--pe", "LICENSE", "--ref", "LICENSE"),
            2,
            "",
            "LICENSE: ",
            "texts that are not parallel",
        ),
        Call(("train", "nowhere.yaml"), 2, "", "nowhere.yaml: cannot be read", "no such config"),
        Call(("model", "info"), 0, "gate.min_margin", "", "the shipped model"),
    ],
    ids=lambda call: " ".join(call.args),
)
def test_calls(call: Call) -> None:
    done = postedit(*call.args, cwd=REPOSITORY)
    assert done.returncode == call.code, call.why
    assert call.stdout in done.stdout
    assert call.stderr in done.stderr
    assert "Traceback" not in done.stderr


def test_article_prints_the_table_and_writes_the_text(opening: Path, tmp_path: Path) -> None:
    output = tmp_path / "pe.txt"
    done = postedit("repair", str(opening), "-o", str(output))
    assert done.returncode == 0, done.stderr
    for word in ("BLEU", "chrF", "TER", "raw mt", "glossary", "repair", "improved", "hurt"):
        assert word in done.stdout
    written = output.read_text(encoding="utf-8")
    assert written.count("\n") == (opening / "mt.txt").read_text(encoding="utf-8").count("\n")
    assert [file.name for file in tmp_path.iterdir()] == ["pe.txt"]


def test_json_is_one_object_with_the_promised_keys(opening: Path) -> None:
    done = postedit("repair", str(opening), "--json")
    facts = json.loads(done.stdout)
    assert done.stderr == "", "no progress bar where there is no terminal"
    assert set(facts["scores"]) == {"mt", "glossary", "pe"}
    assert {"bleu", "chrf", "ter", "signatures"} <= set(facts["scores"]["pe"])
    assert {"matched", "kept", "accuracy"} <= set(facts["terms"])
    assert {"total", "changed", "improved", "hurt"} <= set(facts["segments"])
    assert facts["timing"]["correct"] > 0
    assert len(facts["pe"]) == 5


def test_standard_input_to_standard_output() -> None:
    text = "today, day cat open 3 shop.\r\n\r\nma very happy."
    done = subprocess.run(
        [sys.executable, "-m", "postedit", "repair", "-", "--glossary", GLOSSARY],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    first, middle, last = done.stdout.decode().split("\r\n")
    assert "Tmall" in first
    assert "3" in first or "three" in first
    assert middle == ""
    assert "Ma" in last
    assert b"terms: 2 of 2" in done.stderr


def test_many_paths_go_into_a_folder(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"shop {name} open.\n", encoding="utf-8")
    paths = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    done = postedit("repair", *paths, "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["a.pe.txt", "b.pe.txt"]


def test_align_prints_every_sentence_once(tmp_path: Path) -> None:
    done = postedit("align", str(ARTICLE / "mt.txt"), str(ARTICLE / "reference.txt"), "--json")
    facts = json.loads(done.stdout)
    covered = [i for bead in facts["beads"] for i in range(*bead["mt"])]
    assert covered == list(range(facts["mt_sentences"]))
    covered = [i for bead in facts["beads"] for i in range(*bead["reference"])]
    assert covered == list(range(facts["reference_sentences"]))
    lines = postedit("align", str(ARTICLE / "mt.txt"), str(ARTICLE / "reference.txt")).stdout
    assert len(lines.splitlines()) == len(facts["beads"]) + 1


def test_score_of_a_perfect_post_edit() -> None:
    reference = str(ARTICLE / "reference.txt")
    files = ("--mt", str(ARTICLE / "mt.txt"), "--pe", reference, "--ref", reference)
    facts = json.loads(postedit("score", *files, "--json").stdout)
    assert facts["scores"]["pe"]["bleu"] == 100.0
    assert facts["scores"]["mt"]["ter"] == 67.91
    assert facts["segments"]["improved"] == 29

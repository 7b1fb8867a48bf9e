"""What the README promises is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY)
    (example,) = blocks("python")
    exec(compile(example, "README.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert "Taobao" in lines[0]
    assert "Ma" in lines[0]
    assert "15" in lines[0]
    assert lines[1].startswith("100.0 ")
    assert lines[-1].startswith("(0, 2) (0, 1) ")


def test_ci_runs_the_readmes_test_command() -> None:
    command = blocks("sh")[1].strip()
    assert command == "pip install '.[dev]' && pytest"
    ci = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert f"\n{command}\n" in ci


@pytest.mark.parametrize(
    "path", re.findall(r"`((?:src|configs|docs|eval|glossaries)/[\w./-]*)`", README)
)
def test_paths_in_the_readme_exist(path: str) -> None:
    assert (REPOSITORY / Path(path)).exists()

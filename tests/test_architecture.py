"""The layers hold: imports point down only, and heavy libraries stay where they are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import postedit

ROOT = Path(postedit.__file__).parent

# Level of each top-level module; a module may import modules of a lower level, and its own package.
LEVELS = {
    "errors": 0,
    "records": 0,
    "stages": 0,
    "config": 1,
    "text": 1,
    "formats": 2,
    "align": 2,
    "termbase": 2,
    "checks": 2,
    "score": 2,
    "mining": 3,
    "termcheck": 3,
    "models": 3,
    "recover": 3,
    "garble": 4,
    "decoding": 4,
    "correct": 5,
    "result": 6,
    "export": 6,
    "data": 6,
    "train": 6,
    "report": 7,
    "evaluate": 7,
    "tune": 7,
    "judge": 7,
    "pipeline": 8,
    "benchmark": 9,
    "__init__": 9,
    "cli": 10,
    "__main__": 11,
}

# Where a library may be imported at all: nobody else has to know it.
HOMES = {
    "torch": {"train", "models"},
    "transformers": {"benchmark", "export", "train", "models"},
    "datasets": {"benchmark", "data", "train"},
    "matplotlib": {"data", "train"},
    "sacrebleu": {"score"},
    "rapidfuzz": {"align", "correct", "mining", "score"},
    "onnxruntime": {"models", "export"},
    "tokenizers": {"models", "export"},
    "ahocorasick_rs": {"termbase"},
    "lemminflect": {"text"},
    "lxml": {"formats", "termbase"},
    "openpyxl": {"formats", "termbase"},
    "typer": {"cli"},
    "click": {"cli"},
    "yaml": {"config"},
    "junitparser": {"termcheck"},
    "jieba": {"garble"},
    "eflomal": {"garble"},
    "rich": {"cli", "report"},
    "jinja2": {"benchmark"},
    "harper": {"benchmark"},
    "gector": {"benchmark"},
    "safetensors": {"benchmark", "train"},
}

# Importing postedit must not load any of these: they are slow, or not installed at all.
HEAVY = ("torch", "transformers", "datasets", "onnxruntime", "matplotlib", "lemminflect", "jinja2")

FILES = sorted(ROOT.rglob("*.py"))


def top(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    here = top(path)
    assert here in LEVELS, f"give {here} a level"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "postedit" or (len(parts) > 1 and parts[1] == here):
            continue
        there = parts[1] if len(parts) > 1 else "__init__"
        assert LEVELS[there] < LEVELS[here], f"{here} imports {there}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_homes(path: Path) -> None:
    for name in imports(path):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or top(path) in homes, f"{name} belongs into {homes}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            size = (node.end_lineno or node.lineno) - node.lineno + 1
            assert size <= 50 or top(path) == "cli", f"{node.name} has {size} lines"


def test_importing_postedit_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = f"import sys, postedit; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_public_names() -> None:
    """A name that goes missing breaks somebody's code: change this list with intent."""
    assert sorted(postedit.__all__) == [
        "Bead",
        "Evaluation",
        "Finding",
        "PostEditor",
        "RepairResult",
        "RepairedSegment",
        "Segment",
        "Span",
        "TermEntry",
        "TermMatch",
        "TermStatus",
        "Termbase",
        "Unit",
        "align",
    ]
    assert all(hasattr(postedit, name) for name in postedit.__all__)

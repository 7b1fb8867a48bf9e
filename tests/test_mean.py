"""The mean of checkpoints."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from postedit.cli.train import mean
from postedit.errors import InputError


def checkpoint(folder: Path, value: float, *, width: int = 3) -> Path:
    folder.mkdir()
    tensors = {"layer": torch.full((2, width), value), "head": torch.full((1,), -value)}
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(f'{{"hidden_size": {width}}}', encoding="utf-8")
    return folder


def test_means_are_of_the_shares_given(tmp_path: Path) -> None:
    two = [checkpoint(tmp_path / "a", 1.0), checkpoint(tmp_path / "b", 5.0)]
    mean(two, tmp_path / "equal")
    mean(two, tmp_path / "mostly-a", [3.0, 1.0])
    for name, value in (("equal", 3.0), ("mostly-a", 2.0)):
        found = load_file(tmp_path / name / "model.safetensors")
        assert torch.equal(found["layer"], torch.full((2, 3), value))
        assert torch.equal(found["head"], torch.full((1,), -value))
        assert (tmp_path / name / "config.json").is_file()


def test_what_has_no_mean_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    one, other = checkpoint(tmp_path / "a", 1.0), checkpoint(tmp_path / "b", 1.0, width=4)
    with pytest.raises(InputError, match=r"b: not the same tensors as in .*a"):
        mean([one, other], tmp_path / "out")
    with pytest.raises(InputError, match=r"c: no model\.safetensors"):
        mean([one, tmp_path / "c"], tmp_path / "out")
    with pytest.raises(InputError, match=r"weights \[1\.0\]: not one, 0 or more, for each of 2"):
        mean([one, one], tmp_path / "out", [1.0])
    with pytest.raises(InputError, match="exists already"):
        mean([one, one], one)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]

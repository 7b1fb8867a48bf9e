"""The mean of checkpoints: what several runs, or several moments of one, have in common.

Of one run's checkpoints (Junczys-Dowmunt et al. 2016), or of a model and of what was tuned from it,
which keeps more of what the first could do (Wortsman et al. 2022, arXiv:2109.01903).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from postedit.errors import InputError
from postedit.formats.folder import check_new, new_folder

_WEIGHTS = "model.safetensors"
_TAKEN_ALONG = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def mean_weights(
    folders: Sequence[Path], shares: Sequence[float] | None = None
) -> dict[str, torch.Tensor]:
    """The weighted mean of each tensor over the checkpoints, by default of equal shares.

    Shares are of their sum. One checkpoint is held in memory beside the sum. InputError names a
    folder without weights, or with others than the first one's.
    """
    shares = shares or [1.0] * len(folders)
    if len(shares) != len(folders) or min(shares) < 0 or not sum(shares):
        raise InputError(f"weights {list(shares)}: not one, 0 or more, for each of {len(folders)}")
    total: dict[str, torch.Tensor] = {}
    for folder, share in zip(folders, shares, strict=True):
        if not (folder / _WEIGHTS).is_file():
            raise InputError(f"no {_WEIGHTS}: not a checkpoint folder", path=folder)
        tensors = load_file(folder / _WEIGHTS)
        if total and _shapes(tensors) != _shapes(total):
            raise InputError(f"not the same tensors as in {folders[0]}", path=folder)
        for name, tensor in tensors.items():
            part = tensor.float() * (share / sum(shares))
            total[name] = total[name] + part if name in total else part
    return total


def write_mean(folders: Sequence[Path], shares: Sequence[float] | None, output: Path) -> None:
    """Write the mean as a folder to train on from, with the tokenizer and settings of the first.

    The folder is made beside `output` and renamed at the end.
    """
    check_new(output)
    weights = mean_weights(folders, shares)
    with new_folder(output) as ready:
        save_file(weights, ready / _WEIGHTS, {"format": "pt"})
        for name in _TAKEN_ALONG:
            if (folders[0] / name).is_file():
                shutil.copy(folders[0] / name, ready / name)


def _shapes(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}

"""Export: what runs without torch gives what torch gives, as near as its rounding allows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from postedit.errors import InputError
from postedit.export import Weights, export
from postedit.export.rounding import lost, round_matrix
from postedit.formats.triplets import Triplet
from postedit.models.load import load_backend
from postedit.models.manifest import read_manifest
from tests.conftest import PAIRS

Matrix = NDArray[np.float32]

TEXTS = [Triplet(str(i), mt, pe, ()) for i, (mt, pe) in enumerate(PAIRS)]


def matrix(seed: int, rows: int = 24, columns: int = 64) -> Matrix:
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 8]), st.sampled_from([16, 32]))
def test_no_weight_is_further_than_its_grid_allows(seed: int, bits: int, block: int) -> None:
    weight = matrix(seed)
    rounded = round_matrix(weight, bits, block)
    assert int(rounded.codes.max()) < 2**bits
    spread = np.ptp(weight.reshape(len(weight), -1, block), axis=2)
    # A block's range may be clipped by 15 % at each end, and the scale fitted after that.
    reach = np.repeat(spread * (0.25 + 1 / 2**bits), block, axis=1)
    assert bool((np.abs(weight - rounded.floats()) <= reach).all())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_stands_on_a_symmetric_grid_is_kept(seed: int) -> None:
    """A model that was trained on from exported weights: its frozen parts lose nothing."""
    generator = np.random.default_rng(seed)
    codes = generator.integers(-8, 8, size=(8, 2, 32))
    codes[:, :, 0] = -8
    scales = generator.choice([-1.0, 1.0], (8, 2, 1)) * generator.uniform(0.01, 2, (8, 2, 1))
    weight = (codes * scales.astype(np.float16)).reshape(8, 64).astype(np.float32)
    assert lost(weight, round_matrix(weight, 4, 32)) < 1e-6


def test_calibration_keeps_more_of_the_output() -> None:
    mixed = matrix(1, 400, 64) @ matrix(2, 64, 64)
    hessian = (mixed.T @ mixed).astype(np.float64)
    weight = matrix(3)
    plain = lost(weight, round_matrix(weight, 4, 32), hessian)
    calibrated = lost(weight, round_matrix(weight, 4, 32, hessian), hessian)
    assert calibrated < 0.7 * plain


def torch_logits(folder: Path, rows: list[list[int]]) -> list[Matrix]:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    with torch.inference_mode():
        return [model(torch.tensor([row])).logits[0].numpy() for row in rows]


@pytest.mark.parametrize(
    ("weights", "tolerance", "calibration", "why"),
    [
        ("float32", 1e-3, [], "the graph itself is right"),
        ("int4", 0.05, TEXTS, "a model this small has room for 8 bits everywhere"),
    ],
)
def test_logits_are_those_of_torch(
    tiny_llama: Path,
    tmp_path: Path,
    weights: Weights,
    tolerance: float,
    calibration: list[Triplet],
    why: str,
) -> None:
    manifest = export(tiny_llama, tmp_path / "out", "tiny", "ours", weights, calibration)
    assert read_manifest(tmp_path / "out") == manifest
    backend, _ = load_backend(tmp_path / "out")
    inputs = [list(backend.read(one.mt)) for one in TEXTS]
    targets = [list(backend.write(one.pe)) for one in TEXTS]
    rows = [read + target for read, target in zip(inputs, targets, strict=True)]
    first, state = backend.start(inputs)
    for i, (read, expected) in enumerate(zip(inputs, torch_logits(tiny_llama, rows), strict=True)):
        alone = backend.keep(state, [i])
        rest, _ = backend.extend(alone, [targets[i]])
        own = np.concatenate([first[i][None], rest[0]])
        wanted = expected[len(read) - 1 :]
        assert np.abs(own - wanted).max() <= tolerance * np.abs(wanted).max(), why


def test_export_refuses_what_is_no_checkpoint(tiny_llama: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json: not a checkpoint folder"):
        export(tmp_path, tmp_path / "out", "x", "")
    with pytest.raises(InputError, match="exists already"):
        export(tiny_llama, tmp_path, "x", "")

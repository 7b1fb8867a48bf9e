"""Export: what runs without torch gives what torch gives, as near as its rounding allows."""

from __future__ import annotations

from dataclasses import dataclass
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
from postedit.models.protocol import Backend
from tests.conftest import PAIRS

Matrix = NDArray[np.float32]

TEXTS = tuple(Triplet(str(i), mt, pe, ()) for i, (mt, pe) in enumerate(PAIRS))


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


@pytest.fixture(scope="module")
def tiny_t5(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path) -> Path:
    """A T5 of random weights, large enough for its biases to matter, with the byte vocabulary."""
    import torch
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

    folder = tmp_path_factory.mktemp("tiny-t5")
    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(2)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=64,
        d_kv=16,
        d_ff=96,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=2,
    )
    model = T5ForConditionalGeneration(config)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    model.save_pretrained(folder)
    return folder


@dataclass(frozen=True)
class Parity:
    base: str
    weights: Weights
    tolerance: float
    calibration: tuple[Triplet, ...]
    why: str


PARITIES = [
    Parity("tiny_llama", "float32", 1e-3, (), "the graph is that of transformers"),
    Parity("tiny_llama", "int4", 0.05, TEXTS, "small: 8 bits everywhere; activations too"),
    Parity("tiny_t5", "float32", 1e-3, (), "encoder, cache, biases by distance"),
    Parity("tiny_t5", "int8", 0.1, (), "embeddings by block"),
]


@pytest.mark.parametrize("case", PARITIES, ids=lambda one: f"{one.base}-{one.weights}")
def test_logits_are_those_of_torch(
    case: Parity, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Rows of unequal length go on by unequal numbers of tokens, after some were taken back."""
    folder: Path = request.getfixturevalue(case.base)
    manifest = export(folder, tmp_path / "out", "tiny", "ours", case.weights, case.calibration)
    assert read_manifest(tmp_path / "out") == manifest
    backend, torch_backend = load_backend(tmp_path / "out")[0], load_backend(folder)[0]
    found, wanted = (some_logits(one) for one in (backend, torch_backend))
    for own, theirs in zip(found, wanted, strict=True):
        assert np.abs(own - theirs).max() <= case.tolerance * np.abs(theirs).max(), case.why


def some_logits(backend: Backend) -> list[Matrix]:
    inputs = [backend.read(one.mt) for one in TEXTS]
    targets = [list(backend.write(one.pe)) for one in TEXTS]
    widths = [3, 9, 1, 6]
    first, state = backend.start(inputs)
    second, state = backend.extend(state, [t[:w] for t, w in zip(targets, widths, strict=True)])
    rows = [second[i, k] for i, width in enumerate(widths) for k in range(width)]
    state = backend.rewind(state, [2, 5, 1, 0])
    third, state = backend.step(state, [t[0] for t in targets])
    fourth, _ = backend.step(backend.keep(state, [3, 1]), [5, 6])
    return [first, np.stack(rows), third, fourth]


def test_export_refuses_what_is_no_checkpoint(tiny_llama: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json: not a checkpoint folder"):
        export(tmp_path, tmp_path / "out", "x", "")
    with pytest.raises(InputError, match="exists already"):
        export(tiny_llama, tmp_path, "x", "")

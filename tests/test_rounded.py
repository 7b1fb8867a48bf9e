"""Training under rounding: what was trained is what export writes, and gradients still flow."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from torch import nn

from postedit.errors import ConfigError
from postedit.export.rounding import lost, round_matrix
from postedit.train.config import TrainConfig
from postedit.train.rounded import RoundedLinear, round_weights
from postedit.train.run import train


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 8]), st.floats(0.001, 3), st.floats(-1, 1))
def test_export_loses_nothing_of_what_was_trained(
    seed: int, bits: int, spread: float, shift: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    exact = torch.randn(24, 64, generator=generator) * spread + shift * spread
    weight = round_weights(exact, bits)
    assert len(weight.unflatten(1, (-1, 32))[0, 0].unique()) <= 2**bits
    assert (weight - exact).abs().max() < exact.abs().max()
    assert lost(weight.numpy(), round_matrix(weight.numpy(), bits, 32)) < 1e-6


def test_gradients_reach_the_exact_weights() -> None:
    layer = RoundedLinear(nn.Linear(32, 4, bias=False), 4)
    x = torch.randn(3, 32)
    layer(x).sum().backward()
    assert layer.weight.grad is not None
    assert torch.allclose(layer.weight.grad, x.sum(0).expand(4, 32))
    layer.eval()
    before = layer(x)
    assert torch.allclose(before, x @ round_weights(layer.weight, 4).T, atol=1e-5)
    layer.train()
    torch.optim.AdamW(layer.parameters(), lr=0.5).step()
    layer.eval()
    assert not torch.allclose(layer(x), before), "the rounded weights of old numbers are not kept"
    assert torch.allclose(layer(x), x @ round_weights(layer.weight, 4).T, atol=1e-5)


def config(triplets: Path, base: dict[str, object], output: Path) -> TrainConfig:
    source = {"path": str(triplets), "licence": "ours", "split": "train"}
    return TrainConfig.model_validate(
        {
            "base": base,
            "data": {"train": [source], "dev": [source]},
            "optim": {"max_steps": 8, "eval_steps": 4, "batch_size": 4, "round_bits": 4},
            "output": str(output),
        }
    )


def test_a_rounded_run_ends_on_the_grid(triplets: Path, tiny_llama: Path, tmp_path: Path) -> None:
    folder = train(config(triplets, {"kind": "causal", "name": str(tiny_llama)}, tmp_path / "out"))
    before = load_file(tiny_llama / "model.safetensors")
    after = load_file(folder / "model.safetensors")
    assert before.keys() == after.keys()
    products = [name for name in after if "_proj" in name]
    assert products
    for name in products:
        weight = after[name].numpy()
        assert lost(weight, round_matrix(weight, 4, 32)) < 1e-6
        assert not torch.equal(after[name], round_weights(before[name], 4)), "it learned"


def test_what_cannot_be_rounded_is_named(triplets: Path, tiny_llama: Path, tmp_path: Path) -> None:
    base: dict[str, object] = {"kind": "causal", "name": str(tiny_llama), "lora": {"rank": 2}}
    with pytest.raises(ConfigError, match=r"optim\.round_bits: .*cannot be rounded"):
        train(config(triplets, base, tmp_path / "out"))

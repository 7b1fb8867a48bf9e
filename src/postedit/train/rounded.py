"""Training under the rounding that export will do, so that the model learns to live with it."""

from __future__ import annotations

from typing import Self

import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel

from postedit.errors import ConfigError

# Weights that share a scale, and the smallest scale, as in export/rounding.py.
_BLOCK, _LEAST = 32, 2.0**-14


def round_weights(weight: torch.Tensor, bits: int) -> torch.Tensor:
    """The values of an (n, k) matrix on a grid of `bits` bits from end to end of each block.

    `export` finds the same grid again in a matrix that lies on one, so it rounds it without loss.
    """
    top = 2.0**bits - 1
    blocks = weight.reshape(len(weight), -1, _BLOCK)
    # The zero is a code, so a block's range always holds nought.
    low, high = blocks.amin(-1, keepdim=True).clamp(max=0), blocks.amax(-1, keepdim=True).clamp(0)
    scale = ((high - low) / top).clamp(_LEAST).half().float()
    zero = (-low / scale).round().clamp(0, top)
    codes = ((blocks / scale).round() + zero).clamp(0, top)
    return (scale * (codes - zero)).reshape(weight.shape)


def train_rounded(model: PreTrainedModel, bits: int) -> None:
    """Let every matrix of `model` act rounded to `bits` bits; gradients reach the exact weights.

    Quantisation-aware training with a straight-through estimator (Jacob et al. 2018,
    arXiv:1712.05877). Frozen matrices are rounded once; embeddings stay as they are, and so does
    the matrix that shares their numbers. Raises ConfigError where a matrix has no whole blocks.
    """
    for name, module in list(model.named_modules()):
        if not isinstance(module, nn.Linear) or module is model.get_output_embeddings():
            continue
        if type(module) is not nn.Linear or module.in_features % _BLOCK:
            raise ConfigError(f"optim.round_bits: {name} cannot be rounded in blocks of {_BLOCK}")
        if module.weight.requires_grad:
            model.set_submodule(name, RoundedLinear(module, bits))
        else:
            module.weight.data = round_weights(module.weight.data, bits)


def settle(model: PreTrainedModel) -> None:
    """Put the rounded values in the place of the exact ones, for good."""
    for name, module in list(model.named_modules()):
        if isinstance(module, RoundedLinear):
            module.weight.data = round_weights(module.weight.data, module.bits)
            model.set_submodule(name, module.plain())


def acting_weight(module: nn.Linear | RoundedLinear) -> torch.Tensor:
    """The matrix that a linear layer multiplies by, rounded where it acts rounded."""
    weight = module.weight.detach()
    return round_weights(weight, module.bits) if isinstance(module, RoundedLinear) else weight


class RoundedLinear(nn.Module):
    """A linear layer that multiplies by its rounded weights and learns the exact ones."""

    def __init__(self, linear: nn.Linear, bits: int) -> None:
        super().__init__()
        self.weight, self.bias, self.bits = linear.weight, linear.bias, bits
        self._known: torch.Tensor | None = None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """The product with the rounded weights."""
        if self.training:
            with torch.no_grad():
                error = round_weights(self.weight, self.bits) - self.weight
            return functional.linear(input, self.weight + error, self.bias)
        if self._known is None:
            self._known = round_weights(self.weight.detach(), self.bits)
        return functional.linear(input, self._known, self.bias)

    def train(self, mode: bool = True) -> Self:
        """Go over to training or evaluation; what was rounded for the last evaluation is old."""
        self._known = None
        return super().train(mode)

    def plain(self) -> nn.Linear:
        """A linear layer of the same parameters."""
        outputs, inputs = self.weight.shape
        linear = nn.Linear(inputs, outputs, bias=self.bias is not None, device="meta")
        linear.weight, linear.bias = self.weight, self.bias
        return linear

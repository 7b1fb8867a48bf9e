"""Float matrices into blocks of small integers, with as little harm to its output as may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Shares of a block's range that are tried as its grid: to clip one outlier may serve the others.
_SHRINK = {4: np.linspace(0.76, 1.0, 7, dtype=np.float32), 8: np.ones(1, np.float32)}
# Share of the mean diagonal that is added to a Hessian, so that it can be inverted.
_DAMP = 0.01


@dataclass(frozen=True, slots=True)
class Rounded:
    """A matrix of n outputs and k inputs as `scale * (code - zero)`, a scale and zero a block.

    `codes` is (n, k); `scales` and `zeros` are (n, k / block). Scales are exact in float16.
    """

    codes: NDArray[np.uint8]
    scales: Floats
    zeros: NDArray[np.uint8]
    bits: int
    block: int

    @property
    def size(self) -> int:
        """Bytes on disk, the scales in half precision."""
        return (self.codes.size + self.zeros.size) * self.bits // 8 + 2 * self.scales.size

    def floats(self) -> Floats:
        """The matrix as it will act."""
        scales = np.repeat(self.scales, self.block, axis=1)
        zeros = np.repeat(self.zeros, self.block, axis=1).astype(np.float32)
        result: Floats = scales * (self.codes.astype(np.float32) - zeros)
        return result


def round_matrix(
    weight: Floats, bits: int, block: int, hessian: NDArray[np.float64] | None = None
) -> Rounded:
    """Round `weight` (n outputs, k inputs; k a multiple of `block`) to `bits` bits.

    With `hessian`, the (k, k) sum of x x' over inputs x that the layer sees, the error of a column
    is made good in the columns that follow (GPTQ: Frantar et al. 2023, arXiv:2210.17323); without
    it every weight goes to the nearest value of its block's grid.
    """
    outputs, inputs = weight.shape
    if inputs % block:
        raise ValueError(f"{inputs} inputs are no multiple of the block size {block}")
    left = weight.astype(np.float32).copy()
    upper, importance = _factor(hessian, inputs)
    codes = np.empty((outputs, inputs), np.uint8)
    scales = np.empty((outputs, inputs // block), np.float32)
    zeros = np.empty((outputs, inputs // block), np.uint8)
    for place, start in enumerate(range(0, inputs, block)):
        end = start + block
        part = left[:, start:end]
        scale, zero = _grid(part, importance[start:end], bits)
        scales[:, place], zeros[:, place] = scale, zero.astype(np.uint8)
        errors = np.empty((outputs, block), np.float32)
        for j in range(block):
            code = _nearest(part[:, j], scale, zero, bits)
            codes[:, start + j] = code.astype(np.uint8)
            errors[:, j] = part[:, j] - scale * (code - zero)
            if upper is not None:
                errors[:, j] /= upper[start + j, start + j]
                part[:, j + 1 :] -= errors[:, j, None] * upper[start + j, start + j + 1 : end]
        if upper is not None:
            left[:, end:] -= errors @ upper[start:end, end:]
    return Rounded(codes, scales, zeros, bits, block)


def lost(weight: Floats, rounded: Rounded, hessian: NDArray[np.float64] | None = None) -> float:
    """The share of a layer's output, in squares, that rounding changes; of its weights, without
    a Hessian.
    """
    error = weight - rounded.floats()
    if hessian is None:
        return float((error**2).sum() / max(float((weight**2).sum()), 1e-30))
    seen = hessian.astype(np.float32)
    whole = float(((weight @ seen) * weight).sum())
    return float(((error @ seen) * error).sum()) / max(whole, 1e-30)


def _factor(hessian: NDArray[np.float64] | None, inputs: int) -> tuple[Floats | None, Floats]:
    if hessian is None:
        return None, np.ones(inputs, np.float32)
    damped = hessian.astype(np.float64).copy()
    diagonal = np.diagonal(damped).copy()
    damped[np.diag_indices(inputs)] += _DAMP * diagonal.mean()
    upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    importance = np.diagonal(damped) / np.diagonal(damped).mean()
    return upper.astype(np.float32), importance.astype(np.float32)


def _grid(part: Floats, importance: Floats, bits: int) -> tuple[Floats, Floats]:
    top = 2.0**bits - 1
    # The zero is a code, so a block's range always holds nought.
    low, high = np.minimum(part.min(axis=1), 0), np.maximum(part.max(axis=1), 0)
    ranges = [((high - low) * share / top, -low * share) for share in _SHRINK[bits]]
    # The same with one code fewer: where a model was trained on a grid, its zero may have left
    # the last code unused.
    ranges.append(((high - low) / (top - 1), -low))
    # The grid of symmetric rounding, so that what comes from it goes back without loss: the
    # farthest value is at the end of the range with one code more.
    step = np.maximum(high, -low) * 2 / (top + 1)
    ranges.append((step, step * np.where(-low >= high, (top + 1) / 2, (top - 1) / 2)))
    best = np.full(len(part), np.inf, np.float32)
    best_scale, best_zero = np.ones_like(best), np.zeros_like(best)
    for step, below in ranges:
        plain = _half(step)
        zero = np.clip(np.rint(below / plain), 0, top)
        codes = _nearest(part, plain[:, None], zero[:, None], bits) - zero[:, None]
        # The scale that fits these codes best, by least squares.
        fitted = (importance * codes * part).sum(axis=1)
        fitted /= np.maximum((importance * codes**2).sum(axis=1), 1e-12)
        for scale in (plain, _half(np.where(fitted > _LEAST, fitted, plain))):
            codes = _nearest(part, scale[:, None], zero[:, None], bits) - zero[:, None]
            error = (importance * (part - scale[:, None] * codes) ** 2).sum(axis=1)
            better = error < best
            best = np.where(better, error, best)
            best_scale = np.where(better, scale, best_scale)
            best_zero = np.where(better, zero, best_zero)
    return best_scale, best_zero


def _nearest(values: Floats, scale: Floats, zero: Floats, bits: int) -> Floats:
    codes: Floats = np.clip(np.rint(values / scale) + zero, 0, 2**bits - 1)
    return codes


# The smallest normal number of float16: a scale is stored in it.
_LEAST = 2.0**-14


def _half(values: Floats) -> Floats:
    halves: Floats = np.maximum(values, _LEAST).astype(np.float16).astype(np.float32)
    return halves

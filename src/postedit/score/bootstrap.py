"""Bootstrap resampling of corpus scores, for intervals and paired tests (Koehn 2004).

The arithmetic is that of sacrebleu's `PairedTest` in its `bs` mode, and the tests hold the two
equal. It is done here again because PairedTest takes its seed from the process environment, which
a server with threads must not touch, and because it holds every resample of every segment in
memory at once. Sums here are of one block of resamples at a time, exact, and shared by all systems.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from postedit.score.metrics import Floats

# Cells of the (resamples x segments) count matrix held at once: 8 MiB of it.
_BLOCK_CELLS = 2**20


def resampled_sums(statistics: Sequence[Floats], resamples: int, seed: int) -> list[Floats]:
    """Sum each (segments x k) table over `resamples` draws of its rows, as (resamples x k) tables.

    Draw r takes the same rows of all tables: that is what makes a test on two of them paired.
    """
    segments = len(statistics[0])
    table = np.hstack(statistics)
    rng = np.random.default_rng(seed)
    sums = np.empty((resamples, table.shape[1]))
    block = max(1, _BLOCK_CELLS // segments)
    for start in range(0, resamples, block):
        rows = min(block, resamples - start)
        drawn = rng.choice(segments, size=(rows, segments), replace=True)
        flat = (drawn + np.arange(rows)[:, None] * segments).ravel()
        counts = np.bincount(flat, minlength=rows * segments).reshape(rows, segments)
        sums[start : start + rows] = counts.astype(np.float64) @ table
    widths = np.cumsum([part.shape[1] for part in statistics])
    return np.split(sums, widths[:-1], axis=1)


def interval(scores: Floats) -> tuple[float, float]:
    """The 95 % percentile interval of resampled scores: one fortieth is left out on each side."""
    ordered = np.sort(scores)
    cut = len(ordered) // 40
    return float(ordered[cut]), float(ordered[-cut - 1])


def p_value(scores: Floats, baseline: Floats, difference: float) -> float:
    """How often resampling alone would part two systems by more than `difference`.

    `scores` and `baseline` are resampled in pairs. Two systems that never differ have p = 1:
    PairedTest would give them the smallest p there is.
    """
    differences = np.abs(scores - baseline)
    if difference == 0.0 and not differences.any():
        return 1.0
    centred = differences - differences.mean()
    exceeding = int((centred > abs(difference)).sum())
    return (exceeding + 1) / (len(centred) + 1)

"""Rows of like length into batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

# Logits over the whole vocabulary are held for each token of a batch: 150 MB for 49,152 entries.
BATCH_TOKENS = 768


def batches(lengths: Sequence[int], batch_tokens: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Indices of rows, longest first, in batches whose padded size is at most `batch_tokens`.

    A row that is longer than that has a batch to itself.

    >>> list(batches([3, 9, 4], batch_tokens=10))
    [[1], [2, 0]]
    """
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > batch_tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch

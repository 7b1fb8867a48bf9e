"""Where cached tokens stand: what lets rows of unequal length share one pass of a graph.

A cache has one column for each token that was ever run, row by row. `places[i, c]` is the position
of column c in the text of row i, or -1 if row i has nothing there: padding, or a token that a
search took back. Nothing is moved when that happens; columns that no row needs go when rows are
chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from postedit.models.protocol import Logits, Tokens

Ints = NDArray[np.int64]
#: Keys and values by graph input: (rows, heads, columns, head size).
Cache = Mapping[str, NDArray[np.float32]]

_NOTHING = -1


@dataclass(frozen=True, slots=True)
class Places:
    """The columns of a cache; `lengths[i]` is the number of tokens that row i has in them."""

    columns: Ints
    lengths: Ints

    @classmethod
    def none(cls, rows: int) -> Self:
        """Of a cache that holds nothing yet."""
        return cls(np.empty((rows, 0), np.int64), np.zeros(rows, np.int64))

    def after(self, step: Step) -> Places:
        """With the tokens of a step in columns of their own."""
        return Places(
            np.concatenate([self.columns, step.columns], axis=1), self.lengths + step.widths
        )

    def rewound(self, lengths: Ints) -> Places:
        """Without what stands at or behind `lengths`."""
        columns = np.where(self.columns < lengths[:, None], self.columns, _NOTHING)
        return Places(columns, np.minimum(self.lengths, lengths))

    def kept(
        self, rows: Sequence[int], cache: Cache
    ) -> tuple[Places, dict[str, NDArray[np.float32]]]:
        """Of the given rows alone, with their cache, without columns that none of them uses."""
        chosen = np.array(rows, np.int64)
        columns = self.columns[chosen]
        used = np.flatnonzero((columns != _NOTHING).any(axis=0))
        fewer = {name: value[chosen] for name, value in cache.items()}
        if len(used) < columns.shape[1]:
            fewer = {name: value[:, :, used] for name, value in fewer.items()}
        return Places(columns[:, used], self.lengths[chosen]), fewer


@dataclass(frozen=True, slots=True)
class Step:
    """Tokens that rows of unequal length read in one pass: (rows, width), padded on the right."""

    ids: Ints
    positions: Ints
    columns: Ints
    widths: Ints

    @classmethod
    def of(cls, tokens: Sequence[Tokens], lengths: Ints) -> Self:
        """`tokens[i]` behind the `lengths[i]` tokens that row i has."""
        widths = np.array([len(row) for row in tokens], np.int64)
        shape = len(tokens), max(1, int(widths.max()))
        ids = np.zeros(shape, np.int64)
        for row, given in zip(ids, tokens, strict=True):
            row[: len(given)] = given
        steps = np.arange(shape[1])
        positions = lengths[:, None] + steps
        columns = np.where(steps < widths[:, None], positions, _NOTHING)
        return cls(ids, positions, columns, widths)

    def seen(self, places: Places) -> NDArray[np.bool_]:
        """Which columns each token may look at, itself among them: (rows, 1, width, columns).

        Padding looks at itself, so that it has numbers to make nothing of.
        """
        every = np.concatenate([places.columns, self.columns], axis=1)[:, None, :]
        seen: NDArray[np.bool_] = (every >= 0) & (every <= self.positions[:, :, None])
        width = np.arange(self.ids.shape[1])
        seen[:, width, places.columns.shape[1] + width] = True
        return seen[:, None]

    def distances(self, places: Places) -> Ints:
        """From each token to each column, (rows, width, columns); without meaning where unseen."""
        every = np.concatenate([places.columns, self.columns], axis=1)[:, None, :]
        distances: Ints = every - self.positions[:, :, None]
        return distances

    def tokens(self) -> Ints:
        """Row and column of every token that is no padding, (n, 2)."""
        return np.argwhere(self.columns != _NOTHING).astype(np.int64)

    def last(self) -> Ints:
        """Row and column of the last token of every row, (rows, 2)."""
        return np.stack([np.arange(len(self.widths)), self.widths - 1], axis=1)

    def spread(self, logits: Logits) -> Logits:
        """Logits of `tokens()` as (rows, width, vocabulary); of padding, noughts."""
        rows, width = self.ids.shape
        if len(logits) == rows * width:
            return logits.reshape(rows, width, -1)
        whole = np.zeros((rows, width, logits.shape[-1]), np.float32)
        whole[self.columns != _NOTHING] = logits
        return whole

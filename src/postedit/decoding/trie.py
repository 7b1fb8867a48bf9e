"""The entries of a lexicon as a trie of tokens, with the masks that a search needs at each node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postedit.decoding.lexicon import Entry
from postedit.models.protocol import Tokens

#: The two roots: where a piece may begin with a blank, and where none may.
OPEN, GLUED = 0, 1


@dataclass(frozen=True, slots=True)
class Node:
    """A prefix of entries.

    The entries below it are `low` to `high` of the trie's order; those that end here come first, up
    to `done`. `tokens[i]` leads to the node `children[i]`, whose entries are `lows[i]:highs[i]`.
    """

    low: int
    done: int
    high: int
    tokens: NDArray[np.int64]
    children: NDArray[np.int64]
    lows: NDArray[np.int64]
    highs: NDArray[np.int64]

    def child(self, token: int) -> int | None:
        """The node to which a token leads."""
        place = int(np.searchsorted(self.tokens, token))
        if place < len(self.tokens) and self.tokens[place] == token:
            return int(self.children[place])
        return None


class Trie:
    """Entries sorted by their tokens, so that what lies below a node is a range."""

    def __init__(self, entries: Sequence[Entry], encode: Callable[[str, bool], Tokens]):
        """`encode` gives the tokens of a piece, and is told whether the piece is glued."""
        keyed = sorted(
            ((GLUED if entry.glued else OPEN, *encode(entry.text, entry.glued)), i)
            for i, entry in enumerate(entries)
        )
        self._keys = [key for key, _ in keyed if len(key) > 1]
        self.entries = [entries[i] for key, i in keyed if len(key) > 1]
        self.nodes: list[Node] = []
        first = sum(key[0] == OPEN for key in self._keys)
        self.roots = (self._build(0, first, 1), self._build(first, len(self._keys), 1))
        # Padded with an item of which there is always one left.
        widest = max((len(entry.items) for entry in self.entries), default=1)
        rows = [entry.items + (-1,) * (widest - len(entry.items)) for entry in self.entries]
        self._items = np.array(rows, dtype=np.int64).reshape(-1, widest)

    def available(self, left: NDArray[np.bool_]) -> NDArray[np.int64]:
        """From the items of which some are left: how many usable entries come before each one."""
        usable = np.append(left, True)[self._items].all(axis=1)
        return np.concatenate([[0], np.cumsum(usable)])

    def _build(self, low: int, high: int, depth: int) -> int:
        done = low
        while done < high and len(self._keys[done]) == depth:
            done += 1
        tokens, children, lows, highs = [], [], [], []
        start = done
        while start < high:
            token, stop = self._keys[start][depth], start
            while stop < high and self._keys[stop][depth] == token:
                stop += 1
            tokens.append(token)
            children.append(self._build(start, stop, depth + 1))
            lows.append(start)
            highs.append(stop)
            start = stop
        arrays = (np.array(values, dtype=np.int64) for values in (tokens, children, lows, highs))
        self.nodes.append(Node(low, done, high, *arrays))
        return len(self.nodes) - 1

"""What a repair may say next: an automaton over tokens whose states are never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from postedit.decoding.lexicon import Item, Kind, Lexicon
from postedit.decoding.marks import CLOSERS, STOPS
from postedit.decoding.spelling import Spelling
from postedit.decoding.trie import GLUED, OPEN, Trie
from postedit.models.manifest import ClosedSearch

# The node of a word from outside the lexicon, and of what has come to its end.
_OUTSIDE, _ENDED = -1, -2
_NEVER = 10**6


@dataclass(frozen=True, slots=True)
class State:
    """Where a repair stands: the node of the piece it is in, and how many of each item are left.

    `outside` counts the words from outside the lexicon; `price` is what was paid so far, in nats;
    `stopped` says that the last piece was a full stop or the like, with its quote or bracket.
    """

    node: int
    left: bytes
    outside: int = 0
    price: float = 0.0
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Moves:
    """The tokens that may follow a state, in no order, and the bonus of the state each leads to.

    `start` is the price of a word from outside, None where none may begin; `rest` is that of more
    letters of one.
    """

    tokens: NDArray[np.int64]
    bonuses: NDArray[np.float32]
    ends: bool
    start: float | None = None
    rest: float | None = None


class Automaton:
    """Accepts the repairs of one segment that its lexicon allows."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling, settings: ClosedSearch):
        self._settings = settings
        self._trie = Trie(lexicon.entries, spelling.encode)
        self._items = lexicon.items
        self._next = _next_places(lexicon.items)
        self._weights = np.array([bool(item.places) for item in lexicon.items], dtype=np.float32)
        self._hard = np.array([item.kind in _HARD for item in lexicon.items])
        self._all = bytes(min(item.count, 255) for item in lexicon.items)
        self.total = float(sum(len(item.places) for item in lexicon.items))
        self._slack = settings.slack * self.total
        self._stops = lexicon.stops
        self._hope = self._hopes()
        self._starts: dict[tuple[int, bytes], tuple[NDArray[np.int64], NDArray[np.float32]]] = {}
        self._usable: dict[bytes, NDArray[np.int64]] = {}

    @property
    def openings(self) -> NDArray[np.int64]:
        """Tokens with which some piece begins: no word from outside may begin with them."""
        return self._trie.nodes[self._trie.roots[OPEN]].tokens

    def start(self) -> State:
        """Nothing said, everything left."""
        return State(self._trie.roots[OPEN], self._all)

    def bonus(self, state: State) -> float:
        """What the rank of a state gets on top of its log-probability: covered less paid."""
        hope = float(self._hope[state.node]) if state.node >= 0 else 0.0
        return self._covered(state) + hope

    def missing(self, state: State) -> float:
        """How much of what must be said is not yet said."""
        return float(self._weights @ _counts(state.left))

    def moves(self, state: State) -> Moves:
        """All that may follow."""
        settings, base = self._settings, self._covered(state)
        may = state.outside < settings.max_outside
        if state.node == _OUTSIDE:
            tokens, bonuses = self._begin(OPEN, state.left)
            return Moves(tokens, base + bonuses, self._may_end(state), None, 0.0)
        node = self._trie.nodes[state.node]
        tokens, bonuses = self._inside(state)
        bonuses = base + bonuses
        if state.node in self._trie.roots:
            start = settings.price if may and state.node == self._trie.roots[OPEN] else None
            return Moves(tokens, bonuses, False, start, None)
        rest = settings.price if may and self._is_word(state) else None
        after = self._closed(state)
        if after is None:
            return Moves(tokens, bonuses, False, None, rest)
        more, gains = self._begin(self._context(after), after.left)
        fresh = ~np.isin(more, node.tokens)
        tokens = np.concatenate([tokens, more[fresh]])
        bonuses = np.concatenate([bonuses, self._covered(after) + gains[fresh]])
        start = settings.price if may and after.node == self._trie.roots[OPEN] else None
        return Moves(tokens, bonuses, self._may_end(after), start, rest)

    def advance(self, state: State, token: int, *, inside: bool = False) -> State:
        """The state after one more token, which is among the moves or begins a word from outside.

        `inside` says of a token from outside that it goes on with the word before it.
        """
        if state.node >= 0:
            child = self._trie.nodes[state.node].child(token)
            if child is not None and self._has_usable(child, state.left):
                return replace(state, node=child)
            after = self._closed(state)
            if after is None:
                return self._leave(state)
        else:
            after = replace(state, node=self._trie.roots[OPEN])
        child = self._trie.nodes[after.node].child(token)
        if child is not None and self._has_usable(child, after.left):
            return replace(after, node=child)
        if state.node == _OUTSIDE:
            return state
        return self._leave(state if inside else after)

    def end(self, state: State) -> State:
        """The state after the end token, with the last piece counted."""
        after = state if state.node == _OUTSIDE else self._closed(state)
        if after is None or not self._may_end(after):
            raise ValueError("the repair may not end here")
        return replace(after, node=_ENDED)

    def unsaid(self, state: State) -> tuple[Item, ...]:
        """The items that must be said and are left."""
        return tuple(i for i, n in zip(self._items, state.left, strict=True) if i.places and n)

    def _leave(self, state: State) -> State:
        price = state.price + self._settings.price
        outside = state.outside + 1
        return replace(state, node=_OUTSIDE, outside=outside, price=price, stopped=False)

    def _inside(self, state: State) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        if state.node in self._trie.roots:
            return self._begin(self._trie.roots.index(state.node), state.left)
        node = self._trie.nodes[state.node]
        usable = self._count(state.left)
        chosen = usable[node.highs] > usable[node.lows]
        return node.tokens[chosen], self._hope[node.children[chosen]]

    def _begin(self, context: int, left: bytes) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        known = self._starts.get((context, left))
        if known is None:
            node = self._trie.nodes[self._trie.roots[context]]
            usable = self._count(left)
            chosen = usable[node.highs] > usable[node.lows]
            known = node.tokens[chosen], self._hope[node.children[chosen]]
            self._starts[context, left] = known
        return known

    def _closed(self, state: State) -> State | None:
        """The state with the piece that ends here counted; None if none does."""
        node = self._trie.nodes[state.node]
        counts = np.frombuffer(state.left, np.uint8)
        near = self._near(counts)
        for entry in self._trie.entries[node.low : node.done]:
            left = bytearray(state.left)
            if all(near[item] for item in entry.items) and _take(left, entry.items):
                root = self._trie.roots[GLUED if entry.glues else OPEN]
                price, stopped = state.price + entry.price, _stops(entry.text, state.stopped)
                return State(root, bytes(left), state.outside, price, stopped)
        return None

    def _context(self, state: State) -> int:
        return self._trie.roots.index(state.node)

    def _is_word(self, state: State) -> bool:
        text = self._trie.entries[self._trie.nodes[state.node].low].text
        return text[1:].isalpha() and text[0] == " "

    def _may_end(self, state: State) -> bool:
        counts = _counts(state.left)
        said = self._weights @ counts <= self._slack + 1e-6
        return bool(said and (state.stopped or not self._stops) and not (counts @ self._hard))

    def _covered(self, state: State) -> float:
        said = self.total - float(self._weights @ _counts(state.left))
        return self._settings.reward * said - state.price

    def _has_usable(self, node: int, left: bytes) -> bool:
        usable, below = self._count(left), self._trie.nodes[node]
        return bool(usable[below.high] > usable[below.low])

    def _count(self, left: bytes) -> NDArray[np.int64]:
        known = self._usable.get(left)
        if known is None:
            known = self._trie.available(self._near(np.frombuffer(left, np.uint8)))
            self._usable[left] = known
        return known

    def _near(self, counts: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Items that are left and not too far ahead of the first that was left behind."""
        places = self._next[np.arange(len(counts)), counts]
        front = places[(self._weights > 0)].min(initial=_NEVER)
        near: NDArray[np.bool_] = places <= front + self._settings.window
        return near & (counts > 0)

    def _hopes(self) -> NDArray[np.float32]:
        """The most that a piece below each node can add to the rank."""
        reward = self._settings.reward
        gains = [
            reward * float(sum(self._weights[item] for item in entry.items)) - entry.price
            for entry in self._trie.entries
        ]
        return np.array(
            [max(gains[n.low : n.high], default=0.0) for n in self._trie.nodes], dtype=np.float32
        )


_HARD = (Kind.NAME, Kind.NUMBER, Kind.TERM)


def _counts(left: bytes) -> NDArray[np.float32]:
    return np.frombuffer(left, np.uint8).astype(np.float32)


def _stops(text: str, stopped: bool) -> bool:
    """Whether a piece ends a sentence, or closes a quote or bracket around its end."""
    if text[-1].isalnum():
        return False
    return any(mark in text for mark in STOPS) or (stopped and text in CLOSERS)


def _take(left: bytearray, items: Sequence[int]) -> bool:
    """Take one of each item away; false if there are not so many, as of the dots in "..."."""
    for item in items:
        if not left[item]:
            return False
        left[item] -= 1
    return True


def _next_places(items: Sequence[Item]) -> NDArray[np.int64]:
    """By item and how often it is left: the place in the draft of its next mention."""
    most = max((item.count for item in items), default=0)
    table = np.zeros((len(items), min(most, 255) + 1), dtype=np.int64)
    for row, item in zip(table, items, strict=True):
        if item.places:
            row[0] = _NEVER
            for left in range(1, len(item.places) + 1):
                row[left] = item.places[len(item.places) - left]
    return table

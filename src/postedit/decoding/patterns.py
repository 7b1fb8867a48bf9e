"""Which of many token sequences end, or are under way, at a place of a stream.

The automaton of Aho & Corasick 1975. A state is the node of the longest suffix of the stream that
begins some sequence, so nothing is lost when a match breaks off: after 11 11 12 the sequence 11 12
has been seen.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

ROOT = 0


class Patterns:
    """An automaton over token sequences, each known by its index; nodes are integers from `ROOT`.

    >>> patterns = Patterns([(11, 12)])
    >>> node = ROOT
    >>> for token in (11, 11, 12):
    ...     node = patterns.step(node, token)
    >>> patterns.ending(node)
    (0,)
    """

    def __init__(self, sequences: Sequence[Sequence[int]]):
        self._children: list[dict[int, int]] = [{}]
        self._fail = [ROOT]
        self._ending: list[tuple[int, ...]] = [()]
        self._through: list[set[int]] = [set()]
        self.depths = [0]
        self.tokens = frozenset(token for sequence in sequences for token in sequence)
        for index, sequence in enumerate(sequences):
            self._add(index, sequence)
        self._link()
        self._onward = [self._gather(node) for node in range(len(self._children))]

    def step(self, node: int, token: int) -> int:
        """The node after one more token of the stream."""
        while token not in self._children[node]:
            if node == ROOT:
                return ROOT
            node = self._fail[node]
        return self._children[node][token]

    def ending(self, node: int) -> tuple[int, ...]:
        """Indices of the sequences that end here, longest first."""
        return self._ending[node]

    def onward(self, node: int) -> frozenset[int]:
        """Tokens that go on with a sequence that is under way here, or begin one."""
        return self._onward[node]

    def under_way(self, node: int) -> Iterable[tuple[int, int]]:
        """Pairs of a sequence that is under way here and how many tokens of it there are."""
        while node != ROOT:
            for index in self._through[node]:
                yield index, self.depths[node]
            node = self._fail[node]

    def _add(self, index: int, sequence: Sequence[int]) -> None:
        node = ROOT
        for token in sequence:
            if token not in self._children[node]:
                self._children[node][token] = len(self._children)
                self._children.append({})
                self._fail.append(ROOT)
                self._ending.append(())
                self._through.append(set())
                self.depths.append(self.depths[node] + 1)
            node = self._children[node][token]
            self._through[node].add(index)
        self._through[node].discard(index)
        self._ending[node] += (index,)

    def _link(self) -> None:
        queue = deque(self._children[ROOT].values())
        while queue:
            node = queue.popleft()
            for token, child in self._children[node].items():
                self._fail[child] = self.step(self._fail[node], token)
                self._ending[child] += self._ending[self._fail[child]]
                queue.append(child)

    def _gather(self, node: int) -> frozenset[int]:
        tokens = set(self._children[ROOT])
        while node != ROOT:
            tokens |= self._children[node].keys()
            node = self._fail[node]
        return frozenset(tokens)

"""A trigram model of English: interpolated absolute discounting (Ney, Essen and Kneser 1994)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

from postedit.garble.tokens import Words

State = tuple[str, str]
START: State = ("<s>", "<s>")
_END = "</s>"
_DISCOUNT = 0.75


class Trigrams:
    """Log-probabilities of words after the two before them."""

    def __init__(self, sentences: Iterable[Words]):
        self._three: Counter[tuple[str, str, str]] = Counter()
        for words in sentences:
            one, two = START
            for word in (*words, _END):
                self._three[one, two, word] += 1
                one, two = two, word
        self._two: Counter[tuple[str, str]] = Counter()
        self._one: Counter[str] = Counter()
        after_two: Counter[State] = Counter()
        after_one: Counter[str] = Counter()
        self._total_two: Counter[State] = Counter()
        for (one, two, word), count in self._three.items():
            self._two[two, word] += count
            self._total_two[one, two] += count
            after_two[one, two] += 1
        self._total_one: Counter[str] = Counter()
        for (two, word), count in self._two.items():
            self._one[word] += count
            self._total_one[two] += count
            after_one[two] += 1
        self._after_two, self._after_one = after_two, after_one
        self._total = sum(self._one.values())
        self._kinds = len(self._one)
        self._known: dict[tuple[str, str, str], float] = {}

    def log_probability(self, one: str, two: str, word: str) -> float:
        """Of `word` after `one` and `two`; words never seen get what discounting leaves."""
        key = (one, two, word)
        if (known := self._known.get(key)) is None:
            known = self._known[key] = math.log(self._probability(one, two, word))
        return known

    def extend(self, state: State, words: Words) -> tuple[float, State]:
        """Log-probability of words after a state, and the state after them."""
        one, two = state
        total = 0.0
        for word in words:
            total += self.log_probability(one, two, word)
            one, two = two, word
        return total, (one, two)

    def end(self, state: State) -> float:
        """Log-probability that the sentence ends here."""
        return self.log_probability(*state, _END)

    def _probability(self, one: str, two: str, word: str) -> float:
        # One word that was never seen is as likely as all that discounting leaves for it.
        kinds = self._kinds + 1
        lowest = max(self._one[word] - _DISCOUNT, 0) + _DISCOUNT * self._kinds / kinds
        p = lowest / self._total if self._total else 1.0
        if before := self._total_one[two]:
            left = _DISCOUNT * self._after_one[two] / before
            p = max(self._two[two, word] - _DISCOUNT, 0) / before + left * p
        if before := self._total_two[one, two]:
            left = _DISCOUNT * self._after_two[one, two] / before
            p = max(self._three[one, two, word] - _DISCOUNT, 0) / before + left * p
        return p

"""Input-guided decoding: greedy search that writes many tokens a pass, copying from a draft.

Sun et al. 2021 ("Instantaneous grammatical error correction with shallow aggressive decoding"),
Ge et al. 2022 ("Lossless acceleration for seq2seq generation with aggressive decoding"): guess that
the input goes on as it is, let the model read the guess in one pass, and keep what it would have
written itself. Every token that is kept is the likeliest one given all before it, so the outcome
is that of plain greedy search, token for token, wherever the backend gives the same logits for
several tokens a pass as for one (docs/decoding.md says which do).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from postedit.decoding.draft import Draft
from postedit.decoding.hypothesis import Hypothesis, Limit, twice
from postedit.models.batching import BATCH_TOKENS, batches
from postedit.models.protocol import Backend, Logits, State, Tokens

# Tokens of a pass over all rows of a batch. On a processor a pass of this many takes about three
# times as long as one of a single token: more guesses would cost more than the right ones save.
PASS_TOKENS = 12
# With more rows alive than these nothing is guessed: a batch keeps the processor busy already, and
# ONNX Runtime's attention takes several new tokens for one row at a time only.
GUESS_ROWS = 2
_FIRST_WINDOW = 6


@dataclass(slots=True)
class _Row:
    """A target in the making; its last token, the model's own, is not in the state yet."""

    index: int
    draft: Draft
    limit: int
    tokens: list[int] = field(default_factory=list)
    log_prob: float = 0.0
    finished: bool = False
    window: int = _FIRST_WINDOW

    def guess(self, most: int) -> tuple[int, ...]:
        return self.draft.ahead(min(self.window, most, self.limit - len(self.tokens) - 1))

    def accept(self, logits: Logits, guess: Sequence[int], end: int) -> bool:
        """Take the model's tokens as long as they follow the guess, and one more; True if alive.

        `logits[k]` are those behind the first k tokens of the guess.
        """
        best = logits[: len(guess) + 1].argmax(axis=-1).tolist()
        agreed = next((k for k, token in enumerate(guess) if best[k] != token), len(guess))
        for k, token in enumerate(best[: agreed + 1]):
            self.log_prob += _log_prob(logits[k], token)
            if token == end:
                self.finished = True
                return False
            self.tokens.append(token)
        self.draft = self.draft.after(self.tokens, copied=agreed)
        if guess:
            # Where copying works guess further; where it fails, as far as it last went.
            self.window = 2 * self.window if agreed == len(guess) else agreed + 1
        return len(self.tokens) < self.limit


def guided(
    backend: Backend,
    inputs: Sequence[Tokens],
    drafts: Sequence[Tokens],
    *,
    batch_tokens: int = BATCH_TOKENS,
    pass_tokens: int = PASS_TOKENS,
    guess_rows: int = GUESS_ROWS,
    limit: Limit = twice,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Hypothesis]:
    """What `greedy` finds, in fewer passes; `drafts[i]` is `backend.write` of what input i says.

    Results come in input order. Once no more than `guess_rows` rows of a batch have not ended,
    guesses are made: `pass_tokens` are shared out among them. Before that this is plain greedy
    search. The other parameters are those of `greedy`.
    """
    found: dict[int, Hypothesis] = {}
    for batch in batches([len(read) for read in inputs], batch_tokens):
        rows = [_Row(i, _copied(backend, drafts[i]), limit(len(inputs[i]))) for i in batch]
        _search(backend, [inputs[i] for i in batch], rows, pass_tokens, guess_rows)
        found.update(
            (row.index, Hypothesis(tuple(row.tokens), row.log_prob, row.finished)) for row in rows
        )
        done(len(batch))
    return [found[i] for i in range(len(inputs))]


def _search(
    backend: Backend,
    inputs: Sequence[Tokens],
    rows: Sequence[_Row],
    pass_tokens: int,
    guess_rows: int,
) -> None:
    logits, state = backend.start(inputs)
    guesses: list[tuple[int, ...]] = [()] * len(rows)
    alive = list(rows)
    logits = logits[:, None]
    while True:
        places = [
            place
            for place, (row, guess) in enumerate(zip(alive, guesses, strict=True))
            if row.accept(logits[place], guess, backend.end)
        ]
        if not places:
            return
        state = _cut(backend, state, alive, guesses, places)
        alive = [alive[place] for place in places]
        most = pass_tokens // len(alive) - 1 if len(alive) <= guess_rows else 0
        guesses = [row.guess(most) for row in alive]
        fed = [(row.tokens[-1], *guess) for row, guess in zip(alive, guesses, strict=True)]
        logits, state = backend.extend(state, fed)


def _copied(backend: Backend, draft: Tokens) -> Draft:
    # The end is never guessed: the model says it itself behind the last guess.
    return Draft(tuple(token for token in draft if token != backend.end))


def _cut(
    backend: Backend,
    state: State,
    rows: Sequence[_Row],
    guesses: Sequence[Sequence[int]],
    places: Sequence[int],
) -> State:
    # The state without rows that have ended and without guesses that were wrong.
    if len(places) < len(rows):
        state = backend.keep(state, places)
    if any(guesses[place] for place in places):
        state = backend.rewind(state, [len(rows[place].tokens) - 1 for place in places])
    return state


def _log_prob(logits: Logits, token: int) -> float:
    highest = logits.max()
    return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))

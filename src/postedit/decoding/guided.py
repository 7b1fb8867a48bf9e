"""Input-guided decoding: greedy search that writes many tokens a pass, copying from a draft.

Sun et al. 2021 ("Instantaneous grammatical error correction with shallow aggressive decoding"),
Ge et al. 2022 ("Lossless acceleration for seq2seq generation with aggressive decoding"): guess that
the input goes on as it is, let the model read the guess in one pass, and keep what it would have
written itself. Every token that is kept is the likeliest one given all before it, so the outcome
is that of plain greedy search, token for token, wherever the backend gives the same logits for
several tokens a pass as for one (docs/decoding.md says which do).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from postedit.decoding.draft import Draft
from postedit.decoding.hypothesis import Hypothesis, Limit, twice
from postedit.decoding.steering import Steering
from postedit.models.batching import BATCH_TOKENS, batches
from postedit.models.protocol import Backend, Logits, State, Tokens

#: What a pass costs, whatever it reads, as a number of tokens that are read in it. A guess pays
#: where the chance that it is right outweighs the token that it costs. For the shipped model on
#: two cores a pass takes 7 ms and 1.35 ms for each token, but guesses fail in runs: 3 is best.
PASS_COST = 3.0
#: With more rows alive than these nothing is guessed: all rows of a pass are as wide as the widest,
#: so that the guesses of one are paid for by all.
GUESS_ROWS = 2
_LONGEST = 24
# What is thought of a draft before anything is known, as guesses made and right, and how much of
# what was seen before counts beside what is seen next.
_PRIOR = (5.0, 4.0)
_MEMORY = 0.8


@dataclass(slots=True)
class Row:
    """A target in the making: the first `stored` of its tokens are to stay in the state.

    So many of what was fed are in there: `read`.

    `steer` makes the steering for a vocabulary of a size that the first logits tell.
    """

    draft: Draft
    limit: int
    steer: Callable[[int], Steering] | None = None
    steering: Steering | None = None
    tokens: list[int] = field(default_factory=list)
    log_probs: list[float] = field(default_factory=list)
    stored: int = 0
    read: int = 0
    finished: bool = False
    guess: tuple[int, ...] = ()
    tried: float = _PRIOR[0]
    right: float = _PRIOR[1]

    @property
    def fed(self) -> tuple[int, ...]:
        """What the next pass reads: tokens that are not in the state yet, and the guess."""
        return (*self.tokens[self.stored :], *self.guess)

    def found(self) -> Hypothesis:
        """The target as it stands."""
        return Hypothesis(tuple(self.tokens), sum(self.log_probs), self.finished)

    @property
    def met(self) -> bool:
        """Whether the target has ended and meets its constraints."""
        return self.finished and (self.steering is None or self.steering.met(self.tokens))

    def begin(self, vocabulary: int) -> None:
        """Make ready for tokens out of a vocabulary of so many."""
        self.steering = self.steer(vocabulary) if self.steer else None

    def plan(self, least: float) -> None:
        """Guess for the next pass as far as the chance that a token is right is `least` or more."""
        chance = self.right / self.tried
        far = math.log(least) / math.log(chance) if least > 0 else _LONGEST
        most = min(_LONGEST, self.limit - len(self.tokens) - 1, math.floor(far))
        self.guess = self.draft.ahead(most)

    def accept(self, logits: Logits, end: int) -> bool:
        """Take the model's tokens as long as they follow the guess, and one more; True if alive.

        `logits[k]` follow the token `fed[k]`, or the prompt if nothing was fed yet.
        """
        self.read = self.stored + len(self.fed)
        # Tokens that were forced: the state has them now, and the model says what it thinks.
        forced = max(0, len(self.tokens) - self.stored - 1)
        for k in range(forced):
            self.log_probs.append(_log_prob(logits[k], self.tokens[self.stored + k + 1]))
        agreed = 0
        for behind in logits[forced : forced + len(self.guess) + 1]:
            token = self.steering.choose(behind) if self.steering else int(behind.argmax())
            self.log_probs.append(_log_prob(behind, token))
            if token == end:
                return self._turn()
            self.tokens.append(token)
            if agreed == len(self.guess) or token != self.guess[agreed]:
                break
            agreed += 1
        self.stored = len(self.tokens) - 1
        self.draft = self.draft.after(self.tokens, copied=agreed)
        if self.guess:
            failed = agreed < len(self.guess)
            self.tried = _MEMORY * self.tried + agreed + failed
            # Never quite sure: a draft that was always right would be guessed from for ever.
            self.right = min(_MEMORY * self.right + agreed, 0.98 * self.tried)
        return len(self.tokens) < self.limit

    def _turn(self) -> bool:
        """At the end: go back if steering says so; True if the search goes on."""
        turn = self.steering.turn(self.tokens) if self.steering else None
        if turn is None:
            self.finished = True
            return False
        place, tokens, gap = turn
        self.stored = max(0, place - 1)
        # The next pass tells what is put in costs; only the first token of all was told before.
        self.log_probs[place:] = [] if place else [self.log_probs[0] + gap]
        self.tokens[place:] = tokens
        self.draft = self.draft.after(self.tokens)
        return len(self.tokens) < self.limit


def guided(
    backend: Backend,
    inputs: Sequence[Tokens],
    drafts: Sequence[Tokens],
    *,
    batch_tokens: int = BATCH_TOKENS,
    pass_cost: float = PASS_COST,
    guess_rows: int = GUESS_ROWS,
    limit: Limit = twice,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Hypothesis]:
    """What `greedy` finds, in fewer passes; `drafts[i]` is `backend.write` of what input i says.

    Results come in input order. How far a row guesses goes by how often its guesses were right,
    and by what a pass costs; with more than `guess_rows` rows of a batch alive this is plain greedy
    search. The other parameters are those of `greedy`.
    """
    rows = [
        Row(copied(backend, draft), limit(len(read)))
        for read, draft in zip(inputs, drafts, strict=True)
    ]
    search(backend, inputs, rows, batch_tokens, pass_cost, guess_rows, done)
    return [row.found() for row in rows]


def search(
    backend: Backend,
    inputs: Sequence[Tokens],
    rows: Sequence[Row],
    batch_tokens: int = BATCH_TOKENS,
    pass_cost: float = PASS_COST,
    guess_rows: int = GUESS_ROWS,
    done: Callable[[int], None] = lambda rows: None,
) -> None:
    """Bring the rows, one for each input, to their ends, in batches of like length."""
    for batch in batches([len(read) for read in inputs], batch_tokens):
        alive = [rows[i] for i in batch]
        logits, state = backend.start([inputs[i] for i in batch])
        for row in alive:
            row.begin(logits.shape[-1])
        logits = logits[:, None]
        while places := [i for i, row in enumerate(alive) if row.accept(logits[i], backend.end)]:
            state = _cut(backend, state, alive, places)
            alive = [alive[place] for place in places]
            # A token of the model's own costs one token and a share of the pass.
            least = 1 / (1 + pass_cost / len(alive)) if len(alive) <= guess_rows else 1.0
            for row in alive:
                row.plan(least)
            logits, state = backend.extend(state, [row.fed for row in alive])
        done(len(batch))


def copied(backend: Backend, draft: Tokens) -> Draft:
    """The draft to guess from; the end is never guessed, for the model says it itself."""
    return Draft(tuple(token for token in draft if token != backend.end))


def _cut(backend: Backend, state: State, rows: Sequence[Row], places: Sequence[int]) -> State:
    # The state without rows that have ended and without tokens that were not kept.
    if len(places) < len(rows):
        state = backend.keep(state, places)
    left = [rows[place] for place in places]
    if any(row.stored < row.read for row in left):
        state = backend.rewind(state, [row.stored for row in left])
    return state


def _log_prob(logits: Logits, token: int) -> float:
    highest = logits.max()
    return float(logits[token] - highest - np.log(np.exp(logits - highest).sum()))

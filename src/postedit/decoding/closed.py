"""Closed-lexicon search: a beam that may say only what the draft says, and must say all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from postedit.decoding.automaton import Automaton, State
from postedit.decoding.hypothesis import Hypothesis
from postedit.decoding.spelling import Spelling
from postedit.models.batching import batches
from postedit.models.manifest import ClosedSearch
from postedit.models.protocol import Backend, Logits, Tokens

# Tokens that all hypotheses of a batch may have together. A hypothesis has a cache of its own, of
# 46 KB a token in the shipped model, and three copies of it live while rows are picked.
_TOKENS = 2048
# Words from outside that a hypothesis looks at in a step.
_OUTSIDE = 4


@dataclass(frozen=True, slots=True)
class _Live:
    tokens: tuple[int, ...]
    log_prob: float
    state: State


@dataclass(frozen=True, slots=True)
class _Move:
    rank: float
    parent: int
    token: int
    log_prob: float
    inside: bool = False


@dataclass(slots=True)
class _Search:
    automaton: Automaton
    limit: int
    live: list[_Live]
    done: list[Hypothesis] = field(default_factory=list)
    prices: list[float] = field(default_factory=list)


def closed(
    backend: Backend,
    inputs: Sequence[Tokens],
    automata: Sequence[Automaton],
    spelling: Spelling,
    settings: ClosedSearch,
    limits: Sequence[int],
    done: Callable[[int], None] = lambda rows: None,
) -> list[list[Hypothesis]]:
    """The finished hypotheses of each input, best first; an empty list where none came to its end.

    `limits` bounds the tokens of each output. Hypotheses are ranked while they grow by their
    log-probability plus the automaton's bonus, and at the end by log-probability less prices, over
    length to the power of `settings.length_power`.
    """
    found: dict[int, list[Hypothesis]] = {}
    sizes = [settings.beam * (len(read) + most) for read, most in zip(inputs, limits, strict=True)]
    for rows in batches(sizes, _TOKENS):
        searches = [
            _Search(automata[i], limits[i], [_Live((), 0.0, automata[i].start())]) for i in rows
        ]
        _run(backend, [inputs[i] for i in rows], searches, spelling, settings)
        for i, search in zip(rows, searches, strict=True):
            found[i] = _ranked(search, settings)
        done(len(rows))
    return [found[i] for i in range(len(inputs))]


def _ranked(search: _Search, settings: ClosedSearch) -> list[Hypothesis]:
    scored = [
        (_final(one, price, settings), i)
        for i, (one, price) in enumerate(zip(search.done, search.prices, strict=True))
    ]
    return [search.done[i] for _, i in sorted(scored, key=lambda pair: (-pair[0], pair[1]))]


def _final(one: Hypothesis, price: float, settings: ClosedSearch) -> float:
    return (one.log_prob - price) / float((len(one.tokens) + 1) ** settings.length_power)


def _run(
    backend: Backend,
    inputs: Sequence[Tokens],
    searches: list[_Search],
    spelling: Spelling,
    settings: ClosedSearch,
) -> None:
    logits, state = backend.start(inputs)
    while True:
        norms = _norms(logits)
        parents: list[int] = []
        tokens: list[int] = []
        first = 0
        for search in searches:
            width = len(search.live)
            if not width:
                continue
            part = slice(first, first + width)
            moves = _expand(search, logits[part], norms[part], backend.end, spelling, settings)
            search.live = [_grown(search, move) for move in moves]
            parents += [first + move.parent for move in moves]
            tokens += [move.token for move in moves]
            first += width
        if not parents:
            return
        if parents != list(range(len(logits))):
            state = backend.keep(state, parents)
        logits, state = backend.step(state, tokens)


def _norms(logits: Logits) -> NDArray[np.float32]:
    peak = logits.max(axis=-1)
    total: NDArray[np.float32] = peak + np.log(np.exp(logits - peak[:, None]).sum(axis=-1))
    return total


def _grown(search: _Search, move: _Move) -> _Live:
    parent = search.live[move.parent]
    state = search.automaton.advance(parent.state, move.token, inside=move.inside)
    return _Live((*parent.tokens, move.token), move.log_prob, state)


def _expand(
    search: _Search,
    logits: Logits,
    norms: NDArray[np.float32],
    end: int,
    spelling: Spelling,
    settings: ClosedSearch,
) -> list[_Move]:
    """The best moves of a search's hypotheses; those that may end are put among the finished."""
    options: list[_Move] = []
    for i, one in enumerate(search.live):
        scores = logits[i] - norms[i]
        moves = search.automaton.moves(one.state)
        if moves.ends:
            _finish(search, one, one.log_prob + float(scores[end]), settings)
        if len(one.tokens) >= search.limit:
            continue
        ranks = scores[moves.tokens] + moves.bonuses
        for place in _best(ranks, settings.beam):
            token = int(moves.tokens[place])
            log_prob = one.log_prob + float(scores[token])
            options.append(_Move(one.log_prob + float(ranks[place]), i, token, log_prob))
        base = search.automaton.bonus(one.state)
        for price, inside in ((moves.start, False), (moves.rest, True)):
            if price is None:
                continue
            masked = np.where(spelling.parts(len(scores))[inside], scores, -np.inf)
            masked[moves.tokens] = -np.inf
            if not inside:
                masked[search.automaton.openings] = -np.inf
            for token in _best(masked, _OUTSIDE):
                if np.isfinite(masked[token]):
                    log_prob = one.log_prob + float(masked[token])
                    options.append(_Move(log_prob + base - price, i, int(token), log_prob, inside))
    options.sort(key=lambda move: (-move.rank, move.parent, move.token))
    return [] if _is_over(search, options, settings) else _distinct(search, options, settings)


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.argpartition(-scores, count)[:count]


def _finish(search: _Search, one: _Live, log_prob: float, settings: ClosedSearch) -> None:
    state = search.automaton.end(one.state)
    search.done.append(Hypothesis(one.tokens, log_prob, finished=True))
    search.prices.append(state.price)


def _is_over(search: _Search, options: Sequence[_Move], settings: ClosedSearch) -> bool:
    """Whether no live hypothesis can still become the best: all must yet say what is left."""
    if not search.done or not options:
        return not options
    best = max(one.log_prob - price for one, price in zip(search.done, search.prices, strict=True))
    hope = max(move.log_prob - search.live[move.parent].state.price for move in options)
    return hope < best or len(search.done) >= 4 * settings.beam


def _distinct(search: _Search, options: Sequence[_Move], settings: ClosedSearch) -> list[_Move]:
    """The first of those that have the same left to say and the same last tokens behind them.

    What is `settings.prune` nats behind the best is given up: where the model is sure, a beam of
    four then costs hardly more than greedy search.
    """
    chosen: list[_Move] = []
    seen: set[tuple[object, ...]] = set()
    least = options[0].rank - settings.prune
    for move in options:
        if move.rank < least or len(chosen) == settings.beam:
            break
        parent = search.live[move.parent]
        key = (parent.state.left, parent.state.node, parent.tokens[-2:], move.token)
        if key not in seen:
            seen.add(key)
            chosen.append(move)
    return chosen

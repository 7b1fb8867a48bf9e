"""Phrase-based beam search with a limit on jumps (Koehn, Och and Marcu 2003)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postedit.garble.config import DecoderConfig
from postedit.garble.tokens import Words
from postedit.garble.trigrams import START, State, Trigrams

_WORST = -1e9
# What scores this much below the best of its stack will not come back.
_THRESHOLD = 12.0


@dataclass(frozen=True, slots=True)
class Option:
    """A rendering of the source words `start..end` and its score; `term` is set by the noise."""

    start: int
    end: int
    words: Words
    score: float
    noise: bool = False


@dataclass(slots=True)
class _Hypothesis:
    score: float
    rank: float  # score and what the rest may cost
    covered: int  # bit i: source word i
    gap: int  # first word not covered
    last: int  # end of the last phrase
    state: State
    option: Option | None
    before: _Hypothesis | None


def decode(
    options: Sequence[Sequence[Option]],
    length: int,
    limit: int,
    model: Trigrams,
    config: DecoderConfig,
) -> tuple[Option, ...]:
    """The options of the best translation found, in target order; together they cover every word.

    `options[i]` are those that start at source word i, and each word has one of its own. A phrase
    starts at most `limit` words behind the first gap and after the end of the phrase before it;
    limit 0 is monotone.
    """
    if not length:
        return ()
    rest = _rest(options, length, model, config)
    first = _Hypothesis(0.0, sum(rest), 0, 0, 0, START, None, None)
    stacks: list[dict[tuple[int, int, State], _Hypothesis]] = [{} for _ in range(length + 1)]
    stacks[0][0, 0, START] = first
    best_of = [_WORST] * (length + 1)
    for stack in stacks[:-1]:
        ranked = sorted(stack.values(), key=lambda one: -one.rank)[: config.beam]
        for one in ranked:
            for option in _next(one, options, length, limit):
                _add(one, option, stacks, best_of, rest, model, config, length)
    best = max(stacks[-1].values(), key=lambda one: one.score)
    return _path(best)


def _next(
    one: _Hypothesis, options: Sequence[Sequence[Option]], length: int, limit: int
) -> list[Option]:
    found: list[Option] = []
    covered = one.covered
    for start in range(one.gap, min(one.gap + limit, length - 1) + 1):
        # The first gap may always be filled, or a search could end nowhere.
        if covered >> start & 1 or (abs(start - one.last) > limit and start != one.gap):
            continue
        free = 1
        while start + free < length and not covered >> (start + free) & 1:
            free += 1
        found += [option for option in options[start] if option.end - start <= free]
    return found


def _add(
    one: _Hypothesis,
    option: Option,
    stacks: list[dict[tuple[int, int, State], _Hypothesis]],
    best_of: list[float],
    rest: Sequence[float],
    model: Trigrams,
    config: DecoderConfig,
    length: int,
) -> None:
    start, end = option.start, option.end
    covered = one.covered | ((1 << end) - (1 << start))
    number = covered.bit_count()
    score = one.score + option.score - config.jump_cost * abs(start - one.last)
    to_come = one.rank - one.score - sum(rest[start:end])
    if score + to_come < best_of[number] - _THRESHOLD:
        return
    log_probability, state = model.extend(one.state, option.words)
    if number == length:
        log_probability += model.end(state)
    score += config.language_weight * log_probability
    rank = score + to_come
    if rank < best_of[number] - _THRESHOLD:
        return
    best_of[number] = max(best_of[number], rank)
    key = (covered, end, state)
    old = stacks[number].get(key)
    if old is None or old.score < score:
        gap = one.gap
        while covered >> gap & 1:
            gap += 1
        stacks[number][key] = _Hypothesis(score, rank, covered, gap, end, state, option, one)


def _rest(
    options: Sequence[Sequence[Option]], length: int, model: Trigrams, config: DecoderConfig
) -> list[float]:
    """For each source word, the share of the cheapest option that covers it."""
    rest = [_WORST] * length
    for option in (option for starting in options for option in starting):
        inner, _ = model.extend(("", ""), option.words)
        share = (option.score + config.language_weight * inner) / (option.end - option.start)
        for word in range(option.start, option.end):
            rest[word] = max(rest[word], share)
    return rest


def _path(last: _Hypothesis) -> tuple[Option, ...]:
    found: list[Option] = []
    here: _Hypothesis | None = last
    while here is not None and here.option is not None:
        found.append(here.option)
        here = here.before
    return tuple(reversed(found))

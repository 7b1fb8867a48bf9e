"""Hard constraints: what counts as met, what is in reach, and that the search finds the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.decoding.allocation import allocate
from postedit.decoding.beam import beam, constrained
from postedit.decoding.constraints import Constraint, Constraints, Rules
from postedit.decoding.greedy import greedy
from postedit.decoding.hypothesis import Hypothesis
from postedit.decoding.patterns import ROOT, Patterns
from tests.toy import Toy

Sequences = tuple[tuple[int, ...], ...]


def after(rules: Rules, stream: Sequence[int]) -> int:
    progress = rules.start
    for token in stream:
        progress = rules.advance(progress, token)
    return rules.number_met(progress)


def wanted(*variants: Sequences) -> Constraints:
    return Constraints(tuple(Constraint(each) for each in variants))


@pytest.mark.parametrize(
    ("constraints", "stream", "met", "why"),
    [
        ([((11, 12),)], [11, 11, 12], 1, "a match that breaks off may begin again at once"),
        ([((1, 2, 1, 3),)], [1, 2, 1, 2, 1, 3], 1, "its own prefix stands inside"),
        ([((1,),), ((1,),)], [1, 2], 1, "the same twice needs two places"),
        ([((1,),), ((1,),)], [1, 2, 1], 2, "two places"),
        ([((1, 2),), ((1,),)], [1, 2], 1, "nested: one place serves one constraint"),
        ([((1, 2),), ((1,),)], [1, 1, 2], 2, "nested, and a place besides"),
        ([((1, 2),), ((2, 3),)], [1, 2, 3], 1, "overlapping: not both"),
        ([((1, 2),), ((2, 3),)], [1, 2, 2, 3], 2, "side by side"),
        ([((1, 2), (3,))], [3], 1, "any one variant"),
        ([((1, 2), (3,))], [1, 2, 3], 1, "two variants are one constraint met"),
        ([((1, 2, 3),), ((1, 2, 4),)], [1, 2, 4, 1, 2, 3], 2, "a shared prefix"),
        ([((1, 2, 3),), ((2,),), ((3, 4),)], [1, 2, 3, 4], 2, "the best choice, not the first"),
        ([((1,), (2,)), ((1,),)], [1, 2], 2, "1 is left to the constraint that needs it"),
        ([((1,), (2,)), ((1,),)], [2, 1], 2, "in the other order too"),
        ([((1, 2),)], [1, 3, 2], 0, "something between"),
    ],
)
def test_what_is_met(constraints: list[Sequences], stream: list[int], met: int, why: str) -> None:
    assert after(Rules(wanted(*constraints)), stream) == met, why


def met_by_force(constraints: Constraints, stream: Sequence[int]) -> int:
    """The most constraints that disjoint places account for, by trying everything."""

    def best(left: tuple[Constraint, ...], taken: frozenset[int]) -> int:
        if not left:
            return 0
        first, rest = left[0], left[1:]
        result = best(rest, taken)
        for variant in first.variants:
            for i in range(len(stream) - len(variant) + 1):
                place = frozenset(range(i, i + len(variant)))
                if variant and tuple(stream[i : i + len(variant)]) == variant and not place & taken:
                    result = max(result, 1 + best(rest, taken | place))
        return result

    return best(constraints.wanted, frozenset())


VARIANT = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)
WANTED = st.lists(st.lists(VARIANT, min_size=1, max_size=2).map(tuple), max_size=3).map(
    lambda rows: tuple(Constraint(row) for row in rows)
)


@given(WANTED, st.lists(st.integers(1, 4), max_size=9))
@settings(max_examples=150, deadline=None)
def test_met_is_what_disjoint_places_give_and_never_more_than_there_are(
    rows: tuple[Constraint, ...], stream: list[int]
) -> None:
    constraints = Constraints(rows)
    rules = Rules(constraints)
    progress, before = rules.start, 0
    for i, token in enumerate(stream):
        progress = rules.advance(progress, token)
        number = rules.number_met(progress)
        assert before <= number <= len(rows)
        assert number == met_by_force(constraints, stream[: i + 1])
        assert len(rules.unmet(progress)) == len(rows) - number
        assert rules.complete(progress) == (number == len(rows))
        before = number


@given(WANTED, st.lists(st.integers(1, 4), max_size=6))
@settings(max_examples=100, deadline=None)
def test_missing_is_the_length_of_the_shortest_completion(
    rows: tuple[Constraint, ...], stream: list[int]
) -> None:
    rules = Rules(Constraints(rows))
    progress = rules.start
    for token in stream:
        progress = rules.advance(progress, token)
    missing, frontier = rules.missing(progress), {progress}
    for _ in range(min(missing, 3)):
        assert not any(rules.complete(one) for one in frontier)
        frontier = {rules.advance(one, token) for one in frontier for token in (1, 2, 3)}
    assert min(map(rules.missing, frontier)) == max(0, missing - 3)
    assert missing > 3 or any(rules.complete(one) for one in frontier)


def all_targets(backend: Toy, limit: int) -> Iterator[tuple[int, ...]]:
    for length in range(limit):
        yield from product(range(1, backend.vocabulary), repeat=length)


def allowed(constraints: Constraints, target: tuple[int, ...]) -> bool:
    places = [target[i:k] for k in range(len(target) + 1) for i in range(k)]
    if any(one in places for one in constraints.forbidden):
        return False
    return met_by_force(constraints, target) == len(constraints.wanted)


def value(found: Hypothesis, mean: bool) -> float:
    return found.per_token if mean else found.log_prob


def best_by_force(
    backend: Toy, read: Sequence[int], constraints: Constraints, limit: int, mean: bool
) -> Hypothesis | None:
    best = None
    for target in all_targets(backend, limit):
        if allowed(constraints, target):
            (log_prob,) = backend.log_probs([read], [(*target, backend.end)])
            one = Hypothesis(target, log_prob, finished=True)
            if best is None or value(one, mean) > value(best, mean):
                best = one
    return best


FORBIDDEN = st.lists(VARIANT, max_size=2).map(tuple)


@given(st.integers(0, 500), WANTED, FORBIDDEN, st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_beam_as_wide_as_all_targets_finds_what_brute_force_finds(
    seed: int, rows: tuple[Constraint, ...], forbidden: Sequences, mean: bool
) -> None:
    backend, constraints, limit = Toy(seed, vocabulary=4), Constraints(rows, forbidden), 5
    (found,) = constrained(
        backend, [[1, 2]], [constraints], 400, limit=lambda read: limit, patient=True, mean=mean
    )
    best = best_by_force(backend, [1, 2], constraints, limit, mean)
    assert bool(found.refused) == (best is None)
    if best is not None:
        assert found.hypothesis.finished
        assert value(found.hypothesis, mean) == pytest.approx(value(best, mean), abs=1e-4)
        assert allowed(constraints, found.hypothesis.tokens)


@given(st.integers(0, 500), st.lists(st.tuples(WANTED, FORBIDDEN), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_narrow_beam_meets_all_that_can_be_met_and_reports_the_rest(
    seed: int, asked: list[tuple[tuple[Constraint, ...], Sequences]]
) -> None:
    backend, limit = Toy(seed, vocabulary=4), 7
    constraints = [Constraints(rows, forbidden) for rows, forbidden in asked]
    found = constrained(
        backend, [[1, 2]] * len(asked), constraints, 1 + seed % 3, limit=lambda read: limit
    )
    for one, each in zip(found, constraints, strict=True):
        kept = list(each.wanted)
        for refused in one.refused:
            kept.remove(refused)
        met = Constraints(tuple(kept), each.forbidden)
        if one.hypothesis.finished:
            assert allowed(met, one.hypothesis.tokens)
        else:
            assert not kept
            assert not set(each.forbidden) & {
                one.hypothesis.tokens[i:k] for k in range(limit + 1) for i in range(k)
            }
        for refused in one.refused:
            more = Constraints((*kept, refused), each.forbidden)
            assert not any(allowed(more, target) for target in all_targets(backend, limit))


def test_a_patient_beam_of_one_is_no_worse_than_greedy() -> None:
    for seed in range(20):
        backend = Toy(seed, copying=4.0)
        (plain,) = greedy(backend, [[1, 2, 3]])
        (found,) = beam(backend, [[1, 2, 3]], 1, patient=True)
        assert not plain.finished or found.per_token >= plain.per_token - 1e-6


@pytest.mark.parametrize("batch_tokens", [1, 20, 1000])
def test_batches_change_nothing(batch_tokens: int) -> None:
    backend = Toy(3, copying=3.0)
    inputs = [[1, 2, 3], [4], [5, 1, 1, 2], [2, 2]]
    asked = [wanted(((4, 4),)), Constraints(), wanted(((1,),), ((3, 3), (5,))), Constraints()]
    found = constrained(backend, inputs, asked, 3, batch_tokens=batch_tokens)
    assert found == [
        constrained(backend, [read], [one], 3)[0] for read, one in zip(inputs, asked, strict=True)
    ]
    assert constrained(backend, [], []) == []


def test_no_word_grows_on_at_the_end_of_a_variant() -> None:
    """5 goes on with a word: [1] is not met in 1 5, but [1, 5] is a variant of its own."""
    backend = Toy(0, vocabulary=6, copying=30.0)
    glued = (5).__eq__
    read = [1, 5, 2]
    (free,) = beam(backend, [read])
    assert free.tokens == (1, 5, 2)
    (kept,) = constrained(backend, [read], [Constraints((Constraint(((1,),)),), glued=glued)])
    assert (1, 5) not in zip(kept.hypothesis.tokens, kept.hypothesis.tokens[1:], strict=False)
    both = Constraint(((1,), (1, 5)))
    (grown,) = constrained(backend, [read], [Constraints((both,), glued=glued)])
    assert grown.hypothesis.tokens == (1, 5, 2)


@given(st.lists(VARIANT, max_size=5), st.lists(st.integers(1, 3), max_size=10))
@settings(deadline=None)
def test_patterns_see_every_sequence_that_ends(
    sequences: list[tuple[int, ...]], stream: list[int]
) -> None:
    patterns, node = Patterns(sequences), ROOT
    for k, token in enumerate(stream, start=1):
        node = patterns.step(node, token)
        ended = {i for i, one in enumerate(sequences) if tuple(stream[:k])[-len(one) :] == one}
        assert set(patterns.ending(node)) == ended


def test_every_bank_keeps_a_place_and_the_highest_comes_first() -> None:
    groups = np.array([0, 0, 0, 0, 0, 1, 1])
    banks = np.array([0, 0, 0, 1, 2, 5, 0])
    scores = np.array([-1.0, -1.1, -1.2, -9.0, -50.0, -3.0, -2.0])
    assert allocate(groups, banks, scores, 3).tolist() == [0, 3, 4, 6, 5]
    assert allocate(groups, banks, scores, 1).tolist() == [4, 5]
    assert allocate(groups, banks, scores, 4).tolist() == [0, 1, 3, 4, 6, 5]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 99)), max_size=30),
    st.integers(1, 6),
)
@settings(deadline=None)
def test_allocation_fills_the_beam(rows: list[tuple[int, int, int]], width: int) -> None:
    groups, banks, scores = (np.array([row[i] for row in rows], dtype=int) for i in range(3))
    kept = allocate(groups, banks, scores.astype(float), width)
    assert len(set(kept.tolist())) == len(kept)
    for group in set(groups.tolist()):
        mine = groups == group
        chosen = [i for i in kept if groups[i] == group]
        assert len(chosen) == min(width, int(mine.sum()))
        assert banks[chosen].max() == banks[mine].max()
        if width >= len(set(banks[mine].tolist())):
            assert set(banks[chosen].tolist()) == set(banks[mine].tolist())

"""Steered search: greedy where greedy meets the constraints, and all that can be met is met."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.decoding.beam import constrained
from postedit.decoding.constraints import Constraint, Constraints, Rules
from postedit.decoding.greedy import greedy
from postedit.decoding.steered import steered
from tests.toy import Toy

ROW = st.lists(st.integers(1, 5), min_size=1, max_size=10)
VARIANT = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
WANTED = st.lists(st.lists(VARIANT, min_size=1, max_size=2).map(tuple), max_size=3).map(
    lambda rows: tuple(Constraint(row) for row in rows)
)


def meets(constraints: Constraints, tokens: Sequence[int]) -> bool:
    rules = Rules(constraints)
    progress = rules.start
    for token in tokens:
        if not rules.allows(progress, token):
            return False
        progress = rules.advance(progress, token)
    return rules.complete(progress)


@given(
    seed=st.integers(0, 1000),
    copying=st.sampled_from([0.0, 3.0, 20.0]),
    rows=st.lists(st.tuples(ROW, WANTED, st.lists(VARIANT, max_size=2)), min_size=1, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_greedy_where_it_will_do_and_constraints_always(
    seed: int,
    copying: float,
    rows: list[tuple[list[int], tuple[Constraint, ...], list[tuple[int, ...]]]],
) -> None:
    backend = Toy(seed, copying=copying)
    inputs = [read for read, _, _ in rows]
    asked = [Constraints(wanted, tuple(banned)) for _, wanted, banned in rows]
    drafts = [[*read, backend.end] for read in inputs]
    found = steered(backend, inputs, drafts, asked)
    beam = constrained(backend, inputs, asked)
    for one, other, plain, constraints in zip(
        found, beam, greedy(backend, inputs), asked, strict=True
    ):
        assert set(one.refused) == set(other.refused)
        left = tuple(each for each in constraints.wanted if each not in one.refused)
        kept = Constraints(left, constraints.forbidden)
        assert meets(kept, one.hypothesis.tokens) or not other.hypothesis.finished
        if plain.finished and meets(kept, plain.tokens):
            assert one.hypothesis.tokens == plain.tokens
        assert not other.hypothesis.finished or one.hypothesis.finished
    scored = backend.log_probs(inputs, [[*one.hypothesis.tokens, backend.end] for one in found])
    for one, score in zip(found, scored, strict=True):
        if one.hypothesis.finished:
            assert one.hypothesis.log_prob == pytest.approx(score, abs=1e-4)


def test_a_missing_term_costs_less_than_a_beam() -> None:
    backend = Toy(1, vocabulary=40, copying=50.0)
    read = list(range(1, 30))
    asked = Constraints((Constraint(((35, 36),)),))
    (one,) = steered(backend, [read], [[*read, backend.end]], [asked])
    passes, backend.passes = backend.passes, 0
    constrained(backend, [read], [asked])
    assert meets(asked, one.hypothesis.tokens)
    assert passes < backend.passes / 2


def test_what_is_said_otherwise_may_be_enough() -> None:
    backend = Toy(1, copying=20.0)
    asked = [Constraints((Constraint(((5, 5, 5),)),))]
    (plain,) = greedy(backend, [[1, 2, 3]])
    (one,) = steered(
        backend, [[1, 2, 3]], [[1, 2, 3, 0]], asked, satisfied=lambda i, tokens: i == 0
    )
    assert one.hypothesis.tokens == plain.tokens
    assert steered(backend, [], [], []) == []

"""Input-guided decoding finds what greedy search finds, in fewer passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.decoding.draft import Draft
from postedit.decoding.greedy import greedy
from postedit.decoding.guided import guided
from postedit.models.load import load_backend
from tests.toy import Toy

ROW = st.lists(st.integers(1, 5), min_size=1, max_size=12)


@given(
    seed=st.integers(0, 1000),
    copying=st.sampled_from([0.0, 3.0, 20.0]),
    rows=st.lists(st.tuples(ROW, ROW), min_size=1, max_size=5),
    pass_cost=st.sampled_from([0.0, 1.0, 5.0, 1000.0]),
    batch_tokens=st.integers(1, 60),
    guess_rows=st.integers(1, 5),
)
@settings(max_examples=150, deadline=None)
def test_same_tokens_and_scores_as_greedy_whatever_the_draft(
    seed: int,
    copying: float,
    rows: list[tuple[list[int], list[int]]],
    pass_cost: float,
    batch_tokens: int,
    guess_rows: int,
) -> None:
    backend = Toy(seed, copying=copying)
    inputs = [read for read, _ in rows]
    plain = greedy(backend, inputs, batch_tokens=batch_tokens)
    found = guided(
        backend,
        inputs,
        [[*draft, backend.end] for _, draft in rows],
        pass_cost=pass_cost,
        guess_rows=guess_rows,
        batch_tokens=batch_tokens,
    )
    assert [one.tokens for one in found] == [one.tokens for one in plain]
    assert [one.finished for one in found] == [one.finished for one in plain]
    assert [one.log_prob for one in found] == pytest.approx([one.log_prob for one in plain])


def test_a_model_that_copies_needs_few_passes() -> None:
    backend = Toy(1, vocabulary=40, copying=50.0)
    read = list(range(1, 40))
    (found,) = guided(backend, [read], [backend.write(backend.text(read))])
    assert found.tokens == tuple(read)
    assert backend.passes < len(read) / 3


@pytest.mark.parametrize(
    ("draft", "place", "written", "ahead", "why"),
    [
        ([1, 2, 3, 4], 0, [1], (2, 3), "copied"),
        ([1, 2, 3, 4], 1, [1, 3], (4,), "a word left out"),
        ([1, 2, 3, 4], 1, [1, 9], (), "put in or exchanged: nobody knows yet"),
        ([1, 2, 3, 4], 1, [1, 9, 3], (4,), "a word exchanged"),
        ([1, 2, 3, 4], 1, [1, 9, 2], (3, 4), "a word put in: on where it was left"),
        ([1, 2, 3, 4], 3, [1, 2, 3, 2], (3, 4), "a word said again"),
        ([5, 6, 1, 2, 3, 4], 0, [1, 2], (3, 4), "a phrase moved to the front"),
        ([1, 2, 8, 5, 6, 1, 2, 9], 6, [6, 1, 2], (9,), "the longer run wins over the first"),
        ([7, 1, 7, 2], 1, [9, 7], (2,), "of two places the one ahead"),
        ([1, 2], 2, [1, 2, 3], (), "used up"),
        ([1, *[9] * 20, 3, 4], 1, [1, 3], (), "one token far ahead is chance"),
    ],
)
def test_place_to_go_on_from(
    draft: list[int], place: int, written: list[int], ahead: tuple[int, ...], why: str
) -> None:
    assert Draft(tuple(draft), place).after(written).ahead(2) == ahead, why


def test_real_models_of_both_kinds_in_float32(trained: Path) -> None:
    backend = load_backend(trained)[0]
    texts = ["fare rose.", "the Alibaba chairman visit Beijing.", "sales topped 13353 phones."]
    inputs = [backend.read(text) for text in texts]
    found = guided(backend, inputs, [backend.write(text) for text in texts])
    assert [one.tokens for one in found] == [one.tokens for one in greedy(backend, inputs)]
    assert guided(backend, [], []) == []

"""Greedy search: order, limits, scores, batches."""

from __future__ import annotations

from pathlib import Path

import pytest

from postedit.decoding.greedy import greedy
from postedit.models.load import load_backend
from postedit.models.protocol import Backend

TEXTS = ["fare rose.", "a", "the Alibaba chairman visit Beijing.", "sales topped 13353 phones."]


@pytest.fixture(scope="module")
def backend(trained: Path) -> Backend:
    return load_backend(trained)[0]


def test_every_token_is_the_likeliest_one(backend: Backend) -> None:
    read = backend.read(TEXTS[0])
    (found,) = greedy(backend, [read], limit=lambda length: 6)
    logits, state = backend.start([read])
    for token in found.tokens:
        assert token == int(logits[0].argmax())
        logits, state = backend.step(state, [token])


def test_score_is_the_log_probability_of_what_was_found(backend: Backend) -> None:
    for text in TEXTS:
        (found,) = greedy(backend, [backend.read(text)], limit=lambda length: 8)
        target = [*found.tokens, backend.end] if found.finished else list(found.tokens)
        assert found.log_prob == pytest.approx(
            backend.log_probs([backend.read(text)], [target])[0], rel=1e-3
        )


@pytest.mark.parametrize("batch_tokens", [1, 40, 10_000])
def test_results_come_in_input_order_whatever_the_batches(
    backend: Backend, batch_tokens: int
) -> None:
    inputs = [backend.read(text) for text in TEXTS]
    told: list[int] = []
    found = greedy(backend, inputs, batch_tokens=batch_tokens, done=told.append)
    assert sum(told) == len(TEXTS)
    assert [one.tokens for one in found] == [greedy(backend, [i])[0].tokens for i in inputs]


def test_limit_ends_a_search_that_does_not_end_itself(backend: Backend) -> None:
    (found,) = greedy(backend, [backend.read(TEXTS[2])], limit=lambda length: 1)
    assert len(found.tokens) <= 1
    assert found.finished == (len(found.tokens) == 0)


def test_nothing_to_do(backend: Backend) -> None:
    assert greedy(backend, []) == []

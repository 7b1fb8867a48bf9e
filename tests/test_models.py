"""Every backend keeps the contract of the step protocol, whatever its kind and runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from postedit import PostEditor
from postedit.decoding.greedy import greedy
from postedit.errors import ModelError
from postedit.models.load import DEFAULT, load_backend
from postedit.models.manifest import Gate, Manifest, read_manifest, write_manifest
from postedit.models.protocol import Backend
from postedit.models.softmax import log_softmax

TEXTS = ["fare rose.", "the Alibaba chairman visit Beijing.", "sales topped 13353 phones."]


@pytest.fixture(scope="session")
def backend(trained: Path) -> Backend:
    return load_backend(trained)[0]


def stepped(backend: Backend, text: str, target: list[int]) -> float:
    logits, state = backend.start([backend.read(text)])
    total = 0.0
    for token in target:
        total += float(log_softmax(logits)[0, token])
        logits, state = backend.step(state, [token])
    return total


def test_step_by_step_equals_one_pass(backend: Backend) -> None:
    for text in TEXTS:
        target = list(backend.write(text))
        forced = backend.log_probs([backend.read(text)], [target])[0]
        assert stepped(backend, text, target) == pytest.approx(forced, rel=1e-3)


def test_batch_gives_what_each_row_gives_alone(backend: Backend) -> None:
    together = greedy(backend, [backend.read(text) for text in TEXTS])
    for text, found in zip(TEXTS, together, strict=True):
        alone = greedy(backend, [backend.read(text)])[0]
        assert found.tokens == alone.tokens
        assert found.log_prob == pytest.approx(alone.log_prob, rel=1e-3)


def test_a_state_is_not_changed_by_stepping(backend: Backend) -> None:
    _, state = backend.start([backend.read(text) for text in TEXTS])
    first, _ = backend.step(state, [5, 5, 5])
    again, _ = backend.step(state, [5, 5, 5])
    np.testing.assert_allclose(first, again, atol=1e-4)


def test_keep_chooses_and_repeats_rows(backend: Backend) -> None:
    _, state = backend.start([backend.read(text) for text in TEXTS])
    all_rows, _ = backend.step(state, [5, 5, 5])
    chosen, _ = backend.step(backend.keep(state, [2, 0, 2]), [5, 5, 5])
    np.testing.assert_allclose(chosen, all_rows[[2, 0, 2]], atol=1e-4)


def test_what_is_written_reads_back(backend: Backend) -> None:
    assert backend.text(backend.write(TEXTS[1])) == TEXTS[1]
    assert backend.write(TEXTS[1])[-1] == backend.end


def test_shipped_model_pads_without_harm(editor: PostEditor) -> None:
    """Quantised activations make batches differ a little, but padding must not: same scores."""
    backend = editor.backend
    inputs = [backend.read(text) for text in TEXTS]
    targets = [backend.write(text) for text in TEXTS]
    together = backend.log_probs(inputs, targets)
    alone = [backend.log_probs([i], [t])[0] for i, t in zip(inputs, targets, strict=True)]
    assert together == pytest.approx(alone, rel=0.1)


def test_shipped_model_is_the_one_that_its_manifest_names() -> None:
    import hashlib

    manifest = read_manifest(DEFAULT)
    weights = (DEFAULT / "model.onnx.data").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == manifest.sha256
    size = sum(file.stat().st_size for file in DEFAULT.iterdir())
    assert size <= 100_000_000
    assert (DEFAULT / "MODEL_CARD.md").is_file()


def test_bad_model_folders_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"neither postedit\.json nor config\.json"):
        load_backend(tmp_path)
    (tmp_path / "postedit.json").write_text('{"name": "x", "kind": "cusal", "runtime": "onnx"}')
    with pytest.raises(ModelError, match=r"postedit\.json: kind: .*'causal'"):
        load_backend(tmp_path)


def test_manifest_survives_writing(tmp_path: Path) -> None:
    manifest = Manifest(name="x", kind="causal", runtime="onnx", gate=Gate(min_margin=0.3))
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert [file.name for file in tmp_path.iterdir()] == ["postedit.json"]

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


RAGGED = [[5, 6, 7], [8], [9, 10]]


def forced(backend: Backend, text: str, target: list[int]) -> np.ndarray:
    """Logits after each token, one token a pass, one row alone."""
    _, state = backend.start([backend.read(text)])
    rows = []
    for token in target:
        logits, state = backend.step(state, [token])
        rows.append(logits[0])
    return np.array(rows)


def test_extending_by_several_tokens_equals_stepping(backend: Backend) -> None:
    _, state = backend.start([backend.read(text) for text in TEXTS])
    first, state = backend.extend(state, RAGGED)
    second, _ = backend.extend(state, [[11], [], [12, 13]])
    assert first.shape[:2] == (3, 3)
    assert second.shape[:2] == (3, 2)
    for i, (start, rest) in enumerate(zip(RAGGED, [[11], [], [12, 13]], strict=True)):
        wanted = forced(backend, TEXTS[i], [*start, *rest])
        found = np.concatenate([first[i, : len(start)], second[i, : len(rest)]])
        np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_rewinding_forgets_and_leaves_the_old_state(backend: Backend) -> None:
    _, begun = backend.start([backend.read(text) for text in TEXTS])
    _, state = backend.extend(begun, RAGGED)
    again, _ = backend.step(backend.rewind(state, [1, 1, 0]), [20, 21, 22])
    on, _ = backend.step(state, [20, 21, 22])
    fresh, _ = backend.step(backend.rewind(state, [0, 0, 0]), [5, 5, 5])
    for i, left in enumerate([1, 1, 0]):
        new = 20 + i
        wanted = forced(backend, TEXTS[i], [*RAGGED[i][:left], new])[-1]
        np.testing.assert_allclose(again[i], wanted, atol=1e-4)
        np.testing.assert_allclose(
            on[i], forced(backend, TEXTS[i], [*RAGGED[i], new])[-1], atol=1e-4
        )
        np.testing.assert_allclose(fresh[i], forced(backend, TEXTS[i], [5])[-1], atol=1e-4)


def test_kept_rows_of_a_ragged_state(backend: Backend) -> None:
    _, state = backend.start([backend.read(text) for text in TEXTS])
    _, state = backend.extend(state, RAGGED)
    chosen = backend.rewind(backend.keep(state, [2, 0, 0]), [1, 3, 0])
    logits, _ = backend.extend(chosen, [[30, 31], [32], [33]])
    for i, (text, target) in enumerate(
        [(TEXTS[2], [9, 30, 31]), (TEXTS[0], [5, 6, 7, 32]), (TEXTS[0], [33])]
    ):
        last = [1, 0, 0][i]
        np.testing.assert_allclose(logits[i, last], forced(backend, text, target)[-1], atol=1e-4)


def test_shipped_model_extends_and_rewinds(editor: PostEditor) -> None:
    """Four bits: other kernels for one token and for several, so the tolerance is wide."""
    backend = editor.backend
    targets = [list(backend.write(text)) for text in TEXTS]
    _, state = backend.start([backend.read(text) for text in TEXTS])
    _, state = backend.extend(state, targets)
    logits, state = backend.extend(backend.rewind(state, [1, 2, 0]), [targets[0][1:], [5], []])
    after, _ = backend.step(state, [7, 7, 7])
    expected = [targets[0], [*targets[1][:2], 5], []]
    for i, target in enumerate(expected):
        wanted = forced(backend, TEXTS[i], [*target, 7])
        assert np.corrcoef(after[i], wanted[-1])[0, 1] > 0.99
    assert np.corrcoef(logits[0, -1], forced(backend, TEXTS[0], targets[0])[-1])[0, 1] > 0.99
    again, _ = backend.step(backend.rewind(state, [1, 0, 0]), [7, 7, 7])
    assert np.corrcoef(again[0], forced(backend, TEXTS[0], [targets[0][0], 7])[-1])[0, 1] > 0.99
    alone = backend.rewind(backend.keep(state, [0]), [1])
    both, _ = backend.extend(alone, [targets[0][1:]])
    assert np.corrcoef(both[0, -1], forced(backend, TEXTS[0], targets[0])[-1])[0, 1] > 0.99


def test_absolute_positions_have_a_pass_for_each_length(tmp_path: Path, tiny_llama: Path) -> None:
    """BART counts positions from the start of the cache: its rows must not share a padded one."""
    import shutil

    from transformers import BartConfig, BartForConditionalGeneration, set_seed

    set_seed(2)
    sizes = {
        f"{side}_{name}": value
        for side in ("encoder", "decoder")
        for name, value in {"layers": 1, "attention_heads": 2, "ffn_dim": 32}.items()
    }
    config = BartConfig(
        vocab_size=300, d_model=16, max_position_embeddings=64, pad_token_id=0, bos_token_id=2,
        eos_token_id=2, decoder_start_token_id=2, forced_eos_token_id=2, **sizes
    )  # fmt: skip
    BartForConditionalGeneration(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny_llama / name, tmp_path)
    backend = load_backend(tmp_path)[0]
    test_extending_by_several_tokens_equals_stepping(backend)
    test_rewinding_forgets_and_leaves_the_old_state(backend)
    test_kept_rows_of_a_ragged_state(backend)


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

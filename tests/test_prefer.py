"""Preferences out of a model's own repairs, and training on them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from postedit.cli.prefer import prefer
from postedit.correct import triplet_draft
from postedit.decoding.greedy import greedy
from postedit.decoding.sampling import sample
from postedit.errors import ConfigError, InputError
from postedit.formats import resume
from postedit.formats.triplets import read_triplets
from postedit.models.load import DEFAULT, load_backend
from postedit.models.prompt import one_line
from postedit.train.config import PreferenceConfig, TrainConfig
from postedit.train.data import Pair
from postedit.train.prefer import (
    Preference,
    PreferenceCollator,
    encode_preference,
    load_preferences,
    row_log_probs,
)
from postedit.train.run import make_trainer, train
from tests.conftest import REPOSITORY

DRAFT = "on april 8 tencent ma meet with the mayor and talk about cloud"
TRIPLETS = REPOSITORY / "data" / "authored-2.jsonl"


def test_draws_are_the_models_own_and_can_be_had_again() -> None:
    backend, _ = load_backend()
    read = backend.read(DRAFT)
    found = sample(backend, read, 4, np.random.default_rng(3))
    assert found == sample(backend, read, 4, np.random.default_rng(3))
    assert len({one.tokens for one in found}) > 1
    whole = [one for one in found if one.finished]
    targets = [[*one.tokens, backend.end] for one in whole]
    for one, log_prob in zip(whole, backend.log_probs([read] * len(whole), targets), strict=True):
        # The 4-bit kernels for one token and for several differ in the last digits.
        assert one.log_prob == pytest.approx(log_prob, abs=0.05 * len(one.tokens))


def test_a_floor_that_nothing_reaches_is_greedy_search() -> None:
    backend, _ = load_backend()
    read = backend.read("he go to school yesterday")
    (one,) = sample(backend, read, 1, np.random.default_rng(0), floor=0.9999999)
    assert one.tokens == greedy(backend, [read])[0].tokens


def test_preferences_are_better_than_worse_and_a_stop_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("postedit.cli.prefer._PIECE", 2)
    whole, stopped = tmp_path / "whole.jsonl", tmp_path / "stopped.jsonl"
    arguments = {"split": "dev", "sample": 6, "samples": 3, "seed": 5, "model": DEFAULT}
    prefer([TRIPLETS], whole, **arguments)
    write = resume.Resumed.write

    def stop(self: resume.Resumed, text: str, note: object = None) -> None:
        if self.done == 1:
            raise KeyboardInterrupt
        write(self, text, note)

    monkeypatch.setattr(resume.Resumed, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        prefer([TRIPLETS], stopped, **arguments)
    assert not stopped.exists()
    monkeypatch.setattr(resume.Resumed, "write", write)
    prefer([TRIPLETS], stopped, **arguments)
    assert stopped.read_bytes() == whole.read_bytes()
    rows = [json.loads(line) for line in whole.read_text(encoding="utf-8").splitlines()]
    assert rows
    for row in rows:
        assert row["gained"] >= 3
        assert row["worse"] not in (row["mt"], row["better"])


def test_corrections_come_before_the_repairs_that_they_correct(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in TRIPLETS.read_text(encoding="utf-8").splitlines()[:3]]
    drafts = [one_line(triplet_draft(row).text) for row in read_triplets(TRIPLETS)][:3]
    path, output = tmp_path / "corrections.jsonl", tmp_path / "preferences.jsonl"
    texts = [("A bad repair.", "A good repair."), ("A good repair.", "A good repair.")]
    lines = [
        {"doc": row["doc"], "seg": row["seg"], "mt": mt, "pe": pe}
        for row, (mt, pe) in zip(rows, [*texts, (drafts[2], drafts[2])], strict=True)
    ]
    lines.append({**lines[1], "mt": drafts[1]})  # the same segment once more
    stray = {**lines[0], "doc": "no-such"}
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, stray]), encoding="utf-8")
    prefer([TRIPLETS], output, split=None, corrections=path)
    assert "1 corrections have no triplet" in capsys.readouterr().out
    found = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [(row["better"], row["worse"]) for row in found] == [
        texts[0][::-1],
        (texts[1][0], drafts[1]),
        (texts[1][0], drafts[1]),
    ]
    backend, _ = load_backend()
    targets = [backend.write(text) for text in texts[0][::-1]]
    better, worse = backend.log_probs([backend.read(drafts[0])] * 2, targets)
    assert found[0]["ahead"] == pytest.approx(better - worse, abs=0.01)
    path.write_text(json.dumps(stray), encoding="utf-8")
    with pytest.raises(InputError, match="none has the id of a triplet, such as r-001:0"):
        prefer([TRIPLETS], output, split=None, corrections=path)


PREFERENCES = [
    {"mt": f"he go to {place}", "better": f"He goes to {place}.", "worse": "Lost.", "ahead": 0.0}
    for place in (
        "school",
        "town",
        "work",
        "bed",
        "church",
        "sea",
        "court",
        "sleep",
        "war",
        "press",
    )
]


@pytest.fixture
def preferences(tmp_path: Path) -> Path:
    path = tmp_path / "preferences.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in PREFERENCES), encoding="utf-8")
    return path


def config(preferences: Path, base: Path, output: Path, **optim: object) -> TrainConfig:
    settings = {"max_steps": 12, "eval_steps": 12, "batch_size": 4, "learning_rate": 0.003}
    return TrainConfig.model_validate(
        {
            "base": {"kind": "causal", "name": str(base)},
            "data": {"prefer": [{"path": str(preferences), "licence": "ours"}], "dev": []},
            "optim": {**settings, "best_by": "loss", "decoded": 0, **optim},
            "output": str(output),
        }
    )


def lead(folder: Path, preferences: Path) -> float:
    """How far a checkpoint has the better repairs ahead, in nats, on average."""
    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    known = load_preferences([PreferenceConfig(path=preferences, licence="ours")])
    rows = [encode_preference(one, tokenizer, "causal") for one in known]
    with torch.inference_mode():
        better, worse = row_log_probs(model, PreferenceCollator(0)(rows)).chunk(2)
    return float((better - worse).mean())


def test_a_run_on_preferences_learns_to_prefer(
    preferences: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    folder = train(config(preferences, tiny_llama, tmp_path / "out"))
    assert lead(folder, preferences) > lead(tiny_llama, preferences) + 5
    texts = {text for row in PREFERENCES for text in (row["mt"], row["better"], row["worse"])}
    digests = (folder / "train-digests.txt").read_text(encoding="ascii").split()
    assert len(digests) == len(texts)


def test_low_rank_updates_learn_to_prefer_too(
    preferences: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    lora = {"base": {"kind": "causal", "name": str(tiny_llama), "lora": {"rank": 4}}}
    made = config(preferences, tiny_llama, tmp_path / "out", learning_rate=0.01, max_steps=16)
    folder = train(TrainConfig.model_validate({**made.model_dump(), **lora}))
    assert lead(folder, preferences) > lead(tiny_llama, preferences) + 1


def test_only_a_causal_model_learns_from_preferences(preferences: Path, tmp_path: Path) -> None:
    shape = {"vocab_size": 300, "d_model": 16, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    seq2seq = {"base": {"kind": "seq2seq", "scratch": shape}}
    made = config(preferences, tmp_path, tmp_path / "out")
    with pytest.raises(ConfigError, match=r"data\.prefer: only for causal models"):
        train(TrainConfig.model_validate({**made.model_dump(), **seq2seq}))


def test_accumulated_batches_weigh_as_one(
    preferences: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    small = config(preferences, tiny_llama, tmp_path / "out", accumulation=2)
    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    known = [Preference(Pair("a b", "A b."), Pair("a b", "B, b."), 1.5)]
    trainer = make_trainer(small, model, AutoTokenizer.from_pretrained(tiny_llama), known, [])
    batch = trainer.data_collator(trainer.train_dataset[:1])
    with torch.inference_mode():
        whole = float(trainer.compute_loss(model.eval(), dict(batch)))
        half = float(trainer.compute_loss(model, dict(batch), num_items_in_batch=torch.tensor(9)))
    assert half == pytest.approx(whole / 2)


def test_the_loss_is_that_of_the_paper(preferences: Path, tiny_llama: Path, tmp_path: Path) -> None:
    settings = config(preferences, tiny_llama, tmp_path / "out", beta=0.2, likelihood=0.5)
    model = AutoModelForCausalLM.from_pretrained(tiny_llama)
    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    known = [Preference(Pair("a b", "A b."), Pair("a b", "B, b."), 1.5)]
    trainer = make_trainer(settings, model, tokenizer, known, [])
    batch = trainer.data_collator(trainer.train_dataset[:1])
    with torch.inference_mode():
        loss = float(trainer.compute_loss(model.eval(), dict(batch)))
        targets = [
            tokenizer(text, add_special_tokens=False)["input_ids"] for text in (" A b.", " B, b.")
        ]
        totals = []
        for row, target in zip(batch["input_ids"], targets, strict=True):
            size = len(target) + 1
            end = int((row != 0).sum())
            log_probs = model(row[None, :end]).logits[0].log_softmax(-1)
            totals.append(float(sum(log_probs[i - 1, row[i]] for i in range(end - size, end))))
    better, worse = totals
    expected = float(np.log1p(np.exp(-0.2 * (better - worse - 1.5))))
    expected -= 0.5 * better / (len(targets[0]) + 1)
    assert loss == pytest.approx(expected, rel=1e-4)


def test_a_resumed_run_on_preferences_ends_with_the_same_weights(
    preferences: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    straight = train(config(preferences, tiny_llama, tmp_path / "a", max_steps=5, eval_steps=2))
    stopped = config(preferences, tiny_llama, tmp_path / "b", max_steps=5, eval_steps=2)
    folder = train(stopped)
    # As if it had been killed after the second checkpoint, inside the second epoch.
    shutil.rmtree(folder / "checkpoints" / "checkpoint-5")
    (folder / "model.safetensors").unlink()
    train(stopped)
    first, second = (load_file(one / "model.safetensors") for one in (straight, folder))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_what_is_no_preference_is_named(preferences: Path, tiny_llama: Path) -> None:
    with pytest.raises(InputError, match="no such file of preferences"):
        load_preferences([PreferenceConfig(path=preferences.with_name("no"), licence="")])
    preferences.write_text('{"mt": "a", "better": "b"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="no ahead, worse there"):
        load_preferences([PreferenceConfig(path=preferences, licence="")])


def test_pairs_and_preferences_do_not_mix(tmp_path: Path) -> None:
    from postedit.config import load_config

    path = tmp_path / "run.yaml"
    path.write_text(
        "base: {kind: causal, name: x}\noutput: out\n"
        "data:\n  train: [{path: a, licence: b, split: train}]\n"
        "  prefer: [{path: a, licence: b}]\n  dev: []\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="preferences are learnt alone"):
        load_config(path, TrainConfig)

"""Training: both kinds of model learn, resume, and load in PostEditor; the data rules hold."""

from __future__ import annotations

import importlib.util
import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from postedit import PostEditor
from postedit.config import load_config
from postedit.errors import ConfigError, InputError
from postedit.models.load import DEFAULT
from postedit.text.segment import split_sentences
from postedit.train.collate import IGNORED, Collator, encode
from postedit.train.config import SourceConfig, TermsConfig, TrainConfig
from postedit.train.data import Pair, digest, load_pairs, with_terms
from postedit.train.run import train
from postedit.train.trainer import label_losses
from tests.conftest import ARTICLE, PAIRS, REPOSITORY

TERM = [{"mt": "day cat", "target": "Tmall"}]


def test_loss_falls(trained: Path) -> None:
    curve = json.loads((trained / "training.json").read_text(encoding="utf-8"))["curve"]
    assert (trained / "curve.png").read_bytes().startswith(b"\x89PNG")
    losses = [row["eval_loss"] for row in curve if "eval_loss" in row]
    assert len(losses) == 2
    assert losses[-1] < losses[0] - 0.1
    assert len([row for row in curve if 0 <= row.get("eval_chrf", -1) <= 100]) == 2
    assert all(row["tokens_per_second"] > 0 for row in curve if "loss" in row)
    assert list((trained / "tensorboard").glob("events.*"))


def test_trained_model_repairs(trained: Path) -> None:
    result = PostEditor.load(trained).repair("fare rose, refund also more.\n\nsales topped 13353.")
    assert len(result.pe) == 2
    assert all(result.pe), "whatever a tiny model writes, the gate keeps the text"


def test_a_finished_run_is_not_trained_again(trained: Path) -> None:
    config = json.loads((trained / "training.json").read_text(encoding="utf-8"))["config"]
    before = (trained / "model.safetensors").read_bytes()
    assert train(TrainConfig.model_validate(config)) == trained
    assert (trained / "model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    "file",
    sorted((REPOSITORY / "configs").glob("*.yaml"))
    + sorted((REPOSITORY / "configs" / "smollm2-135m").glob("*.yaml")),
    ids=lambda p: p.stem,
)
def test_shipped_configs_are_valid(file: Path) -> None:
    data = load_config(file, TrainConfig).data
    assert data.train or data.prefer


def test_every_ablation_is_a_valid_run() -> None:
    spec = importlib.util.spec_from_file_location(
        "ablations", REPOSITORY / "benchmarks/ablations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    plan = yaml.safe_load((REPOSITORY / "configs/ablations/zh-en.yaml").read_text())
    configs = {
        name: TrainConfig.model_validate(module.changed(plan["base"], changes))
        for name, changes in plan["rows"].items()
    }
    assert len(set(map(repr, configs.values()))) == len(configs), "every row changes something"
    appended = configs["authored alone, terms appended"].data
    assert {one.terms.form for one in (*appended.train, *appended.dev)} == {"append"}


def test_choosing_by_chrf_needs_something_to_decode(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"
    text = "base: {kind: causal, name: x}\ndata: {train: [], dev: []}\noutput: y\n"
    path.write_text(text + "optim: {decoded: 0}\n")
    with pytest.raises(ConfigError, match=r"optim\.decoded: .*at least one.*here: 0"):
        load_config(path, TrainConfig)
    path.write_text(text + "optim: {best_by: loss, decoded: 0}\n")
    assert load_config(path, TrainConfig).optim.decoded == 0


def test_unknown_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("base: {kind: causal, nmae: x}\ndata: {train: [], dev: []}\noutput: x\n")
    with pytest.raises(ConfigError, match=r"bad\.yaml: base\.nmae: Extra inputs .*'x'"):
        load_config(path, TrainConfig)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"split": "tarin"}, "no split 'tarin'; it has dev, train"),
        ({"split": "train", "origin": "mlqe"}, "no origin 'mlqe'; it has none at all"),
    ],
)
def test_unknown_choice_is_named(chosen: dict[str, str], message: str, triplets: Path) -> None:
    source = SourceConfig.model_validate({"path": triplets, "licence": "ours"} | chosen)
    with pytest.raises(InputError, match=message):
        load_pairs([source], seed=1)


def test_labels_are_those_of_the_target_alone(tiny_llama: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_llama)
    row = encode(Pair("ab", "c"), tokenizer, "causal")
    assert tokenizer.decode(row["input_ids"]) == "MT: ab\nPE: c<eos>"
    assert [label for label in row["labels"] if label != IGNORED] == row["input_ids"][-3:]
    short = {"input_ids": [5], "labels": [5]}
    batch = Collator(pad_id=0)([row, short])
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    assert batch["labels"][1].tolist()[1:] == [IGNORED] * (len(row["labels"]) - 1)
    assert int(batch["attention_mask"][1].sum()) == 1


@pytest.mark.parametrize(
    ("shares", "expected", "why"),
    [
        (TermsConfig(all=1, some=0), "Tmall three shop open", "all terms in target form"),
        (TermsConfig(all=0, some=0), "day cat three shop open", "as if no glossary was given"),
        (TermsConfig(all=0, some=0, random=1), "Tmall three stores open", "a phrase of the pe too"),
        (TermsConfig(all=1, some=0, form="append"), "day cat [Tmall] three shop open", "append"),
    ],
)
def test_terms_go_in_as_at_run_time(shares: TermsConfig, expected: str, why: str) -> None:
    row = {"terms": TERM, "variants": {"random": [{"mt": "shop", "target": "stores"}]}}
    assert with_terms("day cat three shop open", row, shares, random.Random(1)) == expected, why


def _config(triplets: Path, base: dict[str, object], output: Path, **optim: object) -> TrainConfig:
    source = {"path": str(triplets), "licence": "ours"}
    return TrainConfig.model_validate(
        {
            "base": base,
            "data": {"train": [source | {"split": "train"}], "dev": [source | {"split": "dev"}]},
            "optim": {"max_steps": 8, "eval_steps": 4, "batch_size": 4} | optim,
            "output": str(output),
        }
    )


def test_a_killed_run_ends_as_an_undisturbed_one(
    triplets: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    """Killed for good, between two checkpoints, and started again with the same command."""
    base: dict[str, object] = {"kind": "causal", "name": str(tiny_llama)}
    straight = train(_config(triplets, base, tmp_path / "straight"))
    config = _config(triplets, base, tmp_path / "killed")
    file = tmp_path / "killed.json"
    file.write_text(config.model_dump_json())
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from postedit.train import run, trainer; from postedit.train.config import TrainConfig\n"
        "class Killed(trainer.Pace):\n"
        "    def on_step_end(self, args, state, control, **more):\n"
        "        if state.global_step == 6: os.kill(os.getpid(), signal.SIGKILL)\n"
        "trainer.Pace = Killed\n"
        "run.train(TrainConfig.model_validate_json(Path(sys.argv[1]).read_text()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    assert not (config.output / "model.safetensors").exists()
    train(config)
    weights = [load_file(folder / "model.safetensors") for folder in (straight, config.output)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


@pytest.mark.parametrize("wanted", [True, False])
def test_bf16_reaches_the_loss(
    wanted: bool, triplets: Path, tiny_llama: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss goes past the model's own forward, which is all that accelerate casts by itself."""
    seen: list[bool] = []

    def losses(*arguments: object) -> object:
        seen.append(torch.is_autocast_enabled("cpu"))
        return label_losses(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("postedit.train.trainer.label_losses", losses)
    base: dict[str, object] = {"kind": "causal", "name": str(tiny_llama)}
    train(_config(triplets, base, tmp_path / "out", max_steps=2, bf16=wanted))
    assert set(seen) == {wanted}


def test_lora_trains_and_is_merged(triplets: Path, tiny_llama: Path, tmp_path: Path) -> None:
    lora = {"rank": 4, "alpha": 8}
    base: dict[str, object] = {"kind": "causal", "name": str(tiny_llama), "lora": lora}
    folder = train(_config(triplets, base, tmp_path / "out", learning_rate=0.02))
    before = load_file(tiny_llama / "model.safetensors")
    after = load_file(folder / "model.safetensors")
    assert before.keys() == after.keys(), "merged: a plain checkpoint"
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved, "it learned"
    assert all("_proj" in name for name in moved), "only the linear layers"


def test_an_exported_model_is_read_back() -> None:
    """The shipped file in float32 scores a text as ONNX Runtime does, but for its int8 steps."""
    from postedit.models.load import load_backend
    from postedit.train.dequantise import load_exported

    model, tokenizer = load_exported(DEFAULT)
    backend, _ = load_backend()
    read, written = backend.read("three shop open"), backend.write("Three shops opened.")
    ids = torch.tensor([[*read, *written]])
    assert tokenizer("MT: three shop open\nPE:")["input_ids"] == list(read)
    with torch.inference_mode():
        logits = model(ids).logits[0, len(read) - 1 : -1].log_softmax(-1)
    own = float(logits.gather(1, torch.tensor(written)[:, None]).sum())
    assert own == pytest.approx(backend.log_probs([read], [written])[0], abs=0.15 * len(written))


def test_pairs_that_ask_for_more_than_the_mt_has_stay_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    rows = [
        {"split": "train", "mt": "big shop open", "pe": "The big shop opened."},
        {"split": "train", "mt": "big shop open", "pe": "Farmers in Hebei grew wheat."},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    source = SourceConfig(path=path, licence="ours", split="train", min_coverage=0.8)
    assert [pair.pe for pair in load_pairs([source], seed=1)] == ["The big shop opened."]


def test_digest_sees_neither_case_nor_punctuation() -> None:
    assert digest("The  shop—opened!") == digest("the shop opened")
    assert digest("the shop opened") != digest("the shop closed")


def test_nothing_of_the_articles_was_trained_on() -> None:
    """The digests of every training text are kept beside the shipped weights."""
    trained_on = set((DEFAULT / "train-digests.txt").read_text(encoding="ascii").split())
    assert len(trained_on) > 1000
    files = [
        file for name in ("mt.txt", "reference.txt") for file in ARTICLE.parent.glob(f"*/{name}")
    ]
    assert len(files) > 20
    for file in files:
        for paragraph in filter(str.strip, file.read_text(encoding="utf-8").split("\n")):
            pieces = [paragraph, *(span.of(paragraph) for span in split_sentences(paragraph))]
            assert not {digest(piece) for piece in pieces} & trained_on, (file, paragraph)


def test_leak_test_can_fail() -> None:
    config = json.loads((DEFAULT / "training.json").read_text(encoding="utf-8"))["config"]
    data = config["data"]
    assert data["train"] or data["prefer"], "the record names what was trained on"
    assert digest(PAIRS[0][0]) == digest(PAIRS[0][0].upper())

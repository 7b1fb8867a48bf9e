"""`postedit train`: fine-tune a base model on mt -> pe pairs, with checkpoints and resume."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from postedit.errors import ConfigError, InputError
from postedit.train.base import load_base
from postedit.train.collate import Collator, encode
from postedit.train.config import TrainConfig
from postedit.train.curve import draw_curve
from postedit.train.data import Pair, digest, load_pairs
from postedit.train.online import AskedCollator, OnlineTrainer, encode_asked
from postedit.train.prefer import (
    Preference,
    PreferenceCollator,
    PreferenceTrainer,
    encode_preference,
    load_preferences,
)
from postedit.train.rounded import settle, train_rounded
from postedit.train.trainer import PostEditTrainer, arguments

log = logging.getLogger(__name__)


def train(config: TrainConfig) -> Path:
    """Train as `config` says and return the folder of the finished model.

    A run that was stopped goes on from its last checkpoint in `output/checkpoints`, to the same
    weights as if it had not been stopped. Beside the model stand `training.json` (the
    configuration and the curve), `curve.png`, `tensorboard/` and `train-digests.txt` (a hash of
    every training text, for the test that nothing of eval/ was trained on).
    """
    set_seed(config.seed)
    liked = load_preferences(config.data.prefer)
    pairs, dev = load_pairs(config.data.train, config.seed), load_pairs(config.data.dev, 0)
    pairs += [pair for one in liked for pair in (one.better, one.worse)]
    model, tokenizer = load_base(config.base, (text for p in pairs for text in (p.mt, p.pe)))
    if config.optim.round_bits is not None:
        train_rounded(model, config.optim.round_bits)
    trainer = make_trainer(config, model, tokenizer, liked or pairs, dev)
    checkpoints = config.output / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    trainer.train(resume_from_checkpoint=last)
    if config.base.lora is not None:
        trainer.model = trainer.model.merge_and_unload()
    settle(trainer.model)
    trainer.save_model(str(config.output))
    tokenizer.save_pretrained(str(config.output))
    write_record(config.output, config.model_dump(mode="json"), trainer, pairs)
    return config.output


def make_trainer(
    config: TrainConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    learnt: Sequence[Pair | Preference],
    dev: Sequence[Pair],
) -> PostEditTrainer:
    """The trainer of a run; what has more than `max_tokens` tokens is left out and counted."""
    limit, kind = config.data.max_tokens, config.base.kind
    encoded = [_encoded(one, tokenizer, config) for one in learnt]
    rows = [row for row in encoded if _tokens(row) <= limit]
    log.info("%d to learn from, %d of them too long", len(learnt), len(learnt) - len(rows))
    if not rows:
        raise InputError(f"nothing of at most {limit} tokens to train on")
    shared: dict[str, Any] = {
        "model": model,
        "args": arguments(config, has_dev=bool(dev)),
        "train_dataset": rows,
        "eval_dataset": [encode(pair, tokenizer, kind) for pair in dev] or None,
        "processing_class": tokenizer,
        "decoded": dev[: config.optim.decoded],
        "board": config.output / "tensorboard",
    }
    special = "online" if config.online else "data.prefer" if config.data.prefer else None
    if special and kind != "causal":
        raise ConfigError(f"{special}: only for causal models")
    if config.online is not None:
        if config.base.lora is not None:
            raise ConfigError("online: the whole model learns; leave out base.lora")
        collate = AskedCollator(tokenizer.pad_token_id)
        return OnlineTrainer(online=config.online, data_collator=collate, **shared)
    if config.data.prefer:
        collator = PreferenceCollator(tokenizer.pad_token_id)
        beta, likelihood = config.optim.beta, config.optim.likelihood
        return PreferenceTrainer(beta=beta, likelihood=likelihood, data_collator=collator, **shared)
    return PostEditTrainer(data_collator=Collator(tokenizer.pad_token_id), **shared)


def _encoded(
    one: Pair | Preference, tokenizer: PreTrainedTokenizerBase, config: TrainConfig
) -> dict[str, Any]:
    if isinstance(one, Preference):
        return encode_preference(one, tokenizer, config.base.kind)
    if config.online is not None:
        return encode_asked(one, tokenizer)
    return encode(one, tokenizer, config.base.kind)


def _tokens(row: Mapping[str, Any]) -> int:
    worse = row.get("worse", {}).get("input_ids", ())
    return max(len(row["input_ids"]) + int(row.get("limit", 0)), len(worse))


def write_record(
    folder: Path, config: Mapping[str, Any], trainer: Trainer, pairs: Sequence[Pair]
) -> None:
    """Write what a model card needs: configuration, curve, and a hash of every training text."""
    record = {
        "config": config,
        "pairs": len(pairs),
        "steps": trainer.state.global_step,
        "best": {"checkpoint": trainer.state.best_global_step, "by": trainer.state.best_metric},
        "curve": trainer.state.log_history,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / "training.json").write_text(text + "\n", encoding="utf-8")
    draw_curve(folder / "training.json", folder / "curve.png")
    digests = sorted({digest(text) for pair in pairs for text in (pair.mt, pair.pe)})
    (folder / "train-digests.txt").write_text("\n".join(digests) + "\n", encoding="ascii")

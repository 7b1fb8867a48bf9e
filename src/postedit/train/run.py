"""`postedit train`: fine-tune a base model on mt -> pe pairs, with checkpoints and resume."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import PreTrainedModel, Trainer, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from postedit.errors import InputError
from postedit.train.base import load_base
from postedit.train.collate import IGNORED, Collator, encode
from postedit.train.config import TrainConfig
from postedit.train.curve import draw_curve
from postedit.train.data import Pair, digest, load_pairs

log = logging.getLogger(__name__)


def train(config: TrainConfig) -> Path:
    """Train as `config` says and return the folder of the finished model.

    A run that was stopped goes on from its last checkpoint in `output/checkpoints`. Beside the
    model stand `training.json` (the configuration and the loss curve), `curve.png`, and
    `train-digests.txt` (a hash of every training text, for the test that nothing of eval/ was
    trained on).
    """
    set_seed(config.seed)
    pairs, dev = load_pairs(config.data.train, config.seed), load_pairs(config.data.dev, 0)
    model, tokenizer = load_base(config.base, (text for p in pairs for text in (p.mt, p.pe)))
    limit, kind = config.data.max_tokens, config.base.kind
    rows = [row for p in pairs if len((row := encode(p, tokenizer, kind))["input_ids"]) <= limit]
    log.info("%d pairs, %d of them too long", len(pairs), len(pairs) - len(rows))
    if not rows:
        raise InputError(f"no pair of at most {limit} tokens to train on")
    dev_rows = [encode(pair, tokenizer, kind) for pair in dev]
    trainer = PostEditTrainer(
        model=model,
        args=_arguments(config),
        train_dataset=rows,
        eval_dataset=dev_rows or None,
        data_collator=Collator(tokenizer.pad_token_id),
    )
    checkpoints = config.output / "checkpoints"
    last = get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
    trainer.train(resume_from_checkpoint=last)
    _save(config, trainer, pairs)
    tokenizer.save_pretrained(str(config.output))
    return config.output


class PostEditTrainer(Trainer):  # type: ignore[misc]  # transformers ships no types
    """The transformers Trainer, with logits computed only where there is a label.

    Half of a causal row is prompt; its logits over the whole vocabulary would be thrown away.
    """

    def compute_loss(
        self,
        model: PreTrainedModel,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | None = None,
    ) -> Any:
        """Cross-entropy per target token, over the whole accumulated batch."""
        if model.config.is_encoder_decoder:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        hidden = model.base_model(
            inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
        ).last_hidden_state[:, :-1]
        labels = inputs["labels"][:, 1:]
        wanted = labels != IGNORED
        logits = model.get_output_embeddings()(hidden[wanted]).float()
        total = functional.cross_entropy(logits, labels[wanted], reduction="sum")
        loss = total / (num_items_in_batch if num_items_in_batch is not None else wanted.sum())
        return (loss, {"loss": loss}) if return_outputs else loss


def _arguments(config: TrainConfig) -> TrainingArguments:
    optim = config.optim
    has_dev = bool(config.data.dev)
    return TrainingArguments(
        output_dir=str(config.output / "checkpoints"),
        seed=config.seed,
        num_train_epochs=optim.epochs,
        max_steps=optim.max_steps,
        per_device_train_batch_size=optim.batch_size,
        per_device_eval_batch_size=optim.batch_size,
        gradient_accumulation_steps=optim.accumulation,
        train_sampling_strategy="group_by_length",
        learning_rate=optim.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=optim.warmup_steps,
        adam_beta2=0.95,
        max_grad_norm=optim.max_grad_norm,
        bf16=optim.bf16,
        logging_steps=10,
        eval_strategy="steps" if has_dev else "no",
        eval_steps=optim.eval_steps,
        prediction_loss_only=True,
        save_steps=optim.eval_steps,
        save_total_limit=2,
        remove_unused_columns=False,
        report_to="none",
        dataloader_num_workers=0,
        dataloader_pin_memory=torch.cuda.is_available(),
    )


def _save(config: TrainConfig, trainer: Trainer, pairs: Sequence[Pair]) -> None:
    trainer.save_model(str(config.output))
    record = {
        "config": config.model_dump(mode="json"),
        "pairs": len(pairs),
        "steps": trainer.state.global_step,
        "curve": trainer.state.log_history,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (config.output / "training.json").write_text(text + "\n", encoding="utf-8")
    draw_curve(config.output / "training.json", config.output / "curve.png")
    digests = sorted({digest(text) for pair in pairs for text in (pair.mt, pair.pe)})
    (config.output / "train-digests.txt").write_text("\n".join(digests) + "\n", encoding="ascii")

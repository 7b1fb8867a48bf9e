"""`postedit train`: fine-tune a base model on mt -> pe pairs, with checkpoints and resume."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.tensorboard import SummaryWriter
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers.integrations import TensorBoardCallback
from transformers.trainer_utils import get_last_checkpoint

from postedit.errors import InputError
from postedit.train.base import load_base
from postedit.train.collate import IGNORED, Collator, encode
from postedit.train.config import TrainConfig
from postedit.train.curve import draw_curve
from postedit.train.data import Pair, digest, load_pairs
from postedit.train.dev import dev_chrf
from postedit.train.pace import Pace
from postedit.train.rounded import settle, train_rounded

log = logging.getLogger(__name__)


def train(config: TrainConfig) -> Path:
    """Train as `config` says and return the folder of the finished model.

    A run that was stopped goes on from its last checkpoint in `output/checkpoints`, to the same
    weights as if it had not been stopped. Beside the model stand `training.json` (the
    configuration and the curve), `curve.png`, `tensorboard/` and `train-digests.txt` (a hash of
    every training text, for the test that nothing of eval/ was trained on).
    """
    set_seed(config.seed)
    pairs, dev = load_pairs(config.data.train, config.seed), load_pairs(config.data.dev, 0)
    model, tokenizer = load_base(config.base, (text for p in pairs for text in (p.mt, p.pe)))
    if config.optim.round_bits is not None:
        train_rounded(model, config.optim.round_bits)
    trainer = make_trainer(config, model, tokenizer, pairs, dev)
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
    pairs: Sequence[Pair],
    dev: Sequence[Pair],
) -> PostEditTrainer:
    """The trainer of a run; pairs of more than `max_tokens` tokens are left out and counted."""
    limit, kind = config.data.max_tokens, config.base.kind
    rows = [row for p in pairs if len((row := encode(p, tokenizer, kind))["input_ids"]) <= limit]
    log.info("%d pairs, %d of them too long", len(pairs), len(pairs) - len(rows))
    if not rows:
        raise InputError(f"no pair of at most {limit} tokens to train on")
    return PostEditTrainer(
        model=model,
        args=_arguments(config, has_dev=bool(dev)),
        train_dataset=rows,
        eval_dataset=[encode(pair, tokenizer, kind) for pair in dev] or None,
        data_collator=Collator(tokenizer.pad_token_id),
        processing_class=tokenizer,
        decoded=dev[: config.optim.decoded],
        board=config.output / "tensorboard",
    )


class PostEditTrainer(Trainer):  # type: ignore[misc]  # transformers ships no types
    """The transformers Trainer, with logits computed only where there is a label.

    Half of a causal row is prompt; its logits over the whole vocabulary would be thrown away.
    Evaluation also repairs the `decoded` pairs and reports their chrF.
    """

    def __init__(self, *, decoded: Sequence[Pair], board: Path, **arguments: Any):
        self._pace = Pace()
        self._decoded = decoded
        board_writer = TensorBoardCallback(SummaryWriter(str(board)))
        super().__init__(callbacks=[self._pace, board_writer], **arguments)

    def compute_loss(
        self,
        model: PreTrainedModel,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | None = None,
    ) -> Any:
        """Cross-entropy per target token, over the whole accumulated batch."""
        if model.training:
            self._pace.tokens += int((inputs["labels"] != IGNORED).sum())
        if self.model.config.is_encoder_decoder:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        plain = self.accelerator.unwrap_model(model)
        plain = plain.get_base_model() if hasattr(plain, "get_base_model") else plain
        hidden = plain.base_model(
            inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
        ).last_hidden_state[:, :-1]
        labels = inputs["labels"][:, 1:]
        wanted = labels != IGNORED
        logits = plain.get_output_embeddings()(hidden[wanted]).float()
        total = functional.cross_entropy(logits, labels[wanted], reduction="sum")
        loss = total / (num_items_in_batch if num_items_in_batch is not None else wanted.sum())
        return (loss, {"loss": loss}) if return_outputs else loss

    def log(self, logs: dict[str, float], *more: Any, **named: Any) -> None:
        """Log, with the pace of training beside the loss."""
        super().log(logs | self._pace.read(self.state) if "loss" in logs else logs, *more, **named)

    def evaluate(self, *arguments: Any, **named: Any) -> dict[str, float]:
        """Loss on the development pairs, and chrF of the repairs of the first of them."""
        metrics: dict[str, float] = super().evaluate(*arguments, **named)
        if self._decoded:
            self.model.eval()
            chrf = dev_chrf(self.model, self.processing_class, self._decoded)
            metrics["eval_chrf"] = chrf
            self.log({"eval_chrf": chrf})
        return metrics


def _arguments(config: TrainConfig, has_dev: bool) -> TrainingArguments:
    optim = config.optim
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
        # Without this transformers takes bf16 for a wish to have a GPU, and refuses.
        use_cpu=not torch.accelerator.is_available(),
        torch_compile=optim.torch_compile,
        logging_steps=10,
        eval_strategy="steps" if has_dev else "no",
        eval_steps=optim.eval_steps,
        prediction_loss_only=True,
        save_steps=optim.eval_steps,
        save_total_limit=2,
        load_best_model_at_end=has_dev,
        metric_for_best_model=f"eval_{optim.best_by}" if has_dev else None,
        greater_is_better=optim.best_by == "chrf",
        remove_unused_columns=False,
        report_to="none",
        dataloader_num_workers=0,
        dataloader_pin_memory=torch.cuda.is_available(),
    )


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

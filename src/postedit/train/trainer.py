"""The transformers Trainer as this project runs it: on pairs of mt and pe."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.tensorboard import SummaryWriter
from transformers import PreTrainedModel, Trainer, TrainingArguments
from transformers.integrations import TensorBoardCallback
from transformers.trainer_pt_utils import LengthGroupedSampler

from postedit.train.collate import IGNORED
from postedit.train.config import TrainConfig
from postedit.train.data import Pair
from postedit.train.dev import dev_chrf
from postedit.train.pace import Pace


class EpochSampler(LengthGroupedSampler):  # type: ignore[misc]  # transformers ships no types
    """Rows of like length together, in an order that depends on the seed and the epoch alone.

    The order of transformers' own depends on all that was drawn before, so that a run which goes on
    in its second epoch would not be the run that was stopped.
    """

    def __init__(self, *arguments: Any, seed: int, **named: Any):
        super().__init__(*arguments, **named)
        self._seed = seed
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Called by accelerate before each epoch."""
        self.generator = torch.Generator().manual_seed(self._seed + epoch)


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

    def _get_train_sampler(self, train_dataset: Any = None) -> EpochSampler:
        rows = self.args.train_batch_size * self.args.gradient_accumulation_steps
        lengths = [len(row["input_ids"]) for row in self.train_dataset]
        return EpochSampler(rows, lengths=lengths, seed=self.args.seed)

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
        # The loss goes past the model's own forward, which is all that accelerate casts.
        with self.accelerator.autocast():
            plain = self.accelerator.unwrap_model(model)
            loss = self._causal_loss(plain, inputs, num_items_in_batch)
        return (loss, {"loss": loss}) if return_outputs else loss

    def _causal_loss(
        self, model: PreTrainedModel, inputs: dict[str, torch.Tensor], items: torch.Tensor | None
    ) -> torch.Tensor:
        """The loss of a causal batch; `items` are the labels of the whole accumulated batch."""
        losses, _ = label_losses(model, inputs)
        return losses.sum() / (items if items is not None else len(losses))

    def log(self, logs: dict[str, float], *more: Any, **named: Any) -> None:
        """Log, with the pace of training beside the loss."""
        super().log(logs | self._pace.read(self.state) if "loss" in logs else logs, *more, **named)

    def evaluate(self, *arguments: Any, **named: Any) -> dict[str, float]:
        """Loss on the development pairs, and what the repairs of the first of them are worth."""
        metrics: dict[str, float] = super().evaluate(*arguments, **named)
        if self._decoded:
            self.model.eval()
            found = {f"eval_{name}": own for name, own in self.measured(self._decoded).items()}
            metrics |= found
            self.log(found)
        return metrics

    def measured(self, pairs: Sequence[Pair]) -> dict[str, float]:
        """The figures of the model's repairs of `pairs`, by name: their chrF."""
        return {"chrf": dev_chrf(self.model, self.processing_class, pairs)}


def label_losses(
    model: PreTrainedModel, inputs: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy of each label of a causal batch, in nats, and the row that each stands in."""
    plain = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = plain.base_model(
        inputs["input_ids"], attention_mask=inputs["attention_mask"], use_cache=False
    ).last_hidden_state[:, :-1]
    labels = inputs["labels"][:, 1:]
    wanted = labels != IGNORED
    logits = plain.get_output_embeddings()(hidden[wanted]).float()
    losses = functional.cross_entropy(logits, labels[wanted], reduction="none")
    return losses, wanted.nonzero()[:, 0]


def arguments(config: TrainConfig, has_dev: bool) -> TrainingArguments:
    """What transformers is told of a run."""
    optim = config.optim
    return TrainingArguments(
        output_dir=str(config.output / "checkpoints"),
        seed=config.seed,
        num_train_epochs=optim.epochs,
        max_steps=optim.max_steps,
        per_device_train_batch_size=optim.batch_size,
        per_device_eval_batch_size=optim.batch_size,
        gradient_accumulation_steps=optim.accumulation,
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
        greater_is_better=optim.best_by != "loss",
        remove_unused_columns=False,
        report_to="none",
        dataloader_num_workers=0,
        dataloader_pin_memory=torch.cuda.is_available(),
    )

"""Direct preference optimisation: of two repairs, the model is to like the better one more.

Rafailov et al. 2023 (arXiv:2305.18290), with the likelihood of the better repair held up beside it
(Pang et al. 2024, arXiv:2404.19733): without that, both sink together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from datasets import load_dataset
from torch.nn import functional
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from postedit.errors import InputError
from postedit.train.collate import IGNORED, Collator, Kind, encode
from postedit.train.config import PreferenceConfig
from postedit.train.data import Pair
from postedit.train.trainer import PostEditTrainer, label_losses


@dataclass(frozen=True, slots=True)
class Preference:
    """Two repairs of one mt; `ahead` is how far the model, before it learns, has the better ahead.

    In nats of the whole text: what `postedit data prefer` writes.
    """

    better: Pair
    worse: Pair
    ahead: float


def load_preferences(sources: Iterable[PreferenceConfig]) -> list[Preference]:
    """All preferences of the sources, in file order; InputError names a file without any."""
    found: list[Preference] = []
    for source in sources:
        if not source.path.is_file():
            raise InputError("no such file of preferences", path=source.path)
        rows = load_dataset("json", data_files=str(source.path), split="train")
        if missing := {"mt", "better", "worse", "ahead"} - set(rows.column_names):
            raise InputError(f"no {', '.join(sorted(missing))} there", path=source.path)
        found += [
            Preference(Pair(r["mt"], r["better"]), Pair(r["mt"], r["worse"]), float(r["ahead"]))
            for r in rows
        ]
    return found


def encode_preference(
    one: Preference, tokenizer: PreTrainedTokenizerBase, kind: Kind
) -> dict[str, Any]:
    """The better pair as `encode` gives it, with the worse one and `ahead` beside it."""
    worse = encode(one.worse, tokenizer, kind)
    return {**encode(one.better, tokenizer, kind), "worse": worse, "ahead": one.ahead}


class PreferenceCollator:
    """Batches of preferences: all better rows, then all worse ones, as one batch of twice the rows.

    Rows of pairs, without a preference, are batched as `Collator` does.
    """

    def __init__(self, pad_id: int):
        self._plain = Collator(pad_id)

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """As of `Collator`; with preferences also `ahead`, of shape (rows,): see `Preference`."""
        if "worse" not in rows[0]:
            return self._plain(rows)
        batch = self._plain([*rows, *(row["worse"] for row in rows)])
        batch["ahead"] = torch.tensor([row["ahead"] for row in rows])
        return batch


class PreferenceTrainer(PostEditTrainer):
    """The trainer of pairs, for preferences.

    `beta` and `likelihood` are those of `OptimConfig`.
    """

    def __init__(self, *, beta: float, likelihood: float, **arguments: Any):
        self._beta, self._likelihood = beta, likelihood
        super().__init__(**arguments)

    def _causal_loss(
        self, model: PreTrainedModel, inputs: dict[str, torch.Tensor], items: torch.Tensor | None
    ) -> torch.Tensor:
        """Of preferences the mean over rows; of pairs, as they are in evaluation, as ever."""
        if "ahead" not in inputs:
            return super()._causal_loss(model, inputs, items)
        better, worse = row_log_probs(model, inputs).chunk(2)
        tokens = (inputs["labels"][: len(better), 1:] != IGNORED).sum()
        loss = -functional.logsigmoid(self._beta * (better - worse - inputs["ahead"])).mean()
        loss = loss - self._likelihood * better.sum() / tokens
        # Where it counts the items, the trainer takes it that the loss is shared out already.
        return loss if items is None else loss / self.args.gradient_accumulation_steps


def row_log_probs(model: PreTrainedModel, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """Natural log-probability of each row's labels, summed, of shape (rows,); causal models."""
    losses, rows = label_losses(model, inputs)
    totals = torch.zeros(len(inputs["labels"]), device=losses.device)
    return totals.index_add(0, rows, -losses)

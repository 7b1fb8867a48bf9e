"""Pairs into token ids, and token ids into padded batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from transformers import PreTrainedTokenizerBase

from postedit.models.prompt import causal_prompt, causal_target, one_line
from postedit.train.data import Pair

IGNORED = -100
Kind = Literal["causal", "seq2seq"]


def encode(pair: Pair, tokenizer: PreTrainedTokenizerBase, kind: Kind) -> dict[str, list[int]]:
    """Token ids of a pair; the labels are those of the pe alone, closed by end of text.

    A causal model reads prompt and target in one sequence, an encoder-decoder in two.
    """
    if kind == "seq2seq":
        return {
            "input_ids": tokenizer(one_line(pair.mt))["input_ids"],
            "labels": tokenizer(one_line(pair.pe))["input_ids"],
        }
    prompt = tokenizer(causal_prompt(pair.mt), add_special_tokens=False)["input_ids"]
    target = tokenizer(causal_target(pair.pe), add_special_tokens=False)["input_ids"]
    target = [*target, tokenizer.eos_token_id]
    return {"input_ids": prompt + target, "labels": [IGNORED] * len(prompt) + target}


class Collator:
    """Pads on the right; labels get the value that the loss leaves out."""

    def __init__(self, pad_id: int):
        self._pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """Batch of `input_ids`, `attention_mask` and `labels`, each of shape (rows, longest)."""
        return {
            "input_ids": _pad([row["input_ids"] for row in rows], self._pad_id),
            "attention_mask": _pad([[1] * len(row["input_ids"]) for row in rows], 0),
            "labels": _pad([row["labels"] for row in rows], IGNORED),
        }


def _pad(rows: Sequence[Sequence[int]], value: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows])

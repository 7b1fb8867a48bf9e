"""What trains fastest here: pairs per second of each choice over that of a named baseline.

    python benchmarks/train.py [--base FOLDER] [--triplets FILE] [--rows 32] [--compile]

The baseline is what a plain script over transformers does: all weights trained, logits of every
token of prompt and target, batches in file order padded to the longest. Every choice sees the same
pairs, forward and backward, in the same process, one after the other in each of three rounds; the
figure is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from postedit.models.load import DEFAULT
from postedit.train.base import with_lora
from postedit.train.collate import IGNORED, Collator, encode
from postedit.train.config import LoraConfig
from postedit.train.data import Pair
from postedit.train.dequantise import load_exported

Row = dict[str, list[int]]
Batch = dict[str, torch.Tensor]
Step = Callable[[PreTrainedModel, Batch], torch.Tensor]


def all_tokens(model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    return model(**batch, use_cache=False).loss


def target_tokens(model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    plain = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = plain.base_model(
        batch["input_ids"],
        attention_mask=batch["attention_mask"],
        position_ids=batch.get("position_ids"),  # packed rows start anew within a row
        use_cache=False,
    ).last_hidden_state[:, :-1]
    labels = batch["labels"][:, 1:]
    wanted = labels != IGNORED
    return functional.cross_entropy(plain.lm_head(hidden[wanted]), labels[wanted])


def batches(rows: Sequence[Row], by_length: bool) -> Iterator[Batch]:
    ordered = sorted(rows, key=lambda row: len(row["input_ids"])) if by_length else list(rows)
    for first in range(0, len(ordered), 16):
        yield Collator(2)(ordered[first : first + 16])


def packed(rows: Sequence[Row], width: int = 512) -> Iterator[Batch]:
    """Pairs one after the other in rows of fixed width; attention does not cross their borders."""
    parts: list[list[Row]] = [[]]
    for row in rows:
        if sum(len(one["input_ids"]) for one in parts[-1]) + len(row["input_ids"]) > width:
            parts.append([])
        parts[-1].append(row)
    for part in parts:
        lengths = [len(row["input_ids"]) for row in part]
        owner = torch.repeat_interleave(torch.arange(len(part)), torch.tensor(lengths))
        ids = torch.tensor([token for row in part for token in row["input_ids"]])
        labels = torch.tensor([t for row in part for t in [IGNORED, *row["labels"][1:]]])
        same = (owner[:, None] == owner[None]) & torch.ones(len(ids), len(ids)).tril().bool()
        yield {
            "input_ids": ids[None],
            "attention_mask": same[None, None],
            "labels": labels[None],
            "position_ids": torch.cat([torch.arange(length) for length in lengths])[None],
        }


def frozen(model: PreTrainedModel, layers: int) -> PreTrainedModel:
    model.get_input_embeddings().weight.requires_grad_(False)
    for layer in model.model.layers[:layers]:
        layer.requires_grad_(False)
    return model


def seconds(model: PreTrainedModel, step: Step, loads: Sequence[Batch]) -> float:
    start = time.perf_counter()
    for batch in loads:
        step(model, batch).backward()
    model.zero_grad(set_to_none=True)
    return time.perf_counter() - start


def read_rows(file: Path, count: int, tokenizer: object) -> list[Row]:
    open_ = gzip.open if file.suffix == ".gz" else open
    with open_(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = random.Random(1).sample([row for row in rows if row.get("split") == "train"], count)
    return [encode(Pair(row["mt"], row["pe"]), tokenizer, "causal") for row in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--base", type=Path, default=DEFAULT, help="an exported model folder")
    parser.add_argument("--triplets", type=Path, default=Path("../shared/data/authored.jsonl.gz"))
    parser.add_argument("--rows", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compile", action="store_true", help="torch.compile too (minutes)")
    asked = parser.parse_args()
    model, tokenizer = load_exported(asked.base)
    model.train()
    rows = read_rows(asked.triplets, asked.rows, tokenizer)
    plain, grouped, dense = (
        list(batches(rows, False)),
        list(batches(rows, True)),
        list(packed(rows)),
    )
    part = frozen(copy.deepcopy(model), 0)
    choices: dict[str, tuple[PreTrainedModel, Step, list[Batch]]] = {
        "baseline": (model, all_tokens, plain),
        "batches by length": (model, all_tokens, grouped),
        "+ logits of the target alone": (model, target_tokens, grouped),
        "+ frozen embeddings": (part, target_tokens, grouped),
        "+ 10 frozen layers": (frozen(copy.deepcopy(model), 10), target_tokens, grouped),
        "LoRA, rank 16, instead": (
            with_lora(copy.deepcopy(model), LoraConfig()),
            target_tokens,
            grouped,
        ),
        "packed, frozen embeddings": (part, target_tokens, dense),
    }
    if asked.compile:
        fast = copy.deepcopy(part)
        fast.model.forward = torch.compile(fast.model.forward, dynamic=True)
        choices["compiled, frozen embeddings"] = (fast, target_tokens, grouped)
        seconds(fast, target_tokens, grouped)
    ratios: dict[str, list[float]] = {name: [] for name in choices}
    for _ in range(asked.rounds):
        times = {name: seconds(*choice) for name, choice in choices.items()}
        for name, took in times.items():
            ratios[name].append(times["baseline"] / took)
    padding = 1 - sum(len(r["input_ids"]) for r in rows) / sum(
        b["input_ids"].numel() for b in plain
    )
    left = 1 - sum(len(r["input_ids"]) for r in rows) / sum(b["input_ids"].numel() for b in grouped)
    print(f"padding: {padding:.0%} in file order, {left:.0%} by length")
    for name, values in ratios.items():
        print(f"{name:32} {statistics.median(values):5.2f} x the pairs per second")


if __name__ == "__main__":
    main()

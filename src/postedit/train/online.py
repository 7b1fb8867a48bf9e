"""On-policy training: the model draws repairs, and learns to write the ones that are worth more.

What a post-edit asks for is often not in the mt, and a model that is taught it all the same learns
to invent. Here the person's text only measures what the model itself has written: of several
repairs of one mt those above the others' mean become likelier, the others less likely (REINFORCE
with a leave-one-out baseline: Kool et al. 2019; Ahmadian et al. 2024, arXiv:2402.14740), one step
of the optimiser for each round of drawing.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from multiprocessing import get_context
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from postedit.models.prompt import causal_prompt, one_line
from postedit.score.reward import Repair, rewards
from postedit.train.collate import IGNORED, Collator
from postedit.train.config import OnlineConfig
from postedit.train.data import Pair
from postedit.train.dev import corpus_chrf
from postedit.train.draws import Draw, Drawer, Pick, drawn, greedy, grouped
from postedit.train.prefer import row_log_probs
from postedit.train.trainer import PostEditTrainer

# Points that make one unit of advantage, and the most units that one draw may have.
_UNIT, _MOST = 10.0, 3.0


def encode_asked(pair: Pair, tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """The prompt of a pair, how many tokens its repair may have, and the pair's texts."""
    prompt = tokenizer(causal_prompt(pair.mt), add_special_tokens=False)["input_ids"]
    limit = len(prompt) + len(prompt) // 3 + 8
    return {"input_ids": prompt, "limit": limit, "mt": one_line(pair.mt), "pe": one_line(pair.pe)}


class AskedCollator:
    """Hands rows that ask for a repair on as they are; pairs are batched as `Collator` does."""

    def __init__(self, pad_id: int):
        self._plain = Collator(pad_id)

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """`asked`, the rows; or the tensors of `Collator`."""
        return {"asked": list(rows)} if "limit" in rows[0] else self._plain(rows)


class OnlineTrainer(PostEditTrainer):
    """The trainer of pairs, which draws what it learns from; `online` says how."""

    def __init__(self, *, online: OnlineConfig, **arguments: Any):
        self._online = online
        self._seen: list[dict[str, float]] = []
        super().__init__(**arguments)

    def training_step(
        self, model: PreTrainedModel, inputs: dict[str, Any], *_: Any, **__: Any
    ) -> torch.Tensor:
        """Draw for the rows of a batch, weigh the draws, and leave the gradients of all of them."""
        asked = inputs["asked"]
        rows, worth, targets = self._drawn(asked)
        model.train()
        total = torch.zeros((), device=self.args.device)
        for some in self._passes(rows):
            batch = self._tensors([rows[i] for i in some])
            with self.accelerator.autocast():
                chances = row_log_probs(self.accelerator.unwrap_model(model), batch)
            weights = torch.tensor([worth[i] for i in some], device=chances.device)
            loss = -(weights * chances).sum() / targets
            self.accelerator.backward(loss / self.args.gradient_accumulation_steps)
            total += loss.detach()
        return total

    def _drawn(
        self, asked: Sequence[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[float], int]:
        """Rows to learn from, the advantage of each, and the number of all their target tokens."""
        texts, drawings = self._draws(asked, self._online.draws, self._pick())
        points = self._points(asked, texts)
        self._note(asked, texts, points)
        # What was drawn twice goes through the model once, with the sum of its advantages.
        weights: dict[tuple[int, tuple[int, ...]], float] = defaultdict(float)
        stop = self.processing_class.eos_token_id
        for i, (some, own) in enumerate(zip(drawings, points, strict=True)):
            for draw, advantage in zip(some, advantages(own), strict=True):
                weights[i, (*draw.tokens, *[stop] * draw.finished)] += advantage
        worth = {key: own for key, own in weights.items() if own}
        tokens = sum(len(target) for _, target in weights)
        self._pace.tokens += tokens
        rows = [_row(asked[i]["input_ids"], list(target)) for i, target in worth]
        return rows, list(worth.values()), tokens

    def _draws(
        self, asked: Sequence[dict[str, Any]], count: int, pick: Pick
    ) -> tuple[list[list[str]], list[list[Draw]]]:
        model = self.accelerator.unwrap_model(self.model).eval()
        drawer = Drawer(model, torch.bfloat16 if self.args.bf16 else torch.float32)
        prompts, limits = [row["input_ids"] for row in asked], [row["limit"] for row in asked]
        drawings = drawer.draw(prompts, count, limits, pick)
        flat = [one.tokens for some in drawings for one in some]
        texts = self.processing_class.batch_decode(flat, skip_special_tokens=True)
        return grouped([one_line(text) for text in texts], count), drawings

    def _pick(self) -> Pick:
        # A run that goes on after a stop draws what the run that was not stopped would have.
        dice = torch.Generator(self.args.device)
        dice.manual_seed(self.args.seed * 1_000_003 + self.state.global_step)
        return drawn(self._online.temperature, self._online.floor, dice)

    def _points(
        self, asked: Sequence[dict[str, Any]], texts: Sequence[Sequence[str]]
    ) -> list[list[float]]:
        """The reward of each text beyond that of the mt left as it is."""
        work = [
            [Repair(row["mt"], row["pe"], text) for text in (row["mt"], *some)]
            for row, some in zip(asked, texts, strict=True)
        ]
        found = self._judges.map(rewards, work, chunksize=4)
        return [[own - draft for own in rest] for draft, *rest in found]

    def train(self, *arguments: Any, **named: Any) -> Any:
        """Train, and let the processes that measure go."""
        try:
            return super().train(*arguments, **named)
        finally:
            if judges := self.__dict__.pop("_judges", None):
                judges.shutdown()

    @cached_property
    def _judges(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(os.cpu_count(), get_context("spawn"))

    def _passes(self, rows: Sequence[dict[str, Any]]) -> Iterator[list[int]]:
        """Rows of like length, as many as `online.tokens` tokens hold, but one at least."""
        some: list[int] = []
        for i in sorted(range(len(rows)), key=lambda i: len(rows[i]["input_ids"])):
            if some and (len(some) + 1) * len(rows[i]["input_ids"]) > self._online.tokens:
                yield some
                some = []
            some.append(i)
        if some:
            yield some

    def _tensors(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        batch = self.data_collator(rows)
        return {name: tensor.to(self.args.device) for name, tensor in batch.items()}

    def _note(
        self,
        asked: Sequence[dict[str, Any]],
        texts: Sequence[Sequence[str]],
        points: Sequence[Sequence[float]],
    ) -> None:
        count = sum(map(len, points))
        kept = sum(
            text == row["mt"] for row, some in zip(asked, texts, strict=True) for text in some
        )
        gain = sum(map(sum, points)) / count
        self._seen.append({"gain": gain, "untouched": 100.0 * kept / count})

    def log(self, logs: dict[str, float], *more: Any, **named: Any) -> None:
        """Log, with the draws' mean gain in reward, and how many leave the mt as it is (%)."""
        if "loss" in logs and self._seen:
            for name in self._seen[0]:
                logs[name] = round(sum(one[name] for one in self._seen) / len(self._seen), 3)
            self._seen = []
        super().log(logs, *more, **named)

    def measured(self, pairs: Sequence[Pair]) -> dict[str, float]:
        """Of greedy repairs: corpus chrF, mean gain in reward, and the better and worse in %."""
        asked = [encode_asked(pair, self.processing_class) for pair in pairs]
        texts: list[list[str]] = []
        rows = self._online.draws * self.args.train_batch_size
        for first in range(0, len(asked), rows):
            texts += self._draws(asked[first : first + rows], 1, greedy)[0]
        gains = [gain for (gain,) in self._points(asked, texts)]
        return {
            "chrf": corpus_chrf([text for (text,) in texts], pairs),
            "gain": sum(gains) / len(gains),
            "better": 100.0 * sum(gain > 0 for gain in gains) / len(gains),
            "worse": 100.0 * sum(gain < 0 for gain in gains) / len(gains),
        }


def _row(prompt: list[int], target: list[int]) -> dict[str, list[int]]:
    return {"input_ids": prompt + target, "labels": [IGNORED] * len(prompt) + target}


def advantages(points: Sequence[float]) -> list[float]:
    """How far each reward lies above the mean of the others, in units, at most `_MOST` of them."""
    if len(points) < 2:
        raise ValueError("one draw has no others to be compared with")
    total, others = sum(points), len(points) - 1
    far = [(own - (total - own) / others) / _UNIT for own in points]
    return [max(-_MOST, min(_MOST, one)) for one in far]

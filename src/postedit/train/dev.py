"""What a model in training is measured by: its greedy repairs of development pairs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from postedit.models.prompt import causal_prompt, one_line
from postedit.score.metrics import Scorer
from postedit.train.data import Pair

_ROWS = 16


def dev_chrf(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, pairs: Sequence[Pair]
) -> float:
    """Corpus chrF, 0 to 100, of the free greedy repairs of `pairs` against their post-edits."""
    return corpus_chrf(repairs(model, tokenizer, [pair.mt for pair in pairs]), pairs)


def corpus_chrf(found: Sequence[str], pairs: Sequence[Pair]) -> float:
    """Corpus chrF, 0 to 100, of repairs against the post-edits of their pairs."""
    scorer = Scorer("chrf")
    statistics = scorer.statistics(found, [[pair.pe for pair in pairs]])
    return scorer.score(statistics.sum(axis=0))


def repairs(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> list[str]:
    """Free greedy repairs of texts, in their order; texts of like length are decoded together."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = [""] * len(texts)
    for first in range(0, len(order), _ROWS):
        rows = order[first : first + _ROWS]
        written = _decoded(model, tokenizer, [texts[i] for i in rows])
        for i, text in zip(rows, written, strict=True):
            found[i] = text
    return found


@torch.inference_mode()
def _decoded(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> list[str]:
    causal = not model.config.is_encoder_decoder
    prompts = [causal_prompt(text) if causal else one_line(text) for text in texts]
    side, tokenizer.padding_side = tokenizer.padding_side, "left" if causal else "right"
    inputs = tokenizer(
        prompts, padding=True, return_tensors="pt", add_special_tokens=not causal
    ).to(model.device)
    tokenizer.padding_side = side
    width = inputs["input_ids"].shape[1]
    output = model.generate(
        input_ids=inputs["input_ids"],
        attention_mask=inputs["attention_mask"],
        max_new_tokens=width + 16,
        do_sample=False,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    written = output[:, width:] if causal else output
    return [tokenizer.decode(row, skip_special_tokens=True).strip() for row in written]

"""The peers of benchmarks/decoding.py and draws.py: transformers' generate, and CTranslate2."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import torch
from transformers import PreTrainedModel

from postedit.models.protocol import Tokens

Outputs = list[tuple[int, ...]]


def generate(
    model: PreTrainedModel, prompts: Sequence[Tokens], end: int, limit: int, **how: Any
) -> Outputs:
    """What transformers writes, up to the end of each text; `how` says greedy, beams or draws."""
    width = max(map(len, prompts))
    ids = [[end] * (width - len(one)) + list(one) for one in prompts]
    seen = [[0] * (width - len(one)) + [1] * len(one) for one in prompts]
    with torch.inference_mode():
        out = model.generate(
            torch.tensor(ids, device=model.device),
            attention_mask=torch.tensor(seen, device=model.device),
            max_new_tokens=limit,
            eos_token_id=end,
            pad_token_id=end,
            **how,
        )
    return [_until(row, end) for row in out[:, width:].tolist()]


def _until(tokens: Sequence[int], end: int) -> tuple[int, ...]:
    row = list(tokens)
    return tuple(row[: row.index(end)] if end in row else row)


def ctranslate2(hf: PreTrainedModel, end: int) -> Callable[[Sequence[Tokens]], Outputs]:
    import ctranslate2 as engine
    from ctranslate2.converters.transformers import LlamaLoader

    # Straight from the model in memory: a vocabulary of numbers will do, tokens come from us.
    # The converter takes its model apart, and looks for the base of positions where transformers 4
    # had it.
    taken = deepcopy(hf)
    taken.config.rope_scaling = None
    taken.config.rope_theta = hf.config.rope_parameters["rope_theta"]
    spec = LlamaLoader().get_model_spec(taken)
    names = [str(i) for i in range(hf.config.vocab_size)]
    spec.register_vocabulary(names)
    spec.config.bos_token = spec.config.eos_token = spec.config.unk_token = names[end]
    spec.config.layer_norm_epsilon = hf.config.rms_norm_eps
    folder = tempfile.mkdtemp()
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(folder)
    loaded = engine.Generator(
        folder, device="cpu", compute_type="int8", intra_threads=torch.get_num_threads()
    )

    def run(reads: Sequence[Tokens]) -> Outputs:
        found = loaded.generate_batch(
            [[names[token] for token in read] for read in reads],
            beam_size=1,
            sampling_topk=1,
            max_length=2 * max(map(len, reads)) + 16,
            include_prompt_in_result=False,
            end_token=names[end],
        )
        return [_until(one.sequences_ids[0], end) for one in found]

    return run

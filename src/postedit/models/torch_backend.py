"""Any checkpoint of transformers, prefix language model or encoder-decoder, on torch."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
)

from postedit.errors import ModelError
from postedit.models.prompt import causal_prompt, causal_target, one_line
from postedit.models.protocol import Logits, Tokens


@dataclass(frozen=True, slots=True)
class _State:
    cache: Any
    mask: torch.Tensor
    encoded: torch.Tensor | None = None


class TorchBackend:
    """A checkpoint in float32; causal prompts are padded left, encoder inputs right."""

    def __init__(self, name: str):
        try:
            config = AutoConfig.from_pretrained(name)
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            self._seq2seq = bool(config.is_encoder_decoder)
            auto = AutoModelForSeq2SeqLM if self._seq2seq else AutoModelForCausalLM
            model = auto.from_pretrained(name, dtype=torch.float32)
        except (OSError, ValueError) as error:
            raise ModelError(f"{name}: cannot be loaded: {error}") from error
        self._model: PreTrainedModel = model.eval()
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model.to(self._device)
        self.name = name
        self.end = int(self._tokenizer.eos_token_id)
        self._pad = int(self._tokenizer.pad_token_id or 0)

    def read(self, mt: str) -> Tokens:
        """Token ids of the prompt, or of the encoder's input."""
        if self._seq2seq:
            return list(self._tokenizer(one_line(mt))["input_ids"])
        return list(self._tokenizer(causal_prompt(mt), add_special_tokens=False)["input_ids"])

    def write(self, pe: str) -> Tokens:
        """Token ids of the target, closed by `end`."""
        if self._seq2seq:
            return list(self._tokenizer(one_line(pe))["input_ids"])
        ids = self._tokenizer(causal_target(pe), add_special_tokens=False)["input_ids"]
        return [*ids, self.end]

    def text(self, target: Tokens) -> str:
        """The text of target tokens, with or without `end`."""
        return str(self._tokenizer.decode(list(target), skip_special_tokens=True)).strip()

    @torch.inference_mode()
    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Read the prompts, or encode the inputs and start the decoder, in one pass."""
        if not self._seq2seq:
            ids, mask = self._padded(inputs, left=True)
            return self._advance(_State(None, mask[:, :0]), ids, mask)
        ids, mask = self._padded(inputs, left=False)
        encoded = self._model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        first = int(self._model.config.decoder_start_token_id)
        return self.step(_State(None, mask, encoded), [first] * len(inputs))

    @torch.inference_mode()
    def step(self, state: _State, tokens: Tokens) -> tuple[Logits, _State]:
        """Append one token to each row."""
        ids = torch.tensor(list(tokens), device=self._device)[:, None]
        return self._advance(state, ids, torch.ones_like(ids))

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        """The state of the given rows alone."""
        chosen = torch.tensor(list(rows), device=self._device)
        cache = copy.deepcopy(state.cache)
        cache.batch_select_indices(chosen)
        encoded = None if state.encoded is None else state.encoded[chosen]
        return _State(cache, state.mask[chosen], encoded)

    @torch.inference_mode()
    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        """Forced decoding, one row a pass."""
        return [self._score(i, t) for i, t in zip(inputs, targets, strict=True)]

    def _advance(
        self, state: _State, ids: torch.Tensor, new_mask: torch.Tensor
    ) -> tuple[Logits, _State]:
        # The cache of transformers grows in place; a copy keeps the state that came in as it was.
        cache = copy.deepcopy(state.cache)
        if self._seq2seq:
            mask = state.mask
            output = self._model(
                encoder_outputs=(state.encoded,),
                attention_mask=mask,
                decoder_input_ids=ids,
                past_key_values=cache,
                use_cache=True,
            )
        else:
            mask = torch.cat([state.mask, new_mask], dim=1)
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
            output = self._model(
                ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        logits: Logits = output.logits[:, -1].float().cpu().numpy().astype(np.float32)
        return logits, _State(output.past_key_values, mask, state.encoded)

    def _score(self, tokens: Tokens, target: Tokens) -> float:
        wanted = torch.tensor([list(target)], device=self._device)
        read = torch.tensor([list(tokens)], device=self._device)
        if self._seq2seq:
            logits = self._model(input_ids=read, labels=wanted).logits[0]
        else:
            logits = self._model(torch.cat([read, wanted], dim=1)).logits[0]
            logits = logits[len(tokens) - 1 : -1]
        log_probs = logits.float().log_softmax(-1)
        return float(log_probs.gather(1, wanted[0][:, None]).sum())

    def _padded(self, rows: Sequence[Tokens], left: bool) -> tuple[torch.Tensor, torch.Tensor]:
        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self._pad, device=self._device)
        mask = torch.zeros_like(ids)
        for i, row in enumerate(rows):
            place = slice(longest - len(row), None) if left else slice(0, len(row))
            ids[i, place] = torch.tensor(list(row), device=self._device)
            mask[i, place] = 1
        return ids, mask

"""Any checkpoint of transformers, prefix language model or encoder-decoder, on torch."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
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
from postedit.models.torch_cache import gathered, joined, selected, shared


@dataclass(frozen=True, slots=True)
class _State:
    """`mask[i]` has ones where the cache holds tokens of row i, which stand together.

    `before` of them are no target tokens: the prompt, or the token that starts a decoder.
    `source` is the mask of `encoded`, what an encoder made of the inputs.
    """

    cache: Any
    mask: torch.Tensor
    before: torch.Tensor
    encoded: torch.Tensor | None = None
    source: torch.Tensor | None = None

    @property
    def lengths(self) -> torch.Tensor:
        return self.mask.sum(dim=1)


class TorchBackend:
    """A checkpoint in float32; causal prompts are padded left, encoder inputs right."""

    def __init__(self, name: str, adapter: Path | None = None):
        try:
            config = AutoConfig.from_pretrained(name)
            self._tokenizer = AutoTokenizer.from_pretrained(name)
            self._seq2seq = bool(config.is_encoder_decoder)
            auto = AutoModelForSeq2SeqLM if self._seq2seq else AutoModelForCausalLM
            model = auto.from_pretrained(name, dtype=torch.float32)
            if adapter is not None:
                model.load_adapter(str(adapter))
            # Of an encoder-decoder's positions only relative ones can start elsewhere in each row.
            self._ragged = not self._seq2seq or hasattr(config, "relative_attention_num_buckets")
        except (OSError, ValueError) as error:
            raise ModelError(f"{name}: cannot be loaded: {error}") from error
        self._model: PreTrainedModel = model.eval()
        # The parameter's name changed within transformers 5.
        known = inspect.signature(self._model.forward).parameters
        self._cache = "cache" if "cache" in known else "past_key_values"
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
        ids, mask = self._padded(inputs, left=not self._seq2seq)
        if not self._seq2seq:
            logits, state = self._advance(_State(None, mask[:, :0], mask.sum(1)), ids, mask, last=1)
            return logits[:, -1], state
        encoded = self._model.get_encoder()(input_ids=ids, attention_mask=mask).last_hidden_state
        first = torch.full_like(ids[:, :1], int(self._model.config.decoder_start_token_id))
        one = torch.ones_like(first)
        logits, state = self._advance(
            _State(None, one[:, :0], one[:, 0], encoded, mask), first, one
        )
        return logits[:, -1], state

    def step(self, state: _State, tokens: Tokens) -> tuple[Logits, _State]:
        """Append one token to each row."""
        logits, after = self.extend(state, [[token] for token in tokens])
        return logits[:, 0], after

    @torch.inference_mode()
    def extend(self, state: _State, tokens: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Append several tokens to each row.

        Where positions are absolute (BART, Marian), rows of each length have a pass of their own.
        """
        ids, mask = self._padded(tokens, left=False)
        lengths = state.lengths
        if self._ragged or bool((lengths == lengths[0]).all()):
            return self._advance(_dense(state), ids, mask)
        groups = [
            torch.nonzero(lengths == length)[:, 0] for length in sorted(set(lengths.tolist()))
        ]
        parts = [
            self._advance(_dense(_kept(state, rows)), ids[rows], mask[rows]) for rows in groups
        ]
        order = torch.cat(groups).argsort()
        logits = np.concatenate([logits for logits, _ in parts])[order.cpu().numpy()]
        return logits, _joined([_dense(after) for _, after in parts], order)

    def rewind(self, state: _State, lengths: Sequence[int]) -> _State:
        """Forget target tokens: no more than their places in the mask."""
        left = state.before + torch.tensor(list(lengths), device=self._device)
        mask = state.mask * (state.mask.cumsum(dim=1) <= left[:, None])
        return replace(state, mask=mask)

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        """The state of the given rows alone."""
        return _kept(state, torch.tensor(list(rows), device=self._device))

    @torch.inference_mode()
    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        """Forced decoding, one row a pass."""
        return [self._score(i, t) for i, t in zip(inputs, targets, strict=True)]

    def _advance(
        self, state: _State, ids: torch.Tensor, new_mask: torch.Tensor, last: int = 0
    ) -> tuple[Logits, _State]:
        cache = shared(state.cache)
        mask = torch.cat([state.mask, new_mask], dim=1)
        if self._seq2seq:
            output = self._model(
                encoder_outputs=(state.encoded,),
                attention_mask=state.source,
                decoder_input_ids=ids,
                decoder_attention_mask=mask,
                **{self._cache: cache},
                use_cache=True,
            )
        else:
            positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
            output = self._model(
                ids,
                attention_mask=mask,
                position_ids=positions,
                **{self._cache: cache},
                use_cache=True,
                logits_to_keep=last,
            )
        logits: Logits = output.logits.float().cpu().numpy().astype(np.float32, copy=False)
        return logits, replace(state, cache=output[self._cache], mask=mask)

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


def _kept(state: _State, rows: torch.Tensor) -> _State:
    return _State(
        selected(state.cache, rows),
        state.mask[rows],
        state.before[rows],
        None if state.encoded is None else state.encoded[rows],
        None if state.source is None else state.source[rows],
    )


def _dense(state: _State) -> _State:
    """The state whose rows all end at the end of the cache, the longest filling all of it."""
    lengths = state.lengths
    longest, width = int(lengths.max()), state.mask.shape[1]
    if longest == width and bool(state.mask[:, -1].all()):
        return state
    steps = torch.arange(width, device=state.mask.device)
    ends = ((steps + 1) * state.mask).amax(dim=1)
    places = ends[:, None] - longest + steps[:longest]
    mask = (steps[:longest] >= longest - lengths[:, None]).to(state.mask.dtype)
    return replace(state, cache=gathered(state.cache, places.clamp(min=0)), mask=mask)


def _joined(parts: Sequence[_State], order: torch.Tensor) -> _State:
    """The rows of several dense states one after the other, then reordered."""
    longest = max(part.mask.shape[1] for part in parts)
    caches, masks = [], []
    for part in parts:
        missing = longest - part.mask.shape[1]
        places = (torch.arange(longest, device=order.device) - missing).clamp(min=0)
        caches.append(gathered(part.cache, places.expand(len(part.mask), -1)))
        masks.append(torch.nn.functional.pad(part.mask, (missing, 0)))
    whole = _State(joined(caches, order), torch.cat(masks)[order], _rows(parts, "before", order))
    return replace(
        whole, encoded=_rows(parts, "encoded", order), source=_rows(parts, "source", order)
    )


def _rows(parts: Sequence[_State], field: str, order: torch.Tensor) -> torch.Tensor:
    return torch.cat([getattr(part, field) for part in parts])[order]

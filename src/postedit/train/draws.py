"""Many texts drawn at once from the model that is being trained.

Generation as transformers does it is slow where a thousand short rows are wanted after every step
of the optimiser: each token costs it some thousand small operations. Here a Llama's own matrices
are laid out anew for each round of drawing (rounded as they act, joined where they share an input),
and rows that have ended are dropped from the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from postedit.errors import ConfigError
from postedit.train.rounded import acting_weight

T = TypeVar("T")
Pick = Callable[[torch.Tensor], torch.Tensor]

# Rows that have ended are looked for once in so many tokens: each look waits for the device.
_LOOK = 8


@dataclass(frozen=True, slots=True)
class Draw:
    """One text as token ids, without the end; `finished` says whether it came to one."""

    tokens: list[int]
    finished: bool


def greedy(logits: torch.Tensor) -> torch.Tensor:
    """The likeliest token of each row of (rows, vocabulary) logits."""
    return logits.argmax(-1)


def drawn(temperature: float, floor: float, generator: torch.Generator) -> Pick:
    """A choice by probability, among the tokens that have at least `floor` (Hewitt et al. 2022)."""

    def pick(logits: torch.Tensor) -> torch.Tensor:
        chances = logits.softmax(-1)
        best = chances.amax(-1, keepdim=True)
        chances = chances.where((chances >= floor) | (chances == best), 0.0)
        chances = chances.pow(1 / temperature)
        return torch.multinomial(chances, 1, generator=generator)[:, 0]

    return pick


class Drawer:
    """A Llama as it stands now, ready to write; ConfigError for any other model."""

    def __init__(self, model: PreTrainedModel, dtype: torch.dtype) -> None:
        if model.config.model_type != "llama":
            raise ConfigError(f"a {model.config.model_type} model; only llama can draw")
        body = model.base_model
        self._config, self._rotary, self._dtype = model.config, body.rotary_emb, dtype
        self._embeddings = body.embed_tokens.weight.detach().to(dtype)
        self._head = acting_weight(model.get_output_embeddings()).to(dtype)
        self._norm = body.norm.weight.detach().to(dtype)
        self._layers = [_Layer.of(layer, model.config, dtype) for layer in body.layers]
        self.device = self._embeddings.device

    @torch.no_grad()
    def draw(
        self, prompts: Sequence[Sequence[int]], count: int, limits: Sequence[int], pick: Pick
    ) -> list[list[Draw]]:
        """`count` texts for each prompt, each of at most its prompt's number of tokens in `limits`.

        `pick` chooses a token for each row of (rows, vocabulary) logits in float32.
        """
        width, rows = max(map(len, prompts)), len(prompts) * count
        state = self._state(prompts, width, width + max(limits))
        logits = self._read(state, prompts, width).repeat_interleave(count, 0)
        state.spread(count)
        ends = [limit for limit in limits for _ in range(count)]
        return grouped(self._write(state, logits, width, ends, pick, rows), count)

    def _write(
        self,
        state: _State,
        logits: torch.Tensor,
        width: int,
        ends: list[int],
        pick: Pick,
        rows: int,
    ) -> list[Draw]:
        stop = self._config.eos_token_id
        written = torch.full((rows, max(ends)), stop, device=self.device)
        left, limit = torch.arange(rows, device=self.device), torch.tensor(ends, device=self.device)
        open_ = torch.ones(rows, dtype=torch.bool, device=self.device)
        for step in range(max(ends)):
            tokens = pick(logits).where(open_, stop)
            written[left, step] = tokens
            open_ = open_ & (tokens != stop) & (step + 1 < limit)
            if step % _LOOK == _LOOK - 1:
                going = int(open_.sum())
                if not going:
                    break
                if going < 0.6 * len(left):
                    state.keep(open_)
                    tokens, left, limit = tokens[open_], left[open_], limit[open_]
                    open_ = open_[open_]
            logits = self._step(state, tokens, width + step)
        return [_cut(row, end, stop) for row, end in zip(written.tolist(), ends, strict=True)]

    def _state(self, prompts: Sequence[Sequence[int]], width: int, length: int) -> _State:
        config = self._config
        heads = config.num_key_value_heads
        depth = config.hidden_size // config.num_attention_heads
        shape = (config.num_hidden_layers, 2, len(prompts), heads, length, depth)
        starts = torch.tensor([width - len(prompt) for prompt in prompts], device=self.device)
        places = torch.arange(length, device=self.device)
        seen = (places >= starts[:, None]) & (places < width)
        return _State(torch.zeros(shape, dtype=self._dtype, device=self.device), seen, starts)

    def _read(self, state: _State, prompts: Sequence[Sequence[int]], width: int) -> torch.Tensor:
        """Take in the prompts, filled up on the left, and give the logits behind each."""
        filled = [[0] * (width - len(prompt)) + list(prompt) for prompt in prompts]
        places = torch.arange(width, device=self.device)
        # A place that fills up sees itself, so that no row of the attention is empty.
        before, own = places <= places[:, None], places == places[:, None]
        seen = (state.seen[:, None, :width] & before) | own
        positions = (places - state.starts[:, None]).clamp(0)
        ids = torch.tensor(filled, device=self.device)
        return self._forward(state, ids, positions, seen[:, None])

    def _step(self, state: _State, tokens: torch.Tensor, place: int) -> torch.Tensor:
        state.seen[:, place] = True
        seen = state.seen[:, None, None, : place + 1]
        return self._forward(state, tokens[:, None], place - state.starts[:, None], seen)

    def _forward(
        self, state: _State, ids: torch.Tensor, positions: torch.Tensor, seen: torch.Tensor
    ) -> torch.Tensor:
        """Logits in float32 behind the last of `ids`; `seen` is (rows, 1, new, all so far)."""
        hidden = functional.embedding(ids, self._embeddings)
        view = _View(self._rotary(hidden, positions), seen)
        for layer, known in zip(self._layers, state.known, strict=True):
            hidden = layer(hidden, known, view)
        last = functional.rms_norm(
            hidden[:, -1], self._norm.shape, self._norm, self._config.rms_norm_eps
        )
        return functional.linear(last, self._head).float()


@dataclass(slots=True)
class _State:
    """What the rows have read: keys and values by layer, where they count, and where rows start."""

    known: torch.Tensor
    seen: torch.Tensor
    starts: torch.Tensor

    def spread(self, count: int) -> None:
        """Each row `count` times."""
        self.known = self.known.repeat_interleave(count, 2)
        self.seen = self.seen.repeat_interleave(count, 0)
        self.starts = self.starts.repeat_interleave(count, 0)

    def keep(self, rows: torch.Tensor) -> None:
        """Only the rows that are marked."""
        self.known = self.known[:, :, rows]
        self.seen, self.starts = self.seen[rows], self.starts[rows]


@dataclass(frozen=True, slots=True)
class _View:
    """What all layers share in one pass: how places turn, and which are seen from the new ones."""

    turn: tuple[torch.Tensor, torch.Tensor]
    seen: torch.Tensor


@dataclass(frozen=True, slots=True)
class _Layer:
    """The matrices of one layer; what reads the same input stands in one."""

    config: Any
    before: torch.Tensor
    query_key_value: torch.Tensor
    out: torch.Tensor
    after: torch.Tensor
    gate_up: torch.Tensor
    down: torch.Tensor

    @classmethod
    def of(cls, layer: Any, config: Any, dtype: torch.dtype) -> _Layer:
        attention, mlp = layer.self_attn, layer.mlp

        def joined(*modules: Any) -> torch.Tensor:
            return torch.cat([acting_weight(module).to(dtype) for module in modules])

        return cls(
            config=config,
            before=layer.input_layernorm.weight.detach().to(dtype),
            query_key_value=joined(attention.q_proj, attention.k_proj, attention.v_proj),
            out=joined(attention.o_proj),
            after=layer.post_attention_layernorm.weight.detach().to(dtype),
            gate_up=joined(mlp.gate_proj, mlp.up_proj),
            down=joined(mlp.down_proj),
        )

    def __call__(self, hidden: torch.Tensor, known: torch.Tensor, view: _View) -> torch.Tensor:
        eps = self.config.rms_norm_eps
        normed = functional.rms_norm(hidden, self.before.shape, self.before, eps)
        hidden = hidden + self._attend(normed, known, view)
        normed = functional.rms_norm(hidden, self.after.shape, self.after, eps)
        gate, up = functional.linear(normed, self.gate_up).chunk(2, -1)
        return hidden + functional.linear(functional.silu(gate) * up, self.down)

    def _attend(self, normed: torch.Tensor, known: torch.Tensor, view: _View) -> torch.Tensor:
        rows, new = normed.shape[:2]
        heads, shared = self.config.num_attention_heads, self.config.num_key_value_heads
        depth = self.config.hidden_size // heads
        made = functional.linear(normed, self.query_key_value)
        made = made.view(rows, new, heads + 2 * shared, depth).transpose(1, 2)
        query, key, value = torch.split(made, [heads, shared, shared], 1)
        query, key = apply_rotary_pos_emb(query, key, *view.turn)
        end = view.seen.shape[-1]
        known[0, :, :, end - new : end], known[1, :, :, end - new : end] = key, value
        # The heads that share a key stand as more queries of one head: nothing is copied.
        group = heads // shared
        found = functional.scaled_dot_product_attention(
            query.reshape(rows, shared, group * new, depth),
            known[0, :, :, :end],
            known[1, :, :, :end],
            attn_mask=view.seen.repeat(1, 1, group, 1),
        )
        found = found.reshape(rows, heads, new, depth).transpose(1, 2)
        return functional.linear(found.reshape(rows, new, -1), self.out)


def _cut(row: list[int], limit: int, stop: int) -> Draw:
    tokens = row[:limit]
    finished = stop in tokens
    return Draw(tokens[: tokens.index(stop)] if finished else tokens, finished)


def grouped(found: Sequence[T], count: int) -> list[list[T]]:
    """The draws of each prompt together, out of those of all in a row."""
    return [list(found[first : first + count]) for first in range(0, len(found), count)]

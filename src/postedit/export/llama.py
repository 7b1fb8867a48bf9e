"""A prefix language model of the Llama family as an ONNX graph.

GroupQueryAttention, the usual choice, takes several new tokens behind a cache for one row only, and
a row's tokens must stand together. Here the caller says which position each token has and which
tokens it sees. So rows of any length go on by any number of tokens in one pass, what a search gave
up stays in the cache unseen (postedit/models/places.py), and logits are made only where wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from postedit.errors import ModelError
from postedit.export.nodes import GraphWriter

# No prompt and target together are longer: the tables of rotations end there.
_POSITIONS = 2048


class LlamaWriter:
    """Writes the graph of one checkpoint: its configuration and its weights by name."""

    def __init__(self, config: Any, weights: Mapping[str, NDArray[np.float32]]):
        rope = dict(config.rope_parameters or {})
        if config.model_type != "llama" or config.hidden_act != "silu" or config.attention_bias:
            raise ModelError(f"a {config.model_type} model cannot be exported; only llama and t5")
        if rope.get("rope_type", "default") != "default":
            raise ModelError(f"positions of kind {rope['rope_type']} cannot be exported")
        self._config = config
        self._weights = weights
        self._theta = float(rope["rope_theta"])

    def model(self) -> onnx.ModelProto:
        """The graph.

        In: input_ids and position_ids (rows, width), seen (rows, 1, width, past + width), true
        where a new token may look, past_key_values.*, and wanted (n, 2), the row and column of
        tokens. Out: their logits (n, vocabulary), and present.* for the next pass.
        """
        graph = GraphWriter("causal")
        ids = graph.input("input_ids", "int", ["rows", "width"])
        positions = graph.input("position_ids", "int", ["rows", "width"])
        seen = graph.input("seen", "bool", ["rows", 1, "width", "total"])
        wanted = graph.input("wanted", "int", ["wanted", 2])
        # The embeddings are the last matrix read by rows: one copy serves both.
        head = "model.embed_tokens" if self._config.tie_word_embeddings else "lm_head"
        last = graph.constant("lm_head.MatMul.weight", self._weights[f"{head}.weight"].T)
        table = graph.op("Transpose", [last], perm=[1, 0])
        if not self._config.tie_word_embeddings:
            table = graph.constant(
                "model.embed_tokens.weight", self._weights["model.embed_tokens.weight"]
            )
        value, change = graph.op("Gather", [table, ids]), ""
        for layer in range(self._config.num_hidden_layers):
            name = f"model.layers.{layer}"
            normal, value = self._norm(graph, value, change, f"{name}.input_layernorm")
            found = self._attention(graph, normal, layer, positions, seen)
            normal, value = self._norm(graph, value, found, f"{name}.post_attention_layernorm")
            change = self._dense(graph, normal, name)
        normal, _ = self._norm(graph, value, change, "model.norm")
        chosen = graph.op("GatherND", [normal, wanted])
        logits = graph.op("MatMul", [chosen, last])
        graph.output(logits, "logits", ["wanted", self._config.vocab_size])
        return graph.model()

    def _attention(
        self, graph: GraphWriter, value: str, layer: int, positions: str, seen: str
    ) -> str:
        config, name = self._config, f"model.layers.{layer}"
        heads, pairs, width = config.num_attention_heads, config.num_key_value_heads, self._width
        parts = [self._weights[f"{name}.self_attn.{one}_proj.weight"] for one in "qkv"]
        joined = graph.product(value, f"{name}.attn.qkv_proj", np.concatenate(parts))
        sizes = np.array([heads, pairs, pairs], np.int64) * width
        query, key, kept = graph.ops(
            "Split", [joined, graph.constant("attention.widths", sizes)], 3, axis=-1
        )
        query = self._rotated(graph, query, positions, heads)
        key = self._rotated(graph, key, positions, pairs)
        shape: list[int | str] = ["rows", pairs, "past", width]
        past = [
            graph.input(f"past_key_values.{layer}.{part}", "float", shape)
            for part in ("key", "value")
        ]
        found, *present = graph.ops(
            "Attention",
            [query, key, kept, seen, *past],
            3,
            q_num_heads=heads,
            kv_num_heads=pairs,
            scale=float(width**-0.5),
        )
        for part, one in zip(("key", "value"), present, strict=True):
            graph.output(one, f"present.{layer}.{part}", ["rows", pairs, "total", width])
        last = self._weights[f"{name}.self_attn.o_proj.weight"]
        return graph.product(found, f"{name}.attn.o_proj", last)

    def _rotated(self, graph: GraphWriter, value: str, positions: str, heads: int) -> str:
        # Rotary embeddings (Su et al. 2021).
        rates = self._theta ** -(np.arange(0, self._width, 2, dtype=np.float64) / self._width)
        most = min(_POSITIONS, self._config.max_position_embeddings)
        angles = np.arange(most)[:, None] * rates
        tables = [
            graph.constant("cos_cache", np.cos(angles).astype(np.float32)),
            graph.constant("sin_cache", np.sin(angles).astype(np.float32)),
        ]
        return graph.op("RotaryEmbedding", [value, *tables, positions], num_heads=heads)

    def _dense(self, graph: GraphWriter, value: str, name: str) -> str:
        gate, up, down = (f"{name}.mlp.{one}_proj" for one in ("gate", "up", "down"))
        gated = graph.product(value, gate, self._weights[f"{gate}.weight"])
        gated = graph.op("Mul", [gated, graph.op("Sigmoid", [gated])])
        other = graph.product(value, up, self._weights[f"{up}.weight"])
        both = graph.op("Mul", [gated, other])
        return graph.product(both, down, self._weights[f"{down}.weight"])

    def _norm(self, graph: GraphWriter, value: str, change: str, name: str) -> tuple[str, str]:
        """`value + change`, normalised and as it is."""
        scale = graph.constant(f"{name}.weight", self._weights[f"{name}.weight"])
        epsilon = float(self._config.rms_norm_eps)
        if not change:
            normal = graph.op("RMSNormalization", [value, scale], epsilon=epsilon, axis=-1)
            return normal, value
        normal, _, _, whole = graph.ops(
            "SkipSimplifiedLayerNormalization",
            [value, change, scale],
            4,
            domain="com.microsoft",
            epsilon=epsilon,
        )
        return normal, whole

    @property
    def _width(self) -> int:
        return int(self._config.head_dim)

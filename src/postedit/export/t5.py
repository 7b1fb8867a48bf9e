"""An encoder-decoder of the T5 family as two ONNX graphs: one reads the mt, one writes the pe.

Positions are relative, so the caller gives the bucket of each distance; a row's tokens may then
stand anywhere in the cache (postedit/models/places.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from postedit.errors import ModelError
from postedit.export.nodes import GraphWriter

Weights = Mapping[str, NDArray[np.float32]]

_UNSEEN = -1e9


class T5Writer:
    """Writes the graphs of one checkpoint: its configuration and its weights by name."""

    def __init__(self, config: Any, weights: Weights):
        if config.model_type != "t5":
            raise ModelError(f"a {config.model_type} model cannot be exported; only llama and t5")
        if config.dense_act_fn not in ("relu", "gelu_new"):
            raise ModelError(f"activation {config.dense_act_fn}: only relu and gelu_new are known")
        self._config = config
        self._weights = weights

    def encoder(self) -> onnx.ModelProto:
        """input_ids, seen, buckets in; what every layer of the decoder looks at out."""
        graph = GraphWriter("encoder")
        ids = graph.input("input_ids", "int", ["rows", "columns"])
        seen = graph.input("seen", "bool", ["rows", 1, 1, "columns"])
        buckets = graph.input("buckets", "int", ["columns", "columns"])
        mask = self._mask(graph, "encoder", seen, buckets)
        value = self._embedded(graph, ids)
        for layer in range(self._config.num_layers):
            block = f"encoder.block.{layer}.layer"
            normal = self._norm(graph, value, f"{block}.0")
            found, _, _ = self._self_attention(graph, normal, f"{block}.0.SelfAttention", mask, [])
            value = self._dense(graph, graph.op("Add", [value, found]), f"{block}.1")
        value = self._norm(graph, value, "encoder.final")
        inner = self._config.num_heads * self._config.d_kv
        for layer in range(self._config.num_decoder_layers):
            name = f"decoder.block.{layer}.layer.1.EncDecAttention"
            for part, short in (("key", "k"), ("value", "v")):
                made = self._product(graph, value, f"{name}.{short}")
                graph.output(made, f"cross.{layer}.{part}", ["rows", "columns", inner])
        return graph.model()

    def decoder(self) -> onnx.ModelProto:
        """New tokens and caches in; logits of the wanted tokens and longer caches out."""
        config = self._config
        inner = config.num_heads * config.d_kv
        graph = GraphWriter("decoder")
        ids = graph.input("input_ids", "int", ["rows", "width"])
        seen = graph.input("seen", "bool", ["rows", 1, "width", "total"])
        buckets = graph.input("buckets", "int", ["rows", "width", "total"])
        source = graph.input("source_seen", "bool", ["rows", 1, "width", "columns"])
        wanted = graph.input("wanted", "int", ["wanted", 2])
        mask = self._mask(graph, "decoder", seen, buckets)
        value = self._embedded(graph, ids)
        for layer in range(config.num_decoder_layers):
            past = [
                graph.input(
                    f"past_key_values.{layer}.{part}",
                    "float",
                    ["rows", config.num_heads, "past", config.d_kv],
                )
                for part in ("key", "value")
            ]
            cross = [
                graph.input(f"cross.{layer}.{part}", "float", ["rows", "columns", inner])
                for part in ("key", "value")
            ]
            block = f"decoder.block.{layer}.layer"
            normal = self._norm(graph, value, f"{block}.0")
            found, *present = self._self_attention(
                graph, normal, f"{block}.0.SelfAttention", mask, past
            )
            for part, name in zip(("key", "value"), present, strict=True):
                shape = ["rows", config.num_heads, "total", config.d_kv]
                graph.output(name, f"present.{layer}.{part}", shape)
            value = graph.op("Add", [value, found])
            normal = self._norm(graph, value, f"{block}.1")
            name = f"{block}.1.EncDecAttention"
            query = self._product(graph, normal, f"{name}.q")
            found = self._attend(graph, [query, *cross, source])[0]
            value = graph.op("Add", [value, self._product(graph, found, f"{name}.o")])
            value = self._dense(graph, value, f"{block}.2")
        self._logits(graph, value, wanted)
        return graph.model()

    def _logits(self, graph: GraphWriter, value: str, wanted: str) -> None:
        chosen = graph.op("GatherND", [self._norm(graph, value, "decoder.final"), wanted])
        if self._config.scale_decoder_outputs:
            scale = np.array(self._config.d_model**-0.5, np.float32)
            chosen = graph.op("Mul", [chosen, graph.constant("scale", scale)])
        logits = self._product(graph, chosen, "lm_head")
        graph.output(logits, "logits", ["wanted", self._config.vocab_size])

    def _mask(self, graph: GraphWriter, part: str, seen: str, buckets: str) -> str:
        # One table for all layers: added to scores, far below nought where nothing may be seen.
        table = f"{part}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        bias = graph.op("Gather", [graph.constant(table, self._weights[table]), buckets], axis=0)
        if part == "encoder":
            zero = graph.constant("axis", np.array([0], np.int64))
            bias = graph.op("Unsqueeze", [bias, zero])
        bias = graph.op("Transpose", [bias], perm=[0, 3, 1, 2])
        unseen = graph.constant("unseen", np.array(_UNSEEN, np.float32))
        return graph.op("Where", [seen, bias, unseen])

    def _self_attention(
        self, graph: GraphWriter, value: str, name: str, mask: str, past: list[str]
    ) -> tuple[str, str, str]:
        parts = [self._product(graph, value, f"{name}.{short}") for short in "qkv"]
        found, key, kept = self._attend(graph, [*parts, mask, *past])
        return self._product(graph, found, f"{name}.o"), key, kept

    def _attend(self, graph: GraphWriter, inputs: list[str]) -> list[str]:
        # T5 does not scale its scores. The cache comes out where one went in.
        heads = self._config.num_heads
        outputs = 3 if len(inputs) > 4 else 1
        found = graph.ops(
            "Attention", inputs, outputs, q_num_heads=heads, kv_num_heads=heads, scale=1.0
        )
        return [*found, "", ""][:3]

    def _dense(self, graph: GraphWriter, value: str, name: str) -> str:
        normal = self._norm(graph, value, name)
        layer = f"{name}.DenseReluDense"
        first = "wi_0" if self._config.is_gated_act else "wi"
        hidden = self._product(graph, normal, f"{layer}.{first}")
        if self._config.dense_act_fn == "relu":
            hidden = graph.op("Relu", [hidden])
        else:
            hidden = graph.op("Gelu", [hidden], approximate="tanh")
        if self._config.is_gated_act:
            hidden = graph.op("Mul", [hidden, self._product(graph, normal, f"{layer}.wi_1")])
        return graph.op("Add", [value, self._product(graph, hidden, f"{layer}.wo")])

    def _norm(self, graph: GraphWriter, value: str, name: str) -> str:
        key = f"{name}_layer_norm.weight" if name.endswith("final") else f"{name}.layer_norm.weight"
        return graph.op(
            "RMSNormalization",
            [value, graph.constant(key, self._weights[key])],
            epsilon=self._config.layer_norm_epsilon,
            axis=-1,
        )

    def _embedded(self, graph: GraphWriter, ids: str) -> str:
        table = graph.constant("shared.weight", self._weights["shared.weight"])
        return graph.op("Gather", [table, ids])

    def _product(self, graph: GraphWriter, value: str, name: str) -> str:
        return graph.product(value, name, self._weights[f"{name}.weight"])

"""Read the weights of an exported model folder back into a Llama on torch.

Training can then go on from the model that the package carries, and an adapter learns beside the
very weights that it will run with, rounding and all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)

from postedit.errors import ModelError
from postedit.models.manifest import read_manifest

_QKV = ("q_proj", "k_proj", "v_proj")


def load_exported(folder: Path) -> tuple[LlamaForCausalLM, PreTrainedTokenizerBase]:
    """The model of a folder that `postedit export` wrote, in float32, and its tokenizer.

    Raises ModelError if the folder lacks the `config.json` of its checkpoint, or if a weight of
    the model is nowhere in the graph.
    """
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder}: no config.json: exported by an older postedit; export it anew")
    config = LlamaConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
    model = LlamaForCausalLM(config)
    manifest = read_manifest(folder)
    weights = dequantised(folder / manifest.file, config)
    missing = model.load_state_dict(weights, strict=False).missing_keys
    if set(missing) - {"lm_head.weight"}:
        raise ModelError(f"{folder}: the graph lacks {', '.join(sorted(missing)[:3])}")
    model.tie_weights()
    return model.float(), _tokenizer(folder / "tokenizer.json", manifest.end)


def _tokenizer(file: Path, end: int) -> PreTrainedTokenizerBase:
    # The file alone does not say which token ends a text.
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file))
    tokenizer.eos_token = tokenizer.pad_token = tokenizer.convert_ids_to_tokens(end)
    return tokenizer


def dequantised(file: Path, config: LlamaConfig) -> dict[str, torch.Tensor]:
    """State dict of a Llama, in float32, out of the graph that onnxruntime-genai built."""
    graph = onnx.load(str(file)).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    weights: dict[str, NDArray[Any]] = {}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in arrays:
            # Scales that are kept in half precision.
            arrays[node.output[0]] = arrays[node.input[0]]
        if node.op_type == "MatMulNBits":
            weights |= _named(node.input[1], matrix(node, arrays), config)
    last = f"layers.{config.num_hidden_layers}."
    for name, array in arrays.items():
        if name.endswith("norm.weight"):
            weights["model.norm.weight" if last in name else name] = array
    return {
        name: torch.tensor(np.ascontiguousarray(value), dtype=torch.float32)
        for name, value in weights.items()
    }


def matrix(node: onnx.NodeProto, arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """The (outputs, inputs) matrix of a MatMulNBits node: blocks of 4 or 8 bits with a scale each.

    Two values of 4 bits share a byte, the first in the lower half; without zero points of its own
    a block is centred on half the range (operator specification of ONNX Runtime's contrib set).
    """
    sizes = {one.name: one.i for one in node.attribute}
    rows, columns, bits = sizes["N"], sizes["K"], sizes.get("bits", 4)
    blocks = -(-columns // sizes["block_size"])
    values = _unpacked(arrays[node.input[1]].reshape(rows, blocks, -1), bits)
    scales = arrays[node.input[2]].astype(np.float32).reshape(rows, blocks, 1)
    zero: NDArray[np.float32] | float = float(2 ** (bits - 1))
    if len(node.input) > 3 and node.input[3]:
        packed = arrays[node.input[3]].reshape(rows, -1)
        zero = _unpacked(packed, bits)[:, :blocks].reshape(rows, blocks, 1)
    return ((values - zero) * scales).reshape(rows, -1)[:, :columns]


def _unpacked(packed: NDArray[np.uint8], bits: int) -> NDArray[np.float32]:
    if bits == 8:
        return packed.astype(np.float32)
    halves = np.stack([packed & 15, packed >> 4], axis=-1)
    return halves.reshape(*packed.shape[:-1], -1).astype(np.float32)


def _named(
    initializer: str, weight: NDArray[np.float32], config: LlamaConfig
) -> dict[str, NDArray[np.float32]]:
    """The weight under the names of transformers; the builder joins query, key and value."""
    name = initializer.split(".MatMul.")[0].replace(".attn.", ".self_attn.")
    if name == "lm_head":
        # One matrix for both ends of the model (tied).
        return {"model.embed_tokens.weight": weight}
    if not name.endswith("qkv_proj"):
        return {f"{name}.weight": weight}
    width, pairs = config.head_dim, config.num_key_value_heads
    heads = (config.num_attention_heads, pairs, pairs)
    cuts = np.cumsum([width * count for count in heads])[:-1]
    parts = zip(_QKV, np.split(weight, cuts), strict=True)
    return {f"{name.replace('qkv_proj', part)}.weight": rows for part, rows in parts}

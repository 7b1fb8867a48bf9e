"""Put the low-rank updates of an adapter beside the quantised matrices of an exported graph.

The grafted graph holds the updates (a few megabytes) and still points at the weights of the model
that it was made for, which ONNX Runtime finds by that model's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from postedit.errors import ModelError

_QKV = ("q_proj", "k_proj", "v_proj")


@dataclass(frozen=True, slots=True)
class Update:
    """A low-rank update (Hu et al. 2022): a layer gains `x @ down @ up`.

    Shapes: down (inputs, rank), up (rank, outputs), the scale already in `up`.
    """

    down: NDArray[np.float32]
    up: NDArray[np.float32]


def graft(file: Path, updates: Mapping[str, Update], output: Path) -> None:
    """Write the graph of `file` with `updates`, by layer name of transformers, to `output`.

    Raises ModelError if a layer of the updates is not in the graph.
    """
    model = onnx.load(str(file), load_external_data=False)
    left = set(updates)
    nodes: list[onnx.NodeProto] = []
    for node in model.graph.node:
        nodes.append(node)
        if node.op_type != "MatMulNBits":
            continue
        layer = node.input[1].split(".MatMul.")[0].replace(".attn.", ".self_attn.")
        parts = [layer.replace("qkv_proj", one) for one in _QKV] if "qkv" in layer else [layer]
        if left.isdisjoint(parts):
            continue
        if missing := set(parts) - left:
            raise ModelError(f"the adapter updates a part of {layer}: {min(missing)} is missing")
        left -= set(parts)
        nodes += _beside(node, _joined([updates[one] for one in parts]), layer, model.graph)
    if left:
        raise ModelError(f"{file}: the graph has no layer {', '.join(sorted(left)[:3])}")
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    output.write_bytes(model.SerializeToString())


def _joined(updates: list[Update]) -> Update:
    """One update of matrices that the graph has side by side in one."""
    down = np.concatenate([one.down for one in updates], axis=1)
    up = np.zeros((down.shape[1], sum(one.up.shape[1] for one in updates)), np.float32)
    row = column = 0
    for one in updates:
        height, width = one.up.shape
        up[row : row + height, column : column + width] = one.up
        row, column = row + height, column + width
    return Update(down, up)


def _beside(
    node: onnx.NodeProto, update: Update, layer: str, graph: onnx.GraphProto
) -> list[onnx.NodeProto]:
    """The nodes that add the update to the output of `node`, whose name they take over."""
    for part, array in (("down", update.down), ("up", update.up)):
        array32 = np.ascontiguousarray(array, dtype=np.float32)
        graph.initializer.append(numpy_helper.from_array(array32, f"adapter.{layer}.{part}"))
    output, plain = node.output[0], f"{node.output[0]}/plain"
    low, change = f"{output}/low", f"{output}/change"
    node.output[0] = plain
    return [
        helper.make_node("MatMul", [node.input[0], f"adapter.{layer}.down"], [low]),
        helper.make_node("MatMul", [low, f"adapter.{layer}.up"], [change]),
        helper.make_node("Add", [plain, change], [output]),
    ]

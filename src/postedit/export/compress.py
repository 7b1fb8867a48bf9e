"""A float graph into one with small integer weights: its matrix products and its embeddings."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from postedit.export.rounding import Floats, Rounded, lost, round_matrix

Hessians = Mapping[str, NDArray[np.float64]]

logger = logging.getLogger(__name__)

# Sizes of block that the kernels know, the one with fewest scales first.
_BLOCKS = (32, 16)
# The kernels multiply in int8: activations are rounded in blocks too.
_ACCURACY = 4
# The rows of the smallest table that can be one of embeddings.
_VOCABULARY = 256
# A share of a matrix that is lost to the rounding of scales alone.
_LOSSLESS = 1e-5


def matrix_products(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The products of activations and a constant matrix whose inputs fit into blocks."""
    shapes = {one.name: list(one.dims) for one in graph.initializer}
    return [
        node
        for node in graph.node
        if node.op_type == "MatMul"
        and len(shape := shapes.get(node.input[1], [])) == 2
        and block_size(shape[0])
    ]


def block_size(inputs: int) -> int:
    """Inputs that share a scale; nought where no size of block fits."""
    return next((size for size in _BLOCKS if inputs % size == 0), 0)


def compress(model: onnx.ModelProto, budget: float, hessians: Hessians) -> None:
    """Round, in place, the constant matrices of `model` to 4 bits, and to 8 those that lose most.

    As many have 8 bits as fit into `budget` bytes. `hessians` are by the name of the activations
    that a product reads. Embeddings that are the matrix of a product too read the same numbers.
    """
    graph = model.graph
    constants = {one.name: one for one in graph.initializer}
    names = {node.input[1]: node.input[0] for node in matrix_products(graph)}
    tables = {name: numpy_helper.to_array(constants[name]) for name in _tables(graph, names)}
    alone = {name: round_matrix(one, 8, block_size(one.shape[1])) for name, one in tables.items()}
    weights = {
        name: np.ascontiguousarray(numpy_helper.to_array(constants[name]).T) for name in names
    }
    seen = {name: hessians.get(read) for name, read in names.items()}
    rounded = alone | _rounded(weights, seen, budget - sum(one.size for one in alone.values()))
    nodes = [
        _product(node, rounded[node.input[1]])
        if node.op_type == "MatMul" and node.input[1] in rounded
        else node
        for node in graph.node
    ]
    tensors = [t for name, one in rounded.items() for t in _tensors(name, one)]
    casts = [_cast(f"{name}.scales16", f"{name}.scales") for name in rounded]
    _replace(graph, [*casts, *_gathers(graph, nodes, rounded)], tensors, rounded)
    _opset(model)


def _tables(graph: onnx.GraphProto, products: Iterable[str]) -> list[str]:
    """Embeddings that no product shares: constants of many rows that are read by row."""
    large = {
        one.name
        for one in graph.initializer
        if len(one.dims) == 2 and one.dims[0] >= _VOCABULARY and block_size(one.dims[1])
    }
    read = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    return sorted((large & read) - set(products))


def _rounded(
    weights: Mapping[str, Floats],
    hessians: Mapping[str, NDArray[np.float64] | None],
    budget: float,
) -> dict[str, Rounded]:
    if budget == float("inf"):
        return {
            name: round_matrix(weight, 8, block_size(weight.shape[1]))
            for name, weight in weights.items()
        }
    rounded, losses = {}, {}
    for name, weight in weights.items():
        block = block_size(weight.shape[1])
        rounded[name] = round_matrix(weight, 4, block, hessians[name])
        losses[name] = lost(weight, rounded[name], hessians[name])
    left = budget - sum(one.size for one in rounded.values())
    for name in sorted(losses, key=lambda name: -losses[name]):
        finer = round_matrix(weights[name], 8, rounded[name].block)
        if losses[name] > _LOSSLESS and finer.size - rounded[name].size <= left:
            left -= finer.size - rounded[name].size
            rounded[name] = finer
        logger.info("%s: %d bits, %.5f lost at 4", name, rounded[name].bits, losses[name])
    return rounded


def _gathers(
    graph: onnx.GraphProto, nodes: Iterable[onnx.NodeProto], rounded: Mapping[str, Rounded]
) -> list[onnx.NodeProto]:
    turned = {
        node.output[0]: node.input[0]
        for node in graph.node
        if node.op_type == "Transpose" and node.input[0] in rounded
    }
    kept: list[onnx.NodeProto] = []
    for node in nodes:
        if node.op_type == "Transpose" and node.output[0] in turned:
            continue
        if node.op_type == "Gather" and turned.get(node.input[0], node.input[0]) in rounded:
            name = turned.get(node.input[0], node.input[0])
            flat = helper.make_node("Reshape", [f"{name}.codes", f"{name}.shape"], [f"{name}.flat"])
            kept += [flat, _gather(node, name, rounded[name])]
        else:
            kept.append(node)
    return kept


def _gather(node: onnx.NodeProto, name: str, one: Rounded) -> onnx.NodeProto:
    return helper.make_node(
        "GatherBlockQuantized",
        [f"{name}.flat", node.input[1], f"{name}.scales", f"{name}.zeros"],
        list(node.output),
        name=node.name,
        domain="com.microsoft",
        bits=one.bits,
        block_size=one.block,
        gather_axis=0,
        quantize_axis=1,
    )


def _product(node: onnx.NodeProto, one: Rounded) -> onnx.NodeProto:
    name = node.input[1]
    return helper.make_node(
        "MatMulNBits",
        [node.input[0], f"{name}.codes", f"{name}.scales", f"{name}.zeros"],
        list(node.output),
        name=node.name,
        domain="com.microsoft",
        K=one.codes.shape[1],
        N=one.codes.shape[0],
        bits=one.bits,
        block_size=one.block,
        accuracy_level=_ACCURACY,
    )


def _tensors(name: str, one: Rounded) -> list[onnx.TensorProto]:
    outputs, inputs = one.codes.shape
    codes = _pack(one.codes) if one.bits == 4 else one.codes
    zeros = _pack(one.zeros) if one.bits == 4 else one.zeros
    blocks = codes.reshape(outputs, inputs // one.block, -1)
    return [
        numpy_helper.from_array(blocks, f"{name}.codes"),
        numpy_helper.from_array(one.scales.astype(np.float16), f"{name}.scales16"),
        numpy_helper.from_array(zeros, f"{name}.zeros"),
        numpy_helper.from_array(np.array([outputs, -1], np.int64), f"{name}.shape"),
    ]


def _pack(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    # Two codes a byte, the first in the low half; an odd one at the end stands alone.
    even = np.pad(codes, ((0, 0), (0, codes.shape[1] % 2)))
    packed: NDArray[np.uint8] = even[:, ::2] + 16 * even[:, 1::2]
    return packed


def _cast(half: str, full: str) -> onnx.NodeProto:
    # Scales are kept in half precision and folded to single when the session starts.
    return helper.make_node("Cast", [half], [full], to=onnx.TensorProto.FLOAT)


def _replace(
    graph: onnx.GraphProto,
    nodes: list[onnx.NodeProto],
    tensors: list[onnx.TensorProto],
    gone: Mapping[str, Rounded],
) -> None:
    used = {name for node in nodes for name in node.input}
    kept = [one for one in graph.initializer if one.name not in gone]
    graph.ClearField("initializer")
    graph.initializer.extend([one for one in [*kept, *tensors] if one.name in used])
    graph.ClearField("node")
    graph.node.extend(nodes)


def _opset(model: onnx.ModelProto) -> None:
    if not any(one.domain == "com.microsoft" for one in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))

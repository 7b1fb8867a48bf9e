"""A graph of ONNX, written operation by operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Shape = list[int | str]
# The version of ONNX whose attention takes a bias and a cache, and the file format for it.
_OPSET, _FORMAT = 23, 11
KINDS = {"float": TensorProto.FLOAT, "int": TensorProto.INT64, "bool": TensorProto.BOOL}


class GraphWriter:
    """Collects nodes, constants, inputs and outputs; every operation gives its output's name."""

    def __init__(self, name: str):
        self._name = name
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: str, shape: Shape) -> str:
        """An input of the graph."""
        self._inputs.append(helper.make_tensor_value_info(name, KINDS[kind], shape))
        return name

    def output(self, value: str, name: str, shape: Shape) -> None:
        """Give `value` out as `name`."""
        self._nodes.append(helper.make_node("Identity", [value], [name]))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """A constant; one that is there already is used again."""
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def op(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """One operation with one output."""
        return self.ops(kind, inputs, 1, **attributes)[0]

    def ops(self, kind: str, inputs: list[str], outputs: int, **attributes: Any) -> list[str]:
        """One operation with several outputs."""
        place = f"{kind}.{len(self._nodes)}"
        names = [f"{place}.{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(kind, inputs, names, name=place, **attributes))
        return names

    def product(self, value: str, name: str, weight: NDArray[np.float32]) -> str:
        """`value` times the transpose of the matrix `weight` (outputs, inputs) called `name`."""
        return self.op("MatMul", [value, self.constant(f"{name}.MatMul.weight", weight.T)])

    def model(self) -> onnx.ModelProto:
        """The graph as a model."""
        graph = helper.make_graph(
            self._nodes, self._name, self._inputs, self._outputs, list(self._constants.values())
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)

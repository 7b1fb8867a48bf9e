"""What the matrices of a graph read when it runs over real text."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from postedit.models.onnx_session import open_session


def hessians(
    model: onnx.ModelProto, names: Sequence[str], rows: Sequence[Sequence[int]]
) -> dict[str, NDArray[np.float64]]:
    """For each named activation of a causal graph, the (k, k) sum of x x' over all tokens.

    Each of `rows` is one text in tokens.
    """
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for name in names:
        watched.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        # In memory a graph may not be larger than 2 GB.
        onnx.save(watched, str(file), save_as_external_data=True, location="model.onnx.data")
        session = open_session(file)
    past = {
        one.name: np.zeros((1, one.shape[1], 0, one.shape[3]), np.float32)
        for one in session.get_inputs()
        if one.name.startswith("past_key_values")
    }
    sums: dict[str, NDArray[np.float64]] = {}
    for row in rows:
        places = np.arange(len(row))
        feed = {
            "input_ids": np.array([row], np.int64),
            "position_ids": places[None],
            "seen": (places[None, :] <= places[:, None])[None, None],
            "wanted": np.zeros((1, 2), np.int64),
            **past,
        }
        for name, value in zip(names, session.run(list(names), feed), strict=True):
            tokens = value.reshape(-1, value.shape[-1])
            sums[name] = sums.get(name, 0.0) + (tokens.T @ tokens).astype(np.float64)
    return sums

"""What the matrices of a graph read when it runs over real text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper


def hessians(
    file: Path, names: Sequence[str], rows: Sequence[Sequence[int]], head_size: int
) -> dict[str, NDArray[np.float64]]:
    """For each named activation of a causal graph, the (k, k) sum of x x' over all tokens.

    `file` is a graph whose weights lie beside it; each of `rows` is one text in tokens.
    """
    model = onnx.load(str(file), load_external_data=False)
    for name in names:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(file.parent)
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    past = {
        one.name: np.zeros((1, one.shape[1], 0, head_size), np.float32)
        for one in session.get_inputs()
        if one.name.startswith("past_key_values")
    }
    sums: dict[str, NDArray[np.float64]] = {}
    for row in rows:
        ids = np.array([row], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), **past}
        for name, value in zip(names, session.run(list(names), feed), strict=True):
            tokens = value.reshape(-1, value.shape[-1])
            sums[name] = sums.get(name, 0.0) + (tokens.T @ tokens).astype(np.float64)
    return sums

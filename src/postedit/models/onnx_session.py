"""A session of ONNX Runtime, set up for one process on a few cores."""

from __future__ import annotations

import os
from pathlib import Path

import onnxruntime

from postedit.errors import ModelError


def open_session(file: Path, weights: Path | None = None) -> onnxruntime.InferenceSession:
    """A session over the graph in `file`, whose weights lie in the folder `weights` or beside it.

    It uses the cores that the process may use. Memory goes back when a pass is over: inputs differ
    so much in shape that an arena would keep the largest of everything. ModelError if the graph
    cannot be loaded.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _cores()
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(weights or file.parent)
    )
    try:
        # A graph out of memory, so that its weights may lie in another folder.
        return onnxruntime.InferenceSession(
            file.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has no public base class for its errors
        raise ModelError(f"{file}: cannot be loaded: {error}") from error


def _cores() -> int:
    # What this process may use, which in a container is less than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""A prefix language model as an ONNX graph: built in float, then rounded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from tokenizers import Tokenizer

from postedit.correct import make_draft
from postedit.errors import ModelError
from postedit.export.calibrate import hessians
from postedit.export.compress import compress, matrix_products
from postedit.formats.triplets import Triplet
from postedit.models.prompt import causal_prompt, causal_target
from postedit.termbase.match import TermMatcher

# Bytes for the matrices of a model of 4 bits: with the tokenizer, and what else is in a model
# folder, it stays under the 100 MB that the package may carry.
_BUDGET = 93e6
# No prompt and target together are longer: the tables of positions end there.
_POSITIONS = 2048


def write_causal(
    checkpoint: Path,
    ready: Path,
    weights: str,
    calibration: Sequence[Triplet],
    head_size: int,
    work: Path,
) -> None:
    """Write model.onnx, model.onnx.data and tokenizer.json of `checkpoint` into `ready`."""
    built = work / "built"
    _build(checkpoint, built)
    shutil.copy(built / "tokenizer.json", ready / "tokenizer.json")
    model = onnx.load(str(built / "model.onnx"))
    _shorten(model.graph)
    if weights != "float32":
        found: dict[str, NDArray[np.float64]] = {}
        if calibration and weights == "int4":
            names = {node.input[0] for node in matrix_products(model.graph) if not _is_head(node)}
            tokenizer = Tokenizer.from_file(str(built / "tokenizer.json"))
            rows = [_tokens(tokenizer, one) for one in calibration]
            found = hessians(built / "model.onnx", sorted(names), rows, head_size)
        compress(model, _BUDGET if weights == "int4" else float("inf"), found)
    onnx.save(
        model, str(ready / "model.onnx"), save_as_external_data=True, location="model.onnx.data"
    )


def _build(checkpoint: Path, output: Path) -> None:
    # The builder is run as a command of its own: it prints a page for every matrix.
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-m", str(checkpoint)]
    command += ["-o", str(output), "-p", "fp32", "-e", "cpu", "-c", str(output / "cache")]
    command += ["--extra_options", "shared_embeddings=true"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0 or not (output / "model.onnx").is_file():
        raise ModelError(f"{checkpoint}: export failed:\n{run.stderr[-2000:]}")


def _is_head(node: onnx.NodeProto) -> bool:
    return "lm_head" in node.name


def _shorten(graph: onnx.GraphProto) -> None:
    for one in graph.initializer:
        if one.name in ("cos_cache", "sin_cache"):
            rows = numpy_helper.to_array(one)[:_POSITIONS]
            one.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(rows), one.name))


def _tokens(tokenizer: Tokenizer, one: Triplet) -> list[int]:
    draft = make_draft(one.mt, TermMatcher(one.terms).match(one.mt)).text
    text = causal_prompt(draft) + causal_target(one.pe)
    return list(tokenizer.encode(text, add_special_tokens=False).ids)

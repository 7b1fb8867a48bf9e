"""`postedit export`: a trained checkpoint into the 4-bit ONNX file that runs without torch."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from postedit.errors import InputError, MissingExtra, ModelError
from postedit.models.manifest import FILE, Manifest, write_manifest

# Weights in blocks of 32 with a scale each and int8 activations: 86 MB for 135 M parameters, the
# output matrix shared with the embeddings.
_OPTIONS = (
    "int4_accuracy_level=4",
    "int4_block_size=32",
    "int4_is_symmetric=false",
    "shared_embeddings=true",
)
_TAKEN_ALONG = ("config.json", "training.json", "train-digests.txt")


def export(checkpoint: Path, output: Path, name: str, licence: str) -> Manifest:
    """Write `checkpoint` (a causal model folder) as a model folder that ONNX Runtime runs.

    The folder is made beside `output` and renamed at the end. The gate in it is the strictest one
    until `postedit model tune` has chosen another.
    """
    if not (checkpoint / "config.json").is_file():
        raise InputError("no config.json: not a checkpoint folder", path=checkpoint)
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    if config.get("is_encoder_decoder"):
        raise ModelError(
            f"{checkpoint}: only causal models can be exported so far; use it on torch"
        )
    if find_spec("onnxruntime_genai") is None:
        raise MissingExtra("postedit export", "export")
    if output.exists():
        raise InputError("exists already; remove it or choose another folder", path=output)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        _build(checkpoint, Path(work) / "built")
        ready = Path(work) / "ready"
        ready.mkdir()
        for file in ("model.onnx", "model.onnx.data", "tokenizer.json"):
            shutil.move(Path(work) / "built" / file, ready / file)
        for file in _TAKEN_ALONG:
            if (checkpoint / file).is_file():
                shutil.copy(checkpoint / file, ready / file)
        end = config["eos_token_id"]
        manifest = Manifest(
            name=name,
            kind="causal",
            runtime="onnx",
            file="model.onnx",
            end=end[0] if isinstance(end, list) else end,
            head_size=config["head_dim"],
            sha256=hashlib.sha256((ready / "model.onnx.data").read_bytes()).hexdigest(),
            licence=licence,
        )
        write_manifest(ready, manifest)
        ready.rename(output)
    return manifest


def _build(checkpoint: Path, output: Path) -> None:
    # The builder is run as a command of its own: it prints a page for every matrix.
    command = [sys.executable, "-m", "onnxruntime_genai.models.builder", "-m", str(checkpoint)]
    command += ["-o", str(output), "-p", "int4", "-e", "cpu", "-c", str(output / "cache")]
    command += ["--extra_options", *_OPTIONS]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0 or not (output / "model.onnx").is_file():
        raise ModelError(f"{checkpoint}: export to {FILE} failed:\n{run.stderr[-2000:]}")

"""`postedit export`: a trained checkpoint into a model folder that runs without torch."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from postedit.errors import InputError, MissingExtra, ModelError
from postedit.formats.triplets import Triplet
from postedit.models.manifest import Manifest, write_manifest

Weights = Literal["int4", "int8", "float32"]
WEIGHTS: tuple[Weights, ...] = ("int4", "int8", "float32")

_TAKEN_ALONG = ("config.json", "training.json", "train-digests.txt")


def export(
    checkpoint: Path,
    output: Path,
    name: str,
    licence: str,
    weights: Weights = "int4",
    calibration: Sequence[Triplet] = (),
) -> Manifest:
    """Write `checkpoint` (a causal model folder) as a model folder that ONNX Runtime runs.

    Of int4 weights those that lose most have 8 bits, up to 93 MB in all. `calibration`, texts of
    the kind that the model was trained on, says which errors of rounding matter. The folder is
    made beside `output` and renamed at the end. The gate in it is the strictest one until
    `postedit model tune` has chosen another.
    """
    config = _read_config(checkpoint)
    if find_spec("onnxruntime_genai") is None:
        raise MissingExtra("postedit export", "export")
    if output.exists():
        raise InputError("exists already; remove it or choose another folder", path=output)
    from postedit.export.causal import write_causal

    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent) as work:
        ready = Path(work) / "ready"
        ready.mkdir()
        write_causal(checkpoint, ready, weights, calibration, config["head_dim"], Path(work))
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


def _read_config(checkpoint: Path) -> dict[str, Any]:
    if not (checkpoint / "config.json").is_file():
        raise InputError("no config.json: not a checkpoint folder", path=checkpoint)
    config: dict[str, Any] = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    if config.get("is_encoder_decoder"):
        raise ModelError(
            f"{checkpoint}: only causal models can be exported so far; use it on torch"
        )
    return config

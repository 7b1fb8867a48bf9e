"""`postedit export`: a trained checkpoint into a model folder that runs without torch."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from postedit.errors import InputError, MissingExtra
from postedit.formats.folder import check_new, new_folder
from postedit.formats.triplets import Triplet
from postedit.models.manifest import Manifest, write_manifest

if TYPE_CHECKING:
    import onnx

    from postedit.export.compress import Hessians

Weights = Literal["int4", "int8", "float32"]
WEIGHTS: tuple[Weights, ...] = ("int4", "int8", "float32")

_TAKEN_ALONG = ("config.json", "training.json", "train-digests.txt")
_NEEDED = ("onnx", "transformers")
# Bytes for the matrices of a model of 4 bits: with the tokenizer, and what else is in a model
# folder, it stays under the 100 MB that the package may carry.
_BUDGET = 93e6


def export(
    checkpoint: Path,
    output: Path,
    name: str,
    licence: str,
    weights: Weights = "int4",
    calibration: Sequence[Triplet] = (),
) -> Manifest:
    """Write `checkpoint`, a Llama or T5 folder of transformers, for ONNX Runtime.

    Of int4 weights those that lose most have 8 bits, up to 93 MB in all. `calibration`, texts of
    the kind that the model was trained on, says which errors of rounding matter (Llama only). The
    folder is made beside `output` and renamed at the end. The gate in it is the strictest one until
    `postedit model tune` has chosen another.
    """
    if not (checkpoint / "config.json").is_file():
        raise InputError("no config.json: not a checkpoint folder", path=checkpoint)
    if not (checkpoint / "tokenizer.json").is_file():
        raise InputError("no tokenizer.json beside the checkpoint", path=checkpoint)
    if not all(find_spec(one) for one in _NEEDED):
        raise MissingExtra("postedit export", "export")
    check_new(output)
    from postedit.export.checkpoint import read_checkpoint

    read = read_checkpoint(checkpoint, calibration if weights == "int4" else ())
    with new_folder(output) as ready:
        for file, model in read.graphs.items():
            _write(model, ready / file, weights, read.hessians)
        for file in ("tokenizer.json", *_TAKEN_ALONG):
            if (checkpoint / file).is_file():
                shutil.copy(checkpoint / file, ready / file)
        digest = hashlib.sha256()
        for file in read.graphs:
            digest.update((ready / f"{file}.data").read_bytes())
        facts = {"name": name, "licence": licence, "sha256": digest.hexdigest()}
        manifest = read.manifest.model_copy(update=facts)
        write_manifest(ready, manifest)
    return manifest


def _write(model: onnx.ModelProto, file: Path, weights: Weights, hessians: Hessians) -> None:
    import onnx

    from postedit.export.compress import compress

    if weights != "float32":
        compress(model, _BUDGET if weights == "int4" else float("inf"), hessians)
    onnx.save(
        model,
        str(file),
        save_as_external_data=True,
        location=f"{file.name}.data",
        size_threshold=64,
    )

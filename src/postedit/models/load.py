"""From a model folder, or a hub name, to a backend."""

from __future__ import annotations

from pathlib import Path

from postedit.errors import MissingExtra, ModelError
from postedit.models.adapter import read_adapter
from postedit.models.manifest import FILE, Gate, Manifest, read_manifest
from postedit.models.protocol import Backend

#: The model that the package carries.
DEFAULT = Path(__file__).parent.parent / "weights" / "smollm2-135m"


def load_backend(
    model: str | Path | None = None, adapter: Path | None = None
) -> tuple[Backend, Manifest]:
    """Load the shipped model, a model folder, or a checkpoint of transformers by name.

    With the folder of an adapter that `postedit adapt` made for that model, it runs with it.

    A folder with a `postedit.json` says what runs it. Any other checkpoint runs on torch (extra
    `train`) behind a gate that lets nothing through that drops or adds a content word.
    """
    folder = DEFAULT if model is None else Path(model)
    if (folder / FILE).is_file():
        manifest = read_manifest(folder)
    elif folder.exists() and not (folder / "config.json").is_file():
        raise ModelError(f"{folder}: not a model folder: neither {FILE} nor config.json is there")
    else:
        manifest = Manifest(name=str(model), kind="causal", runtime="torch", gate=Gate())
    if adapter is not None:
        own = {"substitutes": read_adapter(adapter, manifest).substitutes}
        gate = manifest.gate.model_copy(update=own)
        manifest = manifest.model_copy(update={"gate": gate})
    if manifest.runtime == "onnx" and manifest.kind == "seq2seq":
        if adapter is not None:
            raise ModelError(f"{folder}: an exported encoder-decoder runs without an adapter")
        from postedit.models.seq2seq_onnx import Seq2SeqOnnxBackend

        return Seq2SeqOnnxBackend(folder, manifest), manifest
    if manifest.runtime == "onnx":
        from postedit.models.causal_onnx import CausalOnnxBackend

        return CausalOnnxBackend(folder, manifest, adapter), manifest
    try:
        from postedit.models.torch_backend import TorchBackend
    except ImportError as error:
        raise MissingExtra(f"{manifest.name}: a model on torch", "train") from error
    return TorchBackend(str(folder if folder.exists() else model), adapter), manifest

"""`adapter.json`: what an adapter says of itself, and of the model that it was made for."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from postedit.config import Config
from postedit.errors import ModelError
from postedit.models.manifest import Manifest

FILE = "adapter.json"
#: The exported graph of the model with the adapter's updates; its weights stay with the model.
GRAPH = "adapter.onnx"


class Adapter(Config):
    """A low-rank update of one model, learned from a customer's corrections.

    `substitutes` are the words that the customer puts for others, for the model's gate.
    """

    name: str
    base: str
    base_sha256: str
    pairs: int
    documents: int
    seed: int
    substitutes: dict[str, tuple[str, ...]] = Field(default={})


def read_adapter(folder: Path, manifest: Manifest) -> Adapter:
    """The adapter in `folder`; ModelError if there is none, or if it belongs to another model."""
    path = folder / FILE
    try:
        adapter = Adapter.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{folder}: not an adapter: no readable {FILE}: {error}") from error
    except ValidationError as error:
        raise ModelError(f"{path}: {error.errors()[0]['msg']}") from error
    if (adapter.base, adapter.base_sha256) != (manifest.name, manifest.sha256):
        raise ModelError(
            f"{folder}: an adapter of {adapter.base} (weights {adapter.base_sha256[:12]}); "
            f"the model here is {manifest.name} ({manifest.sha256[:12]})"
        )
    return adapter

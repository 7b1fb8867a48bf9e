"""`postedit.json`: what a model folder says of itself, and the gate that was tuned for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from postedit.config import Config
from postedit.errors import ModelError

FILE = "postedit.json"

#: What a repair's worth is told from, in correct/worth.py.
Trait = Literal["bias", "confidence", "margin", "kept", "order", "ending", "free", "safe"]


class Gate(Config):
    """When a repair replaces the text it was made of; tuned on development data."""

    min_kept: float = Field(
        default=1.0, ge=0, le=1, description="content words of the mt found in the pe"
    )
    min_backed: float = Field(
        default=1.0, ge=0, le=1, description="content words of the pe found in the mt"
    )
    min_margin: float = Field(
        default=0.0,
        description="log-probability per token of pe less that of mt, by length",
    )
    min_closed_margin: float = Field(
        default=0.0, description="the same, for a repair of the closed-lexicon search"
    )
    min_edit_margin: float = Field(
        default=0.0, description="the same, for the part of a repair that only has safe edits"
    )
    min_ratio: float = Field(
        default=0.6, ge=0, description="words of the pe to words of the mt, at least"
    )
    max_ratio: float = Field(default=1.6, ge=0, description="the same, at most")
    worth: dict[Trait, float] = Field(
        default={}, description="weights of a repair's traits, learnt from readers' judgements"
    )
    min_worth: float = Field(
        default=0.0, ge=0, le=1, description="worth, by these weights, below which it stays out"
    )
    substitutes: dict[str, tuple[str, ...]] = Field(
        default={}, description="words that may stand for others here, besides the usual ones"
    )
    tuned_on: str = Field(default="", description="the data that these values were chosen on")


class ClosedSearch(Config):
    """Closed-lexicon search: when and how it is run; tuned on development data."""

    use: Literal["never", "refused", "always"] = Field(
        default="never", description="run it never, where the gate refuses the free repair, always"
    )
    beam: int = Field(default=4, ge=1, description="hypotheses kept at each step")
    prune: float = Field(
        default=3.0, ge=0, description="nats behind the best at which a hypothesis is given up"
    )
    slack: float = Field(
        default=0.0, ge=0, le=1, description="content words that may be left unsaid; no names"
    )
    reward: float = Field(default=1.0, ge=0, description="nats for each content word said")
    window: int = Field(
        default=12, ge=0, description="how far ahead of the first word left behind it may go"
    )
    price: float = Field(default=4.0, ge=0, description="nats for a word from outside")
    max_outside: int = Field(default=0, ge=0, description="words from outside, at most")
    substitute_price: float | None = Field(
        default=None, ge=0, description="nats for a learnt substitute of a word; none: not allowed"
    )
    length_power: float = Field(default=1.0, ge=0, description="of the length that scores go by")
    max_ratio: float = Field(default=1.4, ge=1, description="tokens of the output to the draft's")


class Manifest(Config):
    """What a model folder says of itself."""

    name: str
    kind: Literal["causal", "seq2seq"]
    runtime: Literal["onnx", "torch"]
    file: str = ""
    encoder: str = ""
    start: int = 0
    end: int = 0
    buckets: int = 0
    distance: int = 0
    head_size: int = 0
    sha256: str = ""
    licence: str = ""
    gate: Gate = Gate()
    closed: ClosedSearch = ClosedSearch()
    min_term_margin: float = Field(
        default=-6.0,
        description="log-odds of a sentence with a dangerous term put in, below which it stays out",
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model folder; ModelError names what is wrong with it."""
    path = folder / FILE
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{folder}: no readable {FILE}: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ModelError(f"{path}: {problems}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest so that a crash leaves the old one or the new one, never half of one."""
    temporary = folder / (FILE + ".tmp")
    text = json.dumps(manifest.model_dump(mode="json"), indent=2, ensure_ascii=False)
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(folder / FILE)

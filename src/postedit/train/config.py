"""What a training run is made of; `configs/` holds a commented file of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from postedit.config import Config

Share = Annotated[float, Field(ge=0, le=1)]


class ScratchConfig(Config):
    """Shape of a T5 that starts from nothing, with a SentencePiece vocabulary of its own."""

    vocab_size: PositiveInt = 8000
    d_model: PositiveInt = 384
    d_ff: PositiveInt = 1024
    num_layers: PositiveInt = 6
    num_heads: PositiveInt = 6


class BaseConfig(Config):
    """The model that training starts from: a hub name, a folder, a GGUF in a folder, or nothing."""

    kind: Literal["causal", "seq2seq"]
    name: str | None = None
    gguf: str | None = None
    scratch: ScratchConfig | None = None
    frozen_embeddings: bool = False
    frozen_layers: Annotated[int, Field(ge=0)] = 0


class TermsConfig(Config):
    """How often the terms of a training segment stand in the mt in their target form.

    What is left of 1 keeps the mt without terms, as when no glossary is given.
    """

    all: Share = 0.75
    some: Share = 0.1


class SourceConfig(Config):
    """One JSON-lines file of triplets, and what of it is taken."""

    path: Path
    licence: str
    split: str
    sample: PositiveInt | None = None
    min_coverage: Share = 0.0
    identity: Share = 0.0
    terms: TermsConfig = TermsConfig()


class DataConfig(Config):
    """Where the pairs come from; nothing of `dev` may stand in `train`."""

    train: tuple[SourceConfig, ...]
    dev: tuple[SourceConfig, ...]
    max_tokens: PositiveInt = 320


class OptimConfig(Config):
    """The course of the optimiser (AdamW with linear warm-up and decay)."""

    epochs: PositiveFloat = 1.0
    max_steps: int = -1
    batch_size: PositiveInt = 16
    accumulation: PositiveInt = 1
    learning_rate: PositiveFloat = 1e-4
    warmup_steps: Annotated[int, Field(ge=0)] = 20
    max_grad_norm: PositiveFloat = 1.0
    eval_steps: PositiveInt = 100
    bf16: bool = False


class TrainConfig(Config):
    """A whole training run."""

    seed: int = 13
    base: BaseConfig
    data: DataConfig
    optim: OptimConfig = OptimConfig()
    output: Path

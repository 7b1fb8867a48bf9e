"""What a training run is made of; `configs/` holds a commented file of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    PositiveFloat,
    PositiveInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from postedit.config import Config

Share = Annotated[float, Field(ge=0, le=1)]


class ScratchConfig(Config):
    """Shape of a T5 that starts from nothing, with a SentencePiece vocabulary of its own."""

    vocab_size: PositiveInt = 8000
    d_model: PositiveInt = 384
    d_ff: PositiveInt = 1024
    num_layers: PositiveInt = 6
    num_heads: PositiveInt = 6


class LoraConfig(Config):
    """Train low-rank updates of all linear layers instead of the weights (Hu et al. 2022)."""

    rank: PositiveInt = 16
    alpha: PositiveInt = 32
    dropout: Share = 0.0


class BaseConfig(Config):
    """The model that training starts from.

    `name` is a hub name, a checkpoint folder, the folder of a GGUF, or a folder that `postedit
    export` wrote: its quantised weights are then read back into float32. With `continue_from`,
    the folder of an exported model of the same shape, the parts that are not frozen come from there
    and the frozen ones, as exact as they are, from `name`.
    """

    kind: Literal["causal", "seq2seq"]
    name: str | None = None
    gguf: str | None = None
    continue_from: Path | None = None
    scratch: ScratchConfig | None = None
    lora: LoraConfig | None = None
    frozen_embeddings: bool = False
    frozen_layers: Annotated[int, Field(ge=0)] = 0


class TermsConfig(Config):
    """How often the terms of a training segment stand in the mt in their target form.

    What is left of 1 keeps the mt without terms, as when no glossary is given. `form` says how
    (Dinu et al. 2019): the target in place of the term, or in brackets after it. `random` rows are
    given, besides their own terms, phrases that mt and pe word differently, as `postedit data
    build` found them: what a glossary says is to be copied, whatever it is.
    """

    all: Share = 0.75
    some: Share = 0.1
    random: Share = 0.0
    form: Literal["replace", "append"] = "replace"


class SourceConfig(Config):
    """One JSON-lines file of triplets, and what of it is taken.

    `origin` takes only the rows of one source out of a file that `postedit data build` wrote.
    """

    path: Path
    licence: str
    split: str
    origin: str | None = None
    sample: PositiveInt | None = None
    min_coverage: Share = 0.0
    identity: Share = 0.0
    terms: TermsConfig = TermsConfig()


class PreferenceConfig(Config):
    """A file that `postedit data prefer` wrote, by the very model that training starts from."""

    path: Path
    licence: str


class DataConfig(Config):
    """Where the pairs come from; nothing of `dev` may stand in `train`.

    With `prefer` the run learns from preferences, and from them alone.
    """

    train: tuple[SourceConfig, ...] = ()
    prefer: tuple[PreferenceConfig, ...] = ()
    dev: tuple[SourceConfig, ...]
    max_tokens: PositiveInt = 320

    @field_validator("prefer")
    @classmethod
    def _alone(
        cls, prefer: tuple[PreferenceConfig, ...], known: ValidationInfo
    ) -> tuple[PreferenceConfig, ...]:
        if prefer and known.data.get("train"):
            raise ValueError("preferences are learnt alone; leave out data.train")
        return prefer


class OptimConfig(Config):
    """The course of the optimiser (AdamW with linear warm-up and decay).

    Every `eval_steps` the run is measured and saved; the model that is kept is the best of these
    by the chrF of greedy repairs of `decoded` development pairs (0: none), by what they gain in
    reward (of runs that are `online`), or by development loss.
    With `round_bits` the matrices act rounded, as `postedit export` will leave them. Of
    preferences, `beta` is how strongly the model is held to what it was, and `likelihood` the
    weight of the better repair's own cross-entropy.
    """

    epochs: PositiveFloat = 1.0
    max_steps: int = -1
    batch_size: PositiveInt = 16
    accumulation: PositiveInt = 1
    learning_rate: PositiveFloat = 1e-4
    warmup_steps: Annotated[int, Field(ge=0)] = 20
    max_grad_norm: PositiveFloat = 1.0
    eval_steps: PositiveInt = 100
    best_by: Literal["chrf", "loss", "gain"] = "chrf"
    decoded: Annotated[int, Field(ge=0)] = 64
    bf16: bool = False
    round_bits: Literal[4, 8] | None = None
    torch_compile: bool = False
    beta: PositiveFloat = 0.1
    likelihood: Annotated[float, Field(ge=0)] = 0.2

    @field_validator("decoded")
    @classmethod
    def _enough_for_chrf(cls, decoded: int, known: ValidationInfo) -> int:
        if not decoded and known.data.get("best_by") in ("chrf", "gain"):
            best = known.data["best_by"]
            raise ValueError(f"best_by: {best} needs at least one; or choose best_by: loss")
        return decoded


class OnlineConfig(Config):
    """Learn from what the model itself draws, measured by the post-edits (`score/reward.py`).

    Of each mt of a batch `draws` repairs are drawn, among tokens that have at least the
    probability `floor`; at most `tokens` tokens go through the model at once to learn from them.
    """

    draws: Annotated[int, Field(ge=2)] = 8
    temperature: PositiveFloat = 1.0
    floor: Share = 0.01
    tokens: PositiveInt = 4096


class TrainConfig(Config):
    """A whole training run."""

    seed: int = 13
    base: BaseConfig
    data: DataConfig
    optim: OptimConfig = OptimConfig()
    online: OnlineConfig | None = None
    output: Path

    @model_validator(mode="after")
    def _known_to_be_measured(self) -> Self:
        if self.optim.best_by == "gain" and self.online is None:
            raise ValueError("optim.best_by: gain is measured in online runs alone")
        return self

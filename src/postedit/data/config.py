"""What training data are made of; `configs/data/zh-en.yaml` is a commented example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from postedit.config import Config
from postedit.errors import ConfigError
from postedit.garble.config import GarbleConfig
from postedit.recover import Recoverability

Share = Annotated[float, Field(ge=0, le=1)]
Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")


class SplitsConfig(Config):
    """Which values of the file's `split` field go into which split; what is not named stays out."""

    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    test: tuple[str, ...] = ()


class SharesConfig(Config):
    """Shares of the documents (by a hash of their name) for dev and test; the rest is train."""

    dev: Share = 0.0
    test: Share = 0.0


class GarbledConfig(Config):
    """The source is bitext, which `postedit garble` turns into triplets first.

    `limit`: so many of its pairs, evenly spread; `learn_from`: more bitext to learn phrases from.
    """

    dictionary: Path | None = None
    brands: Path | None = None
    learn_from: tuple[Path, ...] = ()
    limit: PositiveInt | None = None
    how: GarbleConfig = GarbleConfig()


class CorpusConfig(Config):
    """One file of triplets, its licence, how it is split and which of its pairs are taken.

    Either `splits` (the file says the split of each row) or `shares` (documents are dealt out).
    `recoverable` filters train alone: dev and test stay as they are.
    """

    name: Annotated[str, Field(min_length=1)]
    path: Path
    licence: Annotated[str, Field(min_length=1)]
    pe: Literal["pe", "ref"] = "pe"
    splits: SplitsConfig | None = None
    shares: SharesConfig | None = None
    recoverable: Recoverability | None = None
    garble: GarbledConfig | None = None
    sample: PositiveInt | None = None


class NearConfig(Config):
    """When two texts are near duplicates: that share of the smaller one's n-grams in common."""

    n: PositiveInt = 8
    least: PositiveInt = 20
    overlap: Annotated[float, Field(gt=0, le=1)] = 0.6


class VariantsConfig(Config):
    """At most so many terms in the made-up variants of a row."""

    random: PositiveInt = 2
    wrong: PositiveInt = 3


class BuildConfig(Config):
    """A whole data set. `guard` are articles and texts of which nothing may be trained on."""

    seed: int = 13
    sources: Annotated[tuple[CorpusConfig, ...], Field(min_length=1)]
    guard: tuple[Path, ...] = ()
    near: NearConfig = NearConfig()
    variants: VariantsConfig = VariantsConfig()
    output: Path

    def of_sources(self, names: Sequence[str]) -> BuildConfig:
        """The same build of fewer sources; what it leaves out is not guarded either.

        Raises ConfigError for a name that no source has.
        """
        known = {source.name: source for source in self.sources}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ConfigError(f"no source {', '.join(unknown)}; there are {', '.join(known)}")
        chosen = tuple(source for name, source in known.items() if name in names)
        return self.model_copy(update={"sources": chosen})

"""Typed configuration: YAML is parsed once into frozen values; an unknown key is an error."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from postedit.errors import ConfigError


class Config(BaseModel):
    """Base of all configurations: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


ConfigT = TypeVar("ConfigT", bound=Config)


def load_config(path: Path, schema: type[ConfigT]) -> ConfigT:
    """Read a YAML file as `schema`; ConfigError names the key, its value and what was expected."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"cannot be read: {error}", path=path) from error
    try:
        return schema.model_validate(raw if raw is not None else {})
    except ValidationError as error:
        problems = "; ".join(_explain(problem) for problem in error.errors())
        raise ConfigError(problems, path=path) from error


def _explain(problem: object) -> str:
    assert isinstance(problem, dict)
    key = ".".join(str(part) for part in problem["loc"]) or "the whole file"
    value = "" if problem["type"] == "missing" else f" (here: {problem['input']!r})"
    return f"{key}: {problem['msg']}{value}"

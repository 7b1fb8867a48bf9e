"""The error tree: everything that postedit raises on bad input or a broken model.

PosteditError
├── InputError        a file, a line or an argument that cannot be used
│   ├── ConfigError   a configuration with an unknown key or a bad value
│   └── TermbaseError a glossary that cannot be read as it stands
├── ModelError        a model folder that is missing, damaged or of an unknown kind
└── MissingExtra      an optional dependency that is not installed
"""

from __future__ import annotations

from pathlib import Path


class PosteditError(Exception):
    """Base of all errors that a caller may want to show to a person."""


class InputError(PosteditError):
    """Bad input; the message names the file, the line or id, the bad value and the valid ones."""

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None):
        place = "" if path is None else f"{path}: " if line is None else f"{path}, line {line}: "
        super().__init__(place + message)
        self.path = path
        self.line = line


class ConfigError(InputError):
    """A configuration file with an unknown key or a bad value."""


class TermbaseError(InputError):
    """A glossary that cannot be read as it stands."""


class ModelError(PosteditError):
    """A model folder that is missing, damaged or of an unknown kind."""


class MissingExtra(PosteditError):
    """An optional dependency that is not installed; the message says what to install."""

    def __init__(self, what: str, extra: str):
        super().__init__(f"{what} needs an optional part: pip install 'postedit[{extra}]'")
        self.extra = extra

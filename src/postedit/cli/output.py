"""What every command prints with."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console, RenderableType


def say(what: RenderableType, *, to_stderr: bool = False) -> None:
    """Print something for a person; markup in it is not read, for it may come out of a file."""
    console = Console(stderr=to_stderr, markup=False, highlight=False)
    if not console.is_terminal:
        # In a file or a pipe there is no width to keep to.
        console = Console(stderr=to_stderr, markup=False, highlight=False, width=120)
    console.print(what, soft_wrap=isinstance(what, str))


def emit_json(what: dict[str, Any]) -> None:
    """Print one JSON object and a line break."""
    sys.stdout.write(json.dumps(what, ensure_ascii=False, indent=2) + "\n")

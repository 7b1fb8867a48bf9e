"""The one place that says how an mt is written for a model, at training and at run time alike."""

from __future__ import annotations

import re


def one_line(text: str) -> str:
    """`text` with each run of white space as one blank: a line break would end a prompt's field."""
    return re.sub(r"\s+", " ", text).strip()


def causal_prompt(mt: str) -> str:
    """What a prefix language model reads before it writes the post-edit."""
    return "MT: " + one_line(mt) + "\nPE:"


def causal_target(pe: str) -> str:
    """What follows the prompt, up to the end-of-text token."""
    return " " + one_line(pe)

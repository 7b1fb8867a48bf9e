"""Termbases: read and write glossaries, find their entries in text, put their targets in."""

from postedit.termbase.files import (
    FORMATS,
    Rendered,
    TermFile,
    format_of,
    parse_terms,
    read_terms,
    render_terms,
)
from postedit.termbase.load import Termbase
from postedit.termbase.repeats import Repeat, RepeatKind, repeats

__all__ = [
    "FORMATS",
    "Rendered",
    "Repeat",
    "RepeatKind",
    "TermFile",
    "Termbase",
    "format_of",
    "parse_terms",
    "read_terms",
    "render_terms",
    "repeats",
]

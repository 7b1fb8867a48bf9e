"""Termbases: read and write glossaries, find their entries in text, put their targets in."""

from postedit.termbase.files import FORMATS, format_of, read_terms, render_terms
from postedit.termbase.load import Termbase
from postedit.termbase.repeats import Repeat, RepeatKind, repeats

__all__ = [
    "FORMATS",
    "Repeat",
    "RepeatKind",
    "Termbase",
    "format_of",
    "read_terms",
    "render_terms",
    "repeats",
]

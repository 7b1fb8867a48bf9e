"""Termbases: read glossaries, find their entries in text, put their targets in."""

from postedit.termbase.load import Termbase

__all__ = ["Termbase"]

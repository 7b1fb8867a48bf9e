"""Repair garbled machine translation under glossary constraints, and score the repair.

>>> from postedit import PostEditor, Termbase
>>> editor = PostEditor.load()
>>> result = editor.repair("today, day cat open shop.", termbase=Termbase.load("glossary.tsv"))
>>> result.text
"""

from postedit.align import align
from postedit.pipeline import PostEditor
from postedit.records import Bead, Finding, Segment, Span, TermEntry, TermMatch, TermStatus, Unit
from postedit.result import Evaluation, RepairedSegment, RepairResult
from postedit.termbase import Termbase

__all__ = [
    "Bead",
    "Evaluation",
    "Finding",
    "PostEditor",
    "RepairResult",
    "RepairedSegment",
    "Segment",
    "Span",
    "TermEntry",
    "TermMatch",
    "TermStatus",
    "Termbase",
    "Unit",
    "align",
]

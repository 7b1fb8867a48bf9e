"""Punctuation as the closed search may write it: what a mark leans on, and how often it may come.

A mark either closes what stands before it (",", "%", "'s"), opens what follows it (" (", " $"), or
joins the two ("-", "/"). After one that opens or joins, the next word has no blank before it.
"""

from __future__ import annotations

from typing import Final

CLOSING: Final = (*",.;:?!%)]}”’\"'…°", "'s", "’s", "'re", "'ve", "'ll", "'m", "'d")
OPENING: Final = tuple("([{“‘\"'$€£¥#@~")
JOINING: Final = ("-", "/", "–", "—", "&", "+", "·")

# Marks that a byte-level vocabulary has as one token; each counts as all of its parts.
PAIRS: Final = (
    (",", '"'), (".", '"'), ("?", '"'), ("!", '"'), ('"', ","), ('"', "."), ('"', ":"), ('"', ";"),
    (")", ","), (")", "."), (")", ":"), ("%", ","), ("%", "."), ("%", ")"), ("%", ";"),
    (",", "”"), (".", "”"), ("?", "”"), ("!", "”"), ("”", ","), ("”", "."),
)  # fmt: skip

# How many more of a mark than the draft has; of all others, none.
EXTRA: Final = {",": 3, ".": 1, ";": 1, ":": 1, "-": 2, "'s": 2, "–": 1, "—": 1}

# What ends a sentence, and what may stand behind it.
STOPS: Final = ".?!…"
CLOSERS: Final = ('"', "”", "’", "'", ")", "]")

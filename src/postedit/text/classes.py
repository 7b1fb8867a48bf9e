"""Closed classes of English words, for those who ask what kind of word was changed."""

from __future__ import annotations

from typing import Final

ARTICLES: Final = frozenset("a an the".split())
DEMONSTRATIVES: Final = frozenset("this that these those".split())
AUXILIARIES: Final = frozenset(
    """am is are was were be been being do does did done doing have has had having will would shall
    should can could may might must""".split()
)
PREPOSITIONS: Final = frozenset(
    """of in on at by for with from to into onto over under about as than through during within
    between among against toward towards upon since until till across after before behind beyond
    despite except without via per amid amidst throughout regarding along around out up down
    off""".split()
)
PRONOUNS: Final = frozenset(
    """i you he she it we they me him her us them my your his its our their mine yours hers ours
    theirs myself yourself himself herself itself ourselves themselves who whom whose which
    what""".split()
)
# Forms of one word, or of one pointer, that differ in number or person alone.
AGREEING: Final = tuple(
    frozenset(group.split())
    for group in ("am is are", "was were", "have has", "do does", "this these", "that those")
)

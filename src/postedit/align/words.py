"""Which word of one English text became which word of another: TER's view, with forms and shifts.

Words are aligned in order at the least cost, where another form of a word is cheaper than another
word, and a word of similar letters or of the same closed class lies between. Runs of words that are
left over on both sides have been moved (a shift of TER, Snover et al. 2006); they are linked, and
the rest is aligned again without them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from postedit.records import Span
from postedit.text.classes import ARTICLES, AUXILIARIES, DEMONSTRATIVES, PREPOSITIONS, PRONOUNS
from postedit.text.words import FUNCTION_WORDS, stem

Floats = NDArray[np.float64]

# The possessive is a token of its own, so that adding one does not look like another word.
_TOKEN = re.compile(r"\s*(?:['’]s(?!\w)|\w+(?:(?!['’]s(?!\w))[-'’.,]\w+)*|[^\w\s])", re.IGNORECASE)

# Prices, against 0.5 for a word that is only on one side. A pair of unlike content words is a
# little cheaper than the two alone, so that a term meets what it replaces.
_ALONE = 0.5
_CASED = 0.05
_INFLECTED = 0.2
_MARKS = 0.4
_SAME_CLASS = 0.6
_UNLIKE = 0.95
_NEVER = 1.5
# Letters in common (0 to 100) from which a word may be a misspelt or derived form of another.
_SIMILAR = 65.0

_CLASSES = {
    word: number
    for number, group in enumerate(
        (ARTICLES | DEMONSTRATIVES, PRONOUNS, AUXILIARIES, PREPOSITIONS),
    )
    for word in group
}
# May move on their own; an article or a preposition that seems to is another one.
_MOVABLE = frozenset("also just even very too then there here while so yet".split())
_MOVABLE_REACH = 6
# How far a run of one word and of two may have moved; the same word farther off is another one.
_REACH = {1: 10, 2: 25}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark and its place; `blank` is the white space before it."""

    text: str
    blank: str
    span: Span

    @property
    def whole(self) -> Span:
        """The span with the white space before it."""
        return Span(self.span.start - len(self.blank), self.span.end)


@dataclass(frozen=True, slots=True)
class Link:
    """Word `before` of one text stands as word `after` in the other; `shift` numbers its move.

    `shift` is None where the word kept its place among the others. Links of one shift have one
    number, and are a run of neighbours on both sides.
    """

    before: int
    after: int
    shift: int | None = None


def tokenize(text: str) -> tuple[Word, ...]:
    """Words and marks that give the text back, each with the white space before it.

    White space at the end belongs to a last word that is empty.

    >>> [word.text for word in tokenize("Alibaba's 5,000 smart-phones sold. ")]
    ['Alibaba', "'s", '5,000', 'smart-phones', 'sold', '.', '']
    """
    words: list[Word] = []
    end = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        bare = token.lstrip()
        start = found.end() - len(bare)
        words.append(Word(bare, token[: len(token) - len(bare)], Span(start, found.end())))
        end = found.end()
    if end < len(text):
        words.append(Word("", text[end:], Span(len(text), len(text))))
    return tuple(words)


def align_words(before: Sequence[str], after: Sequence[str]) -> tuple[Link, ...]:
    """Links between the words of two texts, in the order of the first; no word has two.

    >>> old, new = "today open three shop".split(), "opened three shops today".split()
    >>> [(link.before, link.after, link.shift) for link in align_words(old, new)]
    [(0, 3, 0), (1, 0, None), (2, 1, None), (3, 2, None)]
    """
    costs = _Costs(before, after)
    links = _monotone(costs, range(len(before)), range(len(after)))
    moved = _moves(before, after, links, costs)
    if moved:
        gone, come = {link.before for link in moved}, {link.after for link in moved}
        rest = [i for i in range(len(before)) if i not in gone]
        others = [j for j in range(len(after)) if j not in come]
        links = [*moved, *_monotone(costs, rest, others)]
    return tuple(sorted(links, key=lambda link: link.before))


class _Costs:
    """Price of every pair of words, counted once for each pair of distinct ones."""

    def __init__(self, before: Sequence[str], after: Sequence[str]):
        rows: dict[str, int] = {}
        columns: dict[str, int] = {}
        at = [rows.setdefault(word, len(rows)) for word in before]
        to = [columns.setdefault(word, len(columns)) for word in after]
        table = np.array([[_pair_cost(x, y) for y in columns] for x in rows]).reshape(
            len(rows), len(columns)
        )
        self.table: Floats = table[np.ix_(at, to)]

    def alike(self, i: int, j: int) -> bool:
        """Whether two words are forms of one."""
        return bool(self.table[i, j] <= _INFLECTED)


@lru_cache(maxsize=262144)
def _pair_cost(x: str, y: str) -> float:
    if x == y:
        return 0.0
    old, new = x.lower().replace("’", "'"), y.lower().replace("’", "'")
    if old == new:
        return _CASED
    if not old or not new:
        return _NEVER
    word = (old[0].isalnum(), new[0].isalnum())
    if word == (False, False):
        return _MARKS if "'s" not in (old, new) else _NEVER
    if word != (True, True):
        return _NEVER
    digits = [any(c.isdigit() for c in w) for w in (old, new)]
    if any(digits) and _bare(old) != _bare(new):
        return 0.7 if all(digits) else 0.9
    if stem(old) == stem(new) or _bare(old) == _bare(new):
        return _INFLECTED
    if old in FUNCTION_WORDS or new in FUNCTION_WORDS:
        if old in _CLASSES and _CLASSES[old] == _CLASSES.get(new):
            return _SAME_CLASS
        return _UNLIKE if old in FUNCTION_WORDS and new in FUNCTION_WORDS else _NEVER
    similar = ratio(old, new)
    return _UNLIKE if similar < _SIMILAR else 0.3 + (100.0 - similar) / 100.0


def _bare(word: str) -> str:
    return re.sub(r"[-.,']", "", word)


def _monotone(costs: _Costs, rows: Sequence[int], columns: Sequence[int]) -> list[Link]:
    """The cheapest chain of links through the given rows and columns of the table."""
    table = costs.table[np.ix_(rows, columns)]
    height, width = table.shape
    price = _ALONE * np.arange(width + 1)
    best = price.copy()
    linked = np.zeros((height + 1, width + 1), dtype=np.bool_)
    dropped = np.zeros((height + 1, width + 1), dtype=np.bool_)
    dropped[1:, 0] = True
    for i in range(height):
        above = best + _ALONE
        diagonal = np.append(np.inf, best[:-1] + table[i])
        own = np.minimum(diagonal, above)
        # A running minimum settles the words that stand on the other side alone.
        best = np.minimum.accumulate(own - price) + price
        stays = own <= best + 1e-9
        linked[i + 1] = stays & (diagonal <= above + 1e-9)
        dropped[i + 1] = stays & ~linked[i + 1]
    links: list[Link] = []
    i, j = height, width
    while i and j:
        if linked[i, j]:
            links.append(Link(rows[i - 1], columns[j - 1]))
            i, j = i - 1, j - 1
        elif dropped[i, j]:
            i -= 1
        else:
            j -= 1
    return links[::-1]


def _moves(
    before: Sequence[str], after: Sequence[str], links: Sequence[Link], costs: _Costs
) -> list[Link]:
    """Links of runs that stand elsewhere on the other side, the longest runs first."""
    kept = [link for link in links if costs.table[link.before, link.after] < _SAME_CLASS]
    free = set(range(len(before))) - {link.before for link in kept}
    open_ = set(range(len(after))) - {link.after for link in kept}
    kin: dict[str, list[int]] = defaultdict(list)
    for j in open_:
        kin[_kin(after[j])].append(j)
    moved: list[Link] = []
    number = 0
    runs = sorted(_runs(before, after, free, open_, kin), key=lambda run: (-run[2], run[:2]))
    for i, j, size in runs:
        pairs = list(zip(range(i, i + size), range(j, j + size), strict=True))
        if not all(a in free and b in open_ for a, b in pairs):
            continue
        moved += [Link(a, b, number) for a, b in pairs]
        number += 1
        free -= {a for a, _ in pairs}
        open_ -= {b for _, b in pairs}
    return moved


def _runs(
    before: Sequence[str],
    after: Sequence[str],
    free: set[int],
    open_: set[int],
    kin: dict[str, list[int]],
) -> Iterator[tuple[int, int, int]]:
    """Start, other start and length of every run of alike free words that may have moved."""
    for i in free:
        for j in kin.get(_kin(before[i]), ()):
            size = 1
            while (
                i + size in free
                and j + size in open_
                and _kin(before[i + size]) == _kin(after[j + size])
            ):
                size += 1
            words = [before[i + k].lower() for k in range(size)]
            if abs(i - j) > _REACH.get(size, len(before)):
                continue
            if any(word[:1].isalnum() and word not in FUNCTION_WORDS for word in words) or (
                abs(i - j) <= _MOVABLE_REACH and not _MOVABLE.isdisjoint(words)
            ):
                yield i, j, size


def _kin(word: str) -> str:
    return stem(word) if word[:1].isalpha() else word

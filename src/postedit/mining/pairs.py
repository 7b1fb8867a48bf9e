"""Phrase pairs of an aligned group: a run of mt words, and the reference words in its place.

As in phrase extraction for statistical translation (Koehn, Och and Marcu 2003) a pair is consistent
with the word alignment: no word in it is the same word as one outside. Here both sides are English,
so the words that did not change are firm ground, and what lies between them is what was garbled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from postedit.align.words import Word, align_words, tokenize
from postedit.text.inflect import same_word
from postedit.text.words import FUNCTION_WORDS

LONGEST_MT = 5
LONGEST_TARGET = 6
# Between two words that did not change; beyond it, word order is no evidence of what became what.
_WIDEST_GAP = 14
_GLUE = frozenset("'s - & / .".split())


@dataclass(frozen=True)
class Group:
    """The mt and the reference of one bead, in words, with the links of words that stayed."""

    mt_text: str
    reference_text: str

    @cached_property
    def mt(self) -> tuple[str, ...]:
        """Words and marks of the mt."""
        return tuple(word.text for word in self._mt_words)

    @cached_property
    def reference(self) -> tuple[str, ...]:
        """Words and marks of the reference."""
        return tuple(word.text for word in self._reference_words)

    @cached_property
    def _mt_words(self) -> tuple[Word, ...]:
        return tokenize(self.mt_text)

    @cached_property
    def _reference_words(self) -> tuple[Word, ...]:
        return tokenize(self.reference_text)

    @cached_property
    def links(self) -> tuple[dict[int, int], dict[int, int]]:
        """Words that are the same in any form, and those that only stand in one another's place."""
        same: dict[int, int] = {}
        other: dict[int, int] = {}
        for link in align_words(self.mt, self.reference):
            alike = _alike(self.mt[link.before], self.reference[link.after])
            (same if alike else other)[link.before] = link.after
        return same, other


def _alike(one: str, other: str) -> bool:
    return one.lower() == other.lower() or (one[:1].isalpha() and same_word(one, other))


@dataclass(frozen=True, slots=True)
class Pair:
    """Words `mt[0]..mt[1]` of a group and words `target[0]..target[1]`, half-open."""

    group: Group
    mt: tuple[int, int]
    target: tuple[int, int]

    @property
    def mt_words(self) -> tuple[str, ...]:
        """The words of the mt."""
        return self.group.mt[slice(*self.mt)]

    @property
    def target_words(self) -> tuple[str, ...]:
        """The words of the reference."""
        return self.group.reference[slice(*self.target)]

    @property
    def as_written(self) -> tuple[str, str]:
        """The mt phrase and the target with the white space that is between their words."""
        group = self.group
        return _text(group.mt_text, group._mt_words, self.mt), _text(
            group.reference_text, group._reference_words, self.target
        )


def _text(text: str, words: Sequence[Word], place: tuple[int, int]) -> str:
    return text[words[place[0]].span.start : words[place[1] - 1].span.end]


def pairs(group: Group) -> Iterator[Pair]:
    """All pairs that may be terms: both ends are content words, and something changed."""
    same, _ = group.links
    back = {j: i for i, j in same.items()}
    # Only content words that kept their order bound a gap; a moved one still may not be torn.
    firm = _rising([(i, j) for i, j in sorted(same.items()) if content(group.mt[i])])
    left, right = [i for i, _ in firm], [j for _, j in firm]
    ends = [i for i, word in enumerate(group.mt) if content(word)]
    starts = [j for j, word in enumerate(group.reference) if content(word)]
    for first in ends:
        for last in ends[bisect_left(ends, first) : bisect_left(ends, first + LONGEST_MT)]:
            below = bisect_left(left, first)
            above = bisect_right(left, last)
            low = right[below - 1] + 1 if below else 0
            high = right[above] if above < len(right) else len(group.reference)
            if high - low > _WIDEST_GAP or _has_break(group.mt, first, last):
                continue
            inner = [same[i] for i in range(first, last + 1) if i in same]
            for begin, end in _targets(group, starts, (low, high), inner, (first, last), back):
                yield Pair(group, (first, last + 1), (begin, end + 1))


def _targets(
    group: Group,
    starts: Sequence[int],
    window: tuple[int, int],
    inner: Sequence[int],
    mt: tuple[int, int],
    back: dict[int, int],
) -> Iterator[tuple[int, int]]:
    inside = starts[bisect_left(starts, window[0]) : bisect_left(starts, window[1])]
    must = (min(inner), max(inner)) if inner else None
    for n, begin in enumerate(inside):
        if must and begin > must[0] and content(group.reference[must[0]]):
            break
        for end in inside[n:]:
            if end - begin >= LONGEST_TARGET:
                break
            if must and not _holds(group, inner, begin, end):
                continue
            if _torn(group, begin, end, mt, back) or _has_break(group.reference, begin, end):
                continue
            if _changed(group, mt, (begin, end)):
                yield begin, end


def _holds(group: Group, inner: Sequence[int], begin: int, end: int) -> bool:
    """Whether every content word that the mt phrase kept is in the target."""
    return all(begin <= j <= end or not content(group.reference[j]) for j in inner)


def _torn(group: Group, begin: int, end: int, mt: tuple[int, int], back: dict[int, int]) -> bool:
    """Whether the target holds a content word that stands outside of the mt phrase."""
    return any(
        j in back and not mt[0] <= back[j] <= mt[1] and content(group.reference[j])
        for j in range(begin, end + 1)
    )


def _changed(group: Group, mt: tuple[int, int], target: tuple[int, int]) -> bool:
    """More than endings: other words, or the capitals of a name inside a sentence."""
    old = group.mt[mt[0] : mt[1] + 1]
    new = group.reference[target[0] : target[1] + 1]
    if old == new:
        return False
    if len(old) != len(new) or not all(map(_alike, old, new)):
        return True
    return is_name(group, target) and [w[:1].isupper() for w in old] != [
        w[:1].isupper() for w in new
    ]


def is_name(group: Group, target: tuple[int, int]) -> bool:
    """Whether every content word has a capital (or is a number) that no sentence start gives.

    `target` is inclusive. In a headline, where most words have one, a capital says nothing.
    """
    words = group.reference
    if headline(words):
        return False
    chosen = [j for j in range(target[0], target[1] + 1) if content(words[j])]
    upper = [words[j][:1].isupper() or words[j][:1].isdigit() for j in chosen]
    opens = chosen[0] == 0 or words[chosen[0] - 1] in {".", "!", "?", ":", "“", '"'}
    inner = any(c.isupper() for j in chosen for c in words[j][1:])
    return all(upper) and (not opens or len(chosen) > 1 or inner)


def headline(words: Sequence[str]) -> bool:
    """Whether nearly all content words have a capital: a title in title case."""
    chosen = [word for word in words if content(word) and word[0].isalpha()]
    return len(chosen) > 3 and sum(w[0].isupper() for w in chosen) / len(chosen) > 0.8


def content(word: str) -> bool:
    """Whether a word may begin or end a term: no mark, no word of the closed classes."""
    return word[:1].isalnum() and word.lower() not in FUNCTION_WORDS


def _has_break(words: Sequence[str], first: int, last: int) -> bool:
    return any(not w[:1].isalnum() and w not in _GLUE for w in words[first : last + 1])


def _rising(links: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of links that rise on both sides."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for n, (_, j) in enumerate(links):
        place = bisect_left(tails, j)
        before.append(ends[place - 1] if place else None)
        tails[place : place + 1] = [j]
        ends[place : place + 1] = [n]
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else None
    while at is not None:
        chain.append(links[at])
        at = before[at]
    return chain[::-1]

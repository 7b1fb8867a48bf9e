"""Beads that are known because they were made, and how well found ones agree with them.

Real pairs of an mt sentence and its reference are merged, split, dropped, swapped, and strange
sentences are put between them; what was done is the gold. Swapped neighbours are one 2-2 bead:
beads keep the order of both sides, so a crossing can only be a bead that holds all of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from postedit.errors import InputError

Pair = tuple[str, str]
Range = tuple[int, int]
Ranges = tuple[Range, Range]

OPERATIONS: Final = ("merge", "split", "drop", "swap", "insert")

# A sentence is split behind a comma, a semicolon or a colon, each half being this long at least.
_BREAK = re.compile(r"[,;:，；：]\s")
_SHORTEST_HALF = 15
_NUMBERS = re.compile(r"(?:\d+(?:-\d+)?)?")


@dataclass(frozen=True, slots=True)
class Gold:
    """Two sides, each of paragraphs of sentences, the beads between them, and what was done.

    Beads count sentences from the start of the text, across paragraphs.
    """

    mt: tuple[tuple[str, ...], ...]
    reference: tuple[tuple[str, ...], ...]
    beads: tuple[Ranges, ...]
    done: tuple[str, ...]

    @property
    def sides(self) -> tuple[list[str], list[str]]:
        """The sentences of both sides without their paragraphs."""
        flat = [[one for block in side for one in block] for side in (self.mt, self.reference)]
        return flat[0], flat[1]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Beads found and wanted (an empty side does not count), and how many of each are right.

    Strictly right is a bead whose both ranges are; laxly right one that shares a sentence with a
    bead of the other set on both sides (Thompson and Koehn 2019).
    """

    found: int
    wanted: int
    strict: int
    lax_found: int
    lax_wanted: int

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.found + other.found,
            self.wanted + other.wanted,
            self.strict + other.strict,
            self.lax_found + other.lax_found,
            self.lax_wanted + other.lax_wanted,
        )

    @property
    def strict_f1(self) -> float:
        """Harmonic mean of strict precision and recall, 0 to 1."""
        return 2 * self.strict / max(self.found + self.wanted, 1)

    @property
    def lax_f1(self) -> float:
        """Harmonic mean of lax precision and recall, 0 to 1."""
        precision, recall = (
            self.lax_found / max(self.found, 1),
            self.lax_wanted / max(self.wanted, 1),
        )
        return 2 * precision * recall / max(precision + recall, 1e-9)


def agreement(found: Iterable[Ranges], wanted: Iterable[Ranges]) -> Agreement:
    """Compare beads with gold ones.

    >>> agreement([((0, 1), (0, 1)), ((1, 3), (1, 2))], [((0, 1), (0, 1)), ((1, 2), (1, 2))])
    Agreement(found=2, wanted=2, strict=1, lax_found=2, lax_wanted=2)
    """
    ours, gold = ([bead for bead in beads if _filled(bead)] for beads in (found, wanted))
    return Agreement(
        found=len(ours),
        wanted=len(gold),
        strict=len(set(ours) & set(gold)),
        lax_found=_touching(ours, gold),
        lax_wanted=_touching(gold, ours),
    )


def parse_beads(text: str) -> tuple[Ranges, ...]:
    """Gold beads of a table: a header `mt` tab `reference`, then sentence numbers from 1.

    A side is a number, a range like `35-37`, or empty. InputError names a line that is neither, or
    does not go on where the last left off.

    >>> parse_beads("mt\\treference\\n1\\t1-2\\n2\\t\\n")
    (((0, 1), (0, 2)), ((1, 2), (2, 2)))
    """
    header, *rows = text.splitlines()
    if header.split("\t") != ["mt", "reference"]:
        raise InputError(f"the header must be mt, tab, reference, not {header!r}", line=1)
    beads: list[Ranges] = []
    ends = (0, 0)
    for line, row in enumerate(rows, start=2):
        cells = row.split("\t")
        if len(cells) != 2 or not all(_NUMBERS.fullmatch(cell) for cell in cells):
            raise InputError(
                f"two columns of numbers like 3 or 3-5 are needed, not {row!r}", line=line
            )
        sides = [_range(cell, end) for cell, end in zip(cells, ends, strict=True)]
        if any(
            begin != end or begin > until for (begin, until), end in zip(sides, ends, strict=True)
        ):
            raise InputError(f"{row!r} does not go on from {ends[0]} and {ends[1]}", line=line)
        beads.append((sides[0], sides[1]))
        ends = (sides[0][1], sides[1][1])
    return tuple(beads)


def _range(cell: str, end: int) -> Range:
    if not cell:
        return (end, end)
    first, _, last = cell.partition("-")
    return (int(first) - 1, int(last or first))


def disturb(pairs: Sequence[Pair], strange: Sequence[str], rate: float, rng: random.Random) -> Gold:
    """Do one operation to `rate` of the pairs on average, on either side.

    `strange` are sentences of other texts, to be inserted. A quarter of the pairs open a paragraph,
    on both sides; nothing is merged or swapped across. A sentence that cannot be split is merged.
    """
    sides: tuple[list[list[str]], list[list[str]]] = ([[]], [[]])
    counts = [0, 0]
    beads: list[Ranges] = []
    done: list[str] = []
    i = 0
    while i < len(pairs):
        if i and rng.random() < 0.25:
            for side in sides:
                side.append([])
        operation = rng.choice(OPERATIONS) if rng.random() < rate else ""
        changed = rng.randrange(2)
        for block in _blocks(pairs, i, operation, changed, strange, rng):
            sizes = [len(sentences) for sentences in block]
            for side, sentences in zip(sides, block, strict=True):
                side[-1] += sentences
            ends = [count + size for count, size in zip(counts, sizes, strict=True)]
            beads.append(((counts[0], ends[0]), (counts[1], ends[1])))
            counts = ends
        if operation:
            done.append(operation)
        i += 2 if operation in ("merge", "swap") and i + 1 < len(pairs) else 1
    mt, reference = (tuple(tuple(block) for block in side if block) for side in sides)
    return Gold(mt, reference, tuple(beads), tuple(done))


def _blocks(
    pairs: Sequence[Pair],
    i: int,
    operation: str,
    changed: int,
    strange: Sequence[str],
    rng: random.Random,
) -> list[tuple[list[str], list[str]]]:
    """Beads of pair i, and of the next if the operation takes both: sentences of both sides."""
    both = [[pair[side] for pair in pairs[i : i + 2]] for side in (0, 1)]
    own = [both[0][:1], both[1][:1]]
    match operation:
        case "split" if halves := _halves(own[changed][0]):
            own[changed] = halves
        case "merge" if len(both[0]) == 2:
            both[changed] = [_merged(both[changed])]
            return [(both[0], both[1])]
        case "swap" if len(both[0]) == 2:
            both[changed] = both[changed][::-1]
            return [(both[0], both[1])]
        case "drop":
            own[changed] = []
        case "insert":
            guest: list[list[str]] = [[], []]
            guest[changed] = [rng.choice(strange)]
            return [(own[0], own[1]), (guest[0], guest[1])]
        case _:
            pass
    return [(own[0], own[1])]


def _merged(sentences: Sequence[str]) -> str:
    first, second = sentences
    return f"{first.strip().rstrip('.?!')}, {second.strip()}"


def _halves(sentence: str) -> list[str] | None:
    """The sentence in two, at the break nearest to its middle; None if there is no good one."""
    places = [found.end() for found in _BREAK.finditer(sentence)]
    middle = len(sentence) / 2
    for place in sorted(places, key=lambda at: abs(at - middle)):
        if _SHORTEST_HALF <= place <= len(sentence) - _SHORTEST_HALF:
            return [sentence[:place].rstrip(" ,;:，；：") + ".", sentence[place:]]
    return None


def _filled(bead: Ranges) -> bool:
    return all(begin < end for begin, end in bead)


def _touching(beads: Sequence[Ranges], others: Sequence[Ranges]) -> int:
    """How many share a sentence with one of the others on both sides."""
    by_sentence: dict[int, list[Ranges]] = {}
    for other in others:
        for i in range(*other[0]):
            by_sentence.setdefault(i, []).append(other)
    return sum(
        any(_touch(one, other) for i in range(*one[0]) for other in by_sentence.get(i, ()))
        for one in beads
    )


def _touch(one: Ranges, other: Ranges) -> bool:
    return all(a[0] < b[1] and b[0] < a[1] for a, b in zip(one, other, strict=True))

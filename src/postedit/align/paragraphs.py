"""Where the paragraphs of one text begin in the other, by the beads between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from postedit.records import Bead


def found_paragraphs(
    beads: Sequence[Bead], opens: Sequence[int]
) -> tuple[tuple[tuple[int, int], tuple[int, int]], ...]:
    """For each mt paragraph, its range of sentences and that of the reference that belongs to it.

    `opens` are the mt sentences that begin a paragraph, in order, the first of them 0. The ranges
    of the reference follow each other and cover it. A bead across a break belongs to where it
    begins, and reference sentences that stand alone go with what is before them.

    >>> beads = [Bead((0, 1), (0, 2), 1.0), Bead((1, 2), (2, 3), 1.0), Bead((2, 2), (3, 4), 0.0)]
    >>> found_paragraphs(beads, [0, 1])
    (((0, 1), (0, 2)), ((1, 2), (2, 4)))
    """
    mt_end, reference_end = (beads[-1].mt[1], beads[-1].reference[1]) if beads else (0, 0)
    starts = [0]
    for opening in opens[1:]:
        later = (b.reference[0] for b in beads if b.mt[0] >= opening and b.mt[0] < b.mt[1])
        starts.append(next(later, reference_end))
    return tuple(
        zip(pairwise([*opens, mt_end]), pairwise([*starts, reference_end]), strict=True)
        if opens
        else ()
    )

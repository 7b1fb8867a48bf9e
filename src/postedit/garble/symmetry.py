"""Two directions of word alignment into one: grow-diag-final-and (Koehn, Och and Marcu 2003)."""

from __future__ import annotations

_AROUND = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))


def grow_diag_final_and(
    forward: frozenset[tuple[int, int]], backward: frozenset[tuple[int, int]]
) -> frozenset[tuple[int, int]]:
    """The intersection, grown by neighbours of the union, then by pairs of unaligned words.

    >>> sorted(grow_diag_final_and(frozenset({(0, 0), (1, 1)}), frozenset({(0, 0), (1, 2)})))
    [(0, 0), (1, 1), (1, 2)]
    """
    union = forward | backward
    links = set(forward & backward)
    sources, targets = {i for i, _ in links}, {j for _, j in links}
    frontier = sorted(links)
    while frontier:
        added: list[tuple[int, int]] = []
        for i, j in frontier:
            for di, dj in _AROUND:
                new = (i + di, j + dj)
                open_ = new[0] not in sources or new[1] not in targets
                if new in union and new not in links and open_:
                    links.add(new)
                    sources.add(new[0])
                    targets.add(new[1])
                    added.append(new)
        frontier = added
    for direction in (forward, backward):
        for i, j in sorted(direction):
            if i not in sources and j not in targets:
                links.add((i, j))
                sources.add(i)
                targets.add(j)
    return frozenset(links)

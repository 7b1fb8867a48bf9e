"""Words that may stand for others in a repair: machine translation said "income" for "revenue".

`substitutes.tsv` beside this file was learnt from post-edits (`postedit data substitutes`): word,
other word, how often. An exchange that is not in it counts as content lost and content invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from postedit.text.words import stem


@cache
def substitutes() -> dict[str, tuple[str, ...]]:
    """By the stem of a word, the words that may stand for it."""
    found: dict[str, list[str]] = {}
    text = (Path(__file__).parent / "substitutes.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, other, _ = line.split("\t")
        found.setdefault(stem(word), []).append(other)
    return {word: tuple(others) for word, others in found.items()}


def exchanged(
    before: Counter[str], after: Counter[str], more: Mapping[str, Sequence[str]] | None = None
) -> Counter[str]:
    """Stems of content words `before`, those exchanged for a substitute `after` as they are there.

    `more` are substitutes besides the usual ones, by word.

    >>> exchanged(Counter(incom=1, rise=1), Counter(revenu=1, rise=1))
    Counter({'rise': 1, 'revenu': 1})
    """
    lost, new = before - after, after - before
    own = {stem(word): others for word, others in (more or {}).items()}
    result = Counter(before)
    for word in lost.elements():
        for other in map(stem, (*own.get(word, ()), *substitutes().get(word, ()))):
            if new[other] > 0:
                new[other] -= 1
                result[word] -= 1
                result[other] += 1
                break
    return +result

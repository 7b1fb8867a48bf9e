"""How good proposals are, against the termbase that a person made for the same article."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from postedit.mining.mine import Article
from postedit.mining.proposal import Proposal
from postedit.records import TermEntry
from postedit.text.inflect import same_word
from postedit.text.phrases import occurrences

_ARTICLES = frozenset({"the", "a", "an"})


@dataclass(frozen=True, slots=True)
class Measure:
    """Of the first `k` proposals, those that are entries; of the entries, those proposed at all.

    An entry counts once, in any form of its words and with or without articles. `entries` are those
    of the termbase that could be found: the mt form is in the mt, the target in a reference.
    """

    k: int
    right: int
    proposed: int
    found: int
    entries: int

    @property
    def precision(self) -> float:
        """Percentage of the first `k` proposals, or of all if there are fewer; 0 without any."""
        return 100.0 * self.right / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """Percentage of the entries that any proposal gives; 100 where there are none."""
        return 100.0 * self.found / self.entries if self.entries else 100.0


def measure(proposals: Sequence[Proposal], entries: Collection[TermEntry], k: int = 20) -> Measure:
    """Compare proposals, the best first, with entries."""
    pairs = dict.fromkeys((entry.mt, entry.target) for entry in entries)
    found = {pair for pair in pairs if any(_same(one, pair) for one in proposals)}
    right = sum(any(_same(one, pair) for pair in pairs) for one in proposals[:k])
    return Measure(k, right, min(k, len(proposals)), len(found), len(pairs))


def findable(entries: Iterable[TermEntry], articles: Iterable[Article]) -> list[TermEntry]:
    """The entries that mining could find: mt form in an mt, other target in one of its references.

    Entries whose mt form is the target say that a term stays; there is nothing to find.
    """
    texts = [
        ("\n".join(one.mt), "\n".join("\n".join(r) for r in one.references)) for one in articles
    ]
    return [
        entry
        for entry in entries
        if entry.mt != entry.target
        and any(_has(mt.lower(), entry.mt) and _has(ref, entry.target) for mt, ref in texts)
    ]


def _has(text: str, phrase: str) -> bool:
    return bool(occurrences(text, phrase) or occurrences(text, phrase.lower()))


def _same(one: Proposal, pair: tuple[str, str]) -> bool:
    return same_phrase(one.mt, pair[0]) and same_phrase(one.target, pair[1])


def same_phrase(one: str, other: str) -> bool:
    """Whether two phrases have the same words in the same order, in any form.

    >>> same_phrase("the mobile operators", "Mobile operator"), same_phrase("Tmall", "Taobao")
    (True, False)
    """
    left, right = _words(one), _words(other)
    return len(left) == len(right) and all(
        a == b or same_word(a, b) for a, b in zip(left, right, strict=True)
    )


def _words(phrase: str) -> list[str]:
    words = phrase.replace("’", "'").lower().split()
    return [word for word in words if word not in _ARTICLES]

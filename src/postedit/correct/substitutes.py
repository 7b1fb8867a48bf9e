"""Words that post-editors put in place of others: learnt from triplets, for text/substitutes.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from postedit.align.words import align_words, tokenize
from postedit.correct.drafts import triplet_draft
from postedit.formats.triplets import Triplet
from postedit.text.inflect import lemma
from postedit.text.words import FUNCTION_WORDS, stem


@dataclass(frozen=True, slots=True)
class Substitute:
    """`word` became `other` in `times` segments; `share` of all segments that have the word."""

    word: str
    other: str
    times: int
    share: float


def learn_substitutes(
    triplets: Iterable[Triplet], *, documents: int = 3, share: float = 0.03, lift: float = 3.0
) -> list[Substitute]:
    """The exchanges of one content word for another that several documents have, most often first.

    `lift` is how much more often the other word comes where the word was, than anywhere. Words that
    differ by inflection alone are no exchange, nor is what a term did.
    """
    seen: Counter[str] = Counter()
    written: Counter[str] = Counter()
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    times: Counter[tuple[str, str]] = Counter()
    forms: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    total = 0
    for one in triplets:
        total += 1
        draft = triplet_draft(one).text
        before, after = ([word.text for word in tokenize(text)] for text in (draft, one.pe))
        old, new = _stems(before), _stems(after)
        seen.update(old.keys())
        written.update(new.keys())
        for link in align_words(before, after):
            x, y = before[link.before], after[link.after]
            if not _plain(x, link.before) or not _plain(y, link.after):
                continue
            pair = stem(x), stem(y)
            # The word is gone, the other one is new: nothing has only moved.
            if pair[0] != pair[1] and old[pair[0]] > new[pair[0]] and new[pair[1]] > old[pair[1]]:
                found[pair].add(one.document)
                times[pair] += 1
                forms[pair][lemma(x.lower()), lemma(y.lower())] += 1
    learnt: dict[tuple[str, str], Substitute] = {}
    for pair, count in times.most_common():
        word, other = forms[pair].most_common(1)[0][0]
        part = count / seen[pair[0]]
        if (
            word != other
            and len(found[pair]) >= documents
            and part >= share
            and part * total / written[pair[1]] >= lift
        ):
            learnt.setdefault((word, other), Substitute(word, other, count, part))
    return list(learnt.values())


def _stems(words: Iterable[str]) -> Counter[str]:
    return Counter(stem(word) for word in words if word.isalpha())


def _plain(word: str, place: int) -> bool:
    # No function word, no negation, and no name: only the first word of a text may have a capital.
    lower = word.lower()
    said = word.isalpha() and lower not in FUNCTION_WORDS and lower not in ("not", "cannot", "no")
    return said and (word.islower() or not place)

"""Mining: align, extract phrase pairs, weigh them, and keep the best for each place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from postedit.align import align
from postedit.mining.features import Candidate, Floats, Phrases, candidate
from postedit.mining.pairs import LONGEST_TARGET, Group, Pair, pairs
from postedit.mining.proposal import Example, Proposal
from postedit.mining.weights import WEIGHTS
from postedit.text.segment import split_sentences

# Below this the two sides of a bead say different things more often than not.
_LEAST_CONFIDENCE = 0.3
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Article:
    """A machine translation and its references, each as paragraphs; they need not be parallel."""

    mt: tuple[str, ...]
    references: tuple[tuple[str, ...], ...]


def mine(
    articles: Sequence[Article],
    least: float = 0.1,
    done: Callable[[int], None] = lambda articles: None,
) -> tuple[Proposal, ...]:
    """Entries that the articles speak for, the likeliest first, none below the score `least`.

    Counts go over all articles and references together. Each word of the mt gives evidence for one
    proposal per reference at most: of overlapping ones the likelier stays.
    """
    groups: list[Group] = []
    for article in articles:
        for reference in article.references:
            groups += beads(article, reference)
        done(1)
    found = candidates(groups)
    scores = score(np.array([one.features for one in found])) if found else np.empty(0)
    return choose(found, scores, least)


def beads(article: Article, reference: Sequence[str]) -> Iterator[Group]:
    """The aligned groups of an article with one reference; unsure ones are left out."""
    left, right = _sentences(article.mt), _sentences(reference)
    for bead in align("\n".join(article.mt), "\n".join(reference)):
        if bead.confidence >= _LEAST_CONFIDENCE:
            yield Group(" ".join(left[slice(*bead.mt)]), " ".join(right[slice(*bead.reference)]))


def _sentences(paragraphs: Sequence[str]) -> list[str]:
    return [span.of(text) for text in paragraphs for span in split_sentences(text)]


def candidates(groups: Sequence[Group]) -> list[Candidate]:
    """All phrase pairs of the groups; a pair is one whatever the case of its mt phrase."""
    by_phrases: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for group in groups:
        for pair in pairs(group):
            key = (" ".join(pair.mt_words).lower(), " ".join(pair.target_words))
            by_phrases[key].append(pair)
    phrases = Phrases(groups, LONGEST_TARGET)
    return [candidate(places, phrases) for places in by_phrases.values()]


def score(features: Floats, weights: Floats = WEIGHTS) -> Floats:
    """The chance of each row of features to be an entry: logistic regression."""
    result: Floats = 1.0 / (1.0 + np.exp(-(features @ weights)))
    return result


def choose(found: Sequence[Candidate], scores: Floats, least: float = 0.0) -> tuple[Proposal, ...]:
    """The proposals that stand beside each other: the highest scores first, none below `least`.

    One mt form gets one target, and one place of the mt one proposal.
    """
    taken: dict[int, set[int]] = defaultdict(set)
    forms: set[str] = set()
    chosen: list[Proposal] = []
    for i in np.argsort(-scores, kind="stable").tolist():
        if scores[i] < least:
            break
        one = found[i]
        free = [p for p in one.places if taken[id(p.group)].isdisjoint(range(*p.mt))]
        form = " ".join(one.places[0].mt_words).lower()
        if free and form not in forms:
            forms.add(form)
            for pair in free:
                taken[id(pair.group)].update(range(*pair.mt))
            chosen.append(_proposal(float(scores[i]), one, free))
    return tuple(chosen)


def _proposal(value: float, one: Candidate, free: Sequence[Pair]) -> Proposal:
    mt, target = free[0].as_written
    examples = dict.fromkeys(Example(p.group.mt_text, p.group.reference_text) for p in free)
    return Proposal(
        mt=mt,
        target=target,
        score=round(value, 4),
        places=len({id(pair.group) for pair in free}),
        mt_count=one.mt_count,
        target_count=one.target_count,
        association=round(one.association, 2),
        examples=tuple(examples)[:_EXAMPLES],
    )

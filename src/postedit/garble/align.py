"""Word alignment of bilingual text: two IBM models 2 that must agree, in numpy.

Each direction is the model of Dyer, Chahuneau and Smith (2013): the probability of a link is that
of the lexicon times exp(-tension |i/m - j/n|), with a null word; the lexicon is estimated by
expectation maximisation with a sparse Dirichlet prior (variational Bayes). The two directions are
trained together: what counts is the product of their posteriors (Liang, Taskar and Klein 2006).
Then they are symmetrised by grow-diag-final-and (Koehn, Och and Marcu 2003).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from postedit.garble.symmetry import grow_diag_final_and
from postedit.garble.tokens import Words

Link = tuple[int, int]  # source word, target word
Links = frozenset[Link]
Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Aligner = Callable[[Sequence[Words], Sequence[Words]], list[Links]]

_TENSION = 4.0
_FLAT = 0.2  # share of the prior that is for any place: time and place move far
_NULL = 0.08
_ALPHA = 0.01
_ALPHA_SAME = 1.0  # for a word that is written alike in both languages
_ITERATIONS = 4  # of each model


def align_ibm(source: Sequence[Words], target: Sequence[Words]) -> list[Links]:
    """Links of each pair of sentences, symmetrised; time grows with the sum of m times n."""
    tables = _Candidates.of(source, target), _Candidates.of(target, source)
    cells = _same_cells(source, target)
    lexicons = [np.ones(table.pairs) for table in tables]
    # First without the diagonal (model 1), or words that change places would never be found.
    flat = np.ones(1)
    for iteration in range(2 * _ITERATIONS):
        diagonal = iteration >= _ITERATIONS
        posteriors = [
            _posterior(table, lexicon, table.prior if diagonal else flat)
            for table, lexicon in zip(tables, lexicons, strict=True)
        ]
        if iteration:
            both = posteriors[0][cells[0]] * posteriors[1][cells[1]]
            posteriors[0][cells[0]] = posteriors[1][cells[1]] = both
        lexicons = [
            _lexicon(table, posterior) for table, posterior in zip(tables, posteriors, strict=True)
        ]
    forward, backward = (
        _posterior(table, lexicon, table.prior)
        for table, lexicon in zip(tables, lexicons, strict=True)
    )
    # The geometric mean, so that a link that both believe in half stands against null in each.
    both = np.sqrt(forward[cells[0]] * backward[cells[1]])
    forward[cells[0]] = backward[cells[1]] = both
    there, back = _best(tables[0], forward, target), _best(tables[1], backward, source)
    return [
        grow_diag_final_and(one, frozenset((i, j) for j, i in other))
        for one, other in zip(there, back, strict=True)
    ]


def _best(table: _Candidates, posterior: Floats, target: Sequence[Words]) -> list[Links]:
    """For each target word its best source word, or none; links are (source, target)."""
    best = _argmax_of_rows(posterior, table.starts)
    words = np.repeat(np.arange(len(target)), [len(words) for words in target])
    links: list[list[Link]] = [[] for _ in target]
    for sentence, i, j in zip(words, table.place[best], table.target_place, strict=True):
        if i >= 0:
            links[sentence].append((int(i), int(j)))
    return [frozenset(found) for found in links]


def _same_cells(source: Sequence[Words], target: Sequence[Words]) -> tuple[Places, Places]:
    """Where each possible link but null stands among the candidates of either direction."""
    forward, backward = [], []
    start = [0, 0]
    for left, right in zip(source, target, strict=True):
        m, n = len(left), len(right)
        i, j = np.arange(m)[None, :], np.arange(n)[:, None]
        forward.append((start[0] + j * (m + 1) + i + 1).ravel())
        backward.append((start[1] + i * (n + 1) + j + 1).ravel())
        start[0] += n * (m + 1)
        start[1] += m * (n + 1)
    return np.concatenate(forward), np.concatenate(backward)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """All possible links, target word after target word; each row begins with the null link.

    pair: number of the (source word, target word) type; of_source: source word of each such type;
    alpha: its prior count; prior: the diagonal prior; place: source position (-1 is null); starts:
    first link of each row.
    """

    pair: NDArray[np.int32]
    of_source: NDArray[np.int32]
    alpha: Floats
    prior: Floats
    place: NDArray[np.int16]
    starts: NDArray[np.int64]
    target_place: NDArray[np.int64]
    pairs: int

    @classmethod
    def of(cls, source: Sequence[Words], target: Sequence[Words]) -> _Candidates:
        ids: dict[str, int] = {}
        here, there = _numbered(source, ids), _numbered(target, ids)
        width = 1 + len(ids)
        codes, priors, places, lengths = [], [], [], []
        for left, right in zip(here, there, strict=True):
            m, n = len(left), len(right)
            sources = np.concatenate(([0], left)).astype(np.int64)
            codes.append((sources[None, :] * width + right[:, None]).ravel())
            priors.append(_diagonal(m, n).ravel())
            places.append(np.tile(np.arange(-1, m, dtype=np.int16), n))
            lengths += [m + 1] * n
        types, pair = np.unique(np.concatenate(codes), return_inverse=True)
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
        return cls(
            pair=pair.astype(np.int32),
            of_source=(types // width).astype(np.int32),
            alpha=np.where(types // width == types % width, _ALPHA_SAME, _ALPHA),
            prior=np.concatenate(priors),
            place=np.concatenate(places),
            starts=starts,
            target_place=np.concatenate([np.arange(len(words)) for words in target]),
            pairs=len(types),
        )


def _numbered(texts: Sequence[Words], ids: dict[str, int]) -> list[NDArray[np.int64]]:
    """Numbers from 1 on; a word of both languages (a name, a number) has one number."""
    return [
        np.array([ids.setdefault(word.lower(), len(ids) + 1) for word in words], np.int64)
        for words in texts
    ]


def _diagonal(m: int, n: int) -> Floats:
    """Prior of null and of each source position, for each target position: shape (n, 1 + m)."""
    if not m:
        return np.ones((n, 1))
    where_source = (np.arange(m) + 0.5) / m
    where_target = (np.arange(n) + 0.5) / n
    weight = np.exp(-_TENSION * np.abs(where_source[None, :] - where_target[:, None]))
    weight *= (1 - _FLAT) / weight.sum(axis=1, keepdims=True)
    weight = (1 - _NULL) * (weight + _FLAT / m)
    return np.hstack((np.full((n, 1), _NULL), weight))


def _posterior(table: _Candidates, lexicon: Floats, prior: Floats) -> Floats:
    score = lexicon[table.pair] * prior
    totals = np.add.reduceat(score, table.starts)
    rows = np.diff(np.concatenate((table.starts, [len(score)])))
    score /= np.repeat(np.maximum(totals, 1e-300), rows)
    return score


def _lexicon(table: _Candidates, posterior: Floats) -> Floats:
    counts = _sums(table.pair, posterior, table.pairs) + table.alpha
    per_source = _sums(table.of_source, counts)
    return np.exp(_digamma(counts) - _digamma(per_source)[table.of_source])


def _sums(of: NDArray[np.int32], weights: Floats, least: int = 0) -> Floats:
    return np.bincount(of, weights=weights, minlength=least).astype(np.float64)


def _digamma(x: Floats) -> Floats:
    """The digamma function of positive numbers, by recurrence and its asymptotic series."""
    result = np.zeros_like(x)
    x = x.copy()
    for _ in range(6):
        result -= 1 / x
        x += 1
    inverse = 1 / (x * x)
    return (
        result
        + np.log(x)
        - 0.5 / x
        - inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
    )


def _argmax_of_rows(score: Floats, starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the first highest score of each row."""
    highest = np.maximum.reduceat(score, starts)
    rows = np.diff(np.concatenate((starts, [len(score)])))
    hits = np.flatnonzero(score == np.repeat(highest, rows))
    first = np.searchsorted(hits, starts)
    return hits[first]

"""A suite in three term modes: without terms, with its own, and with random ones."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from postedit.benchmark.run import OnProgress, SuiteRun, run_suite
from postedit.benchmark.store import Store
from postedit.benchmark.suite import Suite, SuiteArticle
from postedit.benchmark.systems import System
from postedit.errors import InputError
from postedit.records import TermEntry, TermStatus
from postedit.score.term_modes import (
    Demand,
    TermMode,
    TermModeScores,
    TermSample,
    term_mode_scores,
)
from postedit.termbase import Termbase
from postedit.text.phrases import occurrences

# Random terms of an article: as many as it has itself, but not fewer.
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class ModeRow:
    """The scores of one system in one mode."""

    system: str
    scores: TermModeScores


def run_term_modes(
    suite: Suite,
    systems: Sequence[System],
    folder: Path,
    seed: int = 1,
    progress: OnProgress = lambda system, article, units: None,
) -> tuple[ModeRow, ...]:
    """Have every system do the suite in each mode, except for what `folder` has already.

    InputError if no other article has terms from which random ones could be drawn.
    """
    rows: list[ModeRow] = []
    strangers = random_terms(suite, seed)
    for mode in TermMode:
        given = with_terms(suite, mode, strangers)
        run = run_suite(given, systems, Store(folder / mode), progress)
        for system in systems:
            samples = _samples(
                suite, run, system.name, strangers if mode is TermMode.RANDOM else {}
            )
            rows.append(ModeRow(system.name, term_mode_scores(mode, samples)))
    return tuple(rows)


def with_terms(suite: Suite, mode: TermMode, strangers: dict[str, tuple[TermEntry, ...]]) -> Suite:
    """The suite with the termbases that the mode gives; `strangers` by article id."""

    def given(article: SuiteArticle) -> Termbase:
        match mode:
            case TermMode.NONE:
                return Termbase()
            case TermMode.REAL:
                return article.termbase
            case TermMode.RANDOM:
                return Termbase(strangers[article.id])

    articles = tuple(replace(article, termbase=given(article)) for article in suite.articles)
    return replace(suite, articles=articles)


def random_terms(suite: Suite, seed: int) -> dict[str, tuple[TermEntry, ...]]:
    """Entries of other articles, for each article as many as it has itself, at least ten.

    None has its target in the article's mt or references, nor its source in the article's source:
    whatever comes in of them is wrong.
    """
    rng = random.Random(seed)
    found: dict[str, tuple[TermEntry, ...]] = {}
    for article in suite.articles:
        others = [
            entry
            for other in suite.articles
            if other.id != article.id
            for entry in other.termbase.entries
            if entry.mt and entry.status is not TermStatus.FORBIDDEN
        ]
        rng.shuffle(others)
        wanted = max(len(article.termbase), _FEWEST)
        chosen: dict[str, TermEntry] = {}
        for entry in others:
            if len(chosen) == wanted:
                break
            if not _belongs(entry, article):
                chosen.setdefault(entry.mt.lower(), entry)
        if not chosen:
            raise InputError(
                f"{article.id}: no other article has terms to draw random ones from; "
                "term modes need two articles with a glossary.tsv"
            )
        found[article.id] = tuple(chosen.values())
    return found


def _belongs(entry: TermEntry, article: SuiteArticle) -> bool:
    if entry.source and any(entry.source in (unit.source or "") for unit in article.units):
        return True
    return any(
        occurrences(text, entry.target)
        for passage in article.passages
        for text in (passage.mt, *passage.references)
    )


def _samples(
    suite: Suite, run: SuiteRun, system: str, strangers: dict[str, tuple[TermEntry, ...]]
) -> list[TermSample]:
    texts = iter(run.texts(system))
    return [
        TermSample(
            mt=passage.mt,
            output=next(texts),
            references=passage.references,
            demands=demands(article.termbase.entries),
            strangers=demands(strangers.get(article.id, ())),
        )
        for article in suite.articles
        for passage in article.passages
    ]


def demands(entries: Sequence[TermEntry]) -> tuple[Demand, ...]:
    """What the concepts of a termbase ask of a text: entries of one source or id are one concept.

    Entries without either, but with one target, are one concept too.
    """
    targets: dict[str, dict[str, None]] = defaultdict(dict)
    exact: set[str] = set()
    for entry in entries:
        if entry.status is not TermStatus.FORBIDDEN:
            concept = entry.source or entry.id or entry.target
            targets[concept][entry.target] = None
            if entry.status is TermStatus.DO_NOT_TRANSLATE:
                exact.add(concept)
    # Concepts with the same targets ("decline" for two words of Chinese) ask for one thing.
    return tuple(
        dict.fromkeys(Demand(tuple(found), concept in exact) for concept, found in targets.items())
    )

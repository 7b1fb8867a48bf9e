"""A suite: articles with references, cut into the passages on which all systems are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from postedit.align import align
from postedit.errors import InputError
from postedit.formats import Article, read_article
from postedit.records import TermMatch, Unit
from postedit.termbase import Termbase
from postedit.termbase.replace import replaceable
from postedit.text.segment import split_sentences


@dataclass(frozen=True, slots=True)
class Passage:
    """The least text of an article that every system has by itself.

    That is one unit and its part of each reference, or as many units as it takes until all
    references come to the end of a sentence too. `units` is a half-open range of unit indices;
    `number` counts from 1 within the article.
    """

    article: str
    number: int
    units: tuple[int, int]
    mt: str
    references: tuple[str, ...]

    def of(self, texts: Sequence[str]) -> str:
        """This passage's part of an article's texts, one for each unit."""
        return " ".join(texts[slice(*self.units)])


@dataclass(frozen=True)
class SuiteArticle:
    """An article that can be scored: units, termbase, passages, and where it comes from.

    `given` are targets that each unit has to have whether or not a term is matched in it: test
    sets know terms by their source alone.
    """

    id: str
    units: tuple[Unit, ...]
    termbase: Termbase
    passages: tuple[Passage, ...]
    title: str = ""
    split: str = ""
    licence: str = ""
    origin: str = ""
    given: tuple[tuple[str, ...], ...] = ()

    @property
    def targets(self) -> tuple[tuple[str, ...], ...]:
        """The targets that each unit has to have: those given, or those of its matches."""
        return self.given or tuple(
            tuple(match.entry.target for match in replaceable(found)) for found in self.matches
        )

    @cached_property
    def matches(self) -> tuple[tuple[TermMatch, ...], ...]:
        """The term matches of each unit."""
        return tuple(self.termbase.match(unit.mt, unit.source) for unit in self.units)

    @cached_property
    def digest(self) -> str:
        """A hash of all that a system may see of the article: mt, sources and terms."""
        seen = hashlib.sha256()
        for part in (*self.units, *self.termbase.entries):
            seen.update(repr(part).encode())
        return seen.hexdigest()[:16]


@dataclass(frozen=True)
class Suite:
    """Articles under a name; `checksums` are the SHA-256 of the files of a public test set."""

    name: str
    articles: tuple[SuiteArticle, ...]
    checksums: tuple[str, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all articles, in order."""
        return tuple(passage for article in self.articles for passage in article.passages)


def load_suite(paths: Sequence[Path], splits: Sequence[str] = ()) -> Suite:
    """Read article folders, and folders of article folders; with `splits`, only those.

    InputError if a folder holds no article, if an article has no reference, if two have one id, or
    if no article is of those splits.
    """
    found = [read_article(folder) for path in paths for folder in _folders(path)]
    for first, second in pairwise(sorted(found, key=lambda one: one.id)):
        if first.id == second.id:
            raise InputError(f"has the id {first.id!r}, as {first.path} has", path=second.path)
    chosen = [one for one in found if not splits or one.meta.split in splits]
    if not chosen:
        known = ", ".join(sorted({one.meta.split or "none" for one in found}))
        raise InputError(f"no article of split {', '.join(splits)}; there are: {known}")
    name = ", ".join(path.resolve().name for path in paths)
    return Suite(name, tuple(_article(one) for one in chosen))


def _folders(path: Path) -> list[Path]:
    if not path.is_dir():
        raise InputError("no such folder", path=path)
    if (path / "mt.txt").exists():
        return [path]
    inside = sorted(file.parent for file in path.glob("*/mt.txt"))
    if not inside:
        raise InputError("holds no article: neither it nor a folder in it has mt.txt", path=path)
    return inside


def _article(article: Article) -> SuiteArticle:
    if not article.references:
        raise InputError("cannot be scored: it has no reference.txt", path=article.path)
    meta = article.meta
    return SuiteArticle(
        id=article.id,
        units=article.units,
        termbase=Termbase.load(article.glossary) if article.glossary else Termbase(),
        passages=passages(article.id, article.units, article.references),
        title=meta.title,
        split=meta.split,
        licence=meta.licence,
        origin=meta.origin,
    )


def passages(
    article: str, units: Sequence[Unit], references: Sequence[Sequence[str]]
) -> tuple[Passage, ...]:
    """Cut an article into passages; with as many paragraphs in all texts, one for each.

    Otherwise each reference is aligned by sentences, and a cut is made between two units where
    every alignment has one and is sure of the beads on both sides of it.
    """
    parts = [_parts([unit.mt for unit in units], text) for text in references]
    shared = [end for end in range(1, len(units) + 1) if all(end in part.ends for part in parts)]
    cuts = [0]
    for end in shared:
        if all(part.between(cuts[-1], end) for part in parts):
            cuts.append(end)
    # What is left without a text of its own at the end goes to the passage before it.
    cuts = [*cuts[:-1], len(units)] if len(cuts) > 1 else [0, len(units)]
    return tuple(
        Passage(
            article=article,
            number=number,
            units=(start, end),
            mt=" ".join(unit.mt for unit in units[start:end]),
            references=tuple(part.between(start, end) for part in parts),
        )
        for number, (start, end) in enumerate(pairwise(cuts), start=1)
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """One reference: its pieces, and how many of them are used up at each cut after a unit."""

    pieces: tuple[str, ...]
    ends: dict[int, int]

    def between(self, start: int, end: int) -> str:
        return " ".join(self.pieces[self.ends[start] : self.ends[end]])


def _parts(mt: Sequence[str], reference: Sequence[str]) -> _Parts:
    if len(mt) == len(reference):
        return _Parts(tuple(reference), {i: i for i in range(len(mt) + 1)})
    sentences = tuple(span.of(text) for text in reference for span in split_sentences(text))
    after = dict(_sentences_before(mt))
    ends = {0: 0}
    # A bead that the aligner doubts, or that has one side only, may belong to either neighbour.
    for bead, following in pairwise(align("\n".join(mt), "\n".join(reference))):
        if bead.mt[1] in after and bead.flag is None and following.flag is None:
            ends[after[bead.mt[1]]] = bead.reference[1]
    return _Parts(sentences, ends | {len(mt): len(sentences)})


def _sentences_before(mt: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The number of sentences up to the end of each unit, and the number of units."""
    count = 0
    for number, text in enumerate(mt, start=1):
        count += len(split_sentences(text))
        yield count, number

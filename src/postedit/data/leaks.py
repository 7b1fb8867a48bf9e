"""Nothing that is evaluated on may be trained on: equal texts and near duplicates are found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from postedit.data.config import NearConfig
from postedit.data.row import Row
from postedit.errors import InputError
from postedit.formats import read_text
from postedit.text.digest import NearIndex, digest, digests
from postedit.text.segment import split_sentences

_ARTICLE_TEXTS = re.compile(r"(?:mt|source|reference(?:\.\d+)?)\.txt")


@dataclass(frozen=True, slots=True)
class Guarded:
    """A text that must not be trained on, and where it stands."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Leak:
    """A text of a row that is equal (overlap 1) or near to a guarded one."""

    row: str
    text: str
    guarded: Guarded
    exact: bool
    overlap: float


class Guard:
    """Finds guarded texts in rows, by digest and by character n-grams."""

    def __init__(self, guarded: Sequence[Guarded], near: NearConfig):
        self._guarded = guarded
        self._exact = {digest(one.text): one for one in reversed(guarded)}
        self._known = digests(one.text for one in guarded)
        self._near = NearIndex([one.text for one in guarded], n=near.n, least=near.least)
        self._least_overlap = near.overlap

    def __len__(self) -> int:
        return len(self._known)

    def leak(self, name: str, texts: Iterable[str]) -> Leak | None:
        """The first leak among the texts of a row: an equal text before a near one."""
        texts = tuple(texts)
        for text in texts:
            if (key := digest(text)) in self._known:
                return Leak(name, text, self._exact[key], True, 1.0)
        for text in texts:
            near = self._near.nearest(text)
            if near is not None and near.overlap >= self._least_overlap:
                return Leak(name, text, self._guarded[near.index], False, near.overlap)
        return None

    def leaks(self, rows: Iterable[Row], done: Callable[[int], None]) -> Iterator[Leak | None]:
        """The leak of each row, or None; `done` hears of every row."""
        for row in rows:
            yield self.leak(row.id, row.texts)
            done(1)


def guarded_rows(rows: Iterable[Row]) -> Iterator[Guarded]:
    """Every text of rows that are evaluated on."""
    for row in rows:
        for text in row.texts:
            yield Guarded(text, f"{row.split}: {row.id}")


def guarded_files(paths: Iterable[Path]) -> Iterator[Guarded]:
    """Paragraphs and sentences of text files and of article folders, however deep they lie."""
    for path in paths:
        files = [path] if path.is_file() else sorted(path.rglob("*.txt")) if path.is_dir() else []
        files = [file for file in files if file == path or _ARTICLE_TEXTS.fullmatch(file.name)]
        if not files:
            raise InputError("no text file, and no article with mt.txt in it", path=path)
        for file in files:
            yield from _pieces(file)


def _pieces(file: Path) -> Iterator[Guarded]:
    for number, paragraph in enumerate(read_text(file).paragraphs, start=1):
        place = f"{file}, paragraph {number}"
        sentences = [span.of(paragraph) for span in split_sentences(paragraph)]
        for text in dict.fromkeys([paragraph, *sentences]):
            yield Guarded(text, place)

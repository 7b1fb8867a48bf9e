"""An article on disk: a folder with mt.txt and, where there are any, its companions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from postedit.config import Config, load_config
from postedit.errors import InputError
from postedit.formats.plain import TextFile, read_text
from postedit.records import Unit

_MT, _REFERENCE, _SOURCE = "mt.txt", "reference.txt", "source.txt"
_GLOSSARY, _META = "glossary.tsv", "meta.yaml"
# The second reference is reference.2.txt, and so on.
_FURTHER = re.compile(r"reference\.([1-9]\d*)\.txt")


class ArticleMeta(Config):
    """What meta.yaml says of an article: where it comes from and what it may be used for."""

    id: str = ""
    title: str = ""
    origin: str = ""
    licence: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A folder as it was read.

    Each of `references` is the paragraphs of one translation by a person, not yet aligned; the
    first is reference.txt. `source` has one paragraph for each of mt.txt, or is None.
    """

    path: Path
    text: TextFile
    references: tuple[tuple[str, ...], ...]
    source: tuple[str, ...] | None
    glossary: Path | None
    meta: ArticleMeta

    @property
    def reference(self) -> tuple[str, ...] | None:
        """The first reference, or None if there is none."""
        return self.references[0] if self.references else None

    @property
    def id(self) -> str:
        """The id that meta.yaml gives, or the name of the folder."""
        return self.meta.id or self.path.resolve().name

    @property
    def units(self) -> tuple[Unit, ...]:
        """The paragraphs of mt.txt as units with ids "1", "2", ..., each with its source."""
        if self.source is None:
            return self.text.units
        pairs = zip(self.text.units, self.source, strict=True)
        return tuple(replace(unit, source=source) for unit, source in pairs)


def read_article(folder: Path | str) -> Article:
    """Read an article folder: mt.txt, and its companions if they are present.

    These are reference.txt, further references as reference.2.txt and so on, source.txt,
    glossary.tsv and meta.yaml. The glossary is only found here, not read. InputError if the folder
    or mt.txt is missing, if a text has no paragraph, if a number is left out among the references,
    or if source.txt has not as many paragraphs as mt.txt.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputError("no such folder", path=path)
    if not (path / _MT).is_file():
        companions = ", ".join([_REFERENCE, _SOURCE, _GLOSSARY, _META])
        looked_for = f"{_MT} (needed), {companions} (if present)"
        raise InputError(f"is not an article: it has no {_MT}; looked for {looked_for}", path=path)
    text = _paragraphs(path / _MT)
    meta = _companion(path / _META)
    return Article(
        path=path,
        text=text,
        references=tuple(_paragraphs(file).paragraphs for file in _references(path)),
        source=_source(path / _SOURCE, text),
        glossary=_companion(path / _GLOSSARY),
        meta=load_config(meta, ArticleMeta) if meta else ArticleMeta(),
    )


def _references(folder: Path) -> list[Path]:
    numbers = sorted(
        int(match[1]) for file in folder.iterdir() if (match := _FURTHER.fullmatch(file.name))
    )
    first = _companion(folder / _REFERENCE)
    found = ([first] if first else []) + [folder / f"reference.{n}.txt" for n in numbers]
    if numbers != list(range(2, len(numbers) + 2)) or (numbers and first is None):
        names = ", ".join(file.name for file in found)
        wanted = f"{_REFERENCE}, reference.2.txt, reference.3.txt, ..."
        raise InputError(f"has {names}, but references are numbered {wanted}", path=folder)
    return found


def _source(file: Path, mt: TextFile) -> tuple[str, ...] | None:
    if not file.exists():
        return None
    found = _paragraphs(file).paragraphs
    if len(found) != len(mt.paragraphs):
        raise InputError(
            f"has {len(found)} paragraphs, but {_MT} has {len(mt.paragraphs)}", path=file
        )
    return found


def _companion(path: Path) -> Path | None:
    return path if path.exists() else None


def _paragraphs(path: Path) -> TextFile:
    text = read_text(path)
    if not text.paragraphs:
        raise InputError("has no paragraph", path=path)
    return text

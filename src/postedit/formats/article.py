"""An article on disk: a folder with mt.txt and, where there are any, its companions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from postedit.config import Config, load_config
from postedit.errors import InputError
from postedit.formats.plain import TextFile, read_text
from postedit.records import Unit

_MT, _REFERENCE, _GLOSSARY, _META = "mt.txt", "reference.txt", "glossary.tsv", "meta.yaml"


class ArticleMeta(Config):
    """What meta.yaml says of an article: where it comes from and what it may be used for."""

    id: str = ""
    title: str = ""
    origin: str = ""
    licence: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A folder as it was read. `reference` is None if there is none; it is not yet aligned."""

    path: Path
    text: TextFile
    reference: tuple[str, ...] | None
    glossary: Path | None
    meta: ArticleMeta

    @property
    def id(self) -> str:
        """The id that meta.yaml gives, or the name of the folder."""
        return self.meta.id or self.path.resolve().name

    @property
    def units(self) -> tuple[Unit, ...]:
        """The paragraphs of mt.txt as units with ids "1", "2", ..."""
        return self.text.units


def read_article(folder: Path | str) -> Article:
    """Read an article folder: mt.txt, and reference.txt, glossary.tsv and meta.yaml if present.

    The glossary is only found here, not read. InputError if the folder or mt.txt is missing, or if
    a text has no paragraph.
    """
    path = Path(folder)
    if not path.is_dir():
        raise InputError("no such folder", path=path)
    if not (path / _MT).is_file():
        companions = ", ".join([_REFERENCE, _GLOSSARY, _META])
        looked_for = f"{_MT} (needed), {companions} (if present)"
        raise InputError(f"is not an article: it has no {_MT}; looked for {looked_for}", path=path)
    reference = _companion(path / _REFERENCE)
    meta = _companion(path / _META)
    return Article(
        path=path,
        text=_paragraphs(path / _MT),
        reference=_paragraphs(reference).paragraphs if reference else None,
        glossary=_companion(path / _GLOSSARY),
        meta=load_config(meta, ArticleMeta) if meta else ArticleMeta(),
    )


def _companion(path: Path) -> Path | None:
    return path if path.exists() else None


def _paragraphs(path: Path) -> TextFile:
    text = read_text(path)
    if not text.paragraphs:
        raise InputError("has no paragraph", path=path)
    return text

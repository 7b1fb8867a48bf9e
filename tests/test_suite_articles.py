"""The articles under eval/: complete, made by the script beside them, and never trained on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postedit.formats import read_article
from postedit.models.load import DEFAULT
from postedit.termbase import Termbase
from postedit.text.segment import split_sentences
from postedit.train.data import digest
from tests.conftest import REPOSITORY

ARTICLES = sorted((REPOSITORY / "eval" / "articles").iterdir())
OURS = [folder for folder in ARTICLES if folder.name.startswith("authored-")]


def test_the_suite_is_as_large_as_promised() -> None:
    splits = [read_article(folder).meta.split for folder in OURS]
    assert splits.count("test") >= 16
    assert set(splits) == {"test", "dev"}, "those of dev are marked, and reported apart"


@pytest.mark.parametrize("folder", OURS, ids=lambda folder: folder.name)
def test_each_article_is_complete(folder: Path) -> None:
    article = read_article(folder)
    assert article.references
    assert article.id == folder.name
    assert article.meta.title
    assert article.meta.licence
    assert "simulated" in article.meta.origin, "scores on simulated text have to say so"
    assert {len(text) for text in article.references} == {len(article.units)}
    assert all(unit.source for unit in article.units)
    assert article.glossary is not None
    matched = [match for one in article.units for match in _terms(article.glossary).match(one.mt)]
    assert matched, "a glossary that no text needs proves nothing"


def _terms(path: Path) -> Termbase:
    return Termbase.load(path)


@pytest.mark.parametrize("folder", ARTICLES, ids=lambda folder: folder.name)
def test_nothing_of_the_suite_was_trained_on(folder: Path) -> None:
    """No text of an article, and no sentence of four words or more, has a digest of training.

    Shorter ones ("A: Not entirely.") may stand in two texts by chance.
    """
    trained_on = set((DEFAULT / "train-digests.txt").read_text(encoding="ascii").split())
    assert len(trained_on) > 1000
    article = read_article(folder)
    texts = [article.text.paragraphs, *article.references, article.source or ()]
    for paragraph in (paragraph for text in texts for paragraph in text):
        pieces = [paragraph, *(span.of(paragraph) for span in split_sentences(paragraph))]
        long = [piece for piece in pieces if len(re.findall(r"\w+", piece)) >= 4]
        assert not {digest(piece) for piece in long} & trained_on, paragraph

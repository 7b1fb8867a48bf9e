from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.errors import ConfigError, InputError
from postedit.formats import ArticleMeta, parse_text, read_article, read_text, write_text
from postedit.records import Unit

ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom"


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("", ()),  # nothing
        ("\n\r\n \n", ()),  # blank lines only
        ("one", ("one",)),  # no line break at the end
        ("one\ntwo\n", ("one", "two")),  # no blank line between
        ("one\r\n\r\ntwo\r\n", ("one", "two")),  # Windows
        ("one\rtwo", ("one", "two")),  # old Macintosh
        ("  one\t\n\n\n two", ("one", "two")),  # white space around is frame
        ("\ufeffone\n", ("one",)),  # byte order mark
        ("one\u2028still\x85one\x0cone\x1cone\n", ("one\u2028still\x85one\x0cone\x1cone",)),
        ("\u3000马云\n", ("马云",)),  # Chinese indent
    ],
)
def test_paragraphs(text: str, paragraphs: tuple[str, ...]) -> None:
    file = parse_text(text)
    assert file.paragraphs == paragraphs
    assert file.render(paragraphs) == text


_TEXTS = st.text(alphabet=st.sampled_from("ab \t\r\n\ufeff\u2028\x85\x0c\u3000马"))


@settings(deadline=None)
@given(_TEXTS | st.text())
def test_own_paragraphs_render_to_the_same_text(text: str) -> None:
    file = parse_text(text)
    assert file.render(file.paragraphs) == text
    assert all(piece == piece.strip() and piece for piece in file.paragraphs)
    assert len(file.frame) == len(file.paragraphs) + 1


@settings(deadline=None)
@given(_TEXTS)
def test_only_paragraphs_are_replaced(text: str) -> None:
    file = parse_text(text)
    pieces = tuple(f"new {i}" for i in range(len(file.paragraphs)))
    again = parse_text(file.render(pieces))
    assert again.paragraphs == pieces
    assert again.frame == file.frame


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        (["one"], "1 texts for 2 paragraphs"),
        (["one", "two", "three"], "3 texts for 2 paragraphs"),
        (["one", "two\nthree"], "paragraph 2 has a line break"),
        (["one\r", "two"], "paragraph 1 has a line break"),
    ],
)
def test_render_refuses_what_would_not_read_back(pieces: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_text("a\n\nb\n").render(pieces)


@settings(deadline=None)
@given(st.text())
def test_written_text_reads_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("written") / "out.txt"
    write_text(path, text)
    assert path.read_bytes() == text.encode()
    file = read_text(path)
    assert file.render(file.paragraphs) == text


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (b"\xff", 1, "0xff"),
        (b"one\n\ntwo \xe9t\xe9\n", 3, "0xe9"),  # Latin-1
        (b"one\r\ntwo\rthree\n\xd6\xd0", 4, "0xd6"),  # GBK, after each kind of line break
        (b"one\n\xed\xa0\x80", 2, "0xed"),  # half of a surrogate pair
        ("word".encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_bad_bytes_are_placed(tmp_path: Path, data: bytes, line: int, byte: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"bad\.txt, line {line}: .*{byte}") as caught:
        read_text(path)
    assert (caught.value.path, caught.value.line) == (path, line)


@pytest.mark.parametrize("action", [read_text, lambda path: write_text(path, "x")])
@pytest.mark.parametrize("name", ["missing/file.txt", "."], ids=["no-such-place", "a-folder"])
def test_path_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, action: Callable[[Path], object]
) -> None:
    with pytest.raises(InputError, match=r"cannot be (read|written): ") as caught:
        action(tmp_path / name)
    assert caught.value.path == tmp_path / name
    assert list(tmp_path.iterdir()) == []


def test_unencodable_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'.ud800' at character 1"):
        write_text(tmp_path / "out.txt", "a\ud800")
    assert list(tmp_path.iterdir()) == []


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"out\.txt: cannot be written: No space left"):
        write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "out.txt", tmp_path / "link.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    write_text(link, "new")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"
    assert path.stat().st_mode & 0o777 == 0o640


def test_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    usual, path = tmp_path / "usual.txt", tmp_path / "out.txt"
    usual.touch()
    write_text(path, "new")
    assert path.stat().st_mode == usual.stat().st_mode


def test_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    # Stands for /dev/null: a rename onto it would put a plain file in its place.
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(path, "马云\r\n")
        assert os.read(reader, 100) == "马云\r\n".encode()
    finally:
        os.close(reader)
    assert path.is_fifo()


def test_dash_is_standard_input_and_output(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    data = "\ufeff马云\r\n\r\n“two”".encode()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    file = read_text("-")
    assert file.paragraphs == ("马云", "“two”")
    write_text("-", file.render(file.paragraphs))
    assert capfdbinary.readouterr().out == data
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"one\n\xff")))
    with pytest.raises(InputError, match="standard input, line 2"):
        read_text("-")


def test_the_article_of_the_repository() -> None:
    article = read_article(ARTICLE)
    assert article.id == "wang-ma-telecom"
    assert len(article.units) == 29
    assert article.units[1] == Unit("2", "the author: zi-yu Lin")
    assert article.reference is not None
    assert len(article.reference) == 29
    assert article.reference[1] == "Author: Lin Ziyu"
    assert article.glossary == ARTICLE / "glossary.tsv"
    rendered = article.text.render([unit.mt for unit in article.units])
    assert rendered.encode() == (ARTICLE / "mt.txt").read_bytes()


def make_article(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_article_without_companions(tmp_path: Path) -> None:
    article = read_article(make_article(tmp_path, {"mt.txt": "one\n"}))
    assert (article.reference, article.glossary, article.meta) == (None, None, ArticleMeta())
    assert article.id == tmp_path.name


def test_article_with_source_and_several_references(tmp_path: Path) -> None:
    files = {"mt.txt": "one\n\ntwo", "source.txt": "一\n二\n"}
    files |= {"reference.txt": "One.\nTwo.", "reference.2.txt": "A one and a two."}
    article = read_article(make_article(tmp_path, files))
    assert article.references == (("One.", "Two."), ("A one and a two.",))
    assert article.reference == ("One.", "Two.")
    assert [(unit.mt, unit.source) for unit in article.units] == [("one", "一"), ("two", "二")]


def test_article_meta(tmp_path: Path) -> None:
    files = {"mt.txt": "one\n", "meta.yaml": "id: wang-ma\nlicence: CC0-1.0\nsplit: test\n"}
    article = read_article(make_article(tmp_path, files))
    assert article.id == "wang-ma"
    assert (article.meta.licence, article.meta.split) == ("CC0-1.0", "test")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, r"no mt\.txt; looked for mt\.txt \(needed\), reference\.txt, source\.txt, glossary"),
        ({"mt.txt": " \n\n"}, r"mt\.txt: has no paragraph"),
        ({"mt.txt": "one", "reference.txt": ""}, r"reference\.txt: has no paragraph"),
        ({"mt.txt": "one", "source.txt": "一\n二"}, r"source\.txt: has 2 paragraphs, but mt.* 1"),
        (
            {"mt.txt": "one", "reference.txt": "a", "reference.3.txt": "c"},
            r"has reference\.txt, reference\.3\.txt, but references are numbered reference\.txt",
        ),
        ({"mt.txt": "one", "reference.2.txt": "b"}, r"has reference\.2\.txt, but references are"),
    ],
    ids=["no-mt", "empty-mt", "empty-reference", "short-source", "gap", "no-first"],
)
def test_unusable_article_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read_article(make_article(tmp_path, files))
    assert str(tmp_path) in str(caught.value)


def test_unknown_key_in_meta_is_an_error(tmp_path: Path) -> None:
    files = {"mt.txt": "one\n", "meta.yaml": "license: CC0-1.0\n"}
    with pytest.raises(ConfigError, match=r"meta\.yaml: license: "):
        read_article(make_article(tmp_path, files))


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such folder"):
        read_article(tmp_path / "nowhere")


def test_the_article_is_for_evaluation(article: Path) -> None:
    assert read_article(article).meta.split == "eval"

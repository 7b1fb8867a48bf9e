"""Texts in pieces: the same text, whatever its breaks; nothing left of what failed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.errors import InputError
from postedit.formats import parse_text, stream_text, stream_to

LINES = st.lists(st.text(st.sampled_from("ab \t。\x0c\u2028"), max_size=8), max_size=40)


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_pieces_make_the_text(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, closed: bool
) -> None:
    text = end.join(lines) + end * closed
    path = tmp_path_factory.mktemp("stream") / "t.txt"
    path.write_bytes(text.encode("utf-8"))
    pieces = list(stream_text(path))
    whole = parse_text(text)
    assert "".join(piece.render(piece.paragraphs) for piece in pieces) == text
    assert [one for piece in pieces for one in piece.units] == list(whole.units)


def test_a_large_file_comes_in_small_pieces(tmp_path: Path) -> None:
    """And soon: a person waits for the first words."""
    path = tmp_path / "large.txt"
    path.write_text("a line of text\r\n" * 20_000, encoding="utf-8", newline="")
    sizes = [len(piece.paragraphs) for piece in stream_text(path)]
    assert sum(sizes) == 20_000
    assert sizes[:4] == [2, 4, 8, 16]
    assert max(sizes) == 256


@pytest.mark.parametrize(
    ("data", "line", "why"),
    [
        (b"one\r\ntwo \xff", 2, "in the first part that is read"),
        (b"x\r\n" * 60_000 + b"\xc3", 60_001, "far behind, half a character at the end"),
        (b"y" * 65_535 + b"\r\n" + b"\xe4\xb8", 2, "a line break in two parts"),
    ],
)
def test_a_bad_byte_is_named_by_line(tmp_path: Path, data: bytes, line: int, why: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"bad\.txt, line {line}: byte 0x.. is not valid") as info:
        list(stream_text(path))
    assert info.value.line == line, why


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written as UTF-8"), stream_to(path) as write:
        write("new" + "\ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["out.txt"]
    with stream_to(path) as write:
        write("n")
        write("ew")
    assert path.read_text(encoding="utf-8") == "new"


def test_a_large_text_is_repaired_as_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every paragraph in its place, the frame kept, one summary of all pieces."""
    from typer.testing import CliRunner

    from postedit.cli import app, repair

    text = "fare rose.\r\n\r\n  the Alibaba chairman visit Beijing.\nsales topped 13353 phones.\n"
    (tmp_path / "t.txt").write_text(text, encoding="utf-8", newline="")
    found = []
    for name, large in (("small", 10**6), ("large", 0)):
        monkeypatch.setattr(repair, "_LARGE", large)
        call = CliRunner().invoke(
            app, ["repair", str(tmp_path / "t.txt"), "-o", str(tmp_path / name)]
        )
        assert call.exit_code == 0, call.output
        found.append(((tmp_path / name).read_bytes(), call.output.splitlines()[0]))
    assert found[0][0].count(b"\n") == text.count("\n")
    assert found[0][0].split(b"\n")[1:2] == [b"\r"]
    assert found[0][1] == found[1][1]

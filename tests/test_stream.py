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
        monkeypatch.setattr(repair, "LARGE", large)
        call = CliRunner().invoke(
            app, ["repair", str(tmp_path / "t.txt"), "-o", str(tmp_path / name)]
        )
        assert call.exit_code == 0, call.output
        found.append(((tmp_path / name).read_bytes(), call.output.splitlines()[0]))
    assert found[0][0].count(b"\n") == text.count("\n")
    assert found[0][0].split(b"\n")[1:2] == [b"\r"]
    assert found[0][1] == found[1][1]


def test_a_stopped_repair_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in its second piece, and again; the same command brings it to the same end."""
    from typer.testing import CliRunner

    from postedit import PostEditor
    from postedit.cli import app, repair

    text = "".join(f"sales topped {n} phones.\r\n" for n in range(100, 108))
    source, straight, stopped = (tmp_path / name for name in ("t.txt", "straight", "stopped"))
    source.write_text(text, encoding="utf-8", newline="")
    stopped.write_text("what was there", encoding="utf-8")
    monkeypatch.setattr(repair, "LARGE", 0)
    runner, work = CliRunner(), PostEditor.repair
    whole = runner.invoke(app, ["repair", str(source), "-o", str(straight)])
    pieces: list[str] = []

    def killed(self: PostEditor, units: tuple[object, ...], *more: object) -> object:
        if len(pieces) == 1:
            raise KeyboardInterrupt
        pieces.append(str(units))
        return work(self, units, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(PostEditor, "repair", killed)
    assert runner.invoke(app, ["repair", str(source), "-o", str(stopped)]).exit_code != 0
    assert stopped.read_text(encoding="utf-8") == "what was there"
    assert (tmp_path / "stopped.partial").read_bytes().count(b"\n") == 2
    with (tmp_path / "stopped.partial").open("ab") as file:
        file.write(b"half a pie")
    seen: list[str] = []
    monkeypatch.setattr(
        PostEditor,
        "repair",
        lambda self, units, *more: (seen.append(units[0].id), work(self, units, *more))[1],
    )
    again = runner.invoke(app, ["repair", str(source), "-o", str(stopped)])
    assert again.exit_code == 0, again.output
    assert seen[0] == "3", "the first piece is not repaired again"
    assert stopped.read_bytes() == straight.read_bytes()
    assert "going on with" in again.stderr
    assert again.stdout == whole.stdout, "the summary is of the whole"
    assert {one.name for one in tmp_path.iterdir()} == {"t.txt", "straight", "stopped"}
    source.write_text("another text.\n", encoding="utf-8")
    (tmp_path / "stopped.partial").write_text("of other work")
    (tmp_path / "stopped.partial.json").write_text('{"key": "x", "pieces": 9, "bytes": 3}')
    assert runner.invoke(app, ["repair", str(source), "-o", str(stopped)]).exit_code == 0
    assert "of other work" not in stopped.read_text(encoding="utf-8")


def test_a_long_pipe_comes_in_pieces_and_a_short_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from postedit.cli import app, repair

    text = "".join(f"sales topped {n} phones.\n" for n in range(100, 106))
    (tmp_path / "t.txt").write_text(text, encoding="utf-8")
    whole = CliRunner().invoke(app, ["repair", str(tmp_path / "t.txt")])
    for most in (10**6, 30):
        monkeypatch.setattr(repair, "LARGE", most)
        call = CliRunner().invoke(app, ["repair", "-"], input=text)
        assert call.exit_code == 0, call.output
        assert call.stdout == whole.stdout

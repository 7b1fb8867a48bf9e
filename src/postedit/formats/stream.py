"""Plain text of any size, a few paragraphs at a time: memory is bounded by the longest of them."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from postedit.errors import InputError
from postedit.formats.plain import (
    BREAK,
    TextFile,
    bad_byte,
    encoded,
    is_device,
    parse_text,
    replacing,
)

# Paragraphs of a piece. The first pieces are small, so that something comes out soon.
_FEWEST, _MOST = 2, 256
_READ = 1 << 16


def stream_text(path: Path | str, begun: bytes = b"") -> Iterator[TextFile]:
    """The pieces of a file in UTF-8, or of standard input for "-" behind what was `begun` of it.

    The texts of all pieces make the text of the file, and their paragraphs are numbered through.
    InputError names the line of a bad byte.
    """
    first = 1
    with _opened(path) as file:
        for text in _cut(_decoded(file, path, begun)):
            piece = replace(parse_text(text), first=first)
            first += len(piece.paragraphs)
            yield piece


def read_ahead(most: int) -> tuple[bytes, bool]:
    """The first bytes of standard input, hardly more than `most`, and whether that is all of it."""
    parts: list[bytes] = []
    while sum(map(len, parts)) <= most:
        data = _read(sys.stdin.buffer, "-")
        if not data:
            return b"".join(parts), True
        parts.append(data)
    return b"".join(parts), False


@contextmanager
def stream_to(path: Path | str) -> Iterator[Callable[[str], object]]:
    """A function that writes to a file in UTF-8, or at once to standard output for "-".

    The text goes to a temporary file beside `path`, which takes its place when the body is over,
    with the permissions that were there; if the body fails, nothing is left of it.
    """
    if str(path) == "-":
        yield _to_stdout
        return
    target = Path(path)
    try:
        if is_device(target):
            with target.open("wb") as file:
                yield lambda text: file.write(encoded(text, path))
        else:
            # A link stays a link: it is the file behind it that is replaced.
            with replacing(target.resolve()) as file:
                yield lambda text: file.write(encoded(text, path))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from error


def _to_stdout(text: str) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(encoded(text, "standard output"))
    sys.stdout.buffer.flush()


@contextmanager
def _opened(path: Path | str) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            file = stack.enter_context(Path(path).open("rb"))
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", path=path) from error
        yield file


def _decoded(file: BinaryIO, path: Path | str, begun: bytes) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    # A line break of two characters may come in two parts; it counts once.
    lines, after_return = 0, False
    pending = b""
    while True:
        data, begun = begun or _read(file, path), b""
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            whole = pending + data
            name = "standard input" if str(path) == "-" else path
            raise bad_byte(whole, error, name, lines) from error
        pending = decoder.getstate()[0]
        lines += text.count("\n") + text.count("\r") - text.count("\r\n")
        lines -= after_return and text.startswith("\n")
        after_return = text.endswith("\r") if text else after_return
        if text:
            yield text
        if not data:
            return


def _read(file: BinaryIO, path: Path | str) -> bytes:
    try:
        # What a pipe has ready, and no more: a person at the other end may be waiting.
        reader = getattr(file, "read1", file.read)
        data: bytes = reader(_READ)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    return data


def _cut(parts: Iterator[str]) -> Iterator[str]:
    """Texts of whole lines: few that are not blank in the first, twice as many in each after it."""
    kept: list[str] = []
    rest, full, wanted = "", 0, _FEWEST
    for part in parts:
        lines = _lines(rest + part)
        # The last line may go on, or its break may be the first half of one.
        rest = lines.pop()
        for line in lines:
            kept.append(line)
            full += bool(line.strip())
            if full >= wanted:
                yield "".join(kept)
                kept, full, wanted = [], 0, min(2 * wanted, _MOST)
    if kept or rest:
        yield "".join([*kept, rest])


def _lines(text: str) -> list[str]:
    """Lines with their breaks, and last what follows the last sure break, perhaps nothing."""
    ends = [
        found.end()
        for found in BREAK.finditer(text)
        if found.end() < len(text) or found.group() != "\r"
    ]
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]

"""Plain text, one paragraph a line, read and written so that nothing but paragraphs can change."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from postedit.errors import InputError
from postedit.records import Unit

# Only these end a line. str.splitlines also breaks at form feeds and at the separators of Unicode
# (U+0085, U+2028), which machine translation carries inside paragraphs.
BREAK = re.compile(r"(\r\n|\n|\r)")
_BREAK_BYTES = re.compile(rb"\r\n|\n|\r")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class TextFile:
    """The paragraphs of a text, and the frame that they stand in.

    `frame` has one entry more than `paragraphs`: what stands before the first, between each two
    and after the last, that is line breaks, blank lines, white space at the ends of lines and a
    byte order mark. `first` is the number of the first paragraph, in a piece of a longer text.
    """

    paragraphs: tuple[str, ...]
    frame: tuple[str, ...]
    first: int = 1

    @property
    def units(self) -> tuple[Unit, ...]:
        """The paragraphs as units whose ids count from `first`."""
        numbered = enumerate(self.paragraphs, start=self.first)
        return tuple(Unit(str(i), text) for i, text in numbered)

    def render(self, pieces: Sequence[str]) -> str:
        """The text with `pieces` in place of its paragraphs; with its own it is itself again."""
        if len(pieces) != len(self.paragraphs):
            raise InputError(f"{len(pieces)} texts for {len(self.paragraphs)} paragraphs")
        for i, piece in enumerate(pieces, start=1):
            if BREAK.search(piece):
                raise InputError(f"the text of paragraph {i} has a line break: {piece!r}")
        inner = zip(pieces, self.frame[1:], strict=True)
        return self.frame[0] + "".join(text + after for text, after in inner)


def parse_text(text: str) -> TextFile:
    r"""Split a text into paragraphs, the lines that are not blank, and all that is around them.

    >>> parse_text("one\r\n\r\ntwo").paragraphs
    ('one', 'two')
    """
    paragraphs: list[str] = []
    frame = [_BOM if text.startswith(_BOM) else ""]
    # Lines at even places, their line breaks at odd ones.
    for i, part in enumerate(BREAK.split(text.removeprefix(_BOM))):
        line = part.strip()
        if i % 2 or not line:
            frame[-1] += part
            continue
        start = part.index(line)
        frame[-1] += part[:start]
        paragraphs.append(line)
        frame.append(part[start + len(line) :])
    return TextFile(tuple(paragraphs), tuple(frame))


def read_text(path: Path | str) -> TextFile:
    """Read a file in UTF-8, or standard input for "-"; InputError names the line of a bad byte."""
    if str(path) == "-":
        return parse_bytes(sys.stdin.buffer.read())
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    return parse_text(_decode(data, path))


def parse_bytes(data: bytes) -> TextFile:
    """The text in bytes of standard input."""
    return parse_text(_decode(data, "standard input"))


def _decode(data: bytes, path: Path | str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_byte(data, error, path) from error


def bad_byte(
    data: bytes, error: UnicodeDecodeError, path: Path | str, lines: int = 0
) -> InputError:
    """What is wrong with `data`, before which the file has as many `lines`."""
    line = lines + len(_BREAK_BYTES.findall(data, 0, error.start)) + 1
    wide = not lines and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    hint = "; the file looks like UTF-16, save it as UTF-8" if wide else ""
    bad = f"byte 0x{data[error.start]:02x} is not valid UTF-8{hint}"
    return InputError(bad, path=path, line=line)


def write_text(path: Path | str, text: str) -> None:
    """Write a file in UTF-8 whole or not at all, or standard output for "-".

    The text goes to a temporary file beside `path`, which then takes its place with the
    permissions that were there. Line breaks are written as they are.
    """
    write_bytes(path, encoded(text, path))


def encoded(text: str, path: Path | str) -> bytes:
    """The text in UTF-8; InputError, naming the file it is for, if it holds half a character."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        bad = f"cannot be written as UTF-8: {text[error.start]!r} at character {error.start}"
        raise InputError(bad, path=path) from error


def is_device(path: Path) -> bool:
    """Whether there is a device or a pipe: a rename would put a plain file in its place."""
    return path.exists() and not path.is_file()


def write_bytes(path: Path | str, data: bytes) -> None:
    """The same for bytes: a whole file or none, or standard output for "-"."""
    if str(path) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        if is_device(target):
            target.write_bytes(data)
        else:
            # A link stays a link: it is the file behind it that is replaced.
            _replace(target.resolve(), data)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=path) from error


def _replace(target: Path, data: bytes) -> None:
    with replacing(target) as file:
        file.write(data)


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A temporary file that takes the place of `target`, unless the body fails."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise

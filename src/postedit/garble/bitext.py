"""Read bilingual text: TSV, TMX or JSON lines, plain or gzipped."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from postedit.errors import InputError, MissingExtra

CHINESE = re.compile(r"[\u3400-\u9fff]")
# A TSV says nothing of documents, so neighbouring lines are taken for one.
_LINES_A_DOCUMENT = 40
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FIELDS = {"zh": ("zh", "src", "source"), "en": ("en", "pe", "ref", "target")}


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A Chinese text and its English translation; `line` is its number in the file."""

    doc: str
    line: int
    zh: str
    en: str


def read_bitext(path: Path) -> Iterator[SentencePair]:
    """The pairs of a file, or of standard input for "-" (TSV), in order.

    InputError names the line of what cannot be read.
    TSV: Chinese, tab, English. JSON lines: zh (or src, source) and en (or pe, ref, target), and
    doc if there is one. TMX: the first zh and the first en variant of each unit.
    """
    if str(path) == "-":
        yield from _read_tsv(path, sys.stdin.buffer)
        return
    name = path.name.removesuffix(".gz")
    reader = next((read for suffix, read in _READERS.items() if name.endswith(suffix)), None)
    if reader is None:
        raise InputError(f"unknown kind of bitext; valid: {', '.join(_READERS)} (.gz)", path=path)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            yield from reader(path, file)  # type: ignore[arg-type]
    except OSError as error:
        raise InputError(f"cannot be read: {error}", path=path) from error


def _lines(path: Path, file: IO[bytes]) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(file, start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            problem = f"byte 0x{raw[error.start]:02x} is not UTF-8"
            raise InputError(problem, path=path, line=number) from error
        if line.strip():
            yield number, line


def _read_tsv(path: Path, file: IO[bytes]) -> Iterator[SentencePair]:
    for number, line in _lines(path, file):
        cells = line.split("\t")
        if len(cells) != 2:
            problem = f"{len(cells)} fields; a line is Chinese, tab, English: {line[:60]!r}"
            raise InputError(problem, path=path, line=number)
        yield _pair(path, number, "", *cells)


def _read_jsonl(path: Path, file: IO[bytes]) -> Iterator[SentencePair]:
    for number, line in _lines(path, file):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error}", path=path, line=number) from error
        if not isinstance(row, dict):
            raise InputError(f"not a JSON object: {line[:60]!r}", path=path, line=number)
        texts = [_field(row, language, path, number) for language in ("zh", "en")]
        yield _pair(path, number, str(row.get("doc") or ""), *texts)


def _field(row: dict[str, Any], language: str, path: Path, number: int) -> str:
    for name in _FIELDS[language]:
        if isinstance(text := row.get(name), str):
            return text
    problem = f"no {' or '.join(_FIELDS[language])}; it has {', '.join(row) or 'nothing'}"
    raise InputError(problem, path=path, line=number)


def _read_tmx(path: Path, file: IO[bytes]) -> Iterator[SentencePair]:
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, iterparse
    except ImportError as error:
        raise MissingExtra("reading TMX", "garble") from error
    number = 0
    try:
        for _, unit in iterparse(file, forbid_dtd=False):
            if _tag(unit) != "tu":
                continue
            number += 1
            texts = {"zh": "", "en": ""}
            for variant in (one for one in unit if _tag(one) == "tuv"):
                language = (variant.get(_XML_LANG) or variant.get("lang") or "").lower()[:2]
                if not texts.get(language, "x"):
                    found = next((one for one in variant if _tag(one) == "seg"), None)
                    texts[language] = "".join(found.itertext()) if found is not None else ""
            unit.clear()
            if texts["zh"] and texts["en"]:
                yield _pair(path, number, "", texts["zh"], texts["en"])
    except (ParseError, DefusedXmlException) as error:
        raise InputError(f"not a TMX that can be read: {error}", path=path) from error
    if not number:
        raise InputError("no <tu> in it", path=path)


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _pair(path: Path, number: int, doc: str, zh: str, en: str) -> SentencePair:
    name = path.name.split(".")[0]
    doc = doc or f"{name}-{(number - 1) // _LINES_A_DOCUMENT:04d}"
    return SentencePair(doc, number, " ".join(zh.split()), " ".join(en.split()))


_READERS: dict[str, Callable[[Path, IO[bytes]], Iterator[SentencePair]]] = {
    ".tsv": _read_tsv,
    ".jsonl": _read_jsonl,
    ".tmx": _read_tmx,
}

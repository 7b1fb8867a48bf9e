"""Senses and pinyin out of CC-CEDICT, and literal names of brands."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from postedit.errors import InputError

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Senses that speak about the word instead of rendering it.
_ABOUT = re.compile(
    r"^(?:CL:|variant of|old variant|see |also |abbr\.|surname|used in|particle|prefix|suffix"
    r"|classifier|interj|\(|lit\.|fig\.)|[\u3400-\u9fff]|:"
)
_MOST_WORDS = 3
_TONE = re.compile(r"[1-5]")


@dataclass(frozen=True)
class Dictionary:
    """Chinese words with their English senses, their pinyin, and brands with literal names."""

    senses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def load(cls, cedict: Path | None, brands: Path | None) -> Dictionary:
        """Read CC-CEDICT (word, senses, pinyin, tab-separated) and a table of brands (word,
        English name, literal names separated by |); either may be left out.
        """
        senses: dict[str, tuple[str, ...]] = {}
        readings: dict[str, str] = {}
        for word, meant, pinyin in _rows(cedict, 3):
            senses[word] = (*senses.get(word, ()), *_clean(meant))
            readings.setdefault(word, pinyin)
        named = {
            word: (name, tuple(filter(None, (one.strip() for one in literal.split("|")))))
            for word, name, literal in _rows(brands, 3)
        }
        return cls({word: found for word, found in senses.items() if found}, readings, named)

    def names(self, word: str) -> bool:
        """Whether the word can only be a name: its senses have a capital, or it has none."""
        return all(sense[0].isupper() for sense in self.senses.get(word, ()))

    def literal(self, word: str) -> str:
        """The word taken apart and rendered bit by bit; empty if a bit is not known.

        >>> bits = {"运营": ("operation",), "商": ("business",)}
        >>> Dictionary(senses=bits).literal("运营商")
        'operation business'
        """
        for cut in range(len(word) - 1, 0, -1):
            left, right = self.senses.get(word[:cut]), self.senses.get(word[cut:])
            if left and right:
                return f"{left[0]} {right[0]}"
        return ""

    def bits(self, word: str) -> str:
        """The longest known pieces of the word from the left, each in its first sense or pinyin."""
        found: list[str] = []
        while word:
            cut = next((n for n in range(len(word), 1, -1) if word[:n] in self.senses), 1)
            piece, word = word[:cut], word[cut:]
            senses = self.senses.get(piece)
            found.append(senses[0] if senses else self.pinyin(piece))
        return " ".join(filter(None, found))

    def pinyin(self, word: str) -> str:
        """The word in pinyin without tones, as one name; empty if a character is not known.

        >>> Dictionary(readings={"王": "Wang2", "晓": "xiao3", "初": "chu1"}).pinyin("王晓初")
        'Wang Xiaochu'
        """
        syllables = [_TONE.sub("", self.readings.get(one, "")).lower() for one in word]
        syllables = [one.replace("u:", "v") for one in syllables]
        if not all(syllables) or not syllables:
            return ""
        if len(syllables) in (2, 3):  # a person: surname first
            return f"{syllables[0].capitalize()} {''.join(syllables[1:]).capitalize()}"
        return "".join(syllables).capitalize()


def _clean(meant: str) -> Iterator[str]:
    for sense in meant.split(";"):
        sense = _ASIDE.sub("", sense).strip()
        sense = " ".join(sense.removeprefix("to be ").removeprefix("to ").split())
        plain = sense.replace(" ", "").replace("-", "").isalpha()
        if plain and not _ABOUT.search(sense) and len(sense.split()) <= _MOST_WORDS:
            yield sense


def _rows(path: Path | None, columns: int) -> Iterator[list[str]]:
    if path is None:
        return
    open_ = gzip.open if path.suffix == ".gz" else open
    try:
        with open_(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            for number, row in enumerate(rows, start=1):
                if not row or row[0].startswith("#"):
                    continue
                if len(row) < columns:
                    problem = f"{len(row)} fields; at least {columns} are needed, tab-separated"
                    raise InputError(problem, path=path, line=number)
                yield row[:columns]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error

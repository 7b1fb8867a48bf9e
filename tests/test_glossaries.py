"""The shipped glossaries: sound as files, sound together, and careful with ordinary English."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from postedit.records import TermStatus
from postedit.termbase import Termbase
from postedit.text.inflect import is_known

CHINESE = re.compile("[\u3400-\u9fff]")
FOLDER = Path(__file__).parents[1] / "glossaries"
FILES = sorted(FOLDER.glob("*.tsv"))
ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom" / "glossary.tsv"


@dataclass(frozen=True)
class Row:
    file: str
    line: int
    mt: str
    source: str
    target: str
    status: str
    note: str
    condition: str

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.line}: {self.mt} -> {self.target}"


def read(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8")
    table = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    core = ("mt", "source", "target", "status", "note")
    return [
        Row(
            path.name,
            line,
            *(row[name] for name in core),
            condition="".join(value for name, value in row.items() if name not in core),
        )
        for line, row in enumerate(table, start=2)
    ]


ROWS = [row for path in FILES for row in read(path)]
# The article's rows are as its editor wrote them; among them are terms that only have to stay.
GIVEN = {(row.mt, row.target) for row in read(ARTICLE)}
OURS = [row for row in ROWS if (row.mt, row.target) not in GIVEN]


def test_the_three_are_there() -> None:
    assert [path.name for path in FILES] == [
        "zh-en-business.tsv",
        "zh-en-internet-brands.tsv",
        "zh-en-telecom.tsv",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_loads_and_loses_no_row(path: Path) -> None:
    assert len(Termbase.load(path)) == len(read(path))


def test_they_can_be_used_together() -> None:
    """A termbase that sends one rendering to two targets does not merge."""
    Termbase.merge(*map(Termbase.load, FILES))


def test_there_are_five_hundred_concepts() -> None:
    assert len({(row.source, row.target) for row in ROWS if row.source}) >= 500


def test_a_concept_has_its_renderings() -> None:
    """Two or three for the typical concept; a few have only one that is worth listing."""
    per = Counter((row.source, row.target) for row in OURS)
    assert sum(count >= 2 for count in per.values()) / len(per) > 0.85


def test_one_rendering_has_one_target_whatever_its_case() -> None:
    targets: dict[str, set[str]] = {}
    for row in ROWS:
        if row.status != TermStatus.FORBIDDEN:
            targets.setdefault(row.mt.lower(), set()).add(row.target)
    assert {mt: found for mt, found in targets.items() if len(found) > 1} == {}


def test_no_row_stands_twice_in_a_file() -> None:
    keys = Counter((row.file, row.mt.lower(), row.target, row.status) for row in OURS)
    assert [key for key, count in keys.items() if count > 1] == []


SOUND: dict[str, Callable[[Row], bool]] = {
    "mt, source and target are filled": lambda row: all((row.mt, row.source, row.target)),
    "the status is written out": lambda row: row.status in set(TermStatus),
    "the source is Chinese": lambda row: CHINESE.search(row.source) is not None,
    "the target is English": lambda row: CHINESE.search(row.target) is None,
    "the rendering is not its target": lambda row: row.mt != row.target,
    "there is no white space too much": lambda row: row.mt == " ".join(row.mt.split()),
}


@pytest.mark.parametrize("name", SOUND)
def test_every_row_of_ours(name: str) -> None:
    assert [row.place for row in OURS if not SOUND[name](row)] == []


def dangerous(row: Row) -> bool:
    """One lower-case word that is no part of its target: "millet" for Xiaomi, not "zte" for ZTE."""
    return row.mt.isalpha() and row.mt.islower() and row.mt not in row.target.lower()


def test_a_single_word_comes_with_a_condition_or_is_no_english() -> None:
    loose = [row for row in OURS if dangerous(row) and not row.condition]
    assert [row.place for row in loose if is_known(row.mt) or not row.note] == []


@pytest.mark.parametrize(
    ("mt", "target", "expected", "reason"),
    [
        ("millet", "Xiaomi", True, "a word of English that means something else"),
        ("zte", "ZTE", False, "the name itself in the wrong case"),
        ("alibaba", "Alibaba Group", False, "a part of its target"),
        ("small rice", "Xiaomi", False, "two words are seldom met together by chance"),
    ],
)
def test_what_counts_as_dangerous(mt: str, target: str, expected: bool, reason: str) -> None:
    row = Row("a.tsv", 2, mt, "小米", target, "preferred", "", "")
    assert dangerous(row) is expected, reason


def test_the_articles_glossary_opens_telecom() -> None:
    shipped = Termbase.load(FOLDER / "zh-en-telecom.tsv").entries
    article = Termbase.load(ARTICLE).entries
    assert shipped[: len(article)] == article


# Plain English in which no rendering without a note may fire.
PLAIN = """
The company said on Monday that it would go public in the second half of the year.
China moves to cut interest rates, and China unicorns are raising money again.
They go where the business is, buy what they like, and hit new highs in the first quarter.
He resigned from office after an in-depth study of the matter; debt matters, he said.
An association of small shops asked the state department for a quarter of the total.
She ordered a set meal of rice noodles and ran down the long line on the pavement.
The machine sold a dozen new phones; the switch, the chip and the signal were fine.
Our own market share rose by two percentage points, the annual report says.
""".strip().splitlines()


@pytest.mark.parametrize("text", PLAIN)
def test_plain_english_is_left_alone(text: str) -> None:
    noted = {(row.mt, row.target) for row in ROWS if row.note or row.condition}
    merged = Termbase.merge(*map(Termbase.load, FILES))
    found = [m.entry for m in merged.match(text)]
    assert [e.mt for e in found if (e.mt, e.target) not in noted and e.mt not in e.target] == []

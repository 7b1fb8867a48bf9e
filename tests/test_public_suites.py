"""Public test sets by name, out of folders that look as theirs do; the hub cannot be had here."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from postedit.benchmark import public
from postedit.benchmark.public import PUBLIC, load_public
from postedit.errors import InputError

MLQE = [
    {"lp": lp, "split": split, "src": f"s{i}", "mt": f"Only {i} metre.", "ref": f"Only {i} metres."}
    for i, (lp, split) in enumerate(
        [("ro-en", "train"), ("ro-en", "test20"), ("ro-en", "test20"), ("ru-en", "test20")] * 2
    )
]
WMT = "lp,src,mt,ref,score,system,annotators,domain,year\n" + "".join(
    f'{lp},源{i},"NA, said ""{i}"".",Reference {i}.,0.1,{system},1,{domain},{year}\n'
    for i, (lp, system, domain, year) in enumerate(
        [
            ("zh-en", "Online-A", "news", 2021),
            ("zh-en", "Online-A", "ted", 2021),
            ("zh-en", "Online-B", "news", 2021),
            ("en-de", "Online-A", "news", 2021),
            ("zh-en", "Online-A", "news", 2022),
        ]
    )
)
TERMS = [
    ["天猫开店", 'Tmall "opens".', '[{"zh": "天猫", "en": "Tmall"}]', "Day cat opens."],
    ["票价", "Fares.", "[]", "fare."],
]


@pytest.fixture
def mlqe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in MLQE)
    with gzip.open(tmp_path / "mlqe_pe.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(text)
    # The sum of the real file is known; this is a small one of the same shape.
    monkeypatch.setitem(public.PUBLIC, "mlqe-pe", replace(PUBLIC["mlqe-pe"], sha256=()))
    return tmp_path


def test_mlqe_pe_by_language_and_split(mlqe: Path) -> None:
    suite = load_public("mlqe-pe:ro-en", mlqe)
    (article,) = suite.articles
    assert (article.id, article.split, article.licence) == ("mlqe-pe-ro-en", "test20", "CC0-1.0")
    assert [unit.mt for unit in article.units] == [f"Only {i} metre." for i in (1, 2, 5, 6)]
    assert article.passages[1].references == ("Only 2 metres.",)
    assert article.units[0].source == "s1"
    assert [len(a.units) for a in load_public("mlqe-pe:ro-en", mlqe, ["train"]).articles] == [2]
    sample = load_public("mlqe-pe:ro-en", mlqe, sample=2).articles[0]
    assert [unit.mt for unit in sample.units] == ["Only 1 metre.", "Only 5 metre."]
    sums = hashlib.sha256((mlqe / "mlqe_pe.jsonl.gz").read_bytes()).hexdigest()
    assert suite.checksums == (f"{sums}  mlqe_pe.jsonl.gz",)


def test_wmt_system_outputs_by_year_and_system(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text(WMT, encoding="utf-8")
    suite = load_public("wmt-zh-en:2021:Online-A", tmp_path)
    assert [article.id for article in suite.articles] == ["wmt-zh-en-news", "wmt-zh-en-ted"]
    assert suite.articles[0].units[0].mt == 'NA, said "0".', "NA is a text, not a missing value"
    with pytest.raises(InputError, match=r"several of system: choose .*:VALUE out of .*-A, .*-B"):
        load_public("wmt-zh-en:2021", tmp_path)


@pytest.mark.parametrize("header", [True, False])
def test_wmt_terminology_counts_terms_by_their_english(tmp_path: Path, header: bool) -> None:
    rows = ([["src", "ref", "terms", "mt"]] if header else []) + TERMS
    text = "".join("\t".join(row) + "\n" for row in rows)
    (tmp_path / "term.Ours.blind.zh-en.tsv").write_text(text, encoding="utf-8")
    (article,) = load_public("wmt23-terminology", tmp_path).articles
    assert article.targets == (("Tmall",), ())
    assert article.passages[0].references == ('Tmall "opens".',), "no quoting in such files"


def test_a_changed_file_is_refused(mlqe: Path, tmp_path: Path) -> None:
    name = "mlqe_pe.jsonl.gz"
    right = hashlib.sha256((mlqe / name).read_bytes()).hexdigest()
    (mlqe / "SHA256SUMS").write_text(f"{right}  {name}\n", encoding="ascii")
    assert load_public("mlqe-pe:ru-en", mlqe).articles
    (mlqe / "SHA256SUMS").write_text(f"{'0' * 64} *{name}\n", encoding="ascii")
    with pytest.raises(InputError, match=rf"{name}: has the SHA-256 {right}, but should have 000"):
        load_public("mlqe-pe:ru-en", mlqe)


def test_the_known_sum_is_held_to_without_a_list(mlqe: Path) -> None:
    monkey = replace(public.PUBLIC["mlqe-pe"], sha256=("f04a",))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(public.PUBLIC, "mlqe-pe", monkey)
        with pytest.raises(InputError, match="but should have f04a"):
            load_public("mlqe-pe:ru-en", mlqe)


@pytest.mark.parametrize(
    ("name", "message", "why"),
    [
        ("mlqe", "no public test set 'mlqe'; there are: mlqe-pe, wmt-zh-en", "unknown name"),
        ("mlqe-pe:de-en", "has no lp de-en; it has ro-en, ru-en", "unknown choice"),
        ("mlqe-pe", "several of lp: choose mlqe-pe:VALUE out of ro-en, ru-en", "open choice"),
        ("wmt-zh-en", r"holds no \*\.csv or \*\.parquet of WMT.*RicardoRei", "no files"),
    ],
)
def test_unusable_sets_are_named(mlqe: Path, name: str, message: str, why: str) -> None:
    with pytest.raises(InputError, match=message):
        load_public(name, mlqe)


def test_missing_columns_and_terms_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("lp,src\nzh-en,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column domain, mt, ref, system, year"):
        load_public("wmt-zh-en", tmp_path)
    text = "src\tref\tterms\tmt\na\tb\tTmall\tc\n"
    (tmp_path / "x.zh-en.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="must be a JSON list of objects with a key 'en', not 'T"):
        load_public("wmt23-terminology", tmp_path)


def test_the_hub_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=r"cannot be had from the hub .*; fetch it .*--data"):
        load_public("wmt-zh-en:2021:Online-A", None)
    with pytest.raises(InputError, match=r"mlqe-pe is on no hub: give the folder with mlqe_pe"):
        load_public("mlqe-pe", None)

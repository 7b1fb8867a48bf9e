"""Training data: split by document, nothing evaluated on in train, same seed same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from postedit.cli import app
from postedit.config import load_config
from postedit.data.build import build
from postedit.data.check import guard_of, leaks_in
from postedit.data.config import BuildConfig, NearConfig, SharesConfig, VariantsConfig
from postedit.data.load import split_of_document
from postedit.data.profile import profile
from postedit.data.row import Row
from postedit.data.variants import add_variants, random_terms
from postedit.errors import ConfigError, InputError
from postedit.formats.triplets import Triplet
from postedit.garble.config import GarbleConfig
from postedit.records import TermEntry
from postedit.recover import Loss, Recoverability, lost_in
from postedit.text.digest import NearIndex, digest, shingles
from postedit.text.numbers import added_numbers, lost_numbers
from postedit.train.config import SourceConfig
from postedit.train.data import load_pairs
from tests.conftest import ARTICLE, REPOSITORY
from tests.test_garble import sentences as garble_sentences

# Real garbled sentences of different documents, mt and what it should have been.
SENTENCES = [
    (
        "three operation business open fare war again.",
        "Three carriers opened a price war again.",
    ),
    ("the mobile phone maker cut price 300 yuan.", "The phone maker cut the price by 300 yuan."),
    ("Changsha factory stop work two week.", "The Changsha factory stopped work for two weeks."),
    ("he say the company not list this year.", "He said the company would not list this year."),
    (
        "the port handle 7 million containers last year.",
        "The port handled 7 million containers last year.",
    ),
    (
        "express enterprise grab people before Double 11.",
        "Express firms grab people before Singles Day.",
    ),
]
TERM = {"source": "运营商", "target": "carriers", "mt": "operation business"}


@pytest.fixture
def corpus(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: list[dict[str, Any]], name: str = "corpus.jsonl") -> Path:
        path = tmp_path / name
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def rows_of(docs: int = 6) -> list[dict[str, Any]]:
    splits = ["train"] * (docs - 2) + ["dev", "test"]
    return [
        {"doc": f"d-{i}", "seg": 0, "split": split, "src": f"第{i}句", "mt": mt, "pe": pe}
        | {"terms": [TERM] if i == 0 else []}
        for i, (split, (mt, pe)) in enumerate(zip(splits, SENTENCES, strict=True))
    ]


def config(path: Path, **more: Any) -> BuildConfig:
    splits = {split: [split] for split in ("train", "dev", "test")}
    source = {"name": "news", "path": str(path), "licence": "ours", "splits": splits}
    source |= more.pop("source", {})
    return BuildConfig.model_validate(
        {"sources": [source], "output": str(path.parent / "out")} | more
    )


def written(folder: Path, split: str) -> list[dict[str, Any]]:
    text = (folder / f"{split}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_build_counts_every_row_and_train_can_read_it(corpus: Callable[..., Path]) -> None:
    report = build(config(corpus(rows_of())))
    assert [(one.split, one.read, one.kept, one.licence) for one in report.sources] == [
        ("train", 4, 4, "ours"),
        ("dev", 1, 1, "ours"),
        ("test", 1, 1, "ours"),
    ]
    train = Path(report.files[0].path)
    pairs = load_pairs([SourceConfig(path=train, licence="ours", split="train")], seed=1)
    assert [pair.pe for pair in pairs] == [pe for _, pe in SENTENCES[:4]]
    assert written(train.parent, "train")[0]["terms"] == [TERM]
    told = json.loads((train.parent / "data-report.json").read_text(encoding="utf-8"))
    assert told["rows_by_licence"] == {"ours": {"train": 4, "dev": 1, "test": 1}}


def test_build_of_one_source_alone(corpus: Callable[..., Path]) -> None:
    both = config(corpus(rows_of()))
    more = both.sources[0].model_copy(update={"name": "more"})
    both = both.model_copy(update={"sources": (*both.sources, more)})
    assert {one.origin for one in build(both.of_sources(["more"])).sources} == {"more"}
    with pytest.raises(ConfigError, match="no source else; there are news, more"):
        both.of_sources(["news", "else"])


def test_same_seed_same_bytes(corpus: Callable[..., Path]) -> None:
    path = corpus(rows_of())
    first = [file.sha256 for file in build(config(path)).files]
    assert [file.sha256 for file in build(config(path)).files] == first


@pytest.mark.parametrize(
    ("planted", "reason", "why"),
    [
        ("three CARRIERS opened a price-war, again", "equal to a guarded text", "same letters"),
        (
            "Yesterday three carriers opened a new price war again, he said.",
            "near a guarded text",
            "two words put in",
        ),
        (
            "It rained in Changsha. Three carriers opened a price war again. He smiled at us.",
            "near a guarded text",
            "a guarded sentence inside a longer text",
        ),
    ],
)
@pytest.mark.parametrize("where", ["eval", "test"])
def test_planted_evaluation_text_is_kept_out(
    corpus: Callable[..., Path], tmp_path: Path, planted: str, reason: str, why: str, where: str
) -> None:
    guard = tmp_path / "eval" / "some-article"
    guard.mkdir(parents=True)
    reference = SENTENCES[0][1] if where == "eval" else "Nothing like it stands here, not a word."
    (guard / "reference.txt").write_text(reference + "\n", encoding="utf-8")
    rows = rows_of()[1:]
    if where == "test":
        rows[-1]["pe"] = SENTENCES[0][1]
    leak = {"doc": "leak", "seg": 0, "split": "train", "src": "", "mt": "x", "pe": planted}
    made = config(corpus([*rows, leak | {"terms": []}]), guard=[str(guard.parent)])
    report = build(made)
    assert report.sources[0].dropped == {reason: 1}, why
    assert planted not in {row["pe"] for row in written(made.output, "train")}
    assert [leak.text for leak in report.leaks] == [planted]


def test_what_only_shares_some_words_stays(corpus: Callable[..., Path]) -> None:
    rows = rows_of()
    rows[-1] |= {"pe": "The three carriers opened shops in every county seat of the province."}
    assert build(config(corpus(rows))).sources[0].dropped == {}


def test_check_finds_the_leak_that_build_keeps_out(corpus: Callable[..., Path]) -> None:
    clean, leaking = corpus(rows_of()[:4]), corpus(rows_of()[3:], "other.jsonl")
    run = CliRunner()
    told = run.invoke(app, ["data", "check", str(clean), "--against", str(leaking), "--json"])
    assert told.exit_code == 1
    assert [one["text"] for one in json.loads(told.stdout)["leaks"]] == ["第3句"]
    article = run.invoke(app, ["data", "check", str(clean), "--against", str(ARTICLE)])
    assert (article.exit_code, article.stdout.split(" ")[0]) == (0, "0")


def test_document_in_two_splits_is_an_error(corpus: Callable[..., Path]) -> None:
    rows = rows_of()
    rows[5]["doc"] = "d-0"
    with pytest.raises(InputError, match="document 'd-0' stands in the splits train and test"):
        build(config(corpus(rows)))


def test_unknown_split_of_a_source_is_named(corpus: Callable[..., Path]) -> None:
    wrong = {"source": {"splits": {"train": ["trian"]}}}
    with pytest.raises(ConfigError, match=r"no split 'trian' in .*; it has dev, test, train"):
        build(config(corpus(rows_of()), **wrong))


def test_row_without_mt_is_named(corpus: Callable[..., Path]) -> None:
    rows = rows_of()
    rows[2]["mt"] = " "
    with pytest.raises(InputError, match=r"corpus\.jsonl: row 3: needs mt and pe"):
        build(config(corpus(rows)))


@settings(deadline=None)
@given(
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=20),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.integers(0, 9),
)
def test_a_document_has_one_split(docs: list[str], dev: float, test: float, seed: int) -> None:
    shares = SharesConfig(dev=dev, test=test)
    splits = [split_of_document(doc, shares, seed) for doc in docs]
    assert splits == [split_of_document(doc, shares, seed) for doc in docs]
    assert dev > 0 or "dev" not in splits
    assert test > 0 or "test" not in splits


def test_shares_deal_out_whole_documents(corpus: Callable[..., Path]) -> None:
    rows = [
        {"doc": f"d-{i // 3}", "seg": i % 3, "mt": f"number {i} open shop", "pe": f"{i} opened."}
        for i in range(120)
    ]
    source = {"splits": None, "shares": {"dev": 0.2, "test": 0.2}}
    made = config(corpus(rows), source=source)
    build(made)
    docs = {
        split: {row["doc"] for row in written(made.output, split)}
        for split in ("train", "dev", "test")
    }
    assert all(docs.values())
    assert sum(map(len, docs.values())) == len(set.union(*docs.values())) == 40


def test_near_index_finds_the_nearest_text() -> None:
    texts = [pe for _, pe in SENTENCES]
    index = NearIndex(texts)
    for i, text in enumerate(texts):
        near = index.nearest(text.upper())
        assert near is not None
        assert (near.index, near.overlap) == (i, 1.0)
    assert index.nearest("Kaum ein Wort davon steht in diesen Sätzen geschrieben.") is None


@settings(deadline=None)
@given(st.text(alphabet="ab c,", max_size=30), st.integers(1, 9))
def test_shingles_are_those_of_the_text(text: str, n: int) -> None:
    letters = " ".join(text.replace(",", " ").split())
    width = min(n, len(letters))
    expected = {letters[i : i + width] for i in range(len(letters) - width + 1)} - {""}
    assert len(shingles(text, n)) == len(expected)
    assert (shingles(text, n) == shingles(letters.upper(), n)).all()
    assert digest(text) == digest(letters)


LOSSES: list[tuple[str, str, Loss | None, str]] = [
    ("he visit Hangzhou yesterday.", "He visited Hangzhou yesterday.", None, "only grammar"),
    ("sales rose to 7000 phone.", "Sales rose to 70,000 phones.", Loss.NUMBERS, "another number"),
    ("sales rose much.", "Sales rose by 20 percent.", Loss.NUMBERS, "a number from nowhere"),
    (
        "then ma visit company.",
        "Then Jack Ma visited the company.",
        Loss.NAMES,
        "a name from nowhere",
    ),
    ("then Ma Yun left company.", "Then he left the company.", Loss.NAMES, "a name dropped"),
    ("the big shop then open.", "The large store then opened.", Loss.KEPT, "other words"),
    (
        "the shop open in suburb.",
        "The busy shop opened in a rich suburb.",
        Loss.BACKED,
        "more said",
    ),
    ("open big north city shop", "shop of city north big opened", Loss.CHRF, "turned round"),
    ("shop open.", "The shop opened in the busy north suburb.", Loss.LENGTH, "longer"),
    ("the day cat open shop.", "Then Tmall opened a shop.", None, "the term explains the name"),
]


@pytest.mark.parametrize(("mt", "pe", "loss", "why"), LOSSES)
def test_recoverability(mt: str, pe: str, loss: Loss | None, why: str) -> None:
    terms = [TermEntry("day cat", "Tmall")]
    assert lost_in(mt, pe, terms, Recoverability(min_chrf=40)) is loss, why


NUMBERS = st.integers(0, 99_999).map(str) | st.sampled_from(
    ["two", "7000-80 million", "3.5 billion"]
)
WORDS = st.lists(
    NUMBERS | st.sampled_from(["shop", "open", "sold", "phones"]), min_size=1, max_size=6
)


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_no_lost_number_passes_the_filter(mt: list[str], pe: list[str]) -> None:
    before, after = " ".join(mt), " ".join(pe)
    loose = Recoverability(min_kept=0, min_backed=0, min_ratio=0.01, max_ratio=99, min_chrf=0)
    passed = lost_in(before, after, [], loose) is None
    assert passed == (not lost_numbers(before, after) and not added_numbers(before, after))


def test_random_terms_are_phrases_of_both_texts() -> None:
    for mt, pe in SENTENCES:
        for term in random_terms(mt, pe):
            assert term.mt in mt
            assert term.target in pe
    assert random_terms("the Operation business cut prices.", "The carriers cut its prices.") == (
        TermEntry("Operation business", "carriers"),
    )


def test_wrong_terms_stand_nowhere_in_the_row() -> None:
    rows = [
        Row("news", "ours", f"d-{i}", 0, "train", "", mt, pe, "", (TermEntry(mt.split()[0], "X"),))
        for i, (mt, pe) in enumerate(SENTENCES)
    ]
    made = add_variants(rows, VariantsConfig(), seed=1)
    assert made == add_variants(rows, VariantsConfig(), seed=1)
    assert any(row.variants.wrong for row in made)
    for row in made:
        assert all(term.mt.lower() not in row.mt.lower() for term in row.variants.wrong)
        assert set(row.variants.some) <= set(row.terms)


def test_bitext_is_garbled_on_the_way(tmp_path: Path) -> None:
    bitext = tmp_path / "news.tsv"
    lines = (f"{pair.zh}\t{pair.en}\n" for pair in garble_sentences())
    bitext.write_text("".join(lines), encoding="utf-8")
    garbled = {"shares": {"test": 0.3}, "splits": None, "garble": {"limit": 120}}
    made = config(bitext, source=garbled)
    report = build(made)
    assert sum(one.read for one in report.sources) == 144
    assert report.sources[0].dropped["over the limit"] == 24
    for one in report.sources:
        assert one.read == one.kept + sum(one.dropped.values())
        assert one.kept > 0
    docs = [{row["doc"] for row in written(made.output, split)} for split in ("train", "test")]
    assert not docs[0] & docs[1]
    for row in written(made.output, "train"):
        terms = [TermEntry(term["mt"], term["target"]) for term in row["terms"]]
        assert lost_in(row["mt"], row["pe"], terms, GarbleConfig().recoverable) is None


def test_profile_counts_what_ter_counts(corpus: Callable[..., Path]) -> None:
    one = Triplet("1", "yesterday he visit big factory", "He visited a factory yesterday", ())
    found = profile("x", [one])
    assert found.kinds == {"substitutions": 40, "insertions": 0, "deletions": 0, "shifts": 20}
    assert (found.ter, round(found.order)) == (60, 33)
    path = corpus(rows_of())
    told = CliRunner().invoke(app, ["data", "profile", f"a={path}", f"b={ARTICLE}", "--json"])
    names = [(one["name"], one["segments"]) for one in json.loads(told.stdout)["profiles"]]
    assert names == [("a", 6), ("b", 48)]


def test_profiles_are_drawn(corpus: Callable[..., Path], tmp_path: Path) -> None:
    figure = tmp_path / "figure.png"
    command = ["data", "profile", f"a={corpus(rows_of())}", "--figure", str(figure)]
    assert CliRunner().invoke(app, command).exit_code == 0
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_shipped_config_is_valid() -> None:
    made = load_config(REPOSITORY / "configs" / "data" / "zh-en.yaml", BuildConfig)
    assert "test" not in made.sources[0].splits.train  # type: ignore[union-attr]
    assert made.guard


@pytest.mark.parametrize(
    "name", ["authored-2.jsonl", "authored-3.jsonl", "authored-4.jsonl", "authored-5.jsonl"]
)
def test_our_own_triplets_share_nothing_with_what_is_evaluated_on(name: str) -> None:
    """No document in two splits, no row near an article of eval/, and terms stand in the mt."""
    file = REPOSITORY / "data" / name
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len({(row["doc"], row["split"]) for row in rows}) == len({row["doc"] for row in rows})
    guard = guard_of([REPOSITORY / "eval" / "articles"], NearConfig())
    assert len(guard) > 500
    assert leaks_in(file, guard) == []
    for row in rows:
        for term in row["terms"]:
            assert term["mt"].lower() in row["mt"].lower(), (row["doc"], row["seg"])

"""`postedit benchmark`: passages, systems, resumption, scores, reports, and what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit.align import edits
from postedit.benchmark.changes import word_diff
from postedit.benchmark.markdown import escape
from postedit.benchmark.plots import gain_bars
from postedit.benchmark.report import FILES, write_report
from postedit.benchmark.run import SuiteRun, run_suite
from postedit.benchmark.scores import SuiteScores, score_run
from postedit.benchmark.store import Store
from postedit.benchmark.suite import Suite, load_suite, passages
from postedit.benchmark.systems import DoNothing, Files, GlossaryOnly, Output, Progress
from postedit.benchmark.systems import SuiteArticle as Article
from postedit.errors import InputError
from postedit.records import Unit
from postedit.termbase import Termbase
from tests.test_cli import postedit

NASTY = '<script>alert("x")</script> & {{ 7*7 }} | `code`'
ARTICLES = {
    "one": {
        "mt.txt": "day cat open three shop.\n\nfare rose, refund also more.\n\nsales good.\n",
        "reference.txt": "Tmall opened three shops.\nFares rose, as did refunds.\nSales grew.\n",
        "reference.2.txt": "Three shops were opened by Tmall.\nFares rose.\nSales were good.\n",
        "glossary.tsv": "mt\tsource\ttarget\nday cat\t天猫\tTmall\n",
        "meta.yaml": "split: test\nlicence: CC0-1.0\n",
    },
    "two": {
        "mt.txt": f"{NASTY} stay.\nma visit Beijing.\n",
        "reference.txt": f"{NASTY} stays.\nMa visited Beijing.\n",
        "meta.yaml": f"split: dev\ntitle: '{NASTY}'\n",
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, files in ARTICLES.items():
        (tmp_path / "suite" / name).mkdir(parents=True)
        for file, text in files.items():
            (tmp_path / "suite" / name / file).write_text(text, encoding="utf-8")
    return tmp_path / "suite"


@pytest.fixture
def scored(folder: Path) -> SuiteScores:
    other = folder.parent / "other"
    other.mkdir()
    texts = {"one.txt": "Tmall opened three shops.\nfare rose, refund also more.\nSales grew.\n"}
    texts |= {"two.pe.txt": f"{NASTY} stay.\nma has been to Nanjing.\n"}
    for file, text in texts.items():
        (other / file).write_text(text, encoding="utf-8")
    systems = [DoNothing(), GlossaryOnly(), Files("other", other)]
    return score_run(run_suite(load_suite([folder]), systems), resamples=100)


def test_suite_has_articles_in_order_and_by_split(folder: Path) -> None:
    suite = load_suite([folder])
    assert [article.id for article in suite.articles] == ["one", "two"]
    assert [len(article.passages) for article in suite.articles] == [3, 2]
    assert suite.passages[1].references == ("Fares rose, as did refunds.", "Fares rose.")
    assert [a.id for a in load_suite([folder], ["dev"]).articles] == ["two"]
    assert load_suite([folder / "one"]).articles == suite.articles[:1]


@pytest.mark.parametrize(
    ("paths", "splits", "message", "why"),
    [
        (["nowhere"], [], "nowhere: no such folder", "a folder that is not there"),
        ([""], [], "holds no article", "a folder of other things"),
        (["suite", "suite/one"], [], "has the id 'one', as .*one has", "an article twice"),
        (["suite"], ["train"], "no article of split train; there are: dev, test", "no such split"),
    ],
)
def test_unusable_suite_is_named(
    folder: Path, paths: list[str], splits: list[str], message: str, why: str
) -> None:
    with pytest.raises(InputError, match=message):
        load_suite([folder.parent / path for path in paths], splits)


def test_an_article_without_reference_is_named(folder: Path) -> None:
    (folder / "two" / "reference.txt").unlink()
    with pytest.raises(InputError, match=r"two: cannot be scored: it has no reference\.txt"):
        load_suite([folder])


def test_passages_grow_until_all_references_keep_up() -> None:
    mt = ["Fares rose today in Beijing.", "Refunds also rose.", "Tmall opened three shops."]
    units = tuple(Unit(str(i), text) for i, text in enumerate(mt))
    joined = ["Fares rose in Beijing today. Refunds rose too.", "Tmall opened three new shops."]
    by_joined = passages("a", units, [joined])
    assert [one.units for one in by_joined] == [(0, 1), (1, 2), (2, 3)]
    assert by_joined[1].references == ("Refunds rose too.",)
    merged = ["Fares in Beijing rose today and refunds also rose.", "Tmall opened three shops."]
    both = passages("a", units, [joined, merged])
    assert [one.units for one in both] == [(0, 3)], "where refunds went, no alignment is sure of"
    assert both[0].references == (" ".join(joined), " ".join(merged))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from(["A cat sat.", "Fares rose. So did prices.", "No"]), min_size=1),
    st.lists(st.sampled_from(["The cat sat.", "Fares rose. Prices too.", "Yes"]), min_size=1),
)
def test_passages_cover_every_unit_once_and_every_reference(mt: list[str], ref: list[str]) -> None:
    found = passages("a", [Unit(str(i), text) for i, text in enumerate(mt)], [ref])
    assert [i for one in found for i in range(*one.units)] == list(range(len(mt)))
    assert " ".join(one.references[0] for one in found).split() == " ".join(ref).split()
    assert all(one.references[0] for one in found)


class Counting(GlossaryOnly):
    """Glossary replacement that remembers what it was asked for."""

    def __init__(self, asked: list[str], breaks_at: str = "", version: str = "1"):
        super().__init__()
        object.__setattr__(self, "asked", asked)
        object.__setattr__(self, "breaks_at", breaks_at)
        object.__setattr__(self, "version", version)

    @property
    def about(self) -> dict[str, str]:
        return {"version": self.version}  # type: ignore[attr-defined]

    def run(self, article: Article, done: Progress) -> Output:
        if article.id == self.breaks_at:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        self.asked.append(article.id)  # type: ignore[attr-defined]
        return super().run(article, done)


def test_an_interrupted_run_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    suite, store = load_suite([folder]), Store(tmp_path / "out")
    asked: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run_suite(suite, [DoNothing(), Counting(asked, breaks_at="two")], store)
    assert asked == ["one"]
    run = run_suite(suite, [DoNothing(), Counting(asked)], store)
    assert (asked, run.reused, run.total) == (["one", "two"], 3, 4)
    again = run_suite(suite, [DoNothing(), Counting(asked)], store)
    assert (asked, again.reused) == (["one", "two"], 4)
    assert replace(again, reused=3) == run


@pytest.mark.parametrize(
    ("file", "text", "redone", "why"),
    [
        ("one/mt.txt", "day cat open shop.\nfare rose.\nsales.\n", ["one"], "another mt"),
        ("one/glossary.tsv", "mt\tsource\ttarget\nday cat\t天猫\tT-mall\n", ["one"], "terms"),
        ("one/reference.txt", "A.\nB.\nC.\n", [], "a system does not see the reference"),
    ],
)
def test_what_an_output_hangs_on_is_not_reused(
    folder: Path, tmp_path: Path, file: str, text: str, redone: list[str], why: str
) -> None:
    store, asked = Store(tmp_path / "out"), list[str]()
    run_suite(load_suite([folder]), [Counting([])], store)
    (folder / file).write_text(text, encoding="utf-8")
    run_suite(load_suite([folder]), [Counting(asked)], store)
    assert asked == redone


def test_another_version_and_a_damaged_file_are_run_again(folder: Path, tmp_path: Path) -> None:
    suite, store = load_suite([folder]), Store(tmp_path / "out")
    run_suite(suite, [Counting([])], store)
    asked: list[str] = []
    run_suite(suite, [Counting(asked, version="2")], store)
    assert asked == ["one", "two"]
    for path in (tmp_path / "out").glob("*/*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    run_suite(suite, [Counting(asked, version="2")], store)
    assert asked == ["one", "two"] * 2
    store.clear()
    assert not list((tmp_path / "out").glob("*/*.json"))


def test_an_article_cannot_name_a_path_outside_the_store(tmp_path: Path) -> None:
    article = Article("../../x", (Unit("1", "a"),), Termbase(), ())
    Store(tmp_path / "in" / "out").keep(DoNothing(), article, Output(("a",), ("",)))
    assert [file.parent.parent.name for file in tmp_path.rglob("*.json")] == ["out"]


def test_controls_and_counts(scored: SuiteScores) -> None:
    rows = {row.scores.name: row for row in scored.whole.rows}
    assert list(rows) == ["mt", "glossary", "other", "oracle", "shuffled"]
    oracle = rows["oracle"].scores
    assert (oracle.bleu.value, oracle.chrf.value, oracle.ter.value) == pytest.approx((100, 100, 0))
    assert rows["shuffled"].scores.chrf.value < rows["mt"].scores.chrf.value
    assert all(
        a != b for a, b in zip(scored.texts["shuffled"], scored.texts["oracle"], strict=True)
    )
    assert (rows["mt"].terms.kept, rows["glossary"].terms.kept) == (0, 1)
    assert (rows["other"].improved, rows["other"].hurt, rows["other"].changed) == (2, 1, 3)
    assert [row.unchanged for row in rows.values()][:3] == [4, 5, 2]
    assert rows["other"].seconds is None, "the work was done elsewhere"
    assert rows["glossary"].edits == pytest.approx(100 * 2 / 23)


def test_every_scope_counts_its_own_passages(scored: SuiteScores) -> None:
    names = {one.scope.name: len(one.scope.passages) for one in scored.scopes}
    assert names["all"] == 5
    assert (names["test"], names["dev"], names["one"], names["two"]) == (3, 2, 3, 2)
    assert sum(len(one.scope.passages) for one in scored.of("bin")) == 5
    for one in scored.of("bin"):
        low = float(one.scope.name.split()[0])
        assert all(scored.chrf["mt"][i] >= low for i in one.scope.passages)


def test_unknown_baseline_and_equal_names_are_refused(folder: Path) -> None:
    suite = load_suite([folder])
    with pytest.raises(InputError, match=r"no system is called 'pe' to compare with.*: mt, gloss"):
        score_run(run_suite(suite, [DoNothing(), GlossaryOnly()]), "pe")
    with pytest.raises(InputError, match="two systems are called 'mt'"):
        run_suite(suite, [DoNothing(), DoNothing()])


class Page(HTMLParser):
    """What a browser would load, run or show of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attrs if k in ("src", "href", "action", "data")]
        if tag not in ("meta", "br", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "rect":
            assert self.open.pop() == tag, "every element is closed in its place"

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def test_report_is_whole_escaped_and_self_contained(scored: SuiteScores, tmp_path: Path) -> None:
    write_report(scored, tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == sorted(FILES)
    page = Page()
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    page.feed(text)
    assert not page.open
    assert page.tags.count("script") == 1, "ours; that of the text is shown, not run"
    assert all(address.startswith("#") for address in page.addresses)
    assert not re.search(r"https?://|url\(|@import", text)
    assert NASTY in "".join(page.shown)
    assert "49" not in escape(NASTY)
    for passage in scored.passages:
        assert f'id="p-{passage.article}:{passage.number}"' in text


def test_json_lines_hold_everything(scored: SuiteScores, tmp_path: Path) -> None:
    write_report(scored, tmp_path)
    lines = (tmp_path / "passages.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["id"] for row in rows] == ["one:1", "one:2", "one:3", "two:1", "two:2"]
    assert rows[0]["texts"]["glossary"] == "Tmall open three shop."
    assert rows[0]["terms"] == ["Tmall"]
    assert len(rows[0]["references"]) == 2
    assert rows[2]["gain"]["other"] == pytest.approx(
        rows[2]["chrf"]["other"] - rows[2]["chrf"]["glossary"], abs=0.011
    )
    scores = [
        json.loads(line)
        for line in (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(scores) == len(scored.scopes) * 5
    assert {row["scope"] for row in scores} == {"all", "split", "bin", "article"}
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert any(line.startswith("other: a chrF gain of") for line in run["readings"])
    assert run["scores"] == [
        {k: v for k, v in row.items() if k not in ("scope", "name")} for row in scores[:5]
    ]


def test_markdown_escapes_what_texts_hold(scored: SuiteScores, tmp_path: Path) -> None:
    text = FILES["report.md"](scored)
    assert "<script>" not in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) == 11, line


@settings(deadline=None)
@given(st.text("ab cdé.,", max_size=30), st.text("ab cdé.,", max_size=30))
def test_word_diff_holds_both_texts(before: str, after: str) -> None:
    pieces = word_diff(before, edits(before, after))
    assert "".join(piece.old for piece in pieces) == before
    assert "".join(piece.new for piece in pieces) == after


@pytest.mark.parametrize(
    ("gains", "name", "why"),
    [
        ([0.0, 0.009, -0.009], "0", "noise is no change"),
        ([0.01, 1.99], "0 to +2", "the least gain"),
        ([-0.01, -1.99], "−2 to 0", "the least loss"),
        ([2.0, 4.9], "+2 to +5", "an edge counts as the greater gain"),
        ([-10.0, -11.0], "−10 or less", "an edge counts as the greater loss"),
        ([10.0, 90.0], "+10 or more", "beyond the last edge"),
    ],
)
def test_gains_fall_into_their_bars(gains: Sequence[float], name: str, why: str) -> None:
    counts = {bar.name: bar.count for bar in gain_bars(gains) if bar.count}
    assert counts == {name: len(gains)}


def test_command_writes_reports_and_goes_on(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call = ("benchmark", str(folder), "-o", str(out), "--without-ours", "--baseline", "mt")
    done = postedit(*call)
    assert done.returncode == 0, done.stderr
    assert "suite: 5 passages" in done.stdout
    assert "split dev: 2 passages" in done.stdout
    again = postedit(*call, "--json")
    found = json.loads(again.stdout)
    assert found["outputs"] == {"total": 4, "reused": 4}
    assert found["baseline"] == "mt"
    assert [row["system"] for row in found["scores"]] == ["mt", "glossary", "oracle", "shuffled"]
    assert json.loads(postedit(*call, "--json", "--fresh").stdout)["outputs"]["reused"] == 0


def test_command_repairs_with_the_shipped_model(folder: Path, tmp_path: Path) -> None:
    done = postedit("benchmark", str(folder), "-o", str(tmp_path / "out"), "--json")
    rows = {row["system"]: row for row in json.loads(done.stdout)["scores"]}
    assert rows["pe"]["seconds"] > 0
    assert rows["pe"]["terms"] == rows["glossary"]["terms"]
    assert "sha256" in json.loads(done.stdout)["systems"]["pe"]


@pytest.mark.parametrize(
    ("args", "message", "why"),
    [
        (["--system", "other"], "must be NAME=DIR", "no folder"),
        (["--system", "pe=."], "the name is taken; so are mt, glossary, pe", "our own row"),
        (["--system", "../x=."], "must be NAME=DIR", "a path for a name"),
        (["--system", "x=nowhere"], "nowhere: --system x: no such folder", "no folder"),
        (["--system", "x=."], "has neither one.pe.txt nor one.txt", "no file for an article"),
        (["--baseline", "x"], "--baseline x: no such row; there are: mt, glossary", "no such row"),
        (["--peer", "grammarly"], "no such peer; there are: harper, smollm2", "unknown peer"),
        (["--peer", "t5=nowhere"], "--peer t5: no such folder", "no checkpoint"),
        (["--peer", "openai=http://x"], "name the model", "which model?"),
        (["--peer", "libretranslate=file:///etc"], "give a URL of http", "no file is a service"),
        (["--data", "."], "--data goes with a public test set: mlqe-pe", "not a public set"),
    ],
)
def test_command_refuses(folder: Path, tmp_path: Path, args: list[str], message: str, why: str):  # type: ignore[no-untyped-def]
    from typer.testing import CliRunner

    from postedit.cli import app

    call = ["benchmark", str(folder), "-o", str(tmp_path / "out"), "--without-ours", *args]
    result = CliRunner().invoke(app, call)
    assert isinstance(result.exception, InputError)
    assert message in str(result.exception)


def test_a_file_with_too_few_paragraphs_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a\nb\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"one\.txt: has 2 paragraphs, but the article 3"):
        Files("x", tmp_path).run(load_suite([folder]).articles[0], lambda units: None)


def test_a_run_of_nothing_is_an_empty_table() -> None:
    run = SuiteRun(Suite("x", ()), {"mt": ()}, {})
    assert (run.total, run.seconds("mt"), run.texts("mt")) == (0, 0, ())

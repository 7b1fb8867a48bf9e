"""The report as Markdown: the table over all, by split, by quality of the mt, by article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from postedit.benchmark.examples import examples
from postedit.benchmark.scores import ScopeScores, SuiteScores
from postedit.benchmark.tables import COLUMNS, Cell, cells, label
from postedit.score import METRICS

_MARKS = {"better": "\\*", "worse": "!", "": ""}


def markdown(scored: SuiteScores) -> str:
    """The whole report; every text in it is escaped, so that nothing of it is read as markup."""
    return "\n".join(_lines(scored)) + "\n"


def _lines(scored: SuiteScores) -> Iterator[str]:
    suite = scored.run.suite
    baseline = label(scored.baseline)
    yield f"# Benchmark: {escape(suite.name)}"
    yield ""
    yield (
        f"{len(suite.articles)} articles, {len(scored.passages)} passages. "
        f"`*` is significantly better than {baseline}, `!` worse (paired bootstrap, p < 0.05). "
        f"Improved and hurt count passages whose chrF moved from that of {baseline}."
    )
    yield from _section("All", [scored.whole])
    yield from ("", *(f"- {escape(line)}" for line in scored.readings()))
    yield from _section("By split", scored.of("split"))
    yield from _section("By chrF of the raw mt", scored.of("bin"))
    yield from _section("By article", scored.of("article"))
    yield from _examples(scored)
    yield from ("", "## What is compared", "")
    for name, about in scored.run.about.items():
        told = ", ".join(f"{key} {value}" for key, value in about.items())
        yield f"- {escape(label(name))}: {escape(told)}"
    for article in suite.articles:
        yield f"- {escape(article.id)} ({escape(article.split or 'no split')}): " + escape(
            f"{article.title}; {article.licence}; {article.origin}"
        )
    for checksum in suite.checksums:
        yield f"- {escape(checksum)}"
    yield ""
    for metric in METRICS:
        yield f"`{scored.whole.comparison.systems[0].signatures[metric]}`  "


def _section(title: str, scopes: Sequence[ScopeScores]) -> Iterator[str]:
    if not scopes:
        return
    yield from ("", f"## {title}")
    for one in scopes:
        yield ""
        if one.scope.kind != "all":
            yield f"### {escape(one.scope.name)} ({one.comparison.segments} passages)"
            yield ""
        yield "| " + " | ".join(COLUMNS) + " |"
        yield "| --- |" + " ---: |" * (len(COLUMNS) - 1)
        for row in one.rows:
            yield "| " + " | ".join(_cell(cell) for cell in cells(one, row)) + " |"


def _cell(cell: Cell) -> str:
    aside = f" {escape(cell.aside)}" if cell.aside.startswith("[") else ""
    return f"{escape(cell.text)}{_MARKS[cell.mark]}{aside}"


def _examples(scored: SuiteScores) -> Iterator[str]:
    for name in scored.run.outputs:
        found = examples(scored, name)
        if name in ("mt", scored.baseline) or not (found.improved or found.hurt):
            continue
        yield from ("", f"## {escape(label(name))}: examples")
        for title, chosen in (("Improved most", found.improved), ("Hurt most", found.hurt)):
            yield from ("", f"{title}:", "") if chosen else ()
            for i in chosen:
                passage = scored.passages[i]
                yield (
                    f"- {escape(passage.article)}:{passage.number}, "
                    f"chrF {scored.gains(name)[i]:+.1f}"
                )
                yield f"  - {escape(label(scored.baseline))}: {escape(_text(scored, i))}"
                yield f"  - {escape(label(name))}: {escape(scored.texts[name][i])}"
                yield f"  - reference: {escape(passage.references[0])}"


def _text(scored: SuiteScores, i: int) -> str:
    return scored.texts[scored.baseline][i]


def escape(text: str) -> str:
    """Text on one line, in which no character is read as Markdown or HTML."""
    plain = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#|!~&" else c for c in plain)

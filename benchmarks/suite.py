"""Scoring a suite in all its scopes: segments counted once, against counting them in every scope.

    python benchmarks/suite.py

Systems are the raw mt, glossary replacement and the controls, on the articles of eval/. Both ways
must give the same scores; the ratio is of their times, taken in turns in one process.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from postedit.benchmark.run import run_suite
from postedit.benchmark.scores import SuiteScores, score_run
from postedit.benchmark.suite import load_suite
from postedit.benchmark.systems import DoNothing, GlossaryOnly
from postedit.score import compare

ARTICLES = Path(__file__).parent.parent / "eval" / "articles"
RESAMPLES = 200


def naive(scored: SuiteScores) -> list[float]:
    """The chrF of every system in every scope, each scope scored by itself."""
    found = []
    for one in scored.scopes:
        chosen = one.scope.passages
        systems = {name: [row[i] for i in chosen] for name, row in scored.texts.items()}
        most = max(len(scored.passages[i].references) for i in chosen)
        rows = [scored.passages[i].references for i in chosen]
        references = [[row[k] if k < len(row) else None for row in rows] for k in range(most)]
        told = compare(systems, references, scored.baseline, resamples=RESAMPLES)
        found += [system.chrf.value for system in told.systems]
    return found


def main() -> None:
    suite = load_suite([ARTICLES], ["test"])
    run = run_suite(suite, [DoNothing(), GlossaryOnly()])
    times: dict[str, list[float]] = {"once": [], "every scope": []}
    for _ in range(2):
        start = perf_counter()
        scored = score_run(run, resamples=RESAMPLES)
        times["once"].append(perf_counter() - start)
        start = perf_counter()
        again = naive(scored)
        times["every scope"].append(perf_counter() - start)
        assert again == [s.chrf.value for one in scored.scopes for s in one.comparison.systems]
    once, every = (min(times[name]) for name in ("once", "every scope"))
    print(f"{len(suite.passages)} passages, {len(scored.scopes)} scopes, {len(scored.texts)} rows")
    print(f"counted once        {once:6.2f} s (with edit rates, terms and gains)")
    print(f"in every scope      {every:6.2f} s")
    print(f"ratio               {every / once:6.2f}")


if __name__ == "__main__":
    main()

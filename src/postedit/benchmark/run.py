"""Run every system over every article of a suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from postedit.benchmark.store import Store
from postedit.benchmark.suite import Suite
from postedit.benchmark.systems import RESERVED, Output, System
from postedit.errors import InputError

#: Told the system, the article, and how many units more are done (0 for the first call).
OnProgress = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """Outputs by system and then by article, in the order of `suite.articles`.

    `reused` counts those that an earlier run had made.
    """

    suite: Suite
    outputs: Mapping[str, tuple[Output, ...]]
    about: Mapping[str, Mapping[str, str]]
    reused: int = 0

    @property
    def total(self) -> int:
        """Outputs in all."""
        return sum(map(len, self.outputs.values()))

    def texts(self, system: str) -> tuple[str, ...]:
        """The system's text of each passage of the suite."""
        pairs = zip(self.suite.articles, self.outputs[system], strict=True)
        return tuple(
            passage.of(output.texts) for article, output in pairs for passage in article.passages
        )

    def notes(self, system: str) -> tuple[str, ...]:
        """The system's notes on each passage of the suite."""
        pairs = zip(self.suite.articles, self.outputs[system], strict=True)
        return tuple(
            "; ".join(filter(None, output.notes[slice(*passage.units)]))
            for article, output in pairs
            for passage in article.passages
        )

    def seconds(self, system: str) -> float | None:
        """Seconds for the whole suite, or None if a part was done elsewhere."""
        known = [output.seconds for output in self.outputs[system]]
        return sum(one for one in known if one is not None) if None not in known else None


def run_suite(
    suite: Suite,
    systems: Sequence[System],
    store: Store | None = None,
    progress: OnProgress = lambda system, article, units: None,
) -> SuiteRun:
    """Have every article done by every system, except what `store` has already.

    InputError if two systems have one name. Each output is kept as soon as it is there.
    """
    names = [system.name for system in systems]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(
            f"two systems are called {twice.pop()!r}; taken already: {', '.join(RESERVED)}"
        )
    outputs: dict[str, tuple[Output, ...]] = {}
    reused = 0
    for system in systems:
        row: list[Output] = []
        for article in suite.articles:
            progress(system.name, article.id, 0)
            output = store.find(system, article) if store else None
            if output is not None:
                reused += 1
                progress(system.name, article.id, len(article.units))
            else:
                output = _timed(system, suite, len(row), progress)
                if store:
                    store.keep(system, article, output)
            row.append(output)
        outputs[system.name] = tuple(row)
    about = {system.name: dict(system.about) for system in systems}
    return SuiteRun(suite, outputs, about, reused)


def _timed(system: System, suite: Suite, place: int, progress: OnProgress) -> Output:
    article = suite.articles[place]
    told = 0

    def done(units: int) -> None:
        nonlocal told
        told += units
        progress(system.name, article.id, units)

    system.load()
    start = perf_counter()
    output = system.run(article, done)
    seconds = perf_counter() - start
    # Ours counts sentences, others units: the bar is to end at the end all the same.
    progress(system.name, article.id, len(article.units) - told)
    return replace(output, seconds=seconds) if system.timed else output

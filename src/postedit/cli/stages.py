"""Progress bars of all commands: on standard error, and only in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from postedit.stages import Tell


@contextmanager
def bars(*, transient: bool = True) -> Iterator[Progress]:
    """Bars with counts and the time left; `transient` ones are gone when the work is done."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=transient, disable=not console.is_terminal
    ) as shown:
        yield shown


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """What to call with the number of steps that are done since the last call."""
    with bars() as shown:
        task = shown.add_task(what, total=total)
        yield lambda steps: shown.advance(task, steps)


@contextmanager
def reaching(what: str) -> Iterator[Callable[[int, int], None]]:
    """What to call with the number of steps done, and that of all."""
    with bars() as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


@contextmanager
def stages() -> Iterator[Tell]:
    """What to call after every step: with the stage, the steps done and the steps in all."""
    with bars(transient=False) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = shown.add_task(stage, total=total)
            shown.advance(tasks[stage], done)

        yield tell

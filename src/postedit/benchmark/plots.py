"""The geometry of the report's plots; the template draws it as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from postedit.score.segments import MIN_CHANGE

#: Edges of the bars of a distribution of gains, in points of chrF; what lies beyond has a bar too.
EDGES: Final = (-10.0, -5.0, -2.0, -MIN_CHANGE, MIN_CHANGE, 2.0, 5.0, 10.0)

# The plane of a scatter plot, in units of its SVG.
WIDTH, HEIGHT, MARGIN = 420.0, 260.0, 36.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, what it counts, its length as a share of the longest, and its sense."""

    name: str
    count: float
    share: float
    sense: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A point in units of the SVG, with what is told of it."""

    x: float
    y: float
    sense: str
    told: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, in units of the SVG."""

    at: float
    name: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Gain against the quality of the input; `zero` is the height of no gain."""

    points: tuple[Point, ...]
    zero: float
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def gain_bars(gains: Sequence[float]) -> tuple[Bar, ...]:
    """How many passages gained or lost how much."""
    counts = []
    for low, high in pairwise([float("-inf"), *EDGES, float("inf")]):
        # A loss as large as an edge counts as the greater loss, a gain as the greater gain.
        upper = high <= 0
        inside = sum((low < g <= high) if upper else (low <= g < high) for g in gains)
        if low == -MIN_CHANGE:
            inside = sum(low < g < high for g in gains)
        counts.append((_interval(low, high), inside, _sense((low + high) / 2)))
    most = max([count for _, count, _ in counts] + [1])
    return tuple(Bar(name, count, count / most, sense) for name, count, sense in counts)


def _interval(low: float, high: float) -> str:
    if low == -MIN_CHANGE:
        return "0"
    if low == float("-inf"):
        return f"−{-high:.0f} or less"
    if high == float("inf"):
        return f"+{low:.0f} or more"
    if high <= 0:
        return f"−{-low:.0f} to {'0' if high == -MIN_CHANGE else f'−{-high:.0f}'}"
    return f"{'0' if low == MIN_CHANGE else f'+{low:.0f}'} to +{high:.0f}"


def _signed(value: float) -> str:
    return f"{value:+.0f}".replace("-", "−") if value else "0"


def _sense(gain: float) -> str:
    return "up" if gain >= MIN_CHANGE else "down" if gain <= -MIN_CHANGE else "same"


def bars(counts: Mapping[str, float], most: float | None = None) -> tuple[Bar, ...]:
    """Bars in the given order, against `most` or the longest of them."""
    longest = most or max([*counts.values(), 1e-9])
    return tuple(Bar(name, count, count / longest) for name, count in counts.items())


def scatter(quality: Sequence[float], gains: Sequence[float], names: Sequence[str]) -> Scatter:
    """Each passage at the chrF of its raw mt and its gain; the gains' axis is cut to fit them."""
    reach = max([10.0, *(abs(gain) for gain in gains)])
    step = 10.0 if reach <= 30 else 20.0
    top = step * -(-reach // step)

    def x(value: float) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * value / 100.0, 1)

    def y(value: float) -> float:
        return round(MARGIN / 2 + (HEIGHT - 1.5 * MARGIN) * (top - value) / (2 * top), 1)

    marks = [step * i for i in range(-int(top // step), int(top // step) + 1)]
    rows = zip(quality, gains, names, strict=True)
    return Scatter(
        points=tuple(
            Point(x(q), y(g), _sense(g), f"{name}: raw mt {q:.1f}, gain {g:+.1f}")
            for q, g, name in rows
        ),
        zero=y(0.0),
        across=tuple(Tick(x(float(value)), str(value)) for value in range(0, 101, 20)),
        up=tuple(Tick(y(value), _signed(value)) for value in marks),
    )

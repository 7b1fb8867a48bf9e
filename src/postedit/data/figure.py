"""The profiles of several sets side by side, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from postedit.data.profile import Profile

_BINS = tuple(range(0, 125, 5))


def draw_profiles(profiles: Sequence[Profile], path: Path) -> None:
    """Edits by kind as stacked bars, and the distributions of TER and chrF as lines."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (bars, ter, chrf) = pyplot.subplots(1, 3, figsize=(15, 4.5))
    bottom = [0.0] * len(profiles)
    names = [one.name for one in profiles]
    for kind in profiles[0].kinds:
        heights = [one.kinds[kind] for one in profiles]
        bars.bar(names, heights, bottom=bottom, label=kind)
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    bars.set_title("edits for 100 words of the post-edit")
    bars.tick_params(axis="x", rotation=30)
    bars.legend(frameon=False)
    for axes, title in ((ter, "TER of segments (share in %)"), (chrf, "chrF of segments")):
        axes.set_title(title)
        for one in profiles:
            values = one.ter_by_segment if axes is ter else one.chrf_by_segment
            counts = [sum(low <= value < low + 5 for value in values) for low in _BINS]
            shares = [100 * count / len(values) for count in counts]
            axes.plot([low + 2.5 for low in _BINS], shares, label=one.name)
    chrf.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)

"""What an output cost in edits: HTER against a person's post-edit, edit rate, gain for an edit."""

from __future__ import annotations

from collections.abc import Sequence

from postedit.score.metrics import Scorer
from postedit.score.results import ScoreError


def edit_rate(before: Sequence[str], after: Sequence[str]) -> float:
    """How much was changed: TER of `after` against `before`, over the whole corpus, in percent.

    Case counts, as in the shared tasks on post-editing: to correct a capital is an edit. The rate
    is 0 for no segments, and can exceed 100 where much was added.
    """
    if len(before) != len(after):
        raise ScoreError(f"{len(before)} segments before, but {len(after)} after")
    changed = [i for i, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    if not changed:
        return 0.0
    scorer = Scorer("ter", case_sensitive_ter=True)
    # A text against itself costs no edits: what is left to count is its words.
    table = scorer.statistics([""] * len(before), [before])
    table[:, 0] = 0.0
    table[changed] = scorer.statistics([after[i] for i in changed], [[before[i] for i in changed]])
    return scorer.score(table.sum(axis=0))


def hter(outputs: Sequence[str], post_edits: Sequence[str]) -> float:
    """TER of outputs against what a person made of those same outputs (Snover et al. 2006).

    Case counts. It is what the person's work came to, in percent of the words of the result; so
    `post_edits` have to be a person's. For a machine's, see `edit_rate`.

    >>> hter(["Ma visit Beijing"], ["Ma visited Beijing today"])
    50.0
    """
    return edit_rate(post_edits, outputs)


def gain_to_edit(gain: float, rate: float) -> float | None:
    """Points gained for each percent of words edited (WMT25); None where nothing was edited.

    >>> gain_to_edit(3.0, 12.0)
    0.25
    """
    return gain / rate if rate else None

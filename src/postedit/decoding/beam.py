"""Batched beam search over the step protocol, free or under hard constraints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from postedit.decoding.allocation import allocate
from postedit.decoding.constraints import Constraint, Constraints, Progress
from postedit.decoding.hypothesis import Hypothesis, Limit, twice
from postedit.decoding.reach import Task, task_of
from postedit.models.batching import BATCH_TOKENS, batches
from postedit.models.protocol import Backend, Logits, State, Tokens
from postedit.models.softmax import log_softmax

WIDTH = 4


@dataclass(frozen=True, slots=True)
class Constrained:
    """What a constrained search found, and the constraints that no target could have met."""

    hypothesis: Hypothesis
    refused: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """A target in the making, of the input `group`; `row` is its row in the state."""

    group: int
    row: int
    tokens: tuple[int, ...]
    log_prob: float
    progress: Progress


@dataclass(slots=True)
class _Search:
    """The inputs of one batch, and the best finished target of each so far."""

    tasks: Sequence[Task]
    limits: Sequence[int]
    end: int
    width: int
    patient: bool
    mean: bool
    best: list[Hypothesis | None]
    finished: list[int]

    def expand(self, path: _Path, scores: Logits) -> list[_Path]:
        """The paths that may follow `path`; one that ends here is put among the finished."""
        task = self.tasks[path.group]
        rules, left = task.rules, self.limits[path.group] - len(path.tokens)
        if rules.complete(path.progress) and rules.allows(path.progress, self.end):
            self._finish(path, float(scores[self.end]))
        banned = rules.banned(path.progress)
        if banned:
            scores = scores.copy()
            scores[list(banned)] = -np.inf
        # One token is kept for the end.
        tokens = {*_likeliest(scores, self.width + 1), *rules.onward(path.progress)}
        found = self._allowed(path, scores, tokens - banned, left - 2)
        return found or self._allowed(path, scores, task.reach.tokens, left - 2)

    def _allowed(
        self, path: _Path, scores: Logits, tokens: Collection[int], left: int
    ) -> list[_Path]:
        task, found = self.tasks[path.group], []
        for token in sorted(tokens):
            if token == self.end or not task.rules.allows(path.progress, token):
                continue
            progress = task.rules.advance(path.progress, token)
            if task.reach.within(progress, left):
                log_prob = path.log_prob + float(scores[token])
                row = (*path.tokens, token)
                found.append(_Path(path.group, path.row, row, log_prob, progress))
        return found

    def choose(self, candidates: Sequence[_Path]) -> list[_Path]:
        """The next beam, without the groups that are done."""
        open_ = [path for path in candidates if not self._done(path)]
        if not open_:
            return []
        kept = allocate(
            np.array([path.group for path in open_]),
            np.array([self._bank(path) for path in open_]),
            np.array([path.log_prob for path in open_]),
            self.width,
        )
        return [open_[i] for i in kept]

    def cut_off(self, paths: Sequence[_Path]) -> list[_Path]:
        """The paths that may still grow; of an input with none finished the best is kept."""
        growing: list[_Path] = []
        for path in paths:
            if len(path.tokens) < self.limits[path.group]:
                growing.append(path)
            elif (old := self.best[path.group]) is None or (
                not old.finished and old.log_prob < path.log_prob
            ):
                self.best[path.group] = Hypothesis(path.tokens, path.log_prob, finished=False)
        return growing

    def _finish(self, path: _Path, end: float) -> None:
        found = Hypothesis(path.tokens, path.log_prob + end, finished=True)
        old = self.best[path.group]
        self.finished[path.group] += 1
        if old is None or not old.finished or self._score(found) > self._score(old):
            self.best[path.group] = found

    def _score(self, found: Hypothesis) -> float:
        return found.per_token if self.mean else found.log_prob

    def _done(self, path: _Path) -> bool:
        best = self.best[path.group]
        if best is None or not best.finished:
            return False
        if not self.mean:  # the sum can only fall
            return path.log_prob <= best.log_prob
        # As in transformers: a path that is no better than the best finished target so far is not
        # expected to become so.
        if self.patient or self.finished[path.group] < self.width:
            return False
        return path.log_prob / len(path.tokens) <= best.per_token

    def _bank(self, path: _Path) -> int:
        rules = self.tasks[path.group].rules
        return rules.total - rules.missing(path.progress) if rules.times else 0


def beam(
    backend: Backend,
    inputs: Sequence[Tokens],
    width: int = WIDTH,
    *,
    batch_tokens: int = BATCH_TOKENS,
    limit: Limit = twice,
    patient: bool = False,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Hypothesis]:
    """The target with the highest mean log-probability of a token that a beam search finds.

    A search ends when as many targets as the beam is wide have ended and the best of them beats
    all paths; a `patient` one goes on to the limit, and with a beam as wide as there are targets
    it finds the best of all.
    """
    free = [Constraints()] * len(inputs)
    found = constrained(
        backend,
        inputs,
        free,
        width,
        batch_tokens=batch_tokens,
        limit=limit,
        patient=patient,
        mean=True,
        done=done,
    )
    return [one.hypothesis for one in found]


def constrained(
    backend: Backend,
    inputs: Sequence[Tokens],
    constraints: Sequence[Constraints],
    width: int = WIDTH,
    *,
    batch_tokens: int = BATCH_TOKENS,
    limit: Limit = twice,
    patient: bool = False,
    mean: bool = False,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Constrained]:
    """Beam search in which every finished target meets its constraints, whatever the beam's width.

    Of those the one with the highest log-probability is taken, for by the `mean` of a token long
    ways round to a constraint would look good; a path below the best finished one ends at once.

    Constraints that cannot be met, within the limit or beside what is forbidden, are left out of
    the search and reported. Beam allocation after Post & Vilar 2018 and Hu et al. 2019.
    """
    found: dict[int, Constrained] = {}
    size = max(1, batch_tokens // width)
    for batch in batches([len(read) for read in inputs], size):
        reads = [inputs[i] for i in batch]
        limits = [limit(len(read)) for read in reads]
        asked = [constraints[i] for i in batch]
        found.update(
            zip(batch, _search(backend, reads, asked, limits, width, patient, mean), strict=True)
        )
        done(len(batch))
    return [found[i] for i in range(len(inputs))]


def _search(
    backend: Backend,
    inputs: Sequence[Tokens],
    asked: Sequence[Constraints],
    limits: Sequence[int],
    width: int,
    patient: bool,
    mean: bool,
) -> list[Constrained]:
    logits, state = backend.start(inputs)
    tasks = [
        task_of(one, limit, backend.end, logits.shape[-1])
        for one, limit in zip(asked, limits, strict=True)
    ]
    rows = len(inputs)
    search = _Search(tasks, limits, backend.end, width, patient, mean, [None] * rows, [0] * rows)
    paths = [_Path(i, i, (), 0.0, task.rules.start) for i, task in enumerate(tasks)]
    while True:
        scores = log_softmax(logits)
        candidates = [new for path in paths for new in search.expand(path, scores[path.row])]
        paths = search.cut_off(search.choose(candidates))
        if not paths:
            break
        logits, state, paths = _advance(backend, state, paths)
    return [
        Constrained(best or Hypothesis((), 0.0, finished=False), task.refused)
        for best, task in zip(search.best, tasks, strict=True)
    ]


def _advance(
    backend: Backend, state: State, paths: Sequence[_Path]
) -> tuple[Logits, State, list[_Path]]:
    state = backend.keep(state, [path.row for path in paths])
    logits, state = backend.step(state, [path.tokens[-1] for path in paths])
    moved = [
        _Path(path.group, row, path.tokens, path.log_prob, path.progress)
        for row, path in enumerate(paths)
    ]
    return logits, state, moved


def _likeliest(scores: Logits, count: int) -> list[int]:
    count = min(count, len(scores))
    likeliest: list[int] = np.argpartition(-scores, count - 1)[:count].tolist()
    return likeliest

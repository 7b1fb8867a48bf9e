"""The main path: segment -> match terms -> correct -> check -> align and score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from postedit.checks import run_checks
from postedit.correct import Corrector, glossary_only, make_draft, settle
from postedit.evaluate import evaluate
from postedit.formats import parse_text
from postedit.models.load import load_backend
from postedit.models.manifest import Manifest
from postedit.models.protocol import Backend
from postedit.records import Segment, TermMatch, Unit
from postedit.result import RepairedSegment, RepairResult, Stopwatch
from postedit.termbase import Termbase
from postedit.termcheck import with_one_target
from postedit.text.segment import segment

Text = str | Sequence[str | Unit]
Progress = Callable[[int, int], None]


class PostEditor:
    """A loaded model and the whole path around it."""

    def __init__(self, backend: Backend, manifest: Manifest):
        self.backend = backend
        self.manifest = manifest

    @classmethod
    def load(cls, model: str | Path | None = None, adapter: Path | None = None) -> Self:
        """Load the shipped model, a model folder, or a checkpoint of transformers by name.

        `adapter` is the folder of an adapter of that model.
        """
        return cls(*load_backend(model, adapter))

    def repair(
        self,
        text: Text,
        termbase: Termbase | None = None,
        reference: Text | None = None,
        progress: Progress = lambda done, total: None,
    ) -> RepairResult:
        """Repair a text (its paragraphs are its lines), a list of paragraphs, or units.

        No unit or segment is dropped, merged or moved: `result.pe[i]` is the repair of unit i, and
        what stands between its sentences is kept. With a reference, of any number of paragraphs,
        the result has scores too. `progress` is told how many segments of how many are decoded.
        """
        clock = Stopwatch()
        with clock("segment"):
            units = as_units(text)
            segments = segment(units)
        with clock("match"):
            known = termbase or Termbase()
            matches = match_document(known, units, segments)
            texts = [one.text for one in segments]
            settled = settle(self.backend, texts, matches, self.manifest.min_term_margin)
        with clock("correct"):
            drafts = [
                make_draft(one.text, terms.matches)
                for one, terms in zip(segments, settled, strict=True)
            ]
            corrector = Corrector(self.backend, self.manifest.gate, self.manifest.closed)
            corrections = corrector.correct(drafts, _counter(progress, len(segments)))
        with clock("check"):
            repaired = tuple(
                RepairedSegment(
                    segment=one,
                    matches=terms.matches,
                    glossary=glossary_only(one.text, found),
                    correction=done,
                    findings=run_checks(done.draft, done.pe, terms.matches),
                    declined=terms.declined,
                )
                for one, found, terms, done in zip(
                    segments, matches, settled, corrections, strict=True
                )
            )
        evaluation = None
        if reference is not None:
            with clock("score"):
                paragraphs = [unit.mt for unit in as_units(reference)]
                evaluation = evaluate(units, repaired, paragraphs)
        return RepairResult(units, repaired, evaluation, clock.seconds)


def match_document(
    termbase: Termbase, units: Sequence[Unit], segments: Sequence[Segment]
) -> list[tuple[TermMatch, ...]]:
    """The matches of each segment, with one target for each concept of the whole document."""

    def rows(known: Termbase) -> list[tuple[TermMatch, ...]]:
        return [known.match(one.text, units[one.unit].source) for one in segments]

    matches = rows(termbase)
    unified, concepts = with_one_target(termbase, matches)
    return rows(unified) if concepts else matches


def as_units(text: Text) -> tuple[Unit, ...]:
    """Units of a text (one a paragraph), of a list of paragraphs, or as they are; ids from 1."""
    if isinstance(text, str):
        return parse_text(text).units
    return tuple(
        one if isinstance(one, Unit) else Unit(str(i), one) for i, one in enumerate(text, start=1)
    )


def _counter(progress: Progress, total: int) -> Callable[[int], None]:
    count = 0

    def done(rows: int) -> None:
        nonlocal count
        count += rows
        progress(count, total)

    return done

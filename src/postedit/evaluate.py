"""Score a repaired text against its reference: raw, with terms replaced, and repaired."""

from __future__ import annotations

from collections.abc import Sequence

from postedit.align import align
from postedit.records import Unit
from postedit.result import Evaluation, RepairedSegment, rebuilt
from postedit.score import compare, segment_changes
from postedit.text.segment import split_sentences


def evaluate(
    units: Sequence[Unit], segments: Sequence[RepairedSegment], reference: Sequence[str]
) -> Evaluation:
    """Align the segments with the sentences of `reference` (paragraphs), and score all three rows.

    Corpus scores go by paragraph where both sides have as many, else by bead; improved and hurt
    segments are those whose chrF against the reference side of their bead moved.
    """
    sentences = [span.of(text) for text in reference for span in split_sentences(text)]
    # As texts, not as sentences: beads then keep to paragraphs where they can.
    beads = align("\n".join(unit.mt for unit in units), "\n".join(reference))
    rows = {
        "mt": [one.mt for one in segments],
        "glossary": [one.glossary for one in segments],
        "pe": [one.pe for one in segments],
    }
    if len(units) == len(reference):
        systems = {name: rebuilt(units, segments, row) for name, row in rows.items()}
        scored = list(reference)
    else:
        systems = {
            name: tuple(" ".join(row[slice(*bead.mt)]) for bead in beads)
            for name, row in rows.items()
        }
        scored = [" ".join(sentences[slice(*bead.reference)]) for bead in beads]
    own = [" ".join(sentences[slice(*bead.reference)]) for bead in beads for _ in range(*bead.mt)]
    return Evaluation(
        comparison=compare(systems, [scored], baseline="glossary"),
        changes=segment_changes(rows["glossary"], rows["pe"], own),
        beads=beads,
    )

"""Bitext into rows, by way of the garbler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from postedit.data.config import CorpusConfig, GarbledConfig, SharesConfig
from postedit.data.load import split_of_document
from postedit.data.row import Row
from postedit.garble.bitext import SentencePair, read_bitext
from postedit.garble.dictionary import Dictionary
from postedit.garble.run import Garbled, garble
from postedit.recover import Loss
from postedit.stages import Tell


def garbled_rows(
    source: CorpusConfig, how: GarbledConfig, seed: int, tell: Tell
) -> tuple[list[tuple[Row, Loss | None]], Counter[str]]:
    """Each garbled pair as a row with its loss, and counts of pairs that were not garbled."""
    pairs = list(read_bitext(source.path))
    chosen = _spread(pairs, how.limit)
    more = [pair for path in how.learn_from for pair in read_bitext(path)]
    dictionary = Dictionary.load(how.dictionary, how.brands)
    garbled, report = garble(chosen, how.how, dictionary, learn_from=more, tell=tell)
    unfit = Counter(report.unfit)
    if left_out := len(pairs) - len(chosen):
        unfit["over the limit"] = left_out
    return [(_row(one, source, seed), one.loss) for one in garbled], unfit


def _spread(pairs: Sequence[SentencePair], limit: int | None) -> list[SentencePair]:
    if limit is None or limit >= len(pairs):
        return list(pairs)
    return [pairs[i * len(pairs) // limit] for i in range(limit)]


def _row(one: Garbled, source: CorpusConfig, seed: int) -> Row:
    return Row(
        origin=source.name,
        licence=source.licence,
        doc=one.pair.doc,
        seg=one.pair.line,
        split=split_of_document(one.pair.doc, source.shares or SharesConfig(), seed),
        src=one.pair.zh,
        mt=one.mt,
        pe=one.pair.en,
        ref="",
        terms=one.terms,
    )

"""`postedit garble`: bilingual text in, garbled triplets that can be recovered out."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from postedit.errors import InputError
from postedit.garble.align import Links, align_ibm
from postedit.garble.bitext import CHINESE, SentencePair
from postedit.garble.config import GarbleConfig
from postedit.garble.decoder import decode
from postedit.garble.dictionary import Dictionary
from postedit.garble.eflomal import align_eflomal
from postedit.garble.lattice import Sentence, build_options, choose_slips, surface
from postedit.garble.phrases import PhraseCounts, count_phrases
from postedit.garble.tokens import Segmenter, Truecaser, Words, english_words
from postedit.garble.trigrams import Trigrams
from postedit.records import TermEntry
from postedit.recover import Loss, lost_in
from postedit.stages import Tell, silent

_ALIGNERS = {"ibm": align_ibm, "eflomal": align_eflomal}


@dataclass(frozen=True, slots=True)
class Garbled:
    """A pair with its simulated machine translation, and why it is no use, if it is none."""

    pair: SentencePair
    mt: str
    terms: tuple[TermEntry, ...]
    loss: Loss | None


@dataclass(frozen=True, slots=True)
class GarbleReport:
    """What became of every pair: `read` is `unfit` and `lost` and `kept`; seconds by stage."""

    read: int
    unfit: dict[str, int]
    lost: dict[str, int]
    kept: int
    terms: int
    seconds: dict[str, float]
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Sentences that were decoded and filtered in a second of one core."""
        decoded = self.kept + sum(self.lost.values())
        return decoded / max(self.cpu_seconds, 1e-9)


@dataclass(frozen=True, slots=True)
class _Machine:
    """Everything that translates; the models of a fold have not seen its documents."""

    sentences: Sequence[Sentence]
    pairs: Sequence[SentencePair]
    counts: PhraseCounts
    models: Sequence[Trigrams]
    dictionary: Dictionary
    config: GarbleConfig

    def garble(self, index: int) -> Garbled:
        """The garbled form of one sentence; it depends on the seed and the pair alone."""
        config, sentence, pair = self.config, self.sentences[index], self.pairs[index]
        rng = random.Random(f"{config.seed}:{pair.doc}:{pair.line}")
        slips = choose_slips(sentence, self.dictionary, config.noise, rng)
        options = build_options(sentence, slips, self.counts, self.dictionary, config, rng)
        limits = config.decoder.min_distortion, config.decoder.max_distortion
        model = self.models[sentence.fold]
        limit = rng.randint(*limits)
        best = decode(options, len(sentence.zh), limit, model, config.decoder)
        mt = surface(best, config.noise, rng)
        terms = tuple(slip.term for slip in slips.values() if slip.term is not None)
        loss = lost_in(mt, pair.en, terms, config.recoverable) if mt else Loss.LENGTH
        return Garbled(pair, mt, terms, loss)


def garble(
    pairs: Iterable[SentencePair],
    config: GarbleConfig,
    dictionary: Dictionary,
    *,
    learn_from: Iterable[SentencePair] = (),
    processes: int = 1,
    tell: Tell = silent,
) -> tuple[list[Garbled], GarbleReport]:
    """Garble all pairs that are fit for it; the report counts what the filter threw away.

    `learn_from` are more pairs to learn words and phrases from, which are not garbled themselves.
    Returns every garbled pair in the order of the input, those with a `loss` too. The result
    depends on the pairs and the configuration, not on the number of processes.
    """
    seconds: dict[str, float] = {}
    start = time.perf_counter()
    corpus = _prepare(pairs, learn_from, config, dictionary, tell)
    kept = corpus.pairs
    if not kept:
        raise InputError(f"none of {corpus.read} pairs can be garbled: {_told(corpus.unfit)}")
    seconds["prepare"], start = _lap(start)
    tell("aligning", 0, len(kept))
    links = _ALIGNERS[config.aligner](corpus.zh, corpus.en)
    tell("aligning", len(kept), len(kept))
    seconds["align"], start = _lap(start)
    machine = _learn(corpus, links, config, dictionary)
    seconds["learn"], start = _lap(start)
    garbled: list[Garbled] = []
    before = _cpu()
    for one in _decoded(machine, processes):
        garbled.append(one)
        tell("translating", 1, len(kept))
    seconds["decode"], _ = _lap(start)
    lost = Counter(one.loss.value for one in garbled if one.loss is not None)
    good = [one for one in garbled if one.loss is None]
    terms = sum(len(one.terms) for one in good)
    report = GarbleReport(
        read=corpus.read,
        unfit=dict(corpus.unfit),
        lost=dict(lost),
        kept=len(good),
        terms=terms,
        seconds=seconds,
        cpu_seconds=round(_cpu() - before, 2),
    )
    return garbled, report


def _cpu() -> float:
    """Seconds that this process and its finished workers have had of a core."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _lap(start: float) -> tuple[float, float]:
    now = time.perf_counter()
    return round(now - start, 2), now


def _told(unfit: Counter[str]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in unfit.items())


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Sentences in words: first those of `pairs`, which are garbled, then more to learn from."""

    pairs: Sequence[SentencePair]
    zh: Sequence[Words]
    en: Sequence[Words]
    read: int
    unfit: Counter[str]


def _prepare(
    pairs: Iterable[SentencePair],
    learn_from: Iterable[SentencePair],
    config: GarbleConfig,
    dictionary: Dictionary,
    tell: Tell,
) -> _Corpus:
    segmenter = Segmenter(dictionary.brands)
    own, more = list(pairs), list(learn_from)
    kept: list[SentencePair] = []
    zh: list[Words] = []
    en: list[Words] = []
    unfit: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for i, pair in enumerate(own + more):
        tell("reading words", 1, len(own) + len(more))
        both = _words(pair, segmenter, config, seen)
        if not isinstance(both, str):
            zh.append(both[0])
            en.append(both[1])
            if i < len(own):
                kept.append(pair)
        elif i < len(own):
            unfit[both] += 1
    truecaser = Truecaser(en)
    return _Corpus(kept, zh, [truecaser.true(words) for words in en], len(own), unfit)


def _words(
    pair: SentencePair, segmenter: Segmenter, config: GarbleConfig, seen: set[tuple[str, str]]
) -> tuple[Words, Words] | str:
    """The words of a pair, or why it is unfit."""
    if (pair.zh, pair.en) in seen:
        return "repeated"
    seen.add((pair.zh, pair.en))
    if not CHINESE.search(pair.zh) or CHINESE.search(pair.en):
        return "not Chinese and English"
    if len(pair.zh) > 4 * config.max_words:  # no need to cut it into words to know
        return "too long"
    zh, en = segmenter.words(pair.zh), english_words(pair.en)
    if min(len(zh), len(en)) < config.min_words:
        return "too short"
    return "too long" if max(len(zh), len(en)) > config.max_words else (zh, en)


def _learn(
    corpus: _Corpus, links: Sequence[Links], config: GarbleConfig, dictionary: Dictionary
) -> _Machine:
    folds, own = config.folds, len(corpus.pairs)
    docs = dict.fromkeys(pair.doc for pair in corpus.pairs)
    number = {doc: i % folds for i, doc in enumerate(docs)}
    fold_of = [number[pair.doc] for pair in corpus.pairs]
    everywhere: list[int | None] = [*fold_of, *[None] * (len(corpus.zh) - own)]
    longest = config.decoder.longest_phrase
    counts = count_phrases(corpus.zh, corpus.en, links, everywhere, folds, longest)
    models = [
        Trigrams(text for text, fold in zip(corpus.en, everywhere, strict=True) if fold != left_out)
        for left_out in range(folds)
    ]
    columns = corpus.zh[:own], corpus.en[:own], links[:own], fold_of
    sentences = [Sentence(*one) for one in zip(*columns, strict=True)]
    return _Machine(sentences, corpus.pairs, counts, models, dictionary, config)


# What the worker processes translate with: they are forked, so that it is not copied.
_machine: _Machine | None = None


def _work(index: int) -> Garbled:
    assert _machine is not None
    return _machine.garble(index)


def _decoded(machine: _Machine, processes: int) -> Iterator[Garbled]:
    indices = range(len(machine.sentences))
    if processes <= 1:
        yield from map(machine.garble, indices)
        return
    global _machine
    _machine = machine
    try:
        with multiprocessing.get_context("fork").Pool(processes) as pool:
            yield from pool.imap(_work, indices, chunksize=64)
    finally:
        _machine = None

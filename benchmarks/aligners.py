"""Sentence aligners to set postedit.align against, each as a function of both sides' sentences."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import math
from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import numpy as np

from postedit.align import align
from postedit.align.gold import Ranges

Sentences = list[str]
Aligner = Callable[[Sentences, Sentences], Sequence[Ranges]]


def postedit(mt: Sentences, reference: Sentences) -> list[Ranges]:
    return [(bead.mt, bead.reference) for bead in align(mt, reference)]


def positional(mt: Sentences, reference: Sentences) -> list[Ranges]:
    """Sentence i with sentence i."""
    return [((i, i + 1), (i, i + 1)) for i in range(min(len(mt), len(reference)))]


def lengths_only(mt: Sentences, reference: Sentences) -> list[Ranges]:
    """Gale and Church 1993: characters alone, with the priors and the variance of the paper."""
    priors = {(1, 1): 0.89, (1, 0): 0.0099, (0, 1): 0.0099}
    priors |= {(1, 2): 0.0445, (2, 1): 0.0445, (2, 2): 0.011}
    sizes = [[len(s) for s in side] for side in (mt, reference)]
    ratio = sum(sizes[1]) / max(sum(sizes[0]), 1)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(mt) + 1):
        for j in range(len(reference) + 1):
            options = [
                (best[i - a, j - b][0] + _length_cost(sizes, (i, j), (a, b), ratio, prior), (a, b))
                for (a, b), prior in priors.items()
                if i >= a and j >= b
            ]
            if options:
                best[i, j] = min(options)
    beads: list[Ranges] = []
    i, j = len(mt), len(reference)
    while i or j:
        a, b = best[i, j][1]
        beads.append(((i - a, i), (j - b, j)))
        i, j = i - a, j - b
    return beads[::-1]


def _length_cost(
    sizes: list[list[int]], end: tuple[int, int], shape: tuple[int, int], ratio: float, prior: float
) -> float:
    left = sum(sizes[0][end[0] - shape[0] : end[0]])
    right = sum(sizes[1][end[1] - shape[1] : end[1]])
    mean = (left + right / ratio) / 2
    delta = abs(right - left * ratio) / math.sqrt(6.8 * mean) if mean else 0.0
    return -math.log(prior) - math.log(max(math.erfc(delta / math.sqrt(2)), 1e-300))


def galechurch() -> Aligner:
    package = importlib.import_module("galechurch")

    def found(mt: Sentences, reference: Sentences) -> list[Ranges]:
        beads = package.align(mt, reference).beads
        return [((b.source_start, b.source_end), (b.target_start, b.target_end)) for b in beads]

    return found


def bleualign() -> Aligner:
    package: Any = importlib.import_module("bleualign.align")
    package.multiprocessing_enabled = 0

    def found(mt: Sentences, reference: Sentences) -> list[Ranges]:
        texts = ["\n".join(side) + "\n" for side in (mt, reference)]
        options = {"srcfile": io.StringIO(texts[0]), "targetfile": io.StringIO(texts[1])}
        options |= {"srctotarget": [io.StringIO(texts[0])], "targettosrc": [], "verbosity": 0}
        with contextlib.redirect_stdout(io.StringIO()):
            one = package.Aligner(options)
            one.mainloop()
        pairs = [pair for pair, _ in one.multialign if pair[0] and pair[1]]
        return [((min(left), max(left) + 1), (min(right), max(right) + 1)) for left, right in pairs]

    return found


def vecalign() -> Aligner:
    package = importlib.import_module("sentweave")

    def encode(sentences: Sentences) -> np.ndarray[Any, Any]:
        """Hashed character 4-grams, weighted by how rare they are among these sentences."""
        table = np.zeros((len(sentences), 1024), dtype=np.float32)
        for row, sentence in zip(table, sentences, strict=True):
            text = f" {sentence.lower()} "
            for at in range(max(len(text) - 3, 1)):
                row[crc32(text[at : at + 4].encode()) % 1024] += 1
        table = np.sqrt(table) * np.log1p(len(table) / np.maximum((table > 0).sum(axis=0), 1))
        return table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)

    def found(mt: Sentences, reference: Sentences) -> list[Ranges]:
        with contextlib.redirect_stdout(io.StringIO()):
            result = package.align(mt, reference, encode)
        beads: list[Ranges] = []
        for one in result.alignments:
            left, right = list(one.src_indices), list(one.tgt_indices)
            if left and right:
                beads.append(((min(left), max(left) + 1), (min(right), max(right) + 1)))
        return beads

    return found


def aligners() -> dict[str, Aligner]:
    found: dict[str, Aligner] = {"positional": positional, "lengths (Gale-Church)": lengths_only}
    for package, make in (
        ("galechurch", galechurch),
        ("bleualign", bleualign),
        ("sentweave", vecalign),
    ):
        if importlib.util.find_spec(package):
            found[package] = make()
        else:
            print(f"({package} is not installed)")
    return found | {"postedit.align": postedit}

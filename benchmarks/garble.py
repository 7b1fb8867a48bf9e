"""The garbler's hot paths against named baselines, and its aligner against eflomal.

- alignment: numpy over all sentences at once, against loops in Python over the same model; both
  must give the same links;
- search: beam 8 with jumps of up to 3 words, against greedy monotone decoding;
- quality of the links: against silver links, words of which CC-CEDICT gives one sense that stands
  once in the translation. Precision is over links of those words.

Run it in the repository root: `python benchmarks/garble.py [BITEXT [PAIRS [CEDICT]]]`.
"""

from __future__ import annotations

import math
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from postedit.errors import MissingExtra
from postedit.garble import align as ours
from postedit.garble.align import Links, align_ibm
from postedit.garble.bitext import read_bitext
from postedit.garble.config import DecoderConfig, GarbleConfig
from postedit.garble.dictionary import Dictionary
from postedit.garble.eflomal import align_eflomal
from postedit.garble.run import garble
from postedit.garble.symmetry import grow_diag_final_and
from postedit.garble.tokens import Segmenter, Words, english_words
from postedit.text.words import FUNCTION_WORDS, stem

SHARED = Path("../shared/data")
NAIVE = 150  # pairs that the loops in Python align


Lexicon = dict[tuple[str, str], float]
Matrix = list[list[float]]


def naive_align(source: Sequence[Words], target: Sequence[Words]) -> list[Links]:
    """The model of `align_ibm`, one link after the other; the best links of both directions."""
    sides = [[[word.lower() for word in words] for words in texts] for texts in (source, target)]
    texts = list(zip(*sides, strict=True))
    lexicons: list[Lexicon] = [defaultdict(lambda: 1.0), defaultdict(lambda: 1.0)]
    for iteration in range(2 * ours._ITERATIONS):
        counts: list[Lexicon] = [defaultdict(float), defaultdict(float)]
        for left, right in texts:
            there = posterior(left, right, lexicons[0], iteration >= ours._ITERATIONS)
            back = posterior(right, left, lexicons[1], iteration >= ours._ITERATIONS)
            if iteration:
                agree(there, back, lambda a, b: a * b)
            add(counts[0], left, right, there)
            add(counts[1], right, left, back)
        lexicons = [lexicon(one) for one in counts]
    found = []
    for left, right in texts:
        there = posterior(left, right, lexicons[0], True)
        back = posterior(right, left, lexicons[1], True)
        agree(there, back, lambda a, b: math.sqrt(a * b))
        forward = {(best(row) - 1, j) for j, row in enumerate(there) if best(row)}
        backward = {(i, best(row) - 1) for i, row in enumerate(back) if best(row)}
        found.append(grow_diag_final_and(frozenset(forward), frozenset(backward)))
    return found


def posterior(
    left: Sequence[str], right: Sequence[str], lexicon: Lexicon, diagonal: bool
) -> Matrix:
    """For each word of `right` the probabilities of null and of the words of `left`."""
    m, n = len(left), len(right)
    rows = []
    for j, word in enumerate(right):
        prior = [1.0] * (m + 1)
        if diagonal:
            near = [math.exp(-ours._TENSION * abs((i + 0.5) / m - (j + 0.5) / n)) for i in range(m)]
            total = sum(near)
            shares = [(1 - ours._FLAT) * one / total + ours._FLAT / m for one in near]
            prior = [ours._NULL, *((1 - ours._NULL) * share for share in shares)]
        row = [lexicon[one, word] * p for one, p in zip(["", *left], prior, strict=True)]
        total = max(sum(row), 1e-300)
        rows.append([one / total for one in row])
    return rows


def agree(there: Matrix, back: Matrix, mean: Callable[[float, float], float]) -> None:
    for j, row in enumerate(there):
        for i in range(len(back)):
            row[i + 1] = back[i][j + 1] = mean(row[i + 1], back[i][j + 1])


def add(counts: Lexicon, left: Sequence[str], right: Sequence[str], rows: Matrix) -> None:
    for word, row in zip(right, rows, strict=True):
        for one, weight in zip(["", *left], row, strict=True):
            counts[one, word] += weight


def lexicon(counts: Lexicon) -> Lexicon:
    per_source: dict[str, float] = defaultdict(float)
    for pair in counts:
        counts[pair] += ours._ALPHA_SAME if pair[0] == pair[1] else ours._ALPHA
        per_source[pair[0]] += counts[pair]
    return {
        pair: math.exp(digamma(count) - digamma(per_source[pair[0]]))
        for pair, count in counts.items()
    }


def best(row: list[float]) -> int:
    return row.index(max(row))


def digamma(x: float) -> float:
    result = 0.0
    while x < 6:
        result -= 1 / x
        x += 1
    i = 1 / (x * x)
    series = i * (1 / 12 - i * (1 / 120 - i * (1 / 252 - i / 240)))
    return result + math.log(x) - 0.5 / x - series


def silver(zh: Sequence[Words], en: Sequence[Words], dictionary: Dictionary) -> list[Links]:
    found = []
    for left, right in zip(zh, en, strict=True):
        stems = [stem(word) for word in right]
        links: list[tuple[int, int]] = []
        for i, word in enumerate(left):
            single = [s for s in dictionary.senses.get(word, ()) if s not in FUNCTION_WORDS]
            senses = {stem(s) for s in single if " " not in s}
            places = [j for j, one in enumerate(stems) if one in senses]
            if left.count(word) == 1 and len(places) == 1:
                links.append((i, places[0]))
        targets = [j for _, j in links]
        found.append(frozenset((i, j) for i, j in links if targets.count(j) == 1))
    return found


def quality(links: Sequence[Links], gold: Sequence[Links]) -> tuple[float, float]:
    """Precision and recall in percent."""
    hits = asked = wanted = 0
    for found, true in zip(links, gold, strict=True):
        sources, targets = {i for i, _ in true}, {j for _, j in true}
        hits += len(found & true)
        asked += sum(i in sources or j in targets for i, j in found)
        wanted += len(true)
    return 100 * hits / max(asked, 1), 100 * hits / max(wanted, 1)


def timed(run: Callable[[], object]) -> float:
    """Seconds of this process on a core, which other work on the machine does not lengthen."""
    start = time.process_time()
    run()
    return time.process_time() - start


def compare_aligners(zh: list[Words], en: list[Words], dictionary: Dictionary) -> None:
    few = zh[:NAIVE], en[:NAIVE]
    loops, arrays = naive_align(*few), align_ibm(*few)
    same = sum(a == b for a, b in zip(loops, arrays, strict=True))
    slow, fast = timed(lambda: naive_align(*few)), timed(lambda: align_ibm(*few))
    print(f"alignment of {len(few[0])} pairs, {same} linked alike")
    print(f"  loops in Python {slow:6.2f} s   numpy {fast:6.2f} s   ratio {slow / fast:.1f}")
    gold = silver(zh, en, dictionary)
    print(f"links of {len(zh)} pairs against {sum(map(len, gold))} silver links")
    found: dict[str, list[Links]] = {}
    for name, aligner in (("ours", align_ibm), ("eflomal", align_eflomal)):
        start = time.perf_counter()
        try:
            found[name] = aligner(zh, en)
        except MissingExtra as error:
            print(f"  {name}: {error}")
            continue
        precision, recall = quality(found[name], gold)
        seconds = time.perf_counter() - start
        print(f"  {name:8} precision {precision:.1f} recall {recall:.1f}   {seconds:.1f} s")
    if len(found) == 2:
        both = sum(len(a & b) for a, b in zip(*found.values(), strict=True))
        shares = [100 * both / sum(map(len, links)) for links in found.values()]
        print(
            f"  of our links eflomal has {shares[0]:.1f} %, of its links we have {shares[1]:.1f} %"
        )


def compare_search(bitext: Path, pairs: int, dictionary: Dictionary) -> None:
    chosen = list(read_bitext(bitext))[:pairs]
    greedy = DecoderConfig(beam=1, min_distortion=0, max_distortion=0)
    speeds = {}
    for name, decoder in (("beam 8, jumps to 3", DecoderConfig()), ("greedy, monotone", greedy)):
        garbled, report = garble(chosen, GarbleConfig(decoder=decoder), dictionary)
        speeds[name] = report.per_second
        print(
            f"  {name:20} {report.per_second:6.1f} sentences a second and core,"
            f" {100 * report.kept / len(garbled):.1f} % recoverable"
        )
    slow, fast = speeds.values()
    print(f"  ratio {slow / fast:.2f}")


def main(bitext: Path, pairs: int, cedict: Path) -> None:
    dictionary = Dictionary.load(cedict, None)
    segmenter = Segmenter()
    words = [
        (segmenter.words(pair.zh), english_words(pair.en))
        for pair in list(read_bitext(bitext))[:pairs]
    ]
    fit = [(zh, en) for zh, en in words if all(4 <= len(side) <= 40 for side in (zh, en))]
    compare_aligners([zh for zh, _ in fit], [en for _, en in fit], dictionary)
    print(f"search, {pairs} pairs of {bitext.name}")
    compare_search(bitext, pairs, dictionary)


if __name__ == "__main__":
    main(
        Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "libreoffice_help.tsv.gz",
        int(sys.argv[2]) if len(sys.argv) > 2 else 2000,
        Path(sys.argv[3]) if len(sys.argv) > 3 else SHARED / "cc-cedict.tsv.gz",
    )

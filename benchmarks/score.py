"""compare() against sacrebleu's own command line: the same numbers, and how much time each takes.

Run it in the repository root: `python benchmarks/score.py [RUNS]`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from sacrebleu.metrics.ter import TER

from postedit.formats import read_article
from postedit.score import METRICS, Comparison, compare
from postedit.score.ter import QuickTER, _edits

ARTICLE = Path(__file__).parents[1] / "eval" / "articles" / "wang-ma-telecom"
# Score, mean, half interval and p in one cell of sacrebleu's table.
CELL = re.compile(r"([\d.]+) \(([\d.]+) ± ([\d.]+)\)(?: \(p = ([\d.]+)\))?")


def systems(article: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Raw mt, two variants that share segments with it and each other, and the reference."""
    read = read_article(article)
    assert read.reference is not None
    raw = [unit.mt for unit in read.units]
    replaced = [text.replace("day cat", "Tmall").replace("unicom", "China Unicom") for text in raw]
    half = len(raw) // 2
    return {"mt": raw, "glossary": replaced, "pe": replaced[:half] + raw[half:]}, [*read.reference]


def command_line(texts: dict[str, list[str]], reference: list[str]) -> list[list[list[float]]]:
    """What `sacrebleu --paired-bs` says of the same texts: numbers by system and metric.

    They are read from its LaTeX table: version 2.6.0 fails to print JSON of a paired test.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in [*texts, "reference"]}
        for name, lines in [*texts.items(), ("reference", reference)]:
            files[name].write_text("\n".join(lines) + "\n", encoding="utf-8")
        inputs = [str(files[name]) for name in texts]
        command = [sys.executable, "-m", "sacrebleu", str(files["reference"]), "-i", *inputs]
        command += ["-m", *METRICS, "--paired-bs", "-f", "latex", "-w", "6"]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    rows = [CELL.findall(line) for line in done.stdout.splitlines() if CELL.search(line)]
    return [[[float(number or "nan") for number in cell] for cell in row] for row in rows]


def disagreement(ours: Comparison, theirs: list[list[list[float]]]) -> tuple[float, float, float]:
    """The largest difference in scores, in half-widths of intervals, and in p-values."""
    scores, widths, ps = [], [], [0.0]
    for system, row in zip(ours.systems, theirs, strict=True):
        for metric, (score, _, half, their_p) in zip(METRICS, row, strict=True):
            estimate = system.estimate(metric)
            assert estimate.low is not None
            assert estimate.high is not None
            scores.append(abs(estimate.value - score))
            widths.append(abs((estimate.high - estimate.low) / 2 - half))
            if (p := system.p_values[metric]) is not None:
                ps.append(abs(p - their_p))
    return max(scores), max(widths), max(ps)


def main(runs: int) -> None:
    texts, reference = systems(ARTICLE)
    here, there = [], []
    for _ in range(runs):
        start = time.perf_counter()
        _edits.cache_clear()
        ours = compare(texts, [reference], baseline="mt")
        middle = time.perf_counter()
        theirs = command_line(texts, reference)
        here.append(middle - start)
        there.append(time.perf_counter() - middle)
    score, width, p = disagreement(ours, theirs)
    print(f"{len(texts)} systems, {ours.segments} segments, 1000 resamples, median of {runs}")
    print(f"compare()      {median(here):6.2f} s")
    print(f"command line   {median(there):6.2f} s   ratio {median(there) / median(here):.2f}")
    print(f"largest difference: score {score:.1e}, half interval {width:.1e}, p {p:.1e}")
    ter(texts, reference)


def ter(texts: dict[str, list[str]], reference: list[str]) -> None:
    """TER alone, ours and sacrebleu's: the same statistics, and the processor time of each."""
    seconds, tables = [], []
    _edits.cache_clear()
    for metric in (QuickTER(), TER()):
        begin = time.process_time()
        tables.append(
            [metric._extract_corpus_statistics(one, [reference]) for one in texts.values()]
        )
        seconds.append(time.process_time() - begin)
    ours, theirs = seconds
    print(f"TER alone      {ours:6.2f} s, sacrebleu {theirs:.2f} s   ratio {theirs / ours:.2f}")
    print(f"the same statistics of all segments: {np.array_equal(*map(np.array, tables))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)

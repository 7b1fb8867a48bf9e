"""Decoding: the search of postedit against transformers and CTranslate2, same weights and segments.

python benchmarks/decoding.py [TRIPLETS] [--sample 8] [--out decoding] [--checkpoint FOLDER]
                              [--model FOLDER]

Writes OUT.json and OUT.png. Without a checkpoint the peers run the shipped model's own weights,
read back into float32; the rows "postedit ..., float32" run them too, and write what HF writes.
CTranslate2 is a row if it is installed (pip install ctranslate2).
transformers 5 has no constrained beam search any more and CTranslate2 never had one, so nothing
stands beside our constrained rows; HF beam search without constraints is the nearest peer.
Constraints are words of the draft that its post-edit has too, as the targets of a termbase are.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from constraint_costs import constraint_costs
from decoding_peers import Outputs, ctranslate2, generate
from rapidfuzz.distance import Levenshtein
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from postedit.correct import triplet_draft
from postedit.decoding.beam import beam
from postedit.decoding.greedy import greedy
from postedit.decoding.guided import guided
from postedit.export import export
from postedit.formats.triplets import evenly, read_triplets
from postedit.models.load import DEFAULT, load_backend
from postedit.models.protocol import Backend, Tokens
from postedit.train.dequantise import load_exported

BATCH = 8
# Shares of words that differ between input and output.
BINS = ((0.0, 0.15), (0.15, 0.35), (0.35, 9.0))
_WORD = re.compile(r"\b[A-Za-z]{4,}\b")
BASELINE = "HF greedy, float32"


@dataclass(frozen=True)
class Case:
    """A segment: what is read, what it says as a target, and words that a repair has to have."""

    text: str
    read: Tokens
    draft: Tokens
    words: tuple[str, ...]


@dataclass
class Row:
    """A system's figures; rates in target tokens a second, latencies in milliseconds."""

    name: str
    alone: float = 0.0
    batched: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    same: float = 0.0
    by_edit_rate: dict[str, float] = field(default_factory=dict)
    note: str = ""


System = Callable[[Sequence[Case]], Outputs]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("triplets", nargs="?", default="../shared/data/authored.jsonl.gz")
    parser.add_argument("--sample", type=int, default=8)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--out", default="decoding")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--model", type=Path, default=DEFAULT)
    given = parser.parse_args()
    backend, _ = load_backend(given.model)
    cases = read_cases(backend, Path(given.triplets), given.split, given.sample)
    hf, tokenizer = peer(given.checkpoint, given.model)
    with tempfile.TemporaryDirectory() as folder:
        exact = in_float32(hf, tokenizer, Path(folder))
        rows = [measure(name, run, cases) for name, run in systems(backend, exact, hf).items()]
    reference = rows[0][1]
    for row, outputs in rows:
        pairs = zip(outputs, reference, strict=True)
        row.same = 100 * sum(a == b for a, b in pairs) / len(cases)
    table = [row for row, _ in rows] + [
        Row("HF beam 4 with constraints", note="transformers 5 has none"),
        Row("CTranslate2 with constraints", note="has none"),
    ]
    drafts, words = [case.draft for case in cases], [case.words for case in cases]
    costs = constraint_costs(backend, reads(cases), drafts, words)
    facts = {
        "segments": len(cases),
        "threads": torch.get_num_threads(),
        "rows": [asdict(row) for row in table],
        "constraints": costs,
    }
    Path(given.out + ".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    show(table, costs)
    draw(table, costs, Path(given.out + ".png"))


def read_cases(backend: Backend, path: Path, split: str, sample: int) -> list[Case]:
    rows = list(read_triplets(path, split))
    cases = []
    for one in evenly(rows, sample):
        text = triplet_draft(one).text
        common = set(_WORD.findall(text)) & set(_WORD.findall(one.pe))
        targets = {term.target for term in one.terms}
        words = sorted(common, key=lambda word: (word not in targets, -len(word), word))
        cases.append(Case(text, backend.read(text), backend.write(text), tuple(words)))
    return cases


def peer(checkpoint: Path | None, model: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    if checkpoint is None:
        loaded, tokenizer = load_exported(model)
        return loaded.eval(), tokenizer
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    return AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32).eval(), tokenizer


def in_float32(hf: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> Backend:
    hf.save_pretrained(folder / "checkpoint")
    tokenizer.save_pretrained(folder / "checkpoint")
    export(folder / "checkpoint", folder / "model", "float32", "", weights="float32")
    return load_backend(folder / "model")[0]


def systems(backend: Backend, exact: Backend, hf: PreTrainedModel) -> dict[str, System]:
    end = backend.end
    found: dict[str, System] = {
        BASELINE: lambda cases: run_peer(hf, cases, end, beams=1),
        "HF beam 4, float32": lambda cases: run_peer(hf, cases, end, beams=4),
    }
    if importlib.util.find_spec("ctranslate2"):
        translate = ctranslate2(hf, end)
        found["CTranslate2 greedy, int8"] = lambda cases: translate(reads(cases))
    for suffix, one in ((", float32", exact), ("", backend)):
        found[f"postedit greedy{suffix}"] = partial(run_greedy, one)
        found[f"postedit input-guided{suffix}"] = partial(run_guided, one)
    found["postedit beam 4"] = lambda cases: [one.tokens for one in beam(backend, reads(cases), 4)]
    return found


def reads(cases: Sequence[Case]) -> list[Tokens]:
    return [case.read for case in cases]


def run_peer(hf: PreTrainedModel, cases: Sequence[Case], end: int, beams: int) -> Outputs:
    prompts = reads(cases)
    limit = 2 * max(map(len, prompts)) + 16
    return generate(hf, prompts, end, limit, num_beams=beams, do_sample=False)


def run_greedy(backend: Backend, cases: Sequence[Case]) -> Outputs:
    return [one.tokens for one in greedy(backend, reads(cases))]


def run_guided(backend: Backend, cases: Sequence[Case]) -> Outputs:
    found = guided(backend, reads(cases), [case.draft for case in cases])
    return [one.tokens for one in found]


def measure(name: str, run: System, cases: Sequence[Case]) -> tuple[Row, Outputs]:
    run(cases[:1])
    seconds, outputs = [], []
    for case in cases:
        start = perf_counter()
        outputs += run([case])
        seconds.append(perf_counter() - start)
    order = sorted(range(len(cases)), key=lambda i: len(cases[i].read))
    start = perf_counter()
    batched = 0
    for first in range(0, len(order), BATCH):
        batched += sum(map(len, run([cases[i] for i in order[first : first + BATCH]])))
    rate = batched / (perf_counter() - start)
    sizes = [len(one) for one in outputs]
    row = Row(name, sum(sizes) / sum(seconds), rate)
    row.p50, row.p95 = (1000 * float(np.quantile(seconds, share)) for share in (0.5, 0.95))
    rates = [edit_rate(case.draft, out) for case, out in zip(cases, outputs, strict=True)]
    for low, high in BINS:
        chosen = [i for i, rate in enumerate(rates) if low <= rate < high]
        if chosen:
            spent = sum(seconds[i] for i in chosen)
            row.by_edit_rate[f"{low:.2f}+"] = sum(sizes[i] for i in chosen) / spent
    print(f"{name}: {row.alone:.1f} tokens/s alone, {row.batched:.1f} in batches", flush=True)
    return row, outputs


def edit_rate(draft: Tokens, output: Sequence[int]) -> float:
    """Edits from the draft to the output, in tokens, for each token of the output."""
    return Levenshtein.distance(draft[:-1], output) / max(1, len(output))


def show(table: Sequence[Row], costs: Sequence[dict[str, float]]) -> None:
    base = table[0]
    print(f"\n{'':30}{'alone':>8}{'x':>6}{'batch':>8}{'x':>6}{'p50':>8}{'p95':>8}{'same':>7}")
    for row in table:
        if row.note:
            print(f"{row.name:30}  {row.note}")
            continue
        print(
            f"{row.name:30}{row.alone:8.1f}{row.alone / base.alone:6.1f}{row.batched:8.1f}"
            f"{row.batched / base.batched:6.1f}{row.p50:8.0f}{row.p95:8.0f}{row.same:6.0f}%"
        )
    for cost in costs:
        print(
            f"{cost['constraints']:.0f} constraints a segment: {cost['times_unconstrained']:.2f} "
            f"times the time ({cost['times_with_a_beam']:.2f} with a beam), "
            f"{cost['broken']:.0f} segments broke one, all met in {cost['met']:.0f} %"
        )


def draw(table: Sequence[Row], costs: Sequence[dict[str, float]], file: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [row for row in table if not row.note]
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(15, 4.5))
    places = np.arange(len(rows))
    left.barh(places - 0.2, [row.alone for row in rows], 0.4, label="one segment at a time")
    left.barh(places + 0.2, [row.batched for row in rows], 0.4, label=f"batches of {BATCH}")
    left.set_yticks(places, [row.name for row in rows])
    left.invert_yaxis()
    left.set_xlabel("target tokens a second")
    left.legend()
    names = sorted({name for row in rows for name in row.by_edit_rate})
    for row in rows:
        rates = [row.by_edit_rate.get(name, np.nan) for name in names]
        middle.plot(names, rates, "o-", label=row.name)
    middle.set_xlabel("edit rate of the segment")
    middle.set_ylabel("tokens a second, one at a time")
    middle.legend(fontsize=7)
    right.bar(
        [f"{cost['constraints']:.0f}" for cost in costs],
        [cost["times_unconstrained"] for cost in costs],
    )
    right.set_xlabel("constraints a segment")
    right.set_ylabel("time, as a multiple of none")
    figure.tight_layout()
    figure.savefig(file, dpi=110)


if __name__ == "__main__":
    main()

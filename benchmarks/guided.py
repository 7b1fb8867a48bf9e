"""Input-guided and constrained decoding against plain greedy search, same model, in one run.

python benchmarks/guided.py TRIPLETS [--segments N] [--model FOLDER] [--huggingface]

Seconds of processor time, so that other work on the machine does not count; pin the process to one
core (taskset -c 0), for waiting threads count as work. Each segment is decoded alone, then all of
them in batches. With --huggingface the model is a checkpoint on torch, and its own greedy generate
in float32 is timed beside ours.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from postedit.correct import Draft, triplet_draft
from postedit.correct.demands import Speller, broken, demands
from postedit.decoding.beam import Constrained, constrained
from postedit.decoding.greedy import greedy
from postedit.decoding.guided import GUESS_ROWS, PASS_COST, guided
from postedit.decoding.hypothesis import Hypothesis
from postedit.decoding.steered import steered
from postedit.formats.triplets import evenly, read_triplets
from postedit.models.load import load_backend
from postedit.models.protocol import Backend, Tokens

# What a pass is thought to cost beside its tokens: PASS_COST, and more and less.
COSTS = (1.0, PASS_COST, 6.0)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = process_time()
    found = work()
    return process_time() - start, found


def generate(backend: Any, read: Tokens) -> tuple[int, ...]:
    import torch

    ids = torch.tensor([list(read)])
    limit = 2 * len(read) + 16
    found = backend._model.generate(ids, max_new_tokens=limit, do_sample=False)[0]
    target = found[1:] if backend._seq2seq else found[len(read) :]
    return tuple(token for token in target.tolist() if token != backend.end)


def line(name: str, seconds: float, base: float, tokens: int, same: str = "") -> None:
    print(f"{name:<34}{tokens / seconds:>8.1f}{base / seconds:>8.2f}  {same}", flush=True)


def alone(backend: Backend, inputs: Sequence[Tokens], drafts: Sequence[Tokens]) -> None:
    base, plain = timed(lambda: [greedy(backend, [read])[0] for read in inputs])
    tokens = sum(len(one.tokens) + 1 for one in plain)
    print(f"{'batch 1':<34}{'tok/s':>8}{'ratio':>8}  same output as plain greedy")
    line("plain greedy (baseline)", base, base, tokens)
    for cost in COSTS:
        seconds, found = timed(
            lambda n=cost: [
                guided(backend, [read], [draft], pass_cost=n)[0]
                for read, draft in zip(inputs, drafts, strict=True)
            ]
        )
        line(f"guided, a pass costs {cost:.0f} tokens", seconds, base, tokens, equal(found, plain))


def together(backend: Backend, inputs: Sequence[Tokens], drafts: Sequence[Tokens]) -> None:
    base, plain = timed(lambda: greedy(backend, inputs))
    tokens = sum(len(one.tokens) + 1 for one in plain)
    print("in batches")
    line("plain greedy (baseline)", base, base, tokens)
    for rows in (1, GUESS_ROWS, 16):
        seconds, found = timed(lambda n=rows: guided(backend, inputs, drafts, guess_rows=n))
        line(f"guided, up to {rows} rows", seconds, base, tokens, equal(found, plain))


def under_constraints(backend: Backend, inputs: Sequence[Tokens], drafts: Sequence[Draft]) -> None:
    writes = [backend.write(draft.text) for draft in drafts]
    base, free = timed(lambda: guided(backend, inputs, writes))
    speller = Speller(backend)
    asked = [speller.constraints(demands(draft)) for draft in drafts]
    rows = [i for i, one in enumerate(free) if broken(drafts[i], backend.text(one.tokens))]
    tokens = sum(len(one.tokens) + 1 for one in free)
    print(f"whole file, {len(rows)} of {len(drafts)} segments break a demand of their draft")
    line("guided alone (baseline)", base, base, tokens)

    def left(found: Sequence[Constrained], rows: Sequence[int]) -> str:
        texts = [backend.text(one.hypothesis.tokens) for one in found]
        number = sum(broken(drafts[i], text) for i, text in zip(rows, texts, strict=True))
        return f"{number} still broken"

    seconds, found = timed(
        lambda: steered(
            backend,
            inputs,
            writes,
            asked,
            satisfied=lambda i, tokens: not broken(drafts[i], backend.text(tokens)),
        )
    )
    line("steered", seconds, base, tokens, left(found, range(len(drafts))))
    for width in (2, 4):
        seconds, found = timed(
            lambda n=width: constrained(
                backend,
                [inputs[i] for i in rows],
                [asked[i] for i in rows],
                n,
                limit=lambda read: read + 8,
            )
        )
        line(f"and a beam of {width} for them", base + seconds, base, tokens, left(found, rows))


def equal(found: Sequence[Hypothesis], plain: Sequence[Hypothesis]) -> str:
    same = sum(a.tokens == b.tokens for a, b in zip(found, plain, strict=True))
    return f"{same} of {len(plain)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("triplets", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--segments", type=int, default=60)
    parser.add_argument("--terms", type=int, default=0, help="segments with at least so many terms")
    parser.add_argument("--model", default=None)
    parser.add_argument("--huggingface", action="store_true")
    args = parser.parse_args()
    rows = [row for row in read_triplets(args.triplets, args.split) if len(row.terms) >= args.terms]
    rows = evenly(rows, args.segments)
    drafts = [triplet_draft(row) for row in rows]
    backend, _ = load_backend(args.model)
    inputs = [backend.read(draft.text) for draft in drafts]
    writes = [backend.write(draft.text) for draft in drafts]
    greedy(backend, inputs[:1])
    if args.huggingface:
        seconds, theirs = timed(lambda: [generate(backend, read) for read in inputs])
        print("transformers' generate, greedy, float32, batch 1:")
        line("", seconds, seconds, sum(len(one) + 1 for one in theirs))
    alone(backend, inputs, writes)
    together(backend, inputs, writes)
    under_constraints(backend, inputs, drafts)


if __name__ == "__main__":
    main()

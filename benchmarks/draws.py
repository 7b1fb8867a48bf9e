"""Draws of on-policy training: `train/draws.py` against transformers' own generate, in one run.

    python benchmarks/draws.py [TRIPLETS] [--sample 16] [--draws 8] [--rounds 3]

Both write for the same prompts with the same number of draws and the same limit; a text of the one
is as long as its own dice say, so tokens a second are compared, not seconds. The greedy texts of
both are compared first: they must be the same. A GPU is used where there is one, with bf16.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from decoding_peers import Outputs, generate

from postedit.correct import triplet_draft
from postedit.formats.triplets import evenly, read_triplets
from postedit.models.load import DEFAULT
from postedit.train.data import Pair
from postedit.train.dequantise import load_exported
from postedit.train.draws import Drawer, drawn, greedy
from postedit.train.online import encode_asked

ROOT = Path(__file__).parents[1]


def pace(write: Callable[[], int], rounds: int) -> float:
    """Tokens a second: the median of some rounds, after one that does not count."""
    write()
    found = []
    for _ in range(rounds):
        start = perf_counter()
        tokens = write()
        found.append(tokens / (perf_counter() - start))
    return median(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("triplets", nargs="?", type=Path, default=ROOT / "data/authored-2.jsonl")
    parser.add_argument("--sample", type=int, default=16)
    parser.add_argument("--draws", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    model, tokenizer = load_exported(DEFAULT)
    rows = evenly(list(read_triplets(asked.triplets, "dev")), asked.sample)
    pairs = [Pair(triplet_draft(row).text, row.pe) for row in rows]
    prompts = [encode_asked(pair, tokenizer)["input_ids"] for pair in pairs]
    limit = max(map(len, prompts)) + 16
    gpu = torch.cuda.is_available()
    model = model.to("cuda" if gpu else "cpu", torch.bfloat16 if gpu else torch.float32).eval()
    dice = torch.Generator(model.device).manual_seed(1)
    limits = [limit] * len(prompts)

    def draw() -> int:
        drawer = Drawer(model, model.dtype)
        found = drawer.draw(prompts, asked.draws, limits, drawn(1.0, 0.0, dice))
        return sum(len(one.tokens) for some in found for one in some)

    def peer(**how: Any) -> Outputs:
        return generate(model, prompts, model.config.eos_token_id, limit, **how)

    def peer_draw() -> int:
        # As the drawer does, but for the floor.
        return sum(map(len, peer(do_sample=True, top_k=0, num_return_sequences=asked.draws)))

    ours = [some[0].tokens for some in Drawer(model, model.dtype).draw(prompts, 1, limits, greedy)]
    same = sum(tuple(a) == b for a, b in zip(ours, peer(do_sample=False), strict=True))
    drawer = pace(draw, asked.rounds)
    baseline = pace(peer_draw, asked.rounds)
    figures = {
        "device": str(model.device),
        "same_greedy": f"{same} of {len(prompts)}",
        "ratio": round(drawer / baseline, 2),
        "tokens_per_second": round(drawer),
        "baseline": "transformers generate",
        "baseline_tokens_per_second": round(baseline),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()

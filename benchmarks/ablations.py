"""Train the rows of an ablation file one after the other and measure them on the same segments.

    python benchmarks/ablations.py configs/ablations/zh-en.yaml [--only NAME...] [-o DIR]

Every row is trained by `postedit train`'s own code (so a stopped run goes on where it was), repairs
the development pairs freely and greedily, and is scored beside the input (terms replaced). A table
in Markdown and one JSON object a row are written to the output folder.
"""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path
from typing import Any

import torch
import yaml
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from postedit.score import compare, meaning, segment_changes
from postedit.train.config import TrainConfig
from postedit.train.data import load_pairs
from postedit.train.dev import repairs
from postedit.train.run import train

HEAD = "| row | BLEU | chrF | TER | improved | hurt | content lost | invented | dev loss |"


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """`base` with the values of dotted keys exchanged; a whole list before a part of it."""
    result = copy.deepcopy(base)
    for key, value in sorted(changes.items(), key=lambda item: item[0].count(".")):
        place: Any = result
        *path, last = key.split(".")
        for part in path:
            place = place[int(part)] if isinstance(place, list) else place[part]
        place[last] = copy.deepcopy(value)
    return result


def measure(name: str, config: TrainConfig) -> dict[str, Any]:
    folder = train(config)
    auto = AutoModelForCausalLM if config.base.kind == "causal" else AutoModelForSeq2SeqLM
    model = auto.from_pretrained(folder, dtype=torch.float32).eval()
    pairs = load_pairs(config.data.dev, 0)
    before, wanted = [pair.mt for pair in pairs], [pair.pe for pair in pairs]
    after = repairs(model, AutoTokenizer.from_pretrained(folder), before)
    compared = compare({"input": before, "pe": after}, [wanted], baseline="input")
    moved, proxy = segment_changes(before, after, wanted), meaning(before, after)
    curve = json.loads((folder / "training.json").read_text(encoding="utf-8"))["curve"]
    percent = 100 / len(pairs)
    scores = {m: compared["pe"].estimate(m).value for m in ("bleu", "chrf", "ter")}
    start = {m: compared["input"].estimate(m).value for m in ("bleu", "chrf", "ter")}
    return {
        "row": name,
        "input": start,
        **scores,
        "improved": percent * moved.improved,
        "hurt": percent * moved.hurt,
        "lost": proxy.lost,
        "invented": proxy.invented,
        "loss": [row["eval_loss"] for row in curve if "eval_loss" in row][-1],
        "signatures": dict(compared["pe"].signatures),
    }


def line(row: dict[str, Any]) -> str:
    cells = [f"{row[m]:.1f}" for m in ("bleu", "chrf", "ter")]
    cells += [f"{row[share]:.0f} %" for share in ("improved", "hurt", "lost", "invented")]
    return f"| {row['row']} | {' | '.join(cells)} | {row['loss']:.3f} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", nargs="*", default=None, help="names of rows")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/ablations"))
    asked = parser.parse_args()
    plan = yaml.safe_load(asked.file.read_text(encoding="utf-8"))
    unknown = set(asked.only or ()) - set(plan["rows"])
    if unknown:
        parser.error(f"no rows {sorted(unknown)}; there are {list(plan['rows'])}")
    lines: list[str] = []
    for name, changes in plan["rows"].items():
        if asked.only and name not in asked.only:
            continue
        folder = asked.output / name.replace(" ", "-").replace(",", "")
        config = TrainConfig.model_validate(
            changed(plan["base"], changes | {"output": str(folder)})
        )
        done = folder / "row.json"
        if not done.is_file():
            text = json.dumps(measure(name, config), indent=1)
            done.with_suffix(".tmp").write_text(text + "\n", encoding="utf-8")
            done.with_suffix(".tmp").replace(done)
        row = json.loads(done.read_text(encoding="utf-8"))
        if not lines:
            start = " | ".join(f"{row['input'][m]:.1f}" for m in ("bleu", "chrf", "ter"))
            lines = [HEAD, "| --- " * 9 + "|", f"| input, terms replaced | {start} | | | | | |"]
        lines.append(line(row))
        (asked.output / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(line(row), flush=True)


if __name__ == "__main__":
    main()

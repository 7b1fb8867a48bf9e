"""Is the mean of a run's checkpoints better than each of them? Development loss of all, as shipped.

    python benchmarks/average.py configs/CONFIG.yaml RUN/checkpoints/checkpoint-*

The mean (`postedit model mean`) is of the exact weights; where the config says `round_bits`, each
row is measured rounded, as `postedit export` would leave it. Rows: every checkpoint, then the mean
of the last two, of the last three, and so on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from postedit.config import load_config
from postedit.train.config import TrainConfig
from postedit.train.data import load_pairs
from postedit.train.mean import mean_weights
from postedit.train.rounded import train_rounded
from postedit.train.run import make_trainer


def loss(config: TrainConfig, folders: Sequence[Path]) -> float:
    model = AutoModelForCausalLM.from_pretrained(folders[-1], dtype=torch.float32)
    missing, unknown = model.load_state_dict(mean_weights(folders), strict=False)
    if unknown or set(missing) - {"lm_head.weight"}:
        raise SystemExit(f"{folders[-1]}: not the weights of one run: {missing} {unknown}")
    if config.optim.round_bits is not None:
        train_rounded(model, config.optim.round_bits)
    dev = load_pairs(config.data.dev, 0)
    tokenizer = AutoTokenizer.from_pretrained(folders[-1])
    optim = config.optim.model_copy(update={"decoded": 0, "bf16": False})
    with TemporaryDirectory() as folder:
        plain = config.model_copy(update={"optim": optim, "output": Path(folder)})
        trainer = make_trainer(plain, model, tokenizer, dev, dev)
        return float(trainer.evaluate()["eval_loss"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    asked = parser.parse_args()
    config = load_config(asked.config, TrainConfig)
    folders = sorted(asked.checkpoints, key=lambda folder: int(folder.name.rsplit("-", 1)[1]))
    print("| weights | dev loss |", "| --- | --- |", sep="\n")
    for folder in folders:
        print(f"| {folder.name} | {loss(config, [folder]):.4f} |", flush=True)
    for last in range(2, len(folders) + 1):
        print(f"| mean of the last {last} | {loss(config, folders[-last:]):.4f} |", flush=True)


if __name__ == "__main__":
    main()

"""`postedit adapt`: a low-rank adapter out of a customer's few hundred corrections."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from peft import PeftModel
from transformers import PreTrainedModel, set_seed

from postedit.correct import triplet_draft
from postedit.correct.substitutes import learn_substitutes
from postedit.errors import InputError
from postedit.formats.folder import check_new, new_folder
from postedit.formats.triplets import Triplet
from postedit.models.adapter import FILE, GRAPH, Adapter
from postedit.models.manifest import Manifest
from postedit.train.base import load_base
from postedit.train.config import (
    BaseConfig,
    DataConfig,
    LoraConfig,
    OptimConfig,
    TrainConfig,
)
from postedit.train.data import Pair
from postedit.train.graft import Update, graft
from postedit.train.run import make_trainer, write_record

# Enough to tell the best of a handful of checkpoints, and every pair counts here.
_DEV_SHARE = 0.15
_FEWEST = 20


def adapt(
    model: Path, manifest: Manifest, triplets: Sequence[Triplet], output: Path, optim: OptimConfig
) -> Adapter:
    """Learn an adapter of `model` from corrections and write it as the folder `output`.

    The corrections are split by document: the last ones choose the best checkpoint. Terms stand in
    the mt as at run time. The folder holds the update as safetensors (peft's format), for an
    exported model also its graph with the update in it, `adapter.json` and the run's record. It is
    made beside `output` and renamed at the end. InputError if there are too few corrections.
    """
    if len(triplets) < _FEWEST:
        raise InputError(f"{len(triplets)} corrections; an adapter needs at least {_FEWEST}")
    check_new(output)
    learn, held = _by_document(triplets)
    config = TrainConfig(
        base=BaseConfig(kind=manifest.kind, name=str(model), lora=LoraConfig()),
        data=DataConfig(train=(), dev=()),
        optim=optim,
        output=output,
    )
    set_seed(config.seed)
    network, tokenizer = load_base(config.base, ())
    with new_folder(output) as ready:
        pairs = [_pair(one) for one in learn]
        inside = config.model_copy(update={"output": ready})
        trainer = make_trainer(inside, network, tokenizer, pairs, [_pair(one) for one in held])
        trainer.train()
        shutil.rmtree(ready / "checkpoints", ignore_errors=True)
        trainer.save_model(str(ready))
        write_record(ready, config.model_dump(mode="json"), trainer, pairs)
        if manifest.runtime == "onnx":
            graft(model / manifest.file, updates(trainer.model), ready / GRAPH)
        adapter = Adapter(
            name=output.name,
            base=manifest.name,
            base_sha256=manifest.sha256,
            pairs=len(pairs),
            documents=len({one.document for one in learn}),
            seed=config.seed,
            substitutes=_substitutes(learn),
        )
        (ready / FILE).write_text(adapter.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return adapter


def _substitutes(triplets: Sequence[Triplet]) -> dict[str, tuple[str, ...]]:
    """What the customer puts for which word: in two documents, and in one of five places.

    A customer may use one word in every text, so how common it is elsewhere says nothing here.
    """
    found: dict[str, tuple[str, ...]] = {}
    for one in learn_substitutes(triplets, documents=2, share=0.2, lift=0.0):
        found[one.word] = (*found.get(one.word, ()), one.other)
    return found


def updates(model: PreTrainedModel) -> dict[str, Update]:
    """The low-rank updates of a peft model, by the names of the layers that they belong to."""
    assert isinstance(model, PeftModel)
    found: dict[str, Update] = {}
    for name, layer in model.get_base_model().named_modules():
        if hasattr(layer, "lora_A"):
            down = layer.lora_A["default"].weight.detach().numpy()
            up = layer.lora_B["default"].weight.detach().numpy() * layer.scaling["default"]
            found[name] = Update(down.T.astype(np.float32), up.T.astype(np.float32))
    return found


def _pair(triplet: Triplet) -> Pair:
    return Pair(triplet_draft(triplet).text, triplet.pe)


def _by_document(triplets: Sequence[Triplet]) -> tuple[list[Triplet], list[Triplet]]:
    """Corrections to learn from and to choose by; of one document alone, by segment."""
    documents = list(dict.fromkeys(one.document for one in triplets))
    if len(documents) == 1:
        rows = list(triplets)
        random.Random(0).shuffle(rows)
        held = max(1, int(len(rows) * _DEV_SHARE))
        return rows[held:], rows[:held]
    last = set(documents[-max(1, int(len(documents) * _DEV_SHARE)) :])
    learn = [one for one in triplets if one.document not in last]
    return learn, [one for one in triplets if one.document in last]

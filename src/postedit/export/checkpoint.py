"""What there is to export in a checkpoint of transformers: its graphs in float, and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

from postedit.correct import triplet_draft
from postedit.errors import ModelError
from postedit.export.calibrate import hessians
from postedit.export.compress import matrix_products
from postedit.export.llama import LlamaWriter
from postedit.export.t5 import T5Writer
from postedit.formats.triplets import Triplet
from postedit.models.manifest import Manifest
from postedit.models.prompt import causal_prompt, causal_target


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Graphs by file name, a manifest without name and hash, and what was seen in calibration."""

    graphs: Mapping[str, onnx.ModelProto]
    manifest: Manifest
    hessians: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


def read_checkpoint(folder: Path, calibration: Sequence[Triplet]) -> Checkpoint:
    """Load a checkpoint and write its graphs; ModelError if it is no Llama and no T5."""
    try:
        config = AutoConfig.from_pretrained(folder)
        auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model = auto.from_pretrained(folder, dtype="float32")
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: cannot be loaded: {error}") from error
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    end = config.eos_token_id
    manifest = Manifest(
        name=folder.name,
        kind="seq2seq" if config.is_encoder_decoder else "causal",
        runtime="onnx",
        file="decoder.onnx" if config.is_encoder_decoder else "model.onnx",
        end=end[0] if isinstance(end, list) else end,
    )
    if config.is_encoder_decoder:
        return _seq2seq(config, weights, manifest)
    graph = LlamaWriter(config, weights).model()
    seen: Mapping[str, NDArray[np.float64]] = {}
    if calibration:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        seen = hessians(graph, _read_by(graph), [_tokens(tokenizer, one) for one in calibration])
    facts = {"head_size": config.head_dim}
    return Checkpoint({"model.onnx": graph}, manifest.model_copy(update=facts), seen)


def _seq2seq(
    config: Any, weights: Mapping[str, NDArray[np.float32]], manifest: Manifest
) -> Checkpoint:
    writer = T5Writer(config, weights)
    facts = {
        "encoder": "encoder.onnx",
        "start": config.decoder_start_token_id,
        "buckets": config.relative_attention_num_buckets,
        "distance": config.relative_attention_max_distance,
    }
    graphs = {"encoder.onnx": writer.encoder(), "decoder.onnx": writer.decoder()}
    return Checkpoint(graphs, manifest.model_copy(update=facts))


def _read_by(model: onnx.ModelProto) -> list[str]:
    # Not what the last matrix reads: it is the embeddings too, whose errors count otherwise.
    names = {
        node.input[0]
        for node in matrix_products(model.graph)
        if not node.input[1].startswith("lm_head")
    }
    return sorted(names)


def _tokens(tokenizer: Tokenizer, one: Triplet) -> list[int]:
    text = causal_prompt(triplet_draft(one).text) + causal_target(one.pe)
    return list(tokenizer.encode(text, add_special_tokens=False).ids)

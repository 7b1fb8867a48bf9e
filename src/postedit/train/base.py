"""The model and the tokenizer that training starts from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import peft
import sentencepiece
import torch
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    T5Config,
    T5ForConditionalGeneration,
    T5Tokenizer,
)

from postedit.errors import ConfigError
from postedit.models.manifest import FILE, read_manifest
from postedit.train.config import BaseConfig, LoraConfig, ScratchConfig
from postedit.train.dequantise import dequantised, load_exported


def load_base(
    base: BaseConfig, texts: Iterable[str]
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load or build the base model; `texts` feed the vocabulary of one that starts from scratch."""
    if base.scratch is not None:
        model, tokenizer = _from_scratch(base.scratch, texts)
    elif base.name is None:
        raise ConfigError("base: give a name (hub name or folder) or scratch")
    elif base.gguf is not None:
        model, tokenizer = _from_gguf(base.name, base.gguf)
    elif (Path(base.name) / FILE).is_file():
        model, tokenizer = load_exported(Path(base.name))
    else:
        auto = AutoModelForCausalLM if base.kind == "causal" else AutoModelForSeq2SeqLM
        model = auto.from_pretrained(base.name, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(base.name)
    _freeze(model, base)
    if base.continue_from is not None:
        _continue(model, base.continue_from)
    if base.lora is not None:
        model = with_lora(model, base.lora)
    return model, tokenizer


def with_lora(model: PreTrainedModel, lora: LoraConfig) -> PreTrainedModel:
    """The model, frozen, with trainable low-rank updates beside all its linear layers."""
    config = peft.LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules="all-linear",
        task_type="SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM",
    )
    adapted: PreTrainedModel = peft.get_peft_model(model, config)
    return adapted


def _from_gguf(folder: str, file: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    # transformers refuses to save a model that it loaded from GGUF, so its state moves into a
    # plain one of the same shape.
    quantised = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
    if quantised.config.model_type != "llama":
        raise ConfigError(f"base.gguf: a {quantised.config.model_type} model; only llama is known")
    config = quantised.config
    del config.quantization_config
    plain = LlamaForCausalLM(config)
    plain.load_state_dict(quantised.state_dict())
    return plain, AutoTokenizer.from_pretrained(folder, gguf_file=file)


def _from_scratch(
    shape: ScratchConfig, texts: Iterable[str]
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "spiece"
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_prefix=str(prefix),
            vocab_size=shape.vocab_size,
            model_type="unigram",
            hard_vocab_limit=False,
            byte_fallback=True,
            pad_id=0,
            eos_id=1,
            unk_id=2,
            bos_id=-1,
            minloglevel=2,
        )
        tokenizer = T5Tokenizer.from_pretrained(
            folder, vocab_file=str(prefix.with_suffix(".model")), extra_ids=0
        )
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=shape.d_model,
        d_kv=shape.d_model // shape.num_heads,
        d_ff=shape.d_ff,
        num_layers=shape.num_layers,
        num_heads=shape.num_heads,
        feed_forward_proj="gated-gelu",
        decoder_start_token_id=0,
        pad_token_id=0,
        eos_token_id=1,
    )
    return T5ForConditionalGeneration(config), tokenizer


def _continue(model: PreTrainedModel, folder: Path) -> None:
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    weights = dequantised(folder / read_manifest(folder).file, model.config)
    model.load_state_dict({name: weights[name] for name in trained}, strict=False)


def _freeze(model: PreTrainedModel, base: BaseConfig) -> None:
    if base.frozen_embeddings:
        model.get_input_embeddings().weight.requires_grad_(False)
    if base.frozen_layers and base.kind != "causal":
        raise ConfigError("base.frozen_layers: only for causal models")
    for layer in list(getattr(model.base_model, "layers", ()))[: base.frozen_layers]:
        layer.requires_grad_(False)

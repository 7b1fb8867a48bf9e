"""Shared fixtures: the real article, the shipped model, and a tiny model of each kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from postedit import PostEditor

REPOSITORY = Path(__file__).parent.parent
ARTICLE = REPOSITORY / "eval" / "articles" / "wang-ma-telecom"

# Real garbled sentences and what they should have been: enough for a tiny model to learn from.
PAIRS = [
    ("fare rose, refund also more.", "Fares rose, and there were also more refunds."),
    ("Tmall yesterday open three shop.", "Tmall opened three shops yesterday."),
    ("the Alibaba chairman visit Beijing.", "The chairman of Alibaba visited Beijing."),
    ("sales topped 13353 phones.", "Sales topped 13,353 phones."),
]


@pytest.fixture(scope="session")
def article() -> Path:
    return ARTICLE


@pytest.fixture(scope="session")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first five paragraphs of the article: the whole of it is repaired once, elsewhere."""
    folder = tmp_path_factory.mktemp("articles") / "opening"
    folder.mkdir()
    for name in ("mt.txt", "reference.txt"):
        lines = (ARTICLE / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join(lines[:9]) + "\n", encoding="utf-8")
    shutil.copy(ARTICLE / "glossary.tsv", folder)
    return folder


@pytest.fixture(scope="session")
def editor() -> PostEditor:
    return PostEditor.load()


@pytest.fixture(scope="session")
def triplets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "triplets.jsonl"
    rows = [
        {
            "doc": f"t-{i % 4}",
            "seg": i,
            "split": "dev" if i % 8 == 0 else "train",
            "mt": mt,
            "pe": pe,
        }
        | {"terms": [{"source": "天猫", "target": "Tmall", "mt": "day cat"}]}
        for i, (mt, pe) in enumerate(PAIRS * 12)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of 50,000 random weights with a byte vocabulary: a base model to train from."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

    folder = tmp_path_factory.mktemp("tiny-llama")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: i for i, token in enumerate(["<pad>", "<unk>", "<eos>", *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>"
    ).save_pretrained(folder)
    set_seed(1)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=0,
        bos_token_id=2,
        eos_token_id=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session", params=["causal", "seq2seq"])
def trained(
    request: pytest.FixtureRequest,
    triplets: Path,
    tiny_llama: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A tiny model of each kind, trained by `postedit train`'s own code."""
    from postedit.train.config import TrainConfig
    from postedit.train.run import train

    base: dict[str, object] = {"kind": request.param}
    if request.param == "causal":
        base["name"] = str(tiny_llama)
    else:
        base["scratch"] = {
            "vocab_size": 300,
            "d_model": 48,
            "d_ff": 96,
            "num_layers": 2,
            "num_heads": 4,
        }
    source = {"path": str(triplets), "licence": "ours"}
    config = TrainConfig.model_validate(
        {
            "base": base,
            "data": {"train": [source | {"split": "train"}], "dev": [source | {"split": "dev"}]},
            "optim": {"max_steps": 24, "eval_steps": 12, "learning_rate": 0.01, "batch_size": 8},
            "output": str(tmp_path_factory.mktemp(str(request.param)) / "model"),
        }
    )
    return train(config)

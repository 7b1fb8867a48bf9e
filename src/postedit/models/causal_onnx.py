"""A prefix language model on ONNX Runtime: the backend of the model that the package carries."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from postedit.errors import ModelError
from postedit.models.adapter import GRAPH
from postedit.models.batching import batches
from postedit.models.manifest import Manifest
from postedit.models.prompt import causal_prompt, causal_target
from postedit.models.protocol import Logits, Tokens
from postedit.models.softmax import log_softmax

Cache = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _State:
    """The cache may be longer than a row, which has `lengths[i]` tokens: the rest is overwritten.

    The first `prompts[i]` of them are the prompt.
    """

    cache: Cache
    lengths: NDArray[np.int64]
    prompts: NDArray[np.int64]


class CausalOnnxBackend:
    """Runs a decoder-only graph with inputs input_ids, attention_mask and past_key_values.*.

    Rows of unequal length are padded on the right: the graph's attention (GroupQueryAttention)
    takes a row's length from the sum of its attention mask and overwrites the padding.
    """

    def __init__(self, folder: Path, manifest: Manifest, adapter: Path | None = None):
        self._manifest = manifest
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _cores()
        options.log_severity_level = 3
        graph: str | bytes = str(folder / manifest.file)
        if adapter is not None:
            # A graph out of memory: its weights are looked for in the model's folder.
            graph = (adapter / GRAPH).read_bytes()
            options.add_session_config_entry(
                "session.model_external_initializers_file_folder_path", str(folder)
            )
        try:
            self._session = onnxruntime.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError(f"{folder / manifest.file}: cannot be loaded: {error}") from error
        past = [i for i in self._session.get_inputs() if i.name.startswith("past_key_values")]
        self._heads = {i.name: i.shape[1] for i in past}
        self._outputs = [output.name for output in self._session.get_outputs()]

    @property
    def name(self) -> str:
        """The name in the manifest."""
        return self._manifest.name

    @property
    def end(self) -> int:
        """The end-of-text token."""
        return self._manifest.end

    def read(self, mt: str) -> Tokens:
        """Token ids of the prompt."""
        return self._ids(causal_prompt(mt))

    def write(self, pe: str) -> Tokens:
        """Token ids of the target, closed by `end`."""
        return [*self._ids(causal_target(pe)), self.end]

    def text(self, target: Tokens) -> str:
        """The text of target tokens, with or without `end`."""
        return str(self._tokenizer.decode([token for token in target if token != self.end])).strip()

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Read the prompts in one pass."""
        rows = len(inputs)
        lengths = np.array([len(tokens) for tokens in inputs], dtype=np.int64)
        logits, cache = self._run(_pad(inputs), lengths, self._empty(rows))
        return logits[np.arange(rows), lengths - 1], _State(cache, lengths, lengths)

    def step(self, state: _State, tokens: Tokens) -> tuple[Logits, _State]:
        """Append one token to each row."""
        logits, after = self._append(state, np.array(tokens, dtype=np.int64)[:, None])
        return logits[:, 0], after

    def extend(self, state: _State, tokens: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Append several tokens to each row.

        GroupQueryAttention takes several new tokens behind a cache for one row only; so unless
        each row has one token, each has a pass of its own.
        """
        widths = [len(row) for row in tokens]
        if set(widths) == {1} or len(widths) == 1:
            return self._append(state, _pad(tokens))
        passes = {
            i: self._append(self.keep(state, [i]), _pad([row]))
            for i, row in enumerate(tokens)
            if row
        }
        vocabulary = next(iter(passes.values()))[0].shape[-1]
        logits = np.zeros((len(tokens), max(widths), vocabulary), np.float32)
        for i, (found, _) in passes.items():
            logits[i, : widths[i]] = found[0]
        return logits, _replaced(state, {i: after for i, (_, after) in passes.items()})

    def rewind(self, state: _State, lengths: Sequence[int]) -> _State:
        """Forget target tokens; nothing is copied."""
        return replace(state, lengths=state.prompts + np.array(lengths, dtype=np.int64))

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        """The state of the given rows alone, without padding that no row needs any more."""
        chosen = list(rows)
        lengths = state.lengths[chosen]
        longest = int(lengths.max())
        cache = {name: value[chosen, :, :longest] for name, value in state.cache.items()}
        return _State(cache, lengths, state.prompts[chosen])

    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        """Forced decoding: prompt and target in one pass, rows of like length together."""
        scores = [0.0] * len(inputs)
        lengths = [len(read) + len(target) for read, target in zip(inputs, targets, strict=True)]
        for rows in batches(lengths):
            found = self._score([inputs[i] for i in rows], [targets[i] for i in rows])
            for i, score in zip(rows, found, strict=True):
                scores[i] = score
        return scores

    def _score(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        rows = [[*prompt, *target] for prompt, target in zip(inputs, targets, strict=True)]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        logits, _ = self._run(_pad(rows), lengths, self._empty(len(rows)))
        return [
            float(
                log_softmax(logits[i, len(prompt) - 1 : len(prompt) + len(target) - 1])[
                    np.arange(len(target)), list(target)
                ].sum()
            )
            for i, (prompt, target) in enumerate(zip(inputs, targets, strict=True))
        ]

    def _empty(self, rows: int) -> Cache:
        width = self._manifest.head_size
        return {n: np.zeros((rows, h, 0, width), np.float32) for n, h in self._heads.items()}

    def _append(self, state: _State, ids: NDArray[np.int64]) -> tuple[Logits, _State]:
        # The operator wants the cache as long as the longest row in it: cut what was rewound.
        longest = int(state.lengths.max())
        past = {name: value[:, :, :longest] for name, value in state.cache.items()}
        lengths = state.lengths + ids.shape[1]
        logits, cache = self._run(ids, lengths, past)
        return logits, _State(cache, lengths, state.prompts)

    def _run(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], cache: Cache
    ) -> tuple[Logits, Cache]:
        mask = (np.arange(int(lengths.max()))[None, :] < lengths[:, None]).astype(np.int64)
        feed = {"input_ids": ids, "attention_mask": mask, **cache}
        outputs = dict(zip(self._outputs, self._session.run(None, feed), strict=True))
        logits = outputs.pop("logits")
        return logits, {
            name.replace("present", "past_key_values", 1): value for name, value in outputs.items()
        }

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _cores() -> int:
    # What this process may use, which in a container is less than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _replaced(state: _State, parts: Mapping[int, _State]) -> _State:
    """The state with some of its rows replaced by the only rows of other states."""
    lengths = state.lengths.copy()
    for i, part in parts.items():
        lengths[i] = part.lengths[0]
    cache: Cache = {}
    for name, old in state.cache.items():
        new = np.zeros((*old.shape[:2], int(lengths.max()), old.shape[3]), np.float32)
        for i, length in enumerate(lengths.tolist()):
            source = parts[i].cache[name][0] if i in parts else old[i]
            new[i, :, :length] = source[:, :length]
        cache[name] = new
    return _State(cache, lengths, state.prompts)


def _pad(rows: Sequence[Tokens]) -> NDArray[np.int64]:
    padded = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for i, row in enumerate(rows):
        padded[i, : len(row)] = row
    return padded

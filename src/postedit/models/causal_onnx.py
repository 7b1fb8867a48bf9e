"""A prefix language model on ONNX Runtime: the backend of the model that the package carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from postedit.errors import ModelError
from postedit.models.adapter import GRAPH
from postedit.models.batching import batches
from postedit.models.manifest import Manifest
from postedit.models.onnx_session import open_session
from postedit.models.places import Cache, Ints, Places, Step
from postedit.models.prompt import causal_prompt, causal_target
from postedit.models.protocol import Logits, Tokens
from postedit.models.softmax import log_softmax


@dataclass(frozen=True, slots=True)
class _State:
    """What was read and written: the first `prompts[i]` tokens of row i are its prompt."""

    cache: Cache
    places: Places
    prompts: Ints


class CausalOnnxBackend:
    """Runs a decoder-only graph of `postedit export`: postedit/export/llama.py has its inputs."""

    def __init__(self, folder: Path, manifest: Manifest, adapter: Path | None = None):
        self._manifest = manifest
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        file = folder / manifest.file if adapter is None else adapter / GRAPH
        self._session = open_session(file, folder)
        inputs = {one.name: one for one in self._session.get_inputs()}
        if "seen" not in inputs:
            raise ModelError(f"{file}: exported by an older postedit; export it anew")
        self._heads = {
            name: one.shape[1] for name, one in inputs.items() if name.startswith("past_key_values")
        }
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
        """Read the prompts in one pass; logits of their last tokens alone."""
        step = Step.of(inputs, np.zeros(len(inputs), np.int64))
        return self._run(self._empty(step.widths), step, step.last())

    def step(self, state: _State, tokens: Tokens) -> tuple[Logits, _State]:
        """Append one token to each row."""
        step = Step.of([[token] for token in tokens], state.places.lengths)
        return self._run(state, step, step.tokens())

    def extend(self, state: _State, tokens: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Append several tokens to each row, all in one pass."""
        step = Step.of(tokens, state.places.lengths)
        logits, after = self._run(state, step, step.tokens())
        return step.spread(logits), after

    def rewind(self, state: _State, lengths: Sequence[int]) -> _State:
        """Forget target tokens; nothing is copied."""
        left = state.prompts + np.array(lengths, dtype=np.int64)
        return replace(state, places=state.places.rewound(left))

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        """The state of the given rows alone, without columns that no row needs any more."""
        places, cache = state.places.kept(rows, state.cache)
        return _State(cache, places, state.prompts[list(rows)])

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
        step = Step.of(rows, np.zeros(len(rows), np.int64))
        # What a token predicts is its successor: from the prompt's last to the target's last but
        # one.
        before = [
            [i, len(prompt) - 1 + k]
            for i, (prompt, target) in enumerate(zip(inputs, targets, strict=True))
            for k in range(len(target))
        ]
        logits, _ = self._run(self._empty(step.widths), step, np.array(before, np.int64))
        scores, start = [], 0
        for target in targets:
            found = log_softmax(logits[start : start + len(target)])
            scores.append(float(found[np.arange(len(target)), list(target)].sum()))
            start += len(target)
        return scores

    def _empty(self, prompts: Ints) -> _State:
        rows, width = len(prompts), self._manifest.head_size
        cache = {n: np.zeros((rows, h, 0, width), np.float32) for n, h in self._heads.items()}
        return _State(cache, Places.none(rows), prompts)

    def _run(self, state: _State, step: Step, wanted: Ints) -> tuple[Logits, _State]:
        feed: dict[str, NDArray[np.generic]] = {
            "input_ids": step.ids,
            "position_ids": step.positions,
            "seen": step.seen(state.places),
            "wanted": wanted,
            **state.cache,
        }
        outputs = dict(zip(self._outputs, self._session.run(None, feed), strict=True))
        logits = outputs.pop("logits")
        cache = {
            name.replace("present", "past_key_values", 1): value for name, value in outputs.items()
        }
        return logits, _State(cache, state.places.after(step), state.prompts)

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

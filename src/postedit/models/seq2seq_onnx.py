"""An encoder-decoder of the T5 family on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from postedit.models.batching import batches
from postedit.models.manifest import Manifest
from postedit.models.onnx_session import open_session
from postedit.models.places import Cache, Ints, Places, Step
from postedit.models.prompt import one_line
from postedit.models.protocol import Logits, Tokens
from postedit.models.softmax import log_softmax


@dataclass(frozen=True, slots=True)
class _State:
    """What was written, behind the token that starts a target; and what the encoder made.

    `source` (rows, columns) is true where the encoder read a token.
    """

    cache: Cache
    places: Places
    cross: Cache
    source: NDArray[np.bool_]


class Seq2SeqOnnxBackend:
    """Runs the two graphs of `postedit export`: postedit/export/t5.py has their inputs."""

    def __init__(self, folder: Path, manifest: Manifest):
        self._manifest = manifest
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._encoder = open_session(folder / manifest.encoder)
        self._decoder = open_session(folder / manifest.file)
        self._past = {
            one.name: (int(one.shape[1]), int(one.shape[3]))
            for one in self._decoder.get_inputs()
            if one.name.startswith("past_key_values")
        }
        self._cross = [one.name for one in self._encoder.get_outputs()]
        self._outputs = [one.name for one in self._decoder.get_outputs()]

    @property
    def name(self) -> str:
        """The name in the manifest."""
        return self._manifest.name

    @property
    def end(self) -> int:
        """The token that closes a target."""
        return self._manifest.end

    def read(self, mt: str) -> Tokens:
        """Token ids of the encoder's input."""
        return list(self._tokenizer.encode(one_line(mt)).ids)

    def write(self, pe: str) -> Tokens:
        """Token ids of the target, closed by `end`."""
        return list(self._tokenizer.encode(one_line(pe)).ids)

    def text(self, target: Tokens) -> str:
        """The text of target tokens, with or without `end`."""
        return str(self._tokenizer.decode(list(target), skip_special_tokens=True)).strip()

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, _State]:
        """Encode the inputs and start the decoder."""
        state = self._encoded(inputs)
        first = Step.of([[self._manifest.start]] * len(inputs), state.places.lengths)
        return self._run(state, first, first.tokens())

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
        # The token that starts a target is none of its tokens.
        return replace(state, places=state.places.rewound(1 + np.array(lengths, dtype=np.int64)))

    def keep(self, state: _State, rows: Sequence[int]) -> _State:
        """The state of the given rows alone, without columns that no row needs any more."""
        chosen = list(rows)
        places, cache = state.places.kept(chosen, state.cache)
        source = state.source[chosen]
        columns = int(source.sum(axis=1).max())
        cross = {name: value[chosen, :columns] for name, value in state.cross.items()}
        return _State(cache, places, cross, source[:, :columns])

    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        """Forced decoding: a target in one pass, rows of like length together."""
        scores = [0.0] * len(inputs)
        for rows in batches([max(len(i), len(t)) for i, t in zip(inputs, targets, strict=True)]):
            state = self._encoded([inputs[i] for i in rows])
            # Each token is predicted by the one before it.
            given = [[self._manifest.start, *targets[i][:-1]] for i in rows]
            step = Step.of(given, state.places.lengths)
            logits, _ = self._run(state, step, step.tokens())
            begin = 0
            for i in rows:
                target = list(targets[i])
                found = log_softmax(logits[begin : begin + len(target)])
                scores[i] = float(found[np.arange(len(target)), target].sum())
                begin += len(target)
        return scores

    def _encoded(self, inputs: Sequence[Tokens]) -> _State:
        rows = len(inputs)
        read = Step.of(inputs, np.zeros(rows, np.int64))
        source = read.columns >= 0
        places = np.arange(read.ids.shape[1])
        feed = {
            "input_ids": read.ids,
            "seen": source[:, None, None],
            "buckets": self._buckets(places[None, :] - places[:, None], both=True),
        }
        cross = dict(zip(self._cross, self._encoder.run(None, feed), strict=True))
        cache = {n: np.zeros((rows, h, 0, w), np.float32) for n, (h, w) in self._past.items()}
        return _State(cache, Places.none(rows), cross, source)

    def _run(self, state: _State, step: Step, wanted: Ints) -> tuple[Logits, _State]:
        width = step.ids.shape[1]
        distances = step.distances(state.places)
        feed: dict[str, NDArray[np.generic]] = {
            "input_ids": step.ids,
            "seen": step.seen(state.places),
            "buckets": self._buckets(distances, both=False),
            "source_seen": np.repeat(state.source[:, None, None], width, axis=2),
            "wanted": wanted,
            **state.cache,
            **state.cross,
        }
        outputs = dict(zip(self._outputs, self._decoder.run(None, feed), strict=True))
        logits = outputs.pop("logits")
        cache = {
            name.replace("present", "past_key_values", 1): value for name, value in outputs.items()
        }
        return logits, replace(state, cache=cache, places=state.places.after(step))

    def _buckets(self, distances: Ints, both: bool) -> Ints:
        """The bucket of each distance to a token seen: exact when near, in logarithms when far.

        Raffel et al. 2020, section 2.1; `both` for an encoder, which looks ahead too.
        """
        buckets = self._manifest.buckets // (2 if both else 1)
        ahead = np.where(distances > 0, buckets, 0) if both else 0
        far = np.abs(distances) if both else np.maximum(-distances, 0)
        exact = buckets // 2
        # In single precision, as in training: a distance at a border would else change its bucket.
        share = np.log(np.maximum(far, 1).astype(np.float32) / np.float32(exact))
        share /= np.float32(np.log(self._manifest.distance / exact))
        large = exact + (share * np.float32(buckets - exact)).astype(np.int64)
        result: Ints = ahead + np.where(far < exact, far, np.minimum(large, buckets - 1))
        return result

"""How fast a run goes, and how long it still takes: into its log, TensorBoard and training.json."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments


class Pace(TrainerCallback):  # type: ignore[misc]  # transformers ships no types
    """Adds `tokens_per_second` (labelled ones) and `seconds_left` to each log of the loss.

    The time that evaluation and saving take counts for what is left, not for the speed.
    """

    def __init__(self) -> None:
        self.tokens = 0
        self._busy = 0.0
        self._step = perf_counter()
        self._start: tuple[int, float] | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Note where the run, or what is left of it after a resume, begins."""
        self._start = (state.global_step, perf_counter())

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Start the clock of a step."""
        self._step = perf_counter()

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Stop the clock of a step."""
        self._busy += perf_counter() - self._step

    def read(self, state: TrainerState) -> dict[str, float]:
        """Tokens per second since the last reading, and the seconds that are left at this pace."""
        if self._start is None or not self._busy:
            return {}
        first, began = self._start
        done = max(1, state.global_step - first)
        left = (perf_counter() - began) / done * (state.max_steps - state.global_step)
        speed = self.tokens / self._busy
        self.tokens, self._busy = 0, 0.0
        return {"tokens_per_second": round(speed, 1), "seconds_left": round(left)}

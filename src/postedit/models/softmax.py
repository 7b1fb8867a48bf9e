"""Log-softmax over numpy, for search that must not need torch."""

from __future__ import annotations

import numpy as np

from postedit.models.protocol import Logits


def log_softmax(logits: Logits) -> Logits:
    """Natural log-probabilities along the last axis, safe against overflow."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: Logits = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result

"""The key-value caches of transformers as values: what would change one makes a new one instead.

A cache of full attention grows by concatenation, so a copy may share its tensors. Any other kind
(a sliding window, a recurrent state) is copied in full, and cannot be rewound.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import EncoderDecoderCache
from transformers.cache_utils import DynamicLayer

from postedit.errors import ModelError

Change = Callable[[torch.Tensor], torch.Tensor]


def shared(cache: Any) -> Any:
    """A cache that can grow without the given one's changing."""
    if cache is None or not _plain(cache):
        return copy.deepcopy(cache)
    return _changed(cache, lambda tensor: tensor, lambda tensor: tensor)


def selected(cache: Any, rows: torch.Tensor) -> Any:
    """The cache of the given rows alone."""
    if cache is None or not _plain(cache):
        new = copy.deepcopy(cache)
        if new is not None:
            new.batch_select_indices(rows)
        return new
    return _changed(cache, lambda tensor: tensor[rows], lambda tensor: tensor[rows])


def gathered(cache: Any, places: torch.Tensor) -> Any:
    """The cache whose position k of row i is what was at `places[i, k]`; (rows, length) integers.

    What an encoder left stays as it is. ModelError for a cache that is not of full attention.
    """
    if not _plain(cache):
        raise ModelError("a model with a sliding window or recurrent state cannot be rewound")
    rows = torch.arange(len(places), device=places.device)[:, None]

    def gather(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.transpose(1, 2)[rows, places].transpose(1, 2)

    return _changed(cache, gather, lambda tensor: tensor)


def joined(caches: Sequence[Any], order: torch.Tensor) -> Any:
    """The rows of several caches of one length, one after the other, then reordered."""
    first, *others = (_tensors(cache) for cache in caches)
    if not others:
        return selected(caches[0], order)
    parts = iter([torch.cat(each)[order] for each in zip(first, *others, strict=True)])
    return _changed(caches[0], lambda _: next(parts), lambda _: next(parts))


def _sides(cache: Any) -> list[Any]:
    if isinstance(cache, EncoderDecoderCache):
        return [cache.self_attention_cache, cache.cross_attention_cache]
    return [cache]


def _plain(cache: Any) -> bool:
    return all(type(layer) is DynamicLayer for side in _sides(cache) for layer in side.layers)


def _tensors(cache: Any) -> list[torch.Tensor]:
    return [
        tensor
        for side in _sides(cache)
        for layer in side.layers
        for tensor in (layer.keys, layer.values)
    ]


def _changed(cache: Any, own: Change, cross: Change) -> Any:
    new = copy.copy(cache)
    if isinstance(cache, EncoderDecoderCache):
        new.self_attention_cache = _side(cache.self_attention_cache, own)
        new.cross_attention_cache = _side(cache.cross_attention_cache, cross)
        new.is_updated = dict(cache.is_updated)
        return new
    return _side(cache, own)


def _side(cache: Any, change: Change) -> Any:
    new = copy.copy(cache)
    new.layers = [copy.copy(layer) for layer in cache.layers]
    for layer in new.layers:
        if layer.is_initialized:
            layer.keys, layer.values = change(layer.keys), change(layer.values)
    return new

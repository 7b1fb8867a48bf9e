"""The peers by name; what each needs is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from postedit.benchmark.peers.base import Peer
from postedit.errors import InputError


def _harper(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.harper import Harper

    return Harper()


def _smollm2(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.checkpoints import SmolLM2

    return SmolLM2(Path(place) if place else None)


def _t5(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.checkpoints import Seq2Seq

    folder, _, prompt = place.partition("?prompt=")
    return Seq2Seq(_folder("t5", folder), prompt)


def _gector(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.checkpoints import GECToR

    return GECToR(_folder("gector", place))


def _libretranslate(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.http import LibreTranslate

    return LibreTranslate(_given("libretranslate", place))


def _openai(label: str, place: str) -> Peer:
    from postedit.benchmark.peers.http import ChatEndpoint

    if not label:
        raise InputError("--peer openai: name the model, as in openai:MODEL=URL")
    return ChatEndpoint(_given("openai", place), label)


#: What makes each peer of its label and its place, both perhaps empty; and how it is written.
PEERS: Final[dict[str, tuple[Callable[[str, str], Peer], str]]] = {
    "harper": (_harper, "harper"),
    "smollm2": (_smollm2, "smollm2[=DIR]"),
    "t5": (_t5, "t5[:NAME]=DIR[?prompt=WORDS]"),
    "gector": (_gector, "gector[:NAME]=DIR"),
    "libretranslate": (_libretranslate, "libretranslate=URL"),
    "openai": (_openai, "openai:MODEL=URL"),
}

#: How each peer is written on the command line.
USAGE: Final = ", ".join(usage for _, usage in PEERS.values())


def load_peer(given: str) -> tuple[str, Peer]:
    """The name of the row and the peer that `KIND[:LABEL][=PLACE]` asks for."""
    head, _, place = given.partition("=")
    kind, _, label = head.partition(":")
    if kind not in PEERS:
        raise InputError(f"--peer {given}: no such peer; there are: {USAGE}")
    return head, PEERS[kind][0](label, place)


def _given(kind: str, place: str) -> str:
    if not place:
        raise InputError(f"--peer {kind}: give {PEERS[kind][1]}")
    return place


def _folder(kind: str, place: str) -> Path:
    folder = Path(_given(kind, place))
    if not folder.is_dir():
        raise InputError(f"--peer {kind}: no such folder", path=folder)
    return folder

"""Peers behind a URL: LibreTranslate, and any endpoint that speaks OpenAI's chat protocol."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from postedit.benchmark.peers.base import Piece
from postedit.errors import InputError

#: The environment variable that a key is taken from; it is sent to the peer and told nobody else.
KEY: Final = "POSTEDIT_PEER_KEY"

_SECONDS = 120.0

_TASK = (
    "You correct English that a machine translated out of Chinese. Rewrite the text as fluent "
    "English. Keep every fact, name and number; add nothing, and leave nothing out. Answer with "
    "the corrected text alone."
)


class LibreTranslate:
    """Translates each piece's source anew; the mt and the terms are nothing to it."""

    def __init__(self, url: str, source: str = "zh"):
        self._url = _checked(url, "libretranslate").rstrip("/")
        self._source = source

    @property
    def about(self) -> Mapping[str, str]:
        """Where it runs; what runs there is for its operator to say."""
        return {
            "what": f"LibreTranslate, the {self._source} source translated anew",
            "url": _public(self._url),
            "licence": "AGPL-3.0 (a service; nothing of it is used here)",
        }

    def load(self) -> None:
        """Nothing to load."""

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Translate each piece; InputError names one that has no source."""
        texts = []
        for piece in pieces:
            if piece.source is None:
                raise InputError(f"libretranslate translates the source, but {piece.id} has none")
            body = {"q": piece.source, "source": self._source, "target": "en", "format": "text"}
            if key := os.environ.get(KEY):
                body["api_key"] = key
            answer = _post(f"{self._url}/translate", body, {})
            texts.append(_pick(answer, "translatedText", self._url))
            done(1)
        return texts


class ChatEndpoint:
    """Asks a chat model to correct each piece, zero-shot and greedily."""

    def __init__(self, url: str, model: str):
        self._url = _checked(url, "openai").rstrip("/")
        self._model = model

    @property
    def about(self) -> Mapping[str, str]:
        """The model's name and where it runs."""
        return {"what": "chat model, zero-shot", "model": self._model, "url": _public(self._url)}

    def load(self) -> None:
        """Nothing to load."""

    def rewrite(self, pieces: Sequence[Piece], done: Callable[[int], None]) -> list[str]:
        """Ask for each piece by itself."""
        headers = {"Authorization": f"Bearer {key}"} if (key := os.environ.get(KEY)) else {}
        texts = []
        for piece in pieces:
            body = {"model": self._model, "temperature": 0, "messages": _messages(piece)}
            answer = _post(f"{self._url}/chat/completions", body, headers)
            texts.append(_pick(answer, "choices.0.message.content", self._url).strip())
            done(1)
        return texts


def _messages(piece: Piece) -> list[dict[str, str]]:
    task = _TASK
    if piece.terms:
        terms = "; ".join(dict.fromkeys(term.target for term in piece.terms))
        task += f" These terms must stay as they are: {terms}."
    return [{"role": "system", "content": task}, {"role": "user", "content": piece.draft}]


def _checked(url: str, kind: str) -> str:
    parts = urlsplit(url)
    # urllib would open a file: or ftp: URL just as well.
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"--peer {kind}={url}: give a URL of http or https")
    return url


def _public(url: str) -> str:
    """The URL without a name and password in it: it goes into reports."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


def _post(url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    place = _public(url)
    request = urllib.request.Request(
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", **headers},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return json.loads(answer.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        told = error.read(300).decode("utf-8", "replace")
        raise InputError(f"{place} answered {error.code}: {told}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{place} cannot be used: {error}") from error


def _pick(answer: Any, path: str, url: str) -> str:
    value = answer
    try:
        for step in path.split("."):
            value = value[int(step)] if step.isdigit() else value[step]
    except (KeyError, IndexError, TypeError):
        value = None
    if not isinstance(value, str):
        raise InputError(f"{_public(url)} answered without {path}: {str(answer)[:200]}")
    return value

"""What is compared: doing nothing, glossary replacement, ours, files of others, and peers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from postedit.benchmark.peers.base import Peer, Piece
from postedit.benchmark.suite import SuiteArticle
from postedit.correct import glossary_only, make_draft
from postedit.errors import InputError
from postedit.formats import read_text
from postedit.models.load import DEFAULT
from postedit.models.manifest import FILE, read_manifest
from postedit.pipeline import PostEditor

#: Rows that every run has; no other system may take their names.
RESERVED = ("mt", "glossary", "pe", "oracle", "shuffled")

Progress = Callable[[int], None]

# Parts of the package that have no say in what a repair becomes.
_BESIDE = ("benchmark", "cli", "report", "score", "train", "serve")


@dataclass(frozen=True, slots=True)
class Output:
    """What a system made of an article: a text for each unit, and a note on it or "".

    `seconds` is the wall-clock time of the work itself, without loading; None if there was none,
    or it was done elsewhere.
    """

    texts: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float | None = None


class System(Protocol):
    """One row of the table."""

    @property
    def name(self) -> str:
        """The name of the row, fit to be a folder's."""

    @property
    def about(self) -> Mapping[str, str]:
        """What it is: version, licence, settings; a change of it is a reason to run again."""

    @property
    def timed(self) -> bool:
        """Whether the time that `run` takes says something of the system."""

    def load(self) -> None:
        """Load what it needs, so that this is not counted as work."""

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """Do the article; `done` is told of every unit, or of several at once."""


@dataclass(frozen=True)
class DoNothing:
    """The machine translation as it came."""

    name: str = "mt"
    timed: bool = False

    def load(self) -> None:
        """Nothing to load."""

    @property
    def about(self) -> Mapping[str, str]:
        """Nothing to say."""
        return {"what": "the machine translation as it came"}

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """The mt itself."""
        return _quietly([unit.mt for unit in article.units])


@dataclass(frozen=True)
class GlossaryOnly:
    """Every matched term replaced by its target, and nothing else."""

    name: str = "glossary"
    timed: bool = True

    def load(self) -> None:
        """Nothing to load."""

    @property
    def about(self) -> Mapping[str, str]:
        """Nothing to set."""
        return {"what": "matched terms replaced by their targets, and nothing else"}

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """The mt with its terms replaced."""
        pairs = zip(article.units, article.matches, strict=True)
        return _quietly([glossary_only(unit.mt, found) for unit, found in pairs])


class Ours:
    """postedit with a model."""

    name = "pe"
    timed = True

    def __init__(self, make: Callable[[], PostEditor], about: Mapping[str, str]):
        self._make = make
        self.about: Mapping[str, str] = dict(about) | {"code": _code()}

    @cached_property
    def _editor(self) -> PostEditor:
        return self._make()

    def load(self) -> None:
        """Load the model, once."""
        _ = self._editor

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """Repair the article as `postedit repair` does."""
        count = 0

        def tell(now: int, _: int) -> None:
            nonlocal count
            done(now - count)
            count = now

        result = self._editor.repair(article.units, article.termbase, progress=tell)
        notes: list[list[str]] = [[] for _ in article.units]
        for one in result.segments:
            notes[one.segment.unit] += [one.correction.reason] if one.correction.reason else []
            notes[one.segment.unit] += [f"{f.check}: {f.message}" for f in one.findings]
        return Output(result.pe, tuple("; ".join(told) for told in notes))


@dataclass(frozen=True)
class Files:
    """Another system's output: a folder with ID.txt or ID.pe.txt, one paragraph for each unit."""

    name: str
    folder: Path
    timed: bool = False

    def load(self) -> None:
        """Nothing to load."""

    @property
    def about(self) -> Mapping[str, str]:
        """The folder, and a hash of what is in it: other files are another system."""
        seen = hashlib.sha256()
        for file in sorted(self.folder.glob("*.txt")):
            seen.update(file.name.encode() + b"\0" + file.read_bytes())
        return {"what": f"files of {self.folder.name}", "sha256": seen.hexdigest()}

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """Read the article's file; InputError if there is none, or it has not all paragraphs."""
        names = [f"{article.id}.pe.txt", f"{article.id}.txt"]
        file = next((self.folder / name for name in names if (self.folder / name).is_file()), None)
        if file is None:
            raise InputError(f"has neither {' nor '.join(names)}", path=self.folder)
        texts = read_text(file).paragraphs
        if len(texts) != len(article.units):
            raise InputError(
                f"has {len(texts)} paragraphs, but the article {len(article.units)}", path=file
            )
        return _quietly(texts)


class PeerSystem:
    """A peer, which gets each unit with its terms put in, as our model does."""

    timed = True

    def __init__(self, name: str, peer: Peer):
        self.name = name
        self.about: Mapping[str, str] = peer.about
        self._peer = peer

    def load(self) -> None:
        """Load the peer's model, if it has one."""
        self._peer.load()

    def run(self, article: SuiteArticle, done: Progress) -> Output:
        """Let the peer rewrite every unit."""
        pieces = [
            Piece(
                id=f"{article.id}:{unit.id}",
                draft=make_draft(unit.mt, found).text,
                source=unit.source,
                terms=tuple(match.entry for match in found),
            )
            for unit, found in zip(article.units, article.matches, strict=True)
        ]
        texts = self._peer.rewrite(pieces, done)
        if len(texts) != len(pieces):
            raise InputError(f"{self.name} gave {len(texts)} texts for {len(pieces)}")
        # One paragraph a unit: a peer's line breaks would make two of one.
        return _quietly([" ".join(text.split()) for text in texts])


def _quietly(texts: Sequence[str]) -> Output:
    return Output(tuple(texts), ("",) * len(texts))


def _code() -> str:
    """A hash of the code that makes a repair: other code is another system."""
    root = Path(__file__).parents[1]
    seen = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        part = file.relative_to(root).parts[0]
        if part not in _BESIDE:
            seen.update(file.read_bytes())
    return seen.hexdigest()[:16]


def ours(model: str | Path | None) -> Ours:
    """postedit with the shipped model, a model folder, or a checkpoint of transformers by name."""
    folder = DEFAULT if model is None else Path(model)
    about = {"model": str(model), "licence": "not stated"}
    if (folder / FILE).is_file():
        found = read_manifest(folder)
        gate = found.gate.model_dump_json(exclude={"tuned_on"})
        about = {"model": found.name, "licence": found.licence, "sha256": found.sha256}
        about["gate"] = gate
    return Ours(lambda: PostEditor.load(model), {"what": "postedit"} | about)

"""What became of every row: counts by source, licences, leaks that were kept out, file hashes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from postedit.data.config import SPLITS
from postedit.data.leaks import Leak

_LEAKS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """Rows of one source in one split: `read` is `kept` and all that was dropped, by reason."""

    origin: str
    licence: str
    split: str
    read: int
    kept: int
    dropped: dict[str, int]
    documents: int
    terms: int


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that was made, with its hash."""

    split: str
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DataReport:
    """The record of a build; `guarded` counts different texts that train was compared with.

    `leaks` were kept out; `left` were found when train was read again as written.
    """

    seed: int
    sources: tuple[SourceCounts, ...]
    files: tuple[WrittenFile, ...]
    inputs: dict[str, str]
    guarded: int
    leaks: tuple[Leak, ...]
    left: int

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, for data-report.json and --json."""
        licences: dict[str, dict[str, int]] = {}
        for one in self.sources:
            counts = licences.setdefault(one.licence, dict.fromkeys(SPLITS, 0))
            counts[one.split] += one.kept
        return {
            "seed": self.seed,
            "sources": [asdict(one) for one in self.sources],
            "rows_by_licence": licences,
            "files": [asdict(one) for one in self.files],
            "inputs": self.inputs,
            "leak_check": {
                "guarded_texts": self.guarded,
                "exact": sum(leak.exact for leak in self.leaks),
                "near": sum(not leak.exact for leak in self.leaks),
                "kept_out": [told(leak) for leak in self.leaks[:_LEAKS_SHOWN]],
                "left_in_train": self.left,
            },
        }


def told(leak: Leak) -> dict[str, Any]:
    """A leak as plain values."""
    return {
        "row": leak.row,
        "text": leak.text,
        "like": leak.guarded.text,
        "at": leak.guarded.place,
        "exact": leak.exact,
        "overlap": round(leak.overlap, 3),
    }

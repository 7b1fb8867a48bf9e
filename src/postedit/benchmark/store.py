"""Outputs on disk, so that a run that was interrupted goes on where it was."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from postedit.benchmark.suite import SuiteArticle
from postedit.benchmark.systems import Output, System
from postedit.formats import write_text


class Store:
    """A folder with a file for every article of every system.

    An output is found again only if nothing has changed that it hangs on: what the system could
    see of the article, and all that the system says about itself. A file that cannot be read counts
    as none: the output is made anew.
    """

    def __init__(self, folder: Path):
        self._folder = folder

    def find(self, system: System, article: SuiteArticle) -> Output | None:
        """The output of an earlier run, if it is still true."""
        try:
            row = json.loads(self._path(system, article).read_text(encoding="utf-8"))
            if row["fingerprint"] != _fingerprint(system, article):
                return None
            output = Output(tuple(row["texts"]), tuple(row["notes"]), row["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return output if len(output.texts) == len(output.notes) == len(article.units) else None

    def keep(self, system: System, article: SuiteArticle, output: Output) -> None:
        """Write an output, whole or not at all."""
        path = self._path(system, article)
        path.parent.mkdir(parents=True, exist_ok=True)
        row = {"fingerprint": _fingerprint(system, article)} | asdict(output)
        write_text(path, json.dumps(row, ensure_ascii=False, indent=1) + "\n")

    def clear(self) -> None:
        """Forget every output of every system."""
        for path in self._folder.glob("*/*.json"):
            path.unlink()

    def _path(self, system: System, article: SuiteArticle) -> Path:
        # Ids come out of files: whatever they hold, the path stays inside the folder.
        name = hashlib.sha256(article.id.encode()).hexdigest()[:8]
        safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in article.id)[:80]
        row = "".join(c if c.isalnum() or c in "-_" else "_" for c in system.name)
        return self._folder / row / f"{safe}-{name}.json"


def _fingerprint(system: System, article: SuiteArticle) -> str:
    known = json.dumps([dict(system.about), article.id, article.digest], sort_keys=True)
    return hashlib.sha256(known.encode()).hexdigest()

"""Termbases: the entries of one or more glossaries, and the reader of the project's TSV."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from postedit.errors import TermbaseError
from postedit.records import TermEntry, TermMatch
from postedit.termbase.files import read_terms
from postedit.termbase.match import TermMatcher
from postedit.termbase.repeats import RepeatKind, repeats


@dataclass(frozen=True)
class Termbase:
    """The entries of one or more glossaries; `Termbase()` is empty and matches nothing.

    An exact repetition of an entry is dropped; two entries that send one mt form to two targets
    are an error, because no order of files should decide what a text becomes. A forbidden entry
    conflicts with nothing: it says what the mt form must not become.
    """

    entries: tuple[TermEntry, ...] = ()
    # Where each entry was read, for messages: "glossary.tsv, line 3"; empty if made in Python.
    places: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        places = self.places or ("",) * len(self.entries)
        found = list(repeats(self.entries, places))
        for repeat in found:
            if repeat.kind is RepeatKind.CONFLICT:
                raise TermbaseError(str(repeat))
        dropped = {one.indexes[1] for one in found if one.kind is RepeatKind.DUPLICATE}
        kept = [i for i in range(len(self.entries)) if i not in dropped]
        object.__setattr__(self, "entries", tuple(self.entries[i] for i in kept))
        object.__setattr__(self, "places", tuple(places[i] for i in kept))

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def load(cls, path: Path | str, format: str | None = None) -> Self:
        """Read a termbase file: TSV, CSV, Excel or TBX, ours or another tool's (`files.FORMATS`).

        Raises TermbaseError with file, line and valid values on an entry that cannot be used, and
        where one mt form has two targets.
        """
        placed = read_terms(path, format).entries
        return cls(tuple(one.entry for one in placed), tuple(str(one.place) for one in placed))

    @classmethod
    def merge(cls, *termbases: Termbase) -> Self:
        """One termbase with the entries of all, in order; of none, an empty one.

        Raises TermbaseError, naming both places, where one mt form has two targets.
        """
        entries = tuple(entry for one in termbases for entry in one.entries)
        return cls(entries, tuple(place for one in termbases for place in one.places))

    def match(self, text: str, source: str | None = None) -> tuple[TermMatch, ...]:
        """Entries whose mt form stands in `text`, in order; see `TermMatcher.match`."""
        return self._matcher.match(text, source)

    @cached_property
    def _matcher(self) -> TermMatcher:
        return TermMatcher(self.entries)

"""One training triplet with its origin, its licence, its terms and the variants of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from postedit.data.config import Split
from postedit.records import TermEntry

Terms = tuple[TermEntry, ...]


@dataclass(frozen=True, slots=True)
class Variants:
    """Other terms that a row may be given than its own; see `variants.make_variants`."""

    some: Terms = ()
    random: Terms = ()
    wrong: Terms = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One segment: what a machine made of it, and what it should have been."""

    origin: str
    licence: str
    doc: str
    seg: int
    split: Split
    src: str
    mt: str
    pe: str
    ref: str
    terms: Terms = ()
    variants: Variants = Variants()

    @property
    def id(self) -> str:
        """The row's name in messages and its own seed."""
        return f"{self.origin}/{self.doc}/{self.seg}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that a leak could hide in."""
        return tuple(filter(None, (self.src, self.mt, self.pe, self.ref)))

    def as_json(self) -> dict[str, Any]:
        """The row as a line of a triplet file; keys and their order are the same for all rows."""
        variants = {
            name: _terms(getattr(self.variants, name)) for name in ("some", "random", "wrong")
        }
        return {
            "doc": self.doc,
            "seg": self.seg,
            "split": self.split,
            "origin": self.origin,
            "licence": self.licence,
            "src": self.src,
            "mt": self.mt,
            "pe": self.pe,
            "ref": self.ref,
            "terms": _terms(self.terms),
            "variants": variants,
        }


def _terms(terms: Iterable[TermEntry]) -> list[dict[str, str]]:
    return [{"mt": one.mt, "source": one.source, "target": one.target} for one in terms]

"""Garbled pairs as lines of a triplet file."""

from __future__ import annotations

import json
from collections.abc import Iterable

from postedit.garble.run import Garbled


def as_lines(garbled: Iterable[Garbled], origin: str, licence: str) -> str:
    """One JSON object a line: doc, seg, split, origin, licence, src, mt, pe and terms."""
    return "".join(_line(one, origin, licence) for one in garbled)


def _line(one: Garbled, origin: str, licence: str) -> str:
    terms = [{"mt": term.mt, "source": term.source, "target": term.target} for term in one.terms]
    row = {
        "doc": one.pair.doc,
        "seg": one.pair.line,
        "split": "train",
        "origin": origin,
        "licence": licence,
        "src": one.pair.zh,
        "mt": one.mt,
        "pe": one.pair.en,
        "terms": terms,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"

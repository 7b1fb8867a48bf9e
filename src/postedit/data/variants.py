"""Terms that a row may be given instead of its own, so that a model learns what a term is.

- `some`: a part of its own terms. What is not given stays to be repaired.
- `random`: phrases that mt and pe word differently at the same place, as if a glossary had named
  them: given terms are copied, whatever they are (Dinu et al. 2019).
- `wrong`: terms of other documents whose mt form does not stand in this mt: nothing absent is put
  in.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from postedit.data.config import VariantsConfig
from postedit.data.row import Row, Terms, Variants
from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher
from postedit.text.words import FUNCTION_WORDS

_LONGEST = 3  # words of a random term, on either side


def add_variants(rows: Sequence[Row], config: VariantsConfig, seed: int) -> list[Row]:
    """The rows with variants; those of a row depend on the seed, the row and its source alone."""
    pools: dict[tuple[str, str], dict[TermEntry, str]] = {}
    for row in rows:
        pool = pools.setdefault((row.origin, row.split), {})
        for term in row.terms:
            pool.setdefault(term, row.doc)
    listed = {key: list(pool.items()) for key, pool in pools.items()}
    return [
        replace(row, variants=_variants(row, listed[row.origin, row.split], config, seed))
        for row in rows
    ]


def _variants(
    row: Row, pool: Sequence[tuple[TermEntry, str]], config: VariantsConfig, seed: int
) -> Variants:
    rng = random.Random(f"{seed}:{row.id}")
    some = tuple(term for term in row.terms if rng.random() < 0.5)
    found = random_terms(row.mt, row.pe)
    chosen = sorted(rng.sample(range(len(found)), min(config.random, len(found))))
    return Variants(some, tuple(found[i] for i in chosen), _wrong(row, pool, config.wrong, rng))


def random_terms(mt: str, pe: str) -> Terms:
    """Phrases of up to three words that a word diff pairs, each once in its text.

    >>> random_terms("the operation business cut prices", "the carriers cut prices")
    (TermEntry(mt='operation business', target='carriers', source='', status=..., note=''),)
    """
    before, after = mt.split(), pe.split()
    found: list[TermEntry] = []
    lower = [word.lower() for word in before], [word.lower() for word in after]
    matcher = SequenceMatcher(None, lower[0], lower[1], autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "replace" or j - i > _LONGEST or m - k > _LONGEST:
            continue
        old, new = (" ".join(part).strip('.,;:!?"“”()') for part in (before[i:j], after[k:m]))
        if _is_term(old) and _is_term(new) and old.lower() != new.lower():
            entry = TermEntry(old, new)
            if len(TermMatcher([entry]).match(mt)) == 1:
                found.append(entry)
    return tuple(found)


def _is_term(text: str) -> bool:
    words = text.lower().split()
    inner = all(word.replace("-", "").replace("'", "").isalnum() for word in words)
    return bool(words) and inner and not {words[0], words[-1]} & FUNCTION_WORDS


def _wrong(row: Row, pool: Sequence[tuple[TermEntry, str]], most: int, rng: random.Random) -> Terms:
    said = f"{row.mt} {row.pe}".lower()
    chosen: list[TermEntry] = []
    for _ in range(4 * most):  # a few draws may be of this document, or stand in this row
        if not pool or len(chosen) == most:
            break
        term, doc = pool[rng.randrange(len(pool))]
        absent = term.mt.lower() not in said and term.target.lower() not in said
        if doc != row.doc and absent and all(term.mt != other.mt for other in chosen):
            chosen.append(term)
    return tuple(chosen)

"""`terms check` against a substring find for each entry, as translation toolkits do it.

    python benchmarks/term_check.py [ENTRIES]

One text, the shipped glossaries filled up with made ones, the rule `literal` on our side. The
baseline looks for each mt form in the lower-cased text with `str.find`: it is right where the form
is a word of its own, and wrong inside of other words ("form" in "format"), which is counted.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from postedit.formats import parse_text, read_article
from postedit.records import TermEntry
from postedit.termbase import Termbase
from postedit.termcheck import check_terms

ROOT = Path(__file__).parents[1]
ARTICLES = sorted((ROOT / "eval" / "articles").iterdir())


def termbase(count: int) -> Termbase:
    merged = Termbase.merge(*map(Termbase.load, sorted((ROOT / "glossaries").glob("*.tsv"))))
    rng = random.Random(count)
    letters = "aeiourstlnmdcphg"
    made: dict[str, TermEntry] = {}
    while len(merged) + len(made) < count:
        words = [
            "".join(rng.choices(letters, k=rng.randint(3, 8))) for _ in range(rng.randint(1, 2))
        ]
        made.setdefault(" ".join(words), TermEntry(" ".join(words), "X" + words[0]))
    return Termbase(merged.entries + tuple(made.values()))


def main(count: int = 20_000) -> None:
    text = "\n".join(unit.mt for folder in ARTICLES for unit in read_article(folder).units)
    words = len(text.split())
    known = termbase(count)
    parsed = parse_text(text)
    known.match("")  # builds the automaton
    start = time.perf_counter()
    ours = [one for one in check_terms(parsed, known) if one.rule == "literal"]
    middle = time.perf_counter()
    forms = [entry.mt.lower() for entry in known.entries if entry.mt]
    found = []
    for paragraph in parsed.paragraphs:
        lower = paragraph.lower()
        for form in forms:
            at = lower.find(form)
            while at >= 0:
                found.append((lower, at, at + len(form)))
                at = lower.find(form, at + 1)
    end = time.perf_counter()
    torn = sum(
        (a > 0 and t[a - 1].isalnum()) or (b < len(t) and t[b].isalnum()) for t, a, b in found
    )
    seconds, baseline = middle - start, end - middle
    print(f"{words:,} words, {len(known):,} entries")
    print(f"postedit, all rules     {seconds:7.2f} s   {len(ours):6,} literal renderings")
    print(
        f"find for each entry     {baseline:7.2f} s   {len(found):6,} hits, "
        f"{torn:,} of them inside other words; ratio {baseline / seconds:.1f}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Term matching against other ways to do it: run `python benchmarks/matching.py`.

Baselines: `flashtext` (FlashText, a trie over characters: pip install flashtext), `alternation`,
one regular expression of all entries, the longest first, and `loop`, one search per entry between
word boundaries. The last two grow with the termbase and are run on the smaller sizes alone; at the
size of the issue (100,000 entries, 1,000,000 words) the alternation is given a hundredth of the
text, and its time is multiplied. Seconds are of processor time: all methods run on one thread.

Two kinds of text. `plain`: lower-case words of letters, single spaces, no inflection, where all
methods follow the same rules, so that the matches must be equal (leftmost-first and longest-first
differ where a longer entry starts inside a shorter one; the text keeps such words apart). `real`:
the English of the repository's evaluation articles over and over, with terms of dictionary words
put in, in any number and case: only ours finds them all.
"""

from __future__ import annotations

import importlib.util
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher
from postedit.text.inflect import forms

Found = list[tuple[int, int]]
Match = Callable[[str], Found]

ARTICLES = Path(__file__).parents[1] / "eval" / "articles"
SEED = 11
VOCABULARY = 20_000  # words that terms begin with, and as many others


@dataclass(frozen=True, slots=True)
class Size:
    entries: int
    words: int
    methods: tuple[str, ...]


SIZES = (
    Size(100, 1_000, ("postedit", "flashtext", "alternation", "loop")),
    Size(10_000, 10_000, ("postedit", "flashtext", "alternation", "loop")),
    Size(100_000, 1_000_000, ("postedit", "flashtext", "alternation")),
)


def main() -> None:
    quick = "--quick" in sys.argv
    print(f"{'entries':>8} {'words':>10} {'text':>6} {'method':>12} {'build s':>8} {'match s':>8}"
          f" {'ratio':>9} {'found':>8}")  # fmt: skip
    for size in SIZES[: 2 if quick else None]:
        terms, text = plain(size)
        report("plain", size, terms, text, same=True)
        terms, text = real(size)
        report("real", size, terms, text, same=False)


def report(kind: str, size: Size, terms: list[str], text: str, *, same: bool) -> None:
    ours: float | None = None
    expected: Found | None = None
    for name in size.methods:
        if name == "flashtext" and importlib.util.find_spec("flashtext") is None:
            continue
        share = 100 if name == "alternation" and size.words > 100_000 else 1
        part = text[: len(text) // share]
        start = time.process_time()
        match = METHODS[name](terms)
        built = time.process_time() - start
        start = time.process_time()
        found = match(part)
        seconds = (time.process_time() - start) * share
        ours, expected = ours or seconds, expected or found
        if same and found != [one for one in expected if one[1] <= len(part)][: len(found)]:
            raise AssertionError(f"{name} finds {len(found)} matches, not the {len(expected)}")
        count = f"{len(found):,}" if share == 1 else "-"
        print(f"{size.entries:>8,} {size.words:>10,} {kind:>6} {name:>12} {built:>8.2f}"
              f" {seconds:>8.3f} {seconds / ours:>8.1f}x {count:>8}", flush=True)  # fmt: skip


def plain(size: Size) -> tuple[list[str], str]:
    """Terms of one to three words, some a prefix of others, and a text that has some of them."""
    rng = random.Random(SEED)
    # No s, d or g: none of these words has the ending of an inflection.
    letters = "abcefhijklmnopqrtuvwxyz"
    count = min(size.entries, VOCABULARY)
    words = sorted({"".join(rng.choices(letters, k=rng.randint(4, 9))) for _ in range(2 * count)})
    rng.shuffle(words)
    heads, tails = words[:count], words[count:]
    found: set[str] = set()
    while len(found) < size.entries:
        found.add(" ".join([rng.choice(heads), *rng.sample(tails, k=rng.randint(0, 2))]))
    terms = sorted(found)
    pieces: list[str] = []
    count = 0
    while count < size.words:
        piece = rng.choice(terms) if rng.random() < 0.1 else rng.choice(tails)
        pieces.append(piece)
        count += piece.count(" ") + 1
    return terms, " ".join(pieces)


def real(size: Size) -> tuple[list[str], str]:
    """Terms of two words of the articles; every twentieth word of the text begins one of them."""
    rng = random.Random(SEED)
    texts = [path.read_text("utf-8") for path in sorted(ARTICLES.rglob("reference*.txt"))]
    words = re.findall(r"\S+", " ".join(texts))
    nouns = sorted({word.lower() for word in words if word.isalpha() and len(word) > 3})
    pairs = {(rng.choice(nouns), rng.choice(nouns)) for _ in range(2 * size.entries)}
    terms = [" ".join(pair) for pair in sorted(pairs)][: size.entries]
    rng.shuffle(terms)
    pieces: list[str] = []
    while len(pieces) < size.words:
        pieces += words[: rng.randint(15, 25)]
        words = words[20:] + words[:20]
        head, last = rng.choice(terms).split()
        form = rng.choice(sorted(forms(last)))
        pieces += rng.choice([[head, form], [head.capitalize(), form], [head, last]])
    return terms, " ".join(pieces)


def postedit(terms: list[str]) -> Match:
    matcher = TermMatcher(TermEntry(term, term) for term in terms)
    return lambda text: [(m.span.start, m.span.end) for m in matcher.match(text)]


def flashtext(terms: list[str]) -> Match:
    from flashtext import KeywordProcessor

    processor = KeywordProcessor()
    for term in terms:
        processor.add_keyword(term)
    return lambda text: [
        (start, end) for _, start, end in processor.extract_keywords(text, span_info=True)
    ]


def alternation(terms: list[str]) -> Match:
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    return lambda text: [found.span() for found in pattern.finditer(text)]


def loop(terms: list[str]) -> Match:
    longest_first = sorted(terms, key=len, reverse=True)
    patterns = [re.compile(rf"\b{re.escape(term)}\b", re.IGNORECASE) for term in longest_first]

    def match(text: str) -> Found:
        spans: Found = []
        taken = bytearray(len(text))
        for pattern in patterns:
            for found in pattern.finditer(text):
                start, end = found.span()
                if not any(taken[start:end]):
                    taken[start:end] = b"\x01" * (end - start)
                    spans.append((start, end))
        return sorted(spans)

    return match


METHODS: dict[str, Callable[[list[str]], Match]] = {
    "postedit": postedit,
    "flashtext": flashtext,
    "alternation": alternation,
    "loop": loop,
}

if __name__ == "__main__":
    main()

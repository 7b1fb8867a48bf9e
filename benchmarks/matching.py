"""Term matching against two plain ways to do it: run `python benchmarks/matching.py`.

Baselines, both from `re`: `loop` searches the text for each entry between word boundaries;
`alternation` is one pattern of all entries, the longest first. Entries and text are made of
lower-case words of letters and joined by single spaces, where all three follow the same rules, so
that the matches must be equal. Leftmost-first (`alternation`) and longest-first (ours) differ
where a longer entry starts inside a shorter one; the text keeps such words apart.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher

Found = list[tuple[int, int]]

WORDS_OF_TEXT = 1000
ENTRIES = (100, 10_000)
TIMES = 3


def main() -> None:
    print(f"text of {WORDS_OF_TEXT:,} words, about one in ten begins a term; best of {TIMES} runs")
    print(f"{'entries':>8} {'method':>12} {'build s':>9} {'match s':>9} {'ratio':>8}")
    for count in ENTRIES:
        terms, text = material(count)
        ours: float | None = None
        expected: Found | None = None
        for name, build in METHODS.items():
            start = time.perf_counter()
            match = build(terms)
            built = time.perf_counter() - start
            seconds, found = best_of(match, text)
            ours, expected = ours or seconds, expected or found
            if found != expected:
                raise AssertionError(f"{name} finds {len(found)} matches, not {len(expected)}")
            ratio = seconds / ours
            print(f"{count:>8,} {name:>12} {built:>9.4f} {seconds:>9.5f} {ratio:>7.1f}x")
        print(f"{'':>8} {len(expected or ()):,} matches, the same for all")


def material(count: int) -> tuple[list[str], str]:
    """Terms of one to three words, some a prefix of others, and a text that has some of them."""
    rng = random.Random(count)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = sorted({"".join(rng.choices(letters, k=rng.randint(3, 9))) for _ in range(3 * count)})
    rng.shuffle(words)
    heads, tails = words[:count], words[count:]
    terms = sorted({" ".join([head, *rng.sample(tails, k=rng.randint(0, 2))]) for head in heads})
    pieces: list[str] = []
    while len(" ".join(pieces).split()) < WORDS_OF_TEXT:
        pieces += [rng.choice(terms) if rng.random() < 0.1 else rng.choice(tails)]
    return terms, " ".join(pieces)


def best_of(match: Callable[[str], Found], text: str) -> tuple[float, Found]:
    seconds, found = float("inf"), []
    for _ in range(TIMES):
        start = time.perf_counter()
        found = match(text)
        seconds = min(seconds, time.perf_counter() - start)
    return seconds, found


def postedit(terms: list[str]) -> Callable[[str], Found]:
    matcher = TermMatcher(TermEntry(term, term) for term in terms)
    return lambda text: [(m.span.start, m.span.end) for m in matcher.match(text)]


def alternation(terms: list[str]) -> Callable[[str], Found]:
    longest_first = sorted(terms, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    return lambda text: [found.span() for found in pattern.finditer(text)]


def loop(terms: list[str]) -> Callable[[str], Found]:
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


METHODS: dict[str, Callable[[list[str]], Callable[[str], Found]]] = {
    "postedit": postedit,
    "alternation": alternation,
    "loop": loop,
}

if __name__ == "__main__":
    main()

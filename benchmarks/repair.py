"""Decoding in batches by length against one segment at a time, same model and outputs compared.

python benchmarks/repair.py [ARTICLE]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from postedit import PostEditor, Termbase
from postedit.correct import make_draft
from postedit.decoding.greedy import greedy
from postedit.decoding.hypothesis import Hypothesis
from postedit.formats import read_article
from postedit.text.segment import segment


def timed(work: Callable[[], list[Hypothesis]]) -> tuple[float, list[Hypothesis]]:
    start = perf_counter()
    found = work()
    return perf_counter() - start, found


def main(folder: str = "eval/articles/wang-ma-telecom") -> None:
    article = read_article(Path(folder))
    termbase = Termbase.load(article.glossary) if article.glossary else Termbase()
    drafts = [make_draft(one.text, termbase.match(one.text)) for one in segment(article.units)]
    backend = PostEditor.load().backend
    inputs = [backend.read(draft.text) for draft in drafts]
    greedy(backend, inputs[:1])
    alone, one_by_one = timed(lambda: [greedy(backend, [read])[0] for read in inputs])
    tokens = sum(len(found.tokens) for found in one_by_one)
    print(f"{len(inputs)} segments, {tokens} tokens; baseline: one segment at a time")
    for batch_tokens in (256, 512, 768, 1536):
        seconds, found = timed(
            lambda size=batch_tokens: greedy(backend, inputs, batch_tokens=size)  # type: ignore[misc]
        )
        same = sum(a.tokens == b.tokens for a, b in zip(found, one_by_one, strict=True))
        print(
            f"batches of {batch_tokens:>5} tokens: {alone / seconds:.2f} times as fast, "
            f"{same} of {len(inputs)} outputs the same"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

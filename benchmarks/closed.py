"""Cost and completeness of closed-lexicon search against free greedy search, in one run.

    python benchmarks/closed.py [--segments 24]

Both decode the same drafts of the Wang-Ma article. `complete` is the share of outputs that have
every content word of their draft and no other. `pruned` drops hypotheses that fall behind by
`ClosedSearch.prune` nats; `full beam` does not.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

from postedit.correct import Draft, make_draft
from postedit.correct.closing import ClosedProposer
from postedit.decoding.guided import guided
from postedit.formats import read_article
from postedit.models.load import load_backend
from postedit.models.manifest import ClosedSearch
from postedit.models.protocol import Backend
from postedit.termbase import Termbase
from postedit.text.segment import segment
from postedit.text.words import content_words

ARTICLE = Path(__file__).parent.parent / "eval" / "articles" / "wang-ma-telecom"


def drafts(count: int) -> list[Draft]:
    """The first segments of the article with their terms put in."""
    article = read_article(ARTICLE)
    terms = Termbase.load(article.glossary) if article.glossary else Termbase()
    texts = [one.text for one in segment(article.units)][:count]
    return [make_draft(text, terms.match(text)) for text in texts]


def complete(chosen: list[Draft], outputs: list[str]) -> float:
    """Percentage of outputs with just the content words of their drafts."""
    pairs = zip(chosen, outputs, strict=True)
    return 100.0 * sum(content_words(a.text) == content_words(b) for a, b in pairs) / len(chosen)


def closed_outputs(backend: Backend, chosen: list[Draft], search: ClosedSearch) -> list[str]:
    """What closed search proposes; the draft where it finds no end."""
    prompts = [backend.read(one.text) for one in chosen]
    found = ClosedProposer(backend, search).propose(chosen, prompts)
    return [
        backend.text(best.tokens) if best else one.text
        for one, best in zip(chosen, found, strict=True)
    ]


def main() -> None:
    """Print one row for each search."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--segments", type=int, default=24)
    chosen = drafts(parser.parse_args().segments)
    backend, _ = load_backend()
    inputs = [backend.read(one.text) for one in chosen]
    own = [backend.write(one.text) for one in chosen]
    closed_outputs(backend, chosen[:1], ClosedSearch())  # loads the dictionary of word forms
    start = perf_counter()
    free = [backend.text(one.tokens) for one in guided(backend, inputs, own)]
    base = (perf_counter() - start) / len(chosen)
    print(f"{'search':24} {'s/segment':>9} {'ratio':>6} {'complete %':>10}")
    print(f"{'free greedy (guided)':24} {base:9.2f} {1:6.1f} {complete(chosen, free):10.0f}")
    rows = {
        "closed, beam 4, pruned": ClosedSearch(),
        "closed, beam 4, full beam": ClosedSearch(prune=1000),
        "closed, beam 2, pruned": ClosedSearch(beam=2),
    }
    for name, search in rows.items():
        start = perf_counter()
        outputs = closed_outputs(backend, chosen, search)
        spent = (perf_counter() - start) / len(chosen)
        share = complete(chosen, outputs)
        print(f"{name:24} {spent:9.2f} {spent / base:6.1f} {share:10.0f}")


if __name__ == "__main__":
    main()

"""Every way to search for a repair, on the same development segments: scores, harm, lost content.

    python benchmarks/searches.py TRIPLETS [--split dev] [--sample 48] [--long 28]
        [--model DIR] [--only ROW...] [-o DIR]

Each row is one way to propose a repair of a draft (terms replaced): free greedy, greedy steered
through its constraints, a beam, the best of several by the model's score among those that keep
their content, clause by clause, closed-lexicon search and its parts. Every row is scored as
proposed and behind the gate of the model. `--long N` takes only segments of N words and more.
Rows are kept in the output folder, one JSON file each, so that a run that stopped goes on.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from postedit.correct import Draft, triplet_draft
from postedit.correct.closing import ClosedProposer
from postedit.correct.demands import Speller, demands
from postedit.correct.evidence import Kind, objection
from postedit.correct.worth import appraise
from postedit.decoding.beam import beam
from postedit.decoding.guided import guided
from postedit.decoding.steered import steered
from postedit.formats.triplets import Triplet, evenly, read_triplets
from postedit.models.load import load_backend
from postedit.models.manifest import ClosedSearch, Manifest
from postedit.models.prompt import one_line
from postedit.models.protocol import Backend
from postedit.score import compare, meaning, segment_changes
from postedit.text.words import content_words, coverage

HEAD = (
    "| search | BLEU / chrF / TER | changed, better, worse | lost, invented | behind the gate | "
    "changed, better, worse | lost, invented | s/segment |"
)
# A clause shorter than this goes with the one before it.
CLAUSE = 6
KEPT = 0.9

Search = Callable[[Sequence[Draft]], list[str]]


@dataclass
class Searches:
    """The ways to propose, by name."""

    backend: Backend
    manifest: Manifest

    def free(self, drafts: Sequence[Draft]) -> list[str]:
        reads = [self.backend.read(one.text) for one in drafts]
        writes = [self.backend.write(one.text) for one in drafts]
        return [self.backend.text(one.tokens) for one in guided(self.backend, reads, writes)]

    def steered(self, drafts: Sequence[Draft]) -> list[str]:
        spell = Speller(self.backend)
        found = steered(
            self.backend,
            [self.backend.read(one.text) for one in drafts],
            [self.backend.write(one.text) for one in drafts],
            [spell.constraints(demands(one)) for one in drafts],
        )
        return [self.backend.text(one.hypothesis.tokens) for one in found]

    def beam(self, drafts: Sequence[Draft]) -> list[str]:
        reads = [self.backend.read(one.text) for one in drafts]
        return [self.backend.text(one.tokens) for one in beam(self.backend, reads)]

    def ranked(self, drafts: Sequence[Draft]) -> list[str]:
        """The likeliest of free, steered and beam outputs that keep their content, else steered."""
        ways = [self.free(drafts), self.steered(drafts), self.beam(drafts)]
        chosen: list[str] = []
        for i, draft in enumerate(drafts):
            texts = list(dict.fromkeys(way[i] for way in ways))
            whole = [text for text in texts if covered(draft.text, text)] or [ways[1][i]]
            scores = self.means(draft, whole)
            chosen.append(whole[scores.index(max(scores))])
        return chosen

    def clauses(self, drafts: Sequence[Draft]) -> list[str]:
        """Every clause repaired for itself, the rest of the sentence as it was."""
        parts = [split_clauses(one.text) for one in drafts]
        flat = [Draft(part) for several in parts for part in several]
        repaired = iter(self.free(flat))
        return [joined(several, [next(repaired) for _ in several]) for several in parts]

    def in_context(self, drafts: Sequence[Draft]) -> list[str]:
        """Clause by clause behind what is written so far: a clause that loses content is put back.

        The model reads the whole draft and goes on from the repaired clauses before.
        """
        return [self._in_context(one) for one in drafts]

    def _in_context(self, draft: Draft) -> str:
        backend, written = self.backend, ""
        prompt = backend.read(draft.text)
        for part in split_clauses(draft.text):
            head = [token for token in backend.write(written) if token != backend.end]
            if not written:
                head = []
            (one,) = guided(
                backend, [[*prompt, *head]], [backend.write(part)], limit=lambda _, n=part: room(n)
            )
            clause = first_clause(backend.text(one.tokens))
            written = f"{written} {clause if covered(part, clause) else part}".strip()
        return written

    def closed(self, settings: ClosedSearch) -> Search:
        proposer = ClosedProposer(self.backend, settings)

        def propose(drafts: Sequence[Draft]) -> list[str]:
            found = proposer.propose(drafts, [self.backend.read(one.text) for one in drafts])
            return [
                self.backend.text(best.tokens) if best else one.text
                for one, best in zip(drafts, found, strict=True)
            ]

        return propose

    def means(self, draft: Draft, texts: Sequence[str]) -> list[float]:
        targets = [self.backend.write(text) for text in texts]
        scores = self.backend.log_probs([self.backend.read(draft.text)] * len(texts), targets)
        return [score / len(target) for score, target in zip(scores, targets, strict=True)]

    def rows(self) -> dict[str, Search]:
        base = self.manifest.closed

        def part(**changes: Any) -> Search:
            return self.closed(base.model_copy(update=changes))

        return {
            "draft: terms replaced": lambda drafts: [one.text for one in drafts],
            "free greedy": self.free,
            "greedy, steered": self.steered,
            "free beam 4": self.beam,
            "best of these by score and content": self.ranked,
            "clause by clause, each alone": self.clauses,
            "clause by clause, in context": self.in_context,
            "closed": part(),
            "closed, beam 2": part(beam=2),
            "closed, beam 6": part(beam=6),
            "closed, no reward": part(reward=0.0),
            "closed, no pruning": part(prune=1000.0),
            "closed, window 6": part(window=6),
            "closed, no window": part(window=1000),
            "closed, slack 8 %": part(slack=0.08),
            "closed, two words from outside": part(max_outside=2),
            "closed, substitutes": part(substitute_price=1.0),
            "closed, substitutes for nothing": part(substitute_price=0.0),
        }


def covered(before: str, after: str) -> bool:
    old, new = content_words(before), content_words(after)
    return min(coverage(old, new), coverage(new, old)) >= KEPT


def split_clauses(text: str) -> list[str]:
    """The clauses of a sentence, each with the comma or semicolon that ends it."""
    parts = re.split(r"(?<=[,;:])\s+", text)
    clauses: list[str] = []
    for part in parts:
        if clauses and len(part.split()) < CLAUSE:
            clauses[-1] += f" {part}"
        else:
            clauses.append(part)
    return clauses


def joined(before: Sequence[str], after: Sequence[str]) -> str:
    """The repaired clauses with the marks of the old ones, as one sentence."""
    words = []
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        mark = old[-1] if old[-1] in ",;:" and i + 1 < len(before) else ""
        new = new.rstrip(".,;:") + mark if mark else new
        lower = i and new[:1] != old[:1] and new[:1].lower() == old[:1]
        words.append(new[:1].lower() + new[1:] if lower else new)
    return " ".join(words)


def first_clause(text: str) -> str:
    return split_clauses(text)[0] if text else ""


def room(part: str) -> int:
    return 3 * len(part.split()) + 12


def measure(searches: Searches, name: str, search: Search, chosen: list[Triplet]) -> dict[str, Any]:
    drafts = [triplet_draft(one) for one in chosen]
    before, wanted = [one_line(one.text) for one in drafts], [one.pe for one in chosen]
    start = perf_counter()
    proposed = search(drafts)
    seconds = (perf_counter() - start) / len(drafts)
    gate, let = searches.manifest.gate, []
    kind: Kind = "closed" if name.startswith("closed") else "free"
    for draft, old, new in zip(drafts, before, proposed, strict=True):
        if new == old:
            let.append(old)
            continue
        base, score = searches.means(draft, [old, new])
        against = objection(kind, appraise(kind, draft, new, score, base, gate), gate)
        let.append(old if against else new)
    return {
        "row": name,
        "segments": len(drafts),
        "seconds": seconds,
        "proposed": told(before, proposed, wanted),
        "gated": told(before, let, wanted),
        "outputs": proposed,
    }


def told(before: list[str], after: list[str], wanted: list[str]) -> dict[str, Any]:
    compared = compare({"draft": before, "pe": after}, [wanted], baseline="draft")["pe"]
    moved, proxy = segment_changes(before, after, wanted), meaning(before, after)
    return {
        "scores": {m: compared.estimate(m).value for m in ("bleu", "chrf", "ter")},
        "signatures": dict(compared.signatures),
        "moved": [moved.changed, moved.improved, moved.hurt],
        "lost": proxy.lost,
        "invented": proxy.invented,
    }


def line(row: dict[str, Any]) -> str:
    cells = []
    for part in (row["proposed"], row["gated"]):
        cells.append(" / ".join(f"{part['scores'][m]:.1f}" for m in ("bleu", "chrf", "ter")))
        cells.append(", ".join(map(str, part["moved"])))
        cells.append(f"{part['lost']:.0f} %, {part['invented']:.0f} %")
    return f"| {row['row']} | {' | '.join(cells)} | {row['seconds']:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("triplets", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--sample", type=int, default=48)
    parser.add_argument("--long", type=int, default=0, help="words of the mt, at least")
    parser.add_argument("--model", default=None)
    parser.add_argument("--only", nargs="*", default=None, help="names of rows")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/searches"))
    asked = parser.parse_args()
    rows = [
        one
        for one in read_triplets(asked.triplets, asked.split)
        if len(one.mt.split()) >= asked.long
    ]
    chosen = evenly(rows, asked.sample)
    searches = Searches(*load_backend(asked.model))
    asked.output.mkdir(parents=True, exist_ok=True)
    print(f"{len(chosen)} segments of {asked.triplets.name}[{asked.split}]", HEAD, sep="\n\n")
    print("| --- " * 8 + "|")
    for name, search in searches.rows().items():
        if asked.only and name not in asked.only:
            continue
        file = asked.output / (re.sub(r"\W+", "-", name) + ".json")
        if not file.is_file():
            text = json.dumps(measure(searches, name, search, chosen), indent=1, ensure_ascii=False)
            file.with_suffix(".tmp").write_text(text + "\n", encoding="utf-8")
            file.with_suffix(".tmp").replace(file)
        print(line(json.loads(file.read_text(encoding="utf-8"))), flush=True)


if __name__ == "__main__":
    main()

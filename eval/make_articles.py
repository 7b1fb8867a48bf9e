"""Make the articles of our own in eval/articles out of the authored triplets.

    python eval/make_articles.py ../shared/data/authored.jsonl.gz

Each document that is named below becomes a folder authored-ID: one paragraph for each segment. The
minimal post-edit is reference.txt, a free translation (where the document has one) reference.2.txt.
What is there already is written anew: the result depends on the input file and this script alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

# Documents of either split, one or two of every kind of text: a to d have a second reference and
# terms that mt leaves out; n has long sentences, o is early-neural style (a quarter of it already
# good), p is full of numbers and q of names.
TEST = "a-038 a-039 b-038 c-038 c-040 d-039 e-043 f-040 g-040 h-039 i-042 k-043 l-040 m-040"
TEST += " o-044 o-045 p-040 q-038"
DEV = "a-035 d-036 i-036 n-035 o-036 q-036"

ORIGIN = (
    "written for this project: {topic}; the mt is simulated by writers, not made by an engine, and"
    " the figures and statements are invented"
)
HEADER = "mt\tsource\ttarget\tstatus\tnote\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("authored", type=Path, help="authored.jsonl.gz")
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "articles")
    args = parser.parse_args()
    documents: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(args.authored, "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            documents.setdefault(row["doc"], []).append(row)
    for split, names in (("test", TEST), ("dev", DEV)):
        for name in names.split():
            rows = sorted(documents[name], key=lambda row: row["seg"])
            if {row["split"] for row in rows} != {split}:
                raise SystemExit(f"{name} is not marked {split}: it must not be evaluated on")
            write(args.output / f"authored-{name}", name, rows)


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"mt.txt": "mt", "reference.txt": "pe", "source.txt": "src"}
    if all(row.get("ref") for row in rows):
        texts["reference.2.txt"] = "ref"
    for file, key in texts.items():
        lines = [" ".join(row[key].split()) for row in rows]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "glossary.tsv").write_text(glossary(rows), encoding="utf-8")
    meta = {
        "id": f"authored-{name}",
        "title": " ".join(rows[0]["pe"].split()),
        "origin": ORIGIN.format(topic=rows[0]["topic"]),
        "licence": "Apache-2.0, as the project",
        "split": rows[0]["split"],
    }
    text = yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, width=100)
    (folder / "meta.yaml").write_text(text, encoding="utf-8")


def glossary(rows: Iterable[dict[str, Any]]) -> str:
    """The document's terms, once each; those that the mt leaves out have nothing to be found by."""
    terms: dict[str, tuple[str, str]] = {}
    for row in rows:
        for term in row["terms"]:
            if term["mt"]:
                found = terms.setdefault(term["mt"], (term["source"], term["target"]))
                if found[1] != term["target"]:
                    raise SystemExit(f"{row['doc']}: {term['mt']!r} has two targets")
    lines = (f"{mt}\t{source}\t{target}\tpreferred\t\n" for mt, (source, target) in terms.items())
    return HEADER + "".join(lines)


if __name__ == "__main__":
    main()

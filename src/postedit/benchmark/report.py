"""Write all that a benchmark has to say into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from postedit.benchmark.markdown import markdown
from postedit.benchmark.page import page
from postedit.benchmark.record import json_lines, passage_lines, run_record, score_lines
from postedit.benchmark.scores import SuiteScores
from postedit.formats import write_text

#: What is written, and by what.
FILES: dict[str, Callable[[SuiteScores], str]] = {
    "passages.jsonl": lambda scored: json_lines(passage_lines(scored)),
    "scores.jsonl": lambda scored: json_lines(score_lines(scored)),
    "run.json": lambda scored: json.dumps(run_record(scored), ensure_ascii=False, indent=1) + "\n",
    "report.md": markdown,
    "report.html": page,
}


def write_report(scored: SuiteScores, folder: Path) -> None:
    """Write `FILES`, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, render in FILES.items():
        write_text(folder / name, render(scored))

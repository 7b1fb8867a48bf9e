"""`postedit data build`: sources into train, dev and test files, and a report of every row."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from datasets import Dataset, disable_progress_bars

from postedit.data.check import leaks_in
from postedit.data.config import SPLITS, BuildConfig, CorpusConfig, GarbledConfig, Split
from postedit.data.garbled import garbled_rows
from postedit.data.leaks import Guard, Guarded, Leak, guarded_files, guarded_rows
from postedit.data.load import load_rows
from postedit.data.report import DataReport, SourceCounts, WrittenFile
from postedit.data.row import Row
from postedit.data.variants import add_variants
from postedit.errors import ConfigError, InputError
from postedit.formats import write_text
from postedit.recover import lost_in
from postedit.stages import Tell, silent
from postedit.text.digest import digest

REPORT = "data-report.json"


@dataclass(slots=True)
class _Ledger:
    """What was read of each source and split, and why rows were dropped."""

    read: Counter[tuple[str, Split]] = field(default_factory=Counter)
    dropped: dict[tuple[str, Split], Counter[str]] = field(default_factory=dict)
    leaks: list[Leak] = field(default_factory=list)

    def drop(self, row: Row, reason: str) -> None:
        self.dropped.setdefault((row.origin, row.split), Counter())[reason] += 1


def build(config: BuildConfig, tell: Tell = silent) -> DataReport:
    """Write train, dev and test JSON lines and data-report.json into `config.output`.

    Test is kept whole; of dev is dropped what is like test, of train what is like dev, test or a
    guarded text, each counted. The written train file is read again and compared with the guarded
    texts before anything takes its place. Same configuration and inputs, same bytes.
    """
    _check(config)
    disable_progress_bars()  # ours say more
    ledger = _Ledger()
    rows = [row for source in config.sources for row in _rows_of(source, config, ledger, tell)]
    by_split = {split: [row for row in rows if row.split == split] for split in SPLITS}
    articles = list(guarded_files(config.guard))
    test = by_split["test"]
    dev = _without_leaks(by_split["dev"], [*guarded_rows(test)], config, ledger, tell)
    guarded = [*articles, *guarded_rows(test), *guarded_rows(dev)]
    train = _without_leaks(by_split["train"], guarded, config, ledger, tell)
    kept = {"train": train, "dev": dev, "test": test}
    final = {split: add_variants(kept[split], config.variants, config.seed) for split in SPLITS}
    guard = Guard(guarded, config.near)
    left = _write(final, config.output, guard, tell)
    report = DataReport(
        seed=config.seed,
        sources=tuple(_counts(config.sources, ledger, final)),
        files=tuple(_written(final, config.output)),
        inputs={str(source.path): _sha256(source.path) for source in config.sources},
        guarded=len({digest(one.text) for one in guarded}),
        leaks=tuple(ledger.leaks),
        left=left,
    )
    told = json.dumps(report.as_json(), ensure_ascii=False, indent=1)
    write_text(config.output / REPORT, told + "\n")
    return report


def _check(config: BuildConfig) -> None:
    names = [source.name for source in config.sources]
    for source in config.sources:
        if names.count(source.name) > 1:
            raise ConfigError(f"sources: the name {source.name!r} stands twice")
        if (source.splits is None) == (source.shares is None):
            raise ConfigError(f"source {source.name}: give either splits or shares")
        if source.garble is not None and source.splits is not None:
            raise ConfigError(f"source {source.name}: bitext has no splits; give shares")


def _rows_of(source: CorpusConfig, config: BuildConfig, ledger: _Ledger, tell: Tell) -> list[Row]:
    if source.garble is None:
        loaded = load_rows(source, config.seed)
    else:
        loaded = list(_garbled(source, source.garble, config.seed, ledger, tell))
    kept: list[Row] = []
    seen: set[tuple[str, str, str]] = set()
    for row in loaded:
        tell(f"reading {source.name}", 1, len(loaded))
        ledger.read[row.origin, row.split] += 1
        key = (row.src, row.mt, row.pe)
        if row.split == "train" and key in seen:
            ledger.drop(row, "repeated")
            continue
        seen.add(key)
        if row.split == "train" and source.recoverable is not None:
            loss = lost_in(row.mt, row.pe, row.terms, source.recoverable)
            if loss is not None:
                ledger.drop(row, loss.value)
                continue
        kept.append(row)
    return _sampled(kept, source, config.seed, ledger)


def _garbled(
    source: CorpusConfig, how: GarbledConfig, seed: int, ledger: _Ledger, tell: Tell
) -> Iterator[Row]:
    """The rows that the garbler makes of a bitext; what it cannot use is entered in the ledger."""

    def tell_of_it(stage: str, done: int, total: int) -> None:
        tell(f"{source.name}: {stage}", done, total)

    rows, unfit = garbled_rows(source, how, seed, tell_of_it)
    ledger.read[source.name, "train"] += sum(unfit.values())
    ledger.dropped.setdefault((source.name, "train"), Counter()).update(unfit)
    for row, loss in rows:
        if loss is None:
            yield row
        else:
            ledger.read[row.origin, row.split] += 1
            ledger.drop(row, loss.value)


def _sampled(rows: list[Row], source: CorpusConfig, seed: int, ledger: _Ledger) -> list[Row]:
    """At most `sample` rows of train, chosen by a hash, so that a larger sample holds a smaller."""
    train = [row for row in rows if row.split == "train"]
    if source.sample is None or len(train) <= source.sample:
        return rows
    ranked = sorted(train, key=lambda row: hashlib.sha256(f"{seed}:{row.id}".encode()).hexdigest())
    left_out = {id(row) for row in ranked[source.sample :]}
    for row in ranked[source.sample :]:
        ledger.drop(row, "not in the sample")
    return [row for row in rows if id(row) not in left_out]


def _without_leaks(
    rows: list[Row],
    guarded: Sequence[Guarded],
    config: BuildConfig,
    ledger: _Ledger,
    tell: Tell,
) -> list[Row]:
    guard = Guard(guarded, config.near)
    stage = f"comparing {rows[0].split}" if rows else ""
    kept: list[Row] = []
    for row, leak in zip(
        rows, guard.leaks(rows, partial(tell, stage, total=len(rows))), strict=True
    ):
        if leak is None:
            kept.append(row)
        else:
            ledger.drop(row, "equal to a guarded text" if leak.exact else "near a guarded text")
            ledger.leaks.append(leak)
    return kept


def _write(rows: dict[Split, list[Row]], folder: Path, guard: Guard, tell: Tell) -> int:
    """Write all files and, once train as written has no leak, give them their names.

    Returns the number of leaks found in what was written, which is none, or it is an InputError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = {split: folder / f".{split}.jsonl.tmp" for split in SPLITS if rows[split]}
    try:
        for split, path in temporary.items():
            table = Dataset.from_list([row.as_json() for row in rows[split]])
            table.to_json(str(path), force_ascii=False)
        left: list[Leak] = []
        if "train" in temporary:
            total = len(rows["train"])
            told = partial(tell, "checking train as written", total=total)
            left = leaks_in(temporary["train"], guard, told)
        if left:
            raise InputError(f"{left[0].row} is like {left[0].guarded.place}; nothing was written")
        for split, path in temporary.items():
            path.replace(folder / f"{split}.jsonl")
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)
    return len(left)


def _written(rows: dict[Split, list[Row]], folder: Path) -> Iterable[WrittenFile]:
    for split in SPLITS:
        if rows[split]:
            path = folder / f"{split}.jsonl"
            yield WrittenFile(split, str(path), len(rows[split]), _sha256(path))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counts(
    sources: Iterable[CorpusConfig], ledger: _Ledger, final: dict[Split, list[Row]]
) -> Iterable[SourceCounts]:
    for source in sources:
        for split in SPLITS:
            key = (source.name, split)
            if not ledger.read[key]:
                continue
            kept = [row for row in final[split] if row.origin == source.name]
            yield SourceCounts(
                origin=source.name,
                licence=source.licence,
                split=split,
                read=ledger.read[key],
                kept=len(kept),
                dropped=dict(ledger.dropped.get(key, {})),
                documents=len({row.doc for row in kept}),
                terms=sum(len(row.terms) for row in kept),
            )

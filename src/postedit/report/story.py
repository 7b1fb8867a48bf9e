"""A repair told to a person: a summary in a few lines, and every change with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from rich.console import Group
from rich.text import Text

from postedit.result import RepairedSegment, RepairResult, Tally
from postedit.termcheck import Rendering


def summary(result: RepairResult) -> str:
    """Counts of segments, terms, refused proposals and findings, one sentence each."""
    scored = result.evaluation
    outcome = f": {scored.changes.improved} improved, {scored.changes.hurt} hurt" if scored else ""
    lines = told(Tally.of(result), outcome)
    if result.inconsistent:
        lines += f"\nconcepts rendered in more than one way: {len(result.inconsistent)}"
    return lines


def told(tally: Tally, outcome: str = "") -> str:
    """The same of a text that was repaired in pieces."""
    terms = tally.terms
    lines = [
        f"{tally.segments} segments, {tally.changed} changed beyond terms{outcome}",
        f"terms: {terms.kept} of {terms.matched} matched terms kept ({terms.accuracy:.1f} %)",
    ]
    if tally.declined:
        lines.append(f"dangerous terms left out, as the model reads: {tally.declined}")
    if tally.reasons:
        every = ", ".join(f"{count} {reason}" for reason, count in tally.reasons.most_common())
        lines.append(f"proposals not taken whole: {tally.reasons.total()} ({every})")
    if tally.findings:
        every = ", ".join(f"{count} {check}" for check, count in tally.findings.most_common())
        lines.append(f"left to look at: {every} (--explain shows where)")
    return "\n".join(lines)


def explanation(result: RepairResult) -> Group:
    """Every segment that was changed, kept out or flagged: a word diff, and the reasons."""
    parts = [
        part
        for one in result.segments
        if one.pe != one.mt or one.correction.reason or one.findings or one.declined
        for part in _story(result.units[one.segment.unit].id, one)
    ]
    parts += [Text(f"inconsistent: {line}", "yellow") for line in _inconsistent(result)]
    return Group(*parts)


def _inconsistent(result: RepairResult) -> Iterator[str]:
    """Each concept that is rendered in several ways, with the units where each stands."""
    for use in result.inconsistent:
        ways = (
            f"“{one.text}” in {', '.join(dict.fromkeys(unit_ids(result, one)))}"
            for one in use.renderings
        )
        yield f"{use.concept}: {'; '.join(ways)}"


def unit_ids(result: RepairResult, rendering: Rendering) -> list[str]:
    """The ids of the units where a rendering stands, one for each place."""
    units = (result.segments[place.index].segment.unit for place in rendering.places)
    return [result.units[unit].id for unit in units]


def _story(unit: str, one: RepairedSegment) -> list[Text]:
    parts = [Text.assemble((f"[{unit}] ", "bold"), word_diff(one.mt, one.pe))]
    if one.correction.reason and one.correction.whole:
        parts.append(Text(f"    kept out ({one.correction.reason}): ", "yellow"))
        parts[-1].append_text(word_diff(one.correction.draft, one.correction.whole.text))
    parts += [
        Text(
            f"    “{left.match.span.of(one.mt)}” is not made “{left.match.target}” here:"
            f" log-odds {left.preference:.1f}",
            "yellow",
        )
        for left in one.declined
    ]
    if one.correction.refused:
        refused = ", ".join(one.correction.refused)
        parts.append(Text(f"    no repair can have beside the others: {refused}", "yellow"))
    parts += [Text(f"    {f.check}: {f.message}", "yellow") for f in one.findings]
    return parts


def word_diff(before: str, after: str) -> Text:
    """`after` with its new words green and the lost words of `before` red in brackets."""
    old, new = before.split(), after.split()
    told = Text()
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            told.append(" ".join(new[k:m]) + " ")
            continue
        if j > i:
            told.append("[-" + " ".join(old[i:j]) + "-] ", "red")
        if m > k:
            told.append("{+" + " ".join(new[k:m]) + "+} ", "green")
    return told

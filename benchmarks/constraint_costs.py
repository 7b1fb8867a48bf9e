"""What constraints cost: a part of benchmarks/decoding.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from postedit.decoding.beam import constrained
from postedit.decoding.constraints import Constraint, Constraints
from postedit.decoding.guided import guided
from postedit.decoding.steered import steered
from postedit.models.protocol import Backend, Tokens

COUNTS = (0, 1, 3, 10)


def constraint_costs(
    backend: Backend,
    reads: Sequence[Tokens],
    drafts: Sequence[Tokens],
    words: Sequence[Sequence[str]],
) -> list[dict[str, float]]:
    """The time of steered search over that of guided search, by the number of constraints.

    Beside it, what it would be if the segments that break one went to a beam with allocation.
    `words` are those that a repair of each segment has to have; the first count first.
    """
    base, free = timed(lambda: guided(backend, reads, drafts))
    found = []
    for count in COUNTS:
        asked = [
            Constraints(tuple(wanted(backend, word) for word in some[:count])) for some in words
        ]
        broken = [i for i, one in enumerate(asked) if not all_met(one, free[i].tokens)]
        seconds, steady = timed(lambda asked=asked: steered(backend, reads, drafts, asked))
        beamed, _ = timed(
            lambda asked=asked, rows=broken: constrained(
                backend,
                [reads[i] for i in rows],
                [asked[i] for i in rows],
                limit=lambda read: read + read // 2,
            )
        )
        met = sum(
            all_met(one, found.hypothesis.tokens) for one, found in zip(asked, steady, strict=True)
        )
        found.append(
            {
                "constraints": count,
                "given": sum(len(one.wanted) for one in asked),
                "seconds": seconds,
                "times_unconstrained": seconds / base,
                "times_with_a_beam": (base + beamed) / base,
                "broken": len(broken),
                "met": 100.0 * met / len(reads),
            }
        )
    return found


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """The shorter of two runs."""
    seconds, result = [], None
    for _ in range(2):
        start = perf_counter()
        result = run()
        seconds.append(perf_counter() - start)
    return min(seconds), result


def all_met(constraints: Constraints, tokens: Sequence[int]) -> bool:
    return all(met(one, tokens) for one in constraints.wanted)


def wanted(backend: Backend, word: str) -> Constraint:
    plain = [tuple(backend.write(form))[:-1] for form in (word, word.capitalize())]
    return Constraint(tuple(dict.fromkeys(plain)), word)


def met(constraint: Constraint, tokens: Sequence[int]) -> bool:
    return any(
        tuple(tokens[i : i + len(variant)]) == variant
        for variant in constraint.variants
        for i in range(len(tokens))
    )

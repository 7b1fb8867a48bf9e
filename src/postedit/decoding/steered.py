"""Hard constraints at the price of greedy search: guided, steered, and a beam where that fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from postedit.decoding.beam import WIDTH, Constrained, constrained
from postedit.decoding.constraints import Constraints
from postedit.decoding.draft import Draft
from postedit.decoding.guided import Row, copied, search
from postedit.decoding.hypothesis import Limit, twice
from postedit.decoding.reach import task_of
from postedit.decoding.steering import Steering
from postedit.models.protocol import Backend, Tokens


def steered(
    backend: Backend,
    inputs: Sequence[Tokens],
    drafts: Sequence[Tokens],
    constraints: Sequence[Constraints],
    width: int = WIDTH,
    *,
    limit: Limit = twice,
    satisfied: Callable[[int, Tokens], bool] = lambda i, tokens: False,
    done: Callable[[int], None] = lambda rows: None,
) -> list[Constrained]:
    """What `guided` finds wherever that meets the constraints; where not, a target that does.

    A target that ends too early is taken back to where the missing term costs least and goes on
    from there with the term (`steering`). The few that do not come to their end that way, within
    the limit, are left to the beam of `constrained`, whose promise is also this one's: what can be
    met is met, and what cannot is reported. A target of input i that is `satisfied` may end too.
    """
    rows = []
    for i, read in enumerate(inputs):
        draft, most = copied(backend, drafts[i]), limit(len(read))
        rows.append(Row(draft, most, _steer(backend, constraints[i], draft, most, i, satisfied)))
    search(backend, inputs, rows, done=done)
    found = [
        Constrained(row.found(), row.steering.task.refused if row.steering else ()) for row in rows
    ]
    left = [i for i, row in enumerate(rows) if not row.met]
    again = constrained(
        backend,
        [inputs[i] for i in left],
        [constraints[i] for i in left],
        width,
        limit=limit,
    )
    for i, one in zip(left, again, strict=True):
        found[i] = one
    return found


def _steer(
    backend: Backend,
    constraints: Constraints,
    draft: Draft,
    limit: int,
    index: int,
    satisfied: Callable[[int, Tokens], bool],
) -> Callable[[int], Steering]:
    def steer(vocabulary: int) -> Steering:
        task = task_of(constraints, limit, backend.end, vocabulary)
        return Steering(task, draft.tokens, lambda tokens: satisfied(index, tokens))

    return steer

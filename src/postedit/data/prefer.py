"""Preferences for training: which of a model's own repairs of an mt come near to a person's.

Learning from its own repairs a model is never asked for what it could not have written, as it is by
a post-edit whose words the mt does not have (that teaches invention); and it is told what not to
write. A person's corrections of its repairs say the same, and better than a distance does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from postedit.correct import triplet_draft
from postedit.decoding.guided import guided
from postedit.decoding.sampling import sample
from postedit.formats.triplets import Triplet
from postedit.models.prompt import one_line
from postedit.models.protocol import Backend
from postedit.score.metrics import Scorer

# In chrF++. A greedy repair this far behind the best is worth learning from, as is, where there is
# none, any other that is twice as far.
_BEHIND = 3.0

# The better repair, the worse one, and by how much chrF++ they differ.
_Choice = tuple[str, str, float]


@dataclass(frozen=True, slots=True)
class Preference:
    """Two repairs of `mt`, which has its terms in it: `better` is nearer to the person's.

    `gained` is by how much, in chrF++; `ahead` by how much the model that wrote them prefers the
    better one so far, in nats of the whole text.
    """

    segment: str
    document: str
    mt: str
    better: str
    worse: str
    gained: float
    ahead: float

    def as_json(self) -> dict[str, Any]:
        """The preference as a line of a file for `data.prefer` of a training run."""
        return asdict(self)


def preferences(
    backend: Backend,
    triplets: Sequence[Triplet],
    samples: int,
    seed: int,
    done: Callable[[int], None] = lambda rows: None,
) -> Iterator[Preference | None]:
    """One preference for each triplet, or None where its repairs are all of like worth.

    Greedy search and `samples` draws propose; the untouched draft may be the better one too, never
    the worse. The draws of a triplet depend on `seed` and its id alone.
    """
    scorer = Scorer("chrf++")
    return _paired(
        backend,
        triplets,
        lambda triplet, draft: [_drawn(backend, triplet, draft, samples, seed, scorer)],
        done,
    )


def corrected(
    backend: Backend,
    triplets: Sequence[Triplet],
    corrections: Mapping[str, Sequence[Triplet]],
    done: Callable[[int], None] = lambda rows: None,
) -> Iterator[Preference | None]:
    """One preference for each correction of each triplet: what a person made before the repair.

    `corrections` has by the triplets' ids what `backend` wrote (as `mt`) and what a person made of
    it (`pe`). A repair that was right is preferred to the draft; None where that was right too.
    """
    scorer = Scorer("chrf++")
    return _paired(
        backend,
        triplets,
        lambda triplet, draft: [_amended(one, draft, scorer) for one in corrections[triplet.id]],
        done,
    )


def _paired(
    backend: Backend,
    triplets: Sequence[Triplet],
    choose: Callable[[Triplet, str], Sequence[_Choice | None]],
    done: Callable[[int], None],
) -> Iterator[Preference | None]:
    """What `choose` makes of each triplet and its draft, with how far `backend` has it ahead."""
    for triplet in triplets:
        draft = one_line(triplet_draft(triplet).text)
        for choice in choose(triplet, draft):
            yield None if choice is None else _preference(backend, triplet, draft, choice)
        done(1)


def _preference(backend: Backend, triplet: Triplet, draft: str, choice: _Choice) -> Preference:
    better, worse, gained = choice
    targets = [backend.write(text) for text in (better, worse)]
    for_better, for_worse = backend.log_probs([backend.read(draft)] * 2, targets)
    return Preference(
        segment=triplet.id,
        document=triplet.document,
        mt=draft,
        better=better,
        worse=worse,
        gained=round(gained, 2),
        ahead=round(for_better - for_worse, 3),
    )


def _drawn(
    backend: Backend, triplet: Triplet, draft: str, samples: int, seed: int, scorer: Scorer
) -> _Choice | None:
    read = backend.read(draft)
    greedy = guided(backend, [read], [backend.write(draft)])[0]
    drawn = sample(backend, read, samples, _dice(seed, triplet.id))
    found = [backend.text(one.tokens) for one in (greedy, *drawn) if one.finished]
    worth = {text: scorer.segment(text, [triplet.pe]) for text in (*found, draft) if text}
    best = max(worth, key=lambda text: worth[text])
    worse = _worse(worth, best, found[0] if greedy.finished else "", draft)
    return None if worse is None else (best, worse, worth[best] - worth[worse])


def _amended(correction: Triplet, draft: str, scorer: Scorer) -> _Choice | None:
    better = one_line(correction.pe)
    worse = next((text for text in (one_line(correction.mt), draft) if text != better), None)
    return None if worse is None else (better, worse, 100.0 - scorer.segment(worse, [better]))


def _worse(worth: dict[str, float], best: str, greedy: str, draft: str) -> str | None:
    """The greedy repair if it is much worse than the best, else the worst of those far behind."""
    behind = {text: worth[best] - own for text, own in worth.items() if text != draft}
    if behind.get(greedy, 0.0) >= _BEHIND:
        return greedy
    far = [text for text, gap in behind.items() if gap >= 2 * _BEHIND]
    return min(far, key=lambda text: worth[text]) if far else None


def _dice(seed: int, id_: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed} {id_}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))

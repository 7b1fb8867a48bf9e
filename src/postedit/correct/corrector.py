"""The Corrector: drafts in, corrections out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from postedit.correct.capitals import capitals_alike
from postedit.correct.closing import ClosedProposer
from postedit.correct.demands import Speller, broken, demands
from postedit.correct.drafts import Draft
from postedit.correct.edits import safe_edits
from postedit.correct.evidence import Evidence, Kind, objection
from postedit.correct.worth import appraise
from postedit.decoding.steered import steered
from postedit.models.manifest import ClosedSearch, Gate
from postedit.models.prompt import one_line
from postedit.models.protocol import Backend, Tokens

# In tokens of the prompt. Training saw no pair of more than 320 for both sides together.
LONGEST = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that might replace the draft, and what can be said of it.

    `score` is the model's mean log-probability of a token of it, `base` that of the draft.
    `objection` says why the gate keeps it out; it is empty if it does not.
    """

    kind: Kind
    text: str
    evidence: Evidence
    score: float = 0.0
    base: float = 0.0
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a draft.

    `whole` is the model's free proposal, `closed` that of the closed-lexicon search, and `safe` the
    draft with only the safe edits of the free one; each is None where it would change nothing or
    was not made. `pe` is the worthiest of them that the gate lets through (of equals the first),
    else the draft with the capitals that the proposal gives it. `reason` says why `whole`
    was not taken, or not even made; otherwise it is empty. `refused` are the terms, numbers and
    copies that no repair could have had beside the others.
    """

    draft: str
    pe: str
    whole: Candidate | None = None
    closed: Candidate | None = None
    safe: Candidate | None = None
    reason: str = ""
    refused: tuple[str, ...] = ()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All that might have replaced the draft; of equal worth the first is taken."""
        return tuple(one for one in (self.whole, self.closed, self.safe) if one is not None)

    @property
    def changed(self) -> bool:
        """Whether the pe differs from the draft."""
        return self.pe != self.draft


@dataclass(frozen=True, slots=True)
class _Proposal:
    draft: Draft
    prompt: Tokens
    whole: str
    score: float
    safe: str
    finished: bool
    refused: tuple[str, ...]


class Corrector:
    """Decodes every draft, keeping its terms, numbers and copies, and asks the gate about it.

    What the gate refuses, or everything, is decoded again by closed-lexicon search (`closed.use`).
    """

    def __init__(self, backend: Backend, gate: Gate, closed: ClosedSearch | None = None):
        self._backend = backend
        self._gate = gate
        self._speller = Speller(backend)
        self._closed = closed or ClosedSearch()
        self._proposer = ClosedProposer(backend, self._closed)

    def correct(
        self, drafts: Sequence[Draft], done: Callable[[int], None] = lambda rows: None
    ) -> list[Correction]:
        """One correction for each draft, in order; `done` is told how many were decoded."""
        corrections = [Correction(draft.text, draft.text) for draft in drafts]
        prompts = {
            i: self._backend.read(draft.text)
            for i, draft in enumerate(drafts)
            if any(character.isalpha() for character in draft.text)
        }
        fit = [i for i, prompt in prompts.items() if len(prompt) <= LONGEST]
        for i in prompts.keys() - fit:
            corrections[i] = replace(corrections[i], reason="too long for the model")
        done(len(drafts) - len(fit))
        rows = self._propose([(i, drafts[i], prompts[i]) for i in fit], done)
        for i, correction in zip(rows, self._choose(list(rows.values())), strict=True):
            corrections[i] = correction
        again = [i for i in rows if self._closed.use == "always" or corrections[i].reason]
        if self._closed.use != "never":
            self._close(again, rows, corrections)
        return corrections

    def _propose(
        self, rows: Sequence[tuple[int, Draft, Tokens]], done: Callable[[int], None]
    ) -> dict[int, _Proposal]:
        """Repairs that differ from their drafts, by index; none breaks a demand that can be met."""
        drafts = [draft for _, draft, _ in rows]
        found = steered(
            self._backend,
            [prompt for _, _, prompt in rows],
            [self._backend.write(draft.text) for draft in drafts],
            [self._speller.constraints(demands(draft)) for draft in drafts],
            satisfied=lambda k, tokens: not broken(drafts[k], self._backend.text(tokens)),
            done=done,
        )
        proposals: dict[int, _Proposal] = {}
        for (i, draft, prompt), one in zip(rows, found, strict=True):
            text, whole = one_line(draft.text), self._backend.text(one.hypothesis.tokens)
            if whole != text:
                proposals[i] = _Proposal(
                    draft,
                    prompt,
                    whole,
                    one.hypothesis.per_token,
                    safe_edits(text, whole),
                    one.hypothesis.finished,
                    tuple(each.label for each in one.refused),
                )
        return proposals

    def _close(
        self, again: Sequence[int], rows: Mapping[int, _Proposal], into: list[Correction]
    ) -> None:
        """Put the closed search's repairs `into` the corrections of the rows named by `again`."""
        drafts, prompts = [rows[i].draft for i in again], [rows[i].prompt for i in again]
        for i, found in zip(again, self._proposer.propose(drafts, prompts), strict=True):
            whole, text = into[i].whole, self._backend.text(found.tokens) if found else ""
            if found is None or whole is None or text == one_line(into[i].draft):
                continue
            # The search has its score already; that of the draft is known from the free repair.
            closed = self._candidate("closed", rows[i].draft, text, found.per_token, whole.base)
            into[i] = _decided(replace(into[i], closed=closed))

    def _means(self, rows: Sequence[_Proposal], texts: Sequence[tuple[int, str]]) -> list[float]:
        """Mean log-probabilities of a token of texts, each for the prompt of its row."""
        targets = [self._backend.write(text) for _, text in texts]
        log_probs = self._backend.log_probs([rows[i].prompt for i, _ in texts], targets)
        return [total / len(target) for total, target in zip(log_probs, targets, strict=True)]

    def _choose(self, proposals: Sequence[_Proposal]) -> list[Correction]:
        # The search has told the score of what it found.
        means = {(i, one.whole): one.score for i, one in enumerate(proposals)}
        texts = [
            (i, text)
            for i, one in enumerate(proposals)
            for text in dict.fromkeys((one.draft.text, one.safe))
            if text != one.whole
        ]
        means.update(zip(texts, self._means(proposals, texts), strict=True))
        corrections: list[Correction] = []
        for i, one in enumerate(proposals):
            draft, base = one.draft, means[i, one.draft.text]
            whole = self._candidate("free", draft, one.whole, one.score, base)
            if not one.finished:
                whole = replace(whole, objection="the repair did not come to an end")
            safe = None
            if one.safe != one_line(draft.text):
                safe = self._candidate("safe", draft, one.safe, means[i, one.safe], base)
            made = Correction(draft.text, draft.text, whole, safe=safe, refused=one.refused)
            corrections.append(_decided(made))
        return corrections

    def _candidate(
        self, kind: Kind, draft: Draft, text: str, score: float, base: float
    ) -> Candidate:
        evidence = appraise(kind, draft, text, score, base, self._gate)
        against = objection(kind, evidence, self._gate)
        return Candidate(kind, text, evidence, score, base, against)


def _decided(made: Correction) -> Correction:
    """The correction with the worthiest candidate taken that the gate lets through, if any."""
    whole = made.whole
    if whole is None:
        return made
    passing = [one for one in made.candidates if not one.objection]
    best = max(passing, key=lambda one: one.evidence.worth, default=None)
    if best is None:
        pe, reason = capitals_alike(made.draft, whole.text), whole.objection
    else:
        pe, reason = best.text, whole.objection or _doubt(whole, best)
    # All edits of a proposal may be safe: then what was refused whole was taken after all.
    return replace(made, pe=pe, reason="" if pe == whole.text else reason)


def _doubt(whole: Candidate, rather: Candidate) -> str:
    return f"less trusted: worth {whole.evidence.worth:.2f}, another {rather.evidence.worth:.2f}"

"""The Corrector: drafts in, corrections out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from postedit.correct.closing import ClosedProposer
from postedit.correct.demands import Speller, broken, demands
from postedit.correct.drafts import Draft
from postedit.correct.edits import safe_edits
from postedit.correct.evidence import Evidence, closed_objection, edit_objection, objection
from postedit.correct.worth import Kind, appraise
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
    """

    text: str
    evidence: Evidence
    score: float = 0.0
    base: float = 0.0


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a draft.

    `whole` is the model's free proposal, `closed` that of the closed-lexicon search, and `safe` the
    draft with only the safe edits of the free one; each is None where it would change nothing or
    was not made. `pe` is the worthiest of them that the gate lets through (of equals the first),
    else the draft. `reason` says why `whole` was not taken, or not even made; otherwise it is
    empty. `refused` are the terms, numbers and copies that no repair could have had beside the
    others.
    """

    draft: str
    pe: str
    whole: Candidate | None = None
    safe: Candidate | None = None
    reason: str = ""
    closed: Candidate | None = None
    refused: tuple[str, ...] = ()

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
            into[i] = replace(into[i], closed=closed)
            if self._rather(closed, into[i]):
                # It may have found what was refused whole: then that was taken after all.
                reason = "" if text == whole.text else into[i].reason or _doubt(whole, closed)
                into[i] = replace(into[i], pe=text, reason=reason)

    def _rather(self, closed: Candidate, made: Correction) -> bool:
        """Whether the closed repair is to take the place of what was taken before, if anything."""
        if closed_objection(closed.evidence, self._gate):
            return False
        if not made.reason:
            return made.whole is None or _worthier(closed, made.whole)
        return not made.changed or made.safe is None or not _worthier(made.safe, closed)

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
        scores = self._means(proposals, texts)
        means.update(zip(texts, scores, strict=True))
        corrections: list[Correction] = []
        for i, proposal in enumerate(proposals):
            draft, base = proposal.draft, means[i, proposal.draft.text]
            whole = self._candidate("free", draft, proposal.whole, proposal.score, base)
            safe = self._candidate("safe", draft, proposal.safe, means[i, proposal.safe], base)
            corrections.append(self._judge(proposal, whole, safe))
        return corrections

    def _judge(self, proposal: _Proposal, whole: Candidate, edited: Candidate) -> Correction:
        draft, gate = proposal.draft, self._gate
        safe = None if edited.text == one_line(draft.text) else edited
        reason = objection(whole.evidence, gate)
        if not proposal.finished:
            reason = "the repair did not come to an end"
        usable = safe if safe is not None and not edit_objection(safe.evidence, gate) else None
        if not reason and usable is not None and _worthier(usable, whole):
            reason = _doubt(whole, usable)
        pe = draft.text
        if not reason:
            pe = whole.text
        elif usable is not None:
            pe = usable.text
        # All edits of a proposal may be safe: then what was refused whole was taken after all.
        reason = "" if pe == whole.text else reason
        return Correction(draft.text, pe, whole, safe, reason, refused=proposal.refused)

    def _candidate(
        self, kind: Kind, draft: Draft, text: str, score: float, base: float
    ) -> Candidate:
        evidence = appraise(kind, draft, text, score, base, self._gate)
        return Candidate(text, evidence, score, base)


def _worthier(one: Candidate, other: Candidate) -> bool:
    return one.evidence.worth > other.evidence.worth


def _doubt(whole: Candidate, rather: Candidate) -> str:
    return f"less trusted: worth {whole.evidence.worth:.2f}, another {rather.evidence.worth:.2f}"

"""Proposals of the closed-lexicon search: complete by their making."""

from __future__ import annotations

from collections.abc import Sequence

from postedit.correct.drafts import Draft
from postedit.decoding.automaton import Automaton
from postedit.decoding.closed import closed
from postedit.decoding.hypothesis import Hypothesis
from postedit.decoding.lexicon import build_lexicon
from postedit.decoding.spelling import Spelling
from postedit.models.manifest import ClosedSearch
from postedit.models.prompt import one_line
from postedit.models.protocol import Backend, Tokens
from postedit.records import TermStatus

# Tokens that a short draft may grow by whatever the ratio: an article, a comma, a full stop.
_ROOM = 6


class ClosedProposer:
    """Runs the closed search over drafts; it remembers how the model's vocabulary spells words."""

    def __init__(self, backend: Backend, settings: ClosedSearch):
        self._backend = backend
        self._settings = settings
        self._spelling: Spelling | None = None

    def propose(
        self, drafts: Sequence[Draft], prompts: Sequence[Tokens]
    ) -> list[Hypothesis | None]:
        """The best closed repair of each draft, or None where the search found no end."""
        if not drafts:
            return []
        if self._spelling is None:
            self._spelling = Spelling(self._backend)
        settings, spelling = self._settings, self._spelling
        automata = [
            Automaton(
                build_lexicon(one_line(draft.text), _targets(draft), settings.substitute_price),
                spelling,
                settings,
            )
            for draft in drafts
        ]
        limits = [
            int(settings.max_ratio * len(self._backend.write(draft.text))) + _ROOM
            for draft in drafts
        ]
        found = closed(self._backend, prompts, automata, spelling, settings, limits)
        return [best[0] if best else None for best in found]


def _targets(draft: Draft) -> list[str]:
    return [m.entry.target for m in draft.matches if m.entry.status is not TermStatus.FORBIDDEN]

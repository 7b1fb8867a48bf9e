"""Where in a draft to go on copying from, after the model has written something of its own.

The draft is the input as the model would write it. A post-edit mostly copies it; where it leaves
it, the place to come back to is found by the last tokens that both have in common (Sun et al.
2021), so that deleted, inserted, exchanged and moved words cost one rejected guess each. A guess
from a place that nothing speaks for is wrong more often than it pays, so none is made there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A common run of more tokens is no better a sign of the place than one of this many.
_LONGEST = 4
# One token in common is a sign only close by: further off it is "the" or a comma by chance.
_NEAR = range(-3, 9)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's tokens and the place of the next one to copy; `sure` if that is more than a hope.

    >>> draft = Draft((5, 6, 7, 8, 9))
    >>> draft.after([5, 7]).ahead(2)  # 6 was left out
    (8, 9)
    >>> draft.after([4]).ahead(2)  # put in, or in place of 5? the next token will tell
    ()
    """

    tokens: tuple[int, ...]
    place: int = 0
    sure: bool = True

    def ahead(self, count: int) -> tuple[int, ...]:
        """The next tokens to copy, at most `count`; none where the draft is used up or unsure."""
        return self.tokens[self.place : self.place + max(0, count)] if self.sure else ()

    def after(self, written: Sequence[int], copied: int = 0) -> Draft:
        """The draft behind all that has been written: `copied` tokens and then one of the model's.

        Of the places behind a token like the last one written, that with the longest common run
        wins, then the nearest, then the one ahead. If nothing is in common the draft
        waits where it is, unsure.
        """
        expected = self.place + copied
        if expected < len(self.tokens) and self.tokens[expected] == written[-1]:
            return Draft(self.tokens, expected + 1)
        best, behind, sure = (0, 0, 0), expected, False
        for end, token in enumerate(self.tokens, start=1):
            if token != written[-1]:
                continue
            run = common_run(self.tokens, end, written, _LONGEST)
            near = end - expected in _NEAR
            key = (run, -abs(end - expected - 1), end)
            if (run >= 2 or near) and key > best:
                best, behind, sure = key, end, True
        return Draft(self.tokens, behind, sure)


def common_run(tokens: Sequence[int], end: int, written: Sequence[int], longest: int) -> int:
    """How many of the last tokens of `tokens[:end]` and of `written` are the same, up to `longest`.

    >>> common_run((5, 6, 7, 8), 3, [9, 6, 7], 4)
    2
    """
    longest, run = min(longest, end, len(written)), 0
    while run < longest and tokens[end - 1 - run] == written[-1 - run]:
        run += 1
    return run

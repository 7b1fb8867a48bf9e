"""The gate: each condition has a row in which it objects and one in which it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postedit import PostEditor
from postedit.correct import Corrector, Draft, glossary_only, make_draft
from postedit.correct.capitals import capitals_alike
from postedit.correct.edits import safe_edits
from postedit.correct.evidence import Evidence, objection, weigh
from postedit.decoding.greedy import greedy
from postedit.models.manifest import ClosedSearch, Gate
from postedit.models.protocol import Backend, Logits, State, Tokens
from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher
from postedit.text.numbers import numbers
from postedit.text.words import content_words
from postedit.tune import OPEN

GATE = Gate(min_kept=0.8, min_backed=0.7, min_margin=0.1, min_ratio=0.6, max_ratio=1.6)
GOOD = Evidence(kept=1.0, backed=1.0, margin=0.5, ratio=1.0, new=())


@pytest.mark.parametrize(
    ("change", "word", "why"),
    [
        ({}, "", "nothing is wrong with it"),
        ({"kept": 0.8}, "", "just enough kept"),
        ({"kept": 0.79}, "content lost", "a clause was dropped"),
        ({"backed": 0.69}, "content invented", "a clause was added"),
        ({"margin": 0.1}, "", "just preferred"),
        ({"margin": 0.09}, "not preferred", "the model hardly cares"),
        ({"ratio": 0.5}, "length", "half of it gone"),
        ({"ratio": 1.7}, "length", "a loop, perhaps"),
    ],
)
def test_objections(change: dict[str, float], word: str, why: str) -> None:
    reason = objection("free", replace(GOOD, **change), GATE)
    assert reason.startswith(word) if word else reason == "", why


@pytest.mark.parametrize(
    ("draft", "proposal", "check", "why"),
    [
        ("sales topped 13353", "Sales topped 13,353.", None, "the same number, written out"),
        ("sales topped 13353", "Sales topped 1,335,000.", "numbers", "another number"),
        ("Tmall open shop", "Tmall opened a shop.", None, "the term is there"),
        ("Tmall open shop", "The cat opened a shop.", "terms", "the term is lost"),
        ("Tmall open shop", "tmall opened a shop.", "terms", "a name has lost its capital"),
        ("pay 购机款 first", "Pay 购机款 first.", None, "Chinese that was there before is not new"),
        ("pay the fee first", "Pay the the fee first.", "repeats", "a word said twice"),
    ],
)
def test_what_checks_find_in_the_proposal_alone(
    draft: str, proposal: str, check: str | None, why: str
) -> None:
    entry = TermEntry("Tmall", "Tmall")
    matches = TermMatcher([entry]).match(draft)
    new = weigh(draft, proposal, matches, margin=1.0).new
    assert {finding.check for finding in new} == ({check} if check else set()), why


def test_draft_says_a_word_beside_a_term_once_and_the_baseline_twice() -> None:
    matches = TermMatcher([TermEntry("telecom", "China Telecom")]).match("China telecom grew")
    assert make_draft("China telecom grew", matches).text == "China Telecom grew"
    assert glossary_only("China telecom grew", matches) == "China China Telecom grew"


def test_closed_gate_changes_nothing_and_says_why(editor: PostEditor) -> None:
    closed = Gate(min_margin=1000, min_edit_margin=1000)
    texts = ["wang xiaochu visit to Alibaba yesterday.", "", "…", "refund also more, fare rose."]
    found = Corrector(editor.backend, closed).correct([Draft(text) for text in texts])
    # Capitals of names are all that it may give.
    assert [one.pe for one in found] == [texts[0].replace("wang x", "Wang X"), *texts[1:]]
    assert any(one.reason for one in found), "the model proposed something, and was refused"
    assert all(one.whole is None for one in found if not one.reason)


def test_what_is_too_long_for_the_model_stays_and_says_so(editor: PostEditor) -> None:
    text = "and the shop open " * 100
    (found,) = Corrector(editor.backend, OPEN).correct([Draft(text)])
    assert (found.pe, found.reason) == (text, "too long for the model")


def test_open_gate_keeps_every_complete_proposal(editor: PostEditor) -> None:
    drafts = [
        Draft("wang xiaochu visit to Alibaba yesterday."),
        Draft("fare rose, refund also more."),
    ]
    of_any_length = OPEN.model_copy(update={"min_ratio": 0, "max_ratio": 100})
    for one in Corrector(editor.backend, of_any_length).correct(drafts):
        assert one.whole is not None
        assert one.pe == one.whole.text or one.whole.evidence.new


@pytest.mark.parametrize(
    ("draft", "proposal", "safe", "why"),
    [
        ("today, shop open.", "Today, the shop opened.", "Today, the shop opened.", "all is safe"),
        (
            "today, three shop open in Beijing.",
            "Today, three shops opened.",
            "Today, three shops opened in Beijing.",
            "a lost place comes back, the rest is mended",
        ),
        (
            "the Alibaba chairman visit Beijing.",
            "The chairman of Alibaba visited Beijing.",
            "The chairman of Alibaba visited Beijing.",
            "a word that moved is lost in one edit and found in the next",
        ),
        ("rise 3 yuan", "It rose 3 yuan", "It rose 3 yuan", "irregular verbs are known"),
        ("he is not happy", "He is happy", "He is not happy", "a negation is content"),
        ("pay 5000 yuan", "Pays 50,000 yuan", "Pays 5000 yuan", "a number stays"),
        ("pay 5000 yuan", "Pays 5,000 yuan", "Pays 5,000 yuan", "written out it is the same"),
        ("it grew.", "It grew.", "It grew.", "a capital"),
    ],
)
def test_safe_edits(draft: str, proposal: str, safe: str, why: str) -> None:
    assert safe_edits(draft, proposal) == safe, why


WORDS = st.lists(
    st.sampled_from(
        ["the", "shop", "shops", "opened", "not", "5000", "5,000", "Beijing", ",", "."]
    ),
    max_size=12,
).map(" ".join)


def test_a_safe_edit_keeps_its_blank() -> None:
    draft, proposal = '"makers do distribution well', '"Distribution well'
    assert safe_edits(draft, proposal) == '"makers do Distribution well'


@given(WORDS, WORDS)
@settings(deadline=None)
def test_safe_edits_never_change_content_or_numbers(draft: str, proposal: str) -> None:
    safe = safe_edits(draft, proposal)
    assert content_words(safe) == content_words(draft)
    assert numbers(safe) == numbers(draft)


@given(WORDS)
def test_safe_edits_of_nothing_change_nothing(draft: str) -> None:
    assert safe_edits(draft, draft) == draft
    assert content_words(safe_edits(draft, "")) == content_words(draft)


@pytest.mark.parametrize(
    ("draft", "proposal", "mended", "why"),
    [
        ("on sale here.", "On sale, here.", "On sale here.", "at the start"),
        ("“on sale.”", "On sale.", "“On sale.”", "what stands before the word stays"),
        ("on sale", "On sale.", "on sale", "no sentence"),
        ("on sale.", "Upon sale.", "on sale.", "another word"),
        ("iPhone sales.", "IPhone sales.", "iPhone sales.", "a word with a capital of its own"),
        ("On sale.", "on sale.", "On sale.", "a capital is never taken"),
        ("3 shops.", "3 Shops in it.", "3 Shops.", "a name, for all that is known"),
        (
            "they sell the zte phone here",
            "They sold the ZTE phone",
            "they sell the ZTE phone here",
            "ZTE",
        ),
        ("he say in a word", "he says In A word", "he say in a word", "function words"),
        ("a white-box phone", "a White-Box phone", "a white-box phone", "which part is the name?"),
        ("new phone sells well", "New Phone Sells Well", "new phone sells well", "a title"),
        ("on sale in beijing.", "On sale inBeijing.", "On sale in beijing.", "a blank lost"),
        ("", "On sale", "", "nothing there"),
    ],
)
def test_capitals_of_a_refused_proposal(draft: str, proposal: str, mended: str, why: str) -> None:
    assert capitals_alike(draft, proposal) == mended, why


def test_closed_search_is_asked_where_the_free_repair_is_refused(editor: PostEditor) -> None:
    draft = Draft("Tmall yesterday open three shop, fare rose, refund also more.")
    strict = Gate(min_margin=1000, min_closed_margin=-1000, min_edit_margin=1000)
    (found,) = Corrector(editor.backend, strict, ClosedSearch(use="refused")).correct([draft])
    assert found.reason, "the free repair is refused"
    assert found.closed is not None
    assert found.pe == found.closed.text != draft.text
    assert content_words(found.pe) == content_words(draft.text)
    (never,) = Corrector(editor.backend, strict).correct([draft])
    assert (never.pe, never.closed) == (draft.text, None)


def test_of_all_repairs_the_worthiest_is_taken(editor: PostEditor) -> None:
    draft = Draft("Tmall yesterday open three shop, fare rose, refund also more.")
    search = ClosedSearch(use="always")
    for worth, takes in (({"free": 5.0}, "whole"), ({"free": -5.0}, "closed")):
        gate = OPEN.model_copy(update={"worth": worth})
        (found,) = Corrector(editor.backend, gate, search).correct([draft])
        assert found.whole is not None
        assert found.closed is not None
        assert found.closed.text != found.whole.text
        taken = found.whole if takes == "whole" else found.closed
        assert found.pe == taken.text
        assert found.reason.startswith("less trusted: worth 0.01") == (takes == "closed")


@pytest.mark.parametrize(
    ("draft", "proposal", "kept", "why"),
    [
        ("twenty million views", "20 million views", 1.0, "a number in figures is kept"),
        ("20 views of two shops", "Twenty views of 2 shops", 1.0, "each in another writing"),
        ("twenty million views", "30 million views", 2 / 3, "another number is not"),
    ],
)
def test_numbers_are_content_by_value(draft: str, proposal: str, kept: float, why: str) -> None:
    evidence = weigh(draft, proposal, (), margin=0.0)
    assert evidence.kept == pytest.approx(kept), why


class Averse:
    """A model that will not write some tokens if it can help it."""

    def __init__(self, backend: Backend, tokens: Sequence[int]):
        self._backend, self._tokens = backend, list(tokens)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def _lowered(self, logits: Logits) -> Logits:
        lower = logits.copy()
        lower[..., self._tokens] -= 12.0
        return lower

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, State]:
        logits, state = self._backend.start(inputs)
        return self._lowered(logits), state

    def step(self, state: State, tokens: Tokens) -> tuple[Logits, State]:
        logits, after = self._backend.step(state, tokens)
        return self._lowered(logits), after

    def extend(self, state: State, tokens: Sequence[Tokens]) -> tuple[Logits, State]:
        logits, after = self._backend.extend(state, tokens)
        return self._lowered(logits), after


def test_a_repair_that_drops_a_term_goes_back_for_it(editor: PostEditor) -> None:
    """And says it where it was, though the model would rather not."""
    text = "in april, day cat open 12 shop in Beijing."
    draft = make_draft(text, TermMatcher([TermEntry("day cat", "Tmall")]).match(text))
    backend = editor.backend
    plain = len(backend.write("in april,")) - 1
    names = [backend.write(f"in april, {name}")[plain:-1] for name in ("Tmall", "TMALL")]
    averse = cast(Backend, Averse(backend, sorted({*names[0], *names[1]})))
    (free,) = greedy(averse, [averse.read(draft.text)])
    assert "Tmall" not in averse.text(free.tokens)
    (found,) = Corrector(averse, OPEN).correct([draft])
    assert found.whole is not None
    assert found.whole.text.count("Tmall") == 1
    assert "12" in found.whole.text
    assert found.refused == ()

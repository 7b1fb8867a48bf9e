"""Closed-lexicon search: what it may say, what it must say, and that it finds the best of that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from postedit import PostEditor
from postedit.correct import Draft
from postedit.correct.closing import ClosedProposer
from postedit.decoding.automaton import Automaton, State
from postedit.decoding.closed import closed
from postedit.decoding.lexicon import Entry, Item, Kind, Lexicon, build_lexicon
from postedit.decoding.spelling import Spelling
from postedit.models.manifest import ClosedSearch
from postedit.models.protocol import Logits, Tokens
from postedit.models.softmax import log_softmax
from postedit.records import TermEntry
from postedit.termbase.match import TermMatcher
from postedit.text.numbers import added_numbers, lost_numbers
from postedit.text.words import content_words

FREE = ClosedSearch(window=1000)


@pytest.fixture(scope="module")
def spelling(editor: PostEditor) -> Spelling:
    return Spelling(editor.backend)


def automaton(
    spelling: Spelling, draft: str, targets: Sequence[str] = (), search: ClosedSearch = FREE
) -> Automaton:
    return Automaton(build_lexicon(draft, targets), spelling, search)


def walk(machine: Automaton, tokens: Tokens) -> State | None:
    state = machine.start()
    for token in tokens:
        if token not in machine.moves(state).tokens:
            return None
        state = machine.advance(state, token)
    return state


def accepts(machine: Automaton, editor: PostEditor, text: str) -> bool:
    state = walk(machine, list(editor.backend.write(text))[:-1])
    return state is not None and machine.moves(state).ends


@pytest.mark.parametrize(
    ("draft", "targets", "text", "accepted", "why"),
    [
        ("Tmall open shop", [], "Tmall opened a shop", True, "another tense, an article"),
        ("Tmall open shop", [], "Tmall opened three shops", False, "a number from nowhere"),
        ("Tmall open shop", [], "Tmall opened shops, and stores", False, "an invented word"),
        ("Tmall open shop", [], "Tmall opened", False, "a word is lost"),
        ("Tmall open shop", [], "Tmall opened a shop of a shop", False, "a word said twice"),
        ("the big, big shop", [], "the big big shops", True, "a word as often as in the draft"),
        ("wang visit Alibaba", [], "Wang visited Alibaba.", True, "a name gets its capital"),
        ("sold 8200 phone", [], "sold 8,200 phones", True, "a number with its comma"),
        ("sold 8200 phone", [], "sold 82 phones", False, "another number"),
        ("sold four thousand phone", [], "sold 4,000 phones", True, "a number in figures"),
        ("at 19:35 in 22nd round", [], "At 19:35, in the 22nd round", True, "times are copied"),
        ("at 19:35 today", [], "today at 9:35", False, "a time is no number to play with"),
        ("he is not happy", [], "He isn't happy", True, "a negation in another shape"),
        ("he is not happy", [], "He is happy", False, "a negation lost"),
        ("China Telecom grow", ["China Telecom"], "China Telecom grew", True, "a term"),
        ("China Telecom grow", ["China Telecom"], "Telecom grew in China", False, "is one piece"),
        ("two sales channel", ["sales channel"], "Two sales channels", True, "it takes a plural"),
        ('he said "good"', [], '"Good," he said.', True, "quotes open and close"),
        ("non-staple food", [], "non-staple foods", True, "no blank after a hyphen"),
        ("the users' data of JD.com", [], "the users' data of JD.com", True, "a site is one piece"),
        ("shops open.", [], "Shops open.", True, "a sentence ends as one"),
        ("shops open.", [], "Shops open", False, "and not without its full stop"),
        ('he said "go."', [], 'He said "go"', False, "nor with a quote alone"),
        ("go to US", [], "go to us", False, "a country is no pronoun"),
    ],
)
def test_what_a_repair_may_say(
    editor: PostEditor,
    spelling: Spelling,
    draft: str,
    targets: list[str],
    text: str,
    accepted: bool,
    why: str,
) -> None:
    assert accepts(automaton(spelling, draft, targets), editor, text) == accepted, why


@pytest.mark.parametrize(
    ("slack", "text", "accepted", "why"),
    [
        (0.2, "Wang visited the new shop in 2019", True, "one word in six may go"),
        (0.2, "Wang visited the shop in 2019", False, "but not two"),
        (0.2, "visited the new big shop in 2019", False, "a name may not"),
        (0.2, "Wang visited the new big shop", False, "nor a number"),
    ],
)
def test_slack_is_for_words_alone(
    editor: PostEditor, spelling: Spelling, slack: float, text: str, accepted: bool, why: str
) -> None:
    search = ClosedSearch(window=1000, slack=slack)
    machine = automaton(spelling, "in 2019 Mr Wang visit the big new shop", search=search)
    assert accepts(machine, editor, text) == accepted, why


def test_window_keeps_the_order_of_clauses(editor: PostEditor, spelling: Spelling) -> None:
    draft = "wages rise, prices fall, shops close"
    near = automaton(spelling, draft, search=ClosedSearch(window=2))
    assert accepts(near, editor, "rising wages, falling prices, closing shops")
    assert not accepts(near, editor, "closing shops, falling prices, rising wages")


def test_word_from_outside_has_its_price_and_they_are_counted(
    editor: PostEditor, spelling: Spelling
) -> None:
    search = ClosedSearch(window=1000, max_outside=1, price=3.0)
    machine = automaton(spelling, "shop open", search=search)
    state = machine.start()
    for token in editor.backend.write("The new shop opened")[:-1]:
        state = machine.advance(state, token)
    assert (state.outside, state.price) == (1, 3.0)
    assert machine.moves(state).start is None
    assert machine.moves(state).ends


# Without shrinking: each example is a walk through a real vocabulary.
QUICK = (Phase.explicit, Phase.generate)

POOL = """the shop shops opened not 5000 5,000 14.2 Beijing , . of "Alibaba" 19:35 5G don't China's
    percent (AI) non-staple 3 - US $3.5 "no," and""".split()
# Side by side, number words run together into other numbers: "billion", "first".
NUMBERS = "million twenty one first".split()


def texts(words: Sequence[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=1, max_size=12).map(" ".join)


@given(texts(POOL + NUMBERS))
@settings(max_examples=60, deadline=None, phases=QUICK, derandomize=True)
def test_the_draft_itself_is_always_accepted(
    editor: PostEditor, spelling: Spelling, draft: str
) -> None:
    assert accepts(automaton(spelling, draft), editor, draft)


@given(texts(POOL), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None, phases=QUICK, derandomize=True)
def test_wherever_it_goes_nothing_is_invented_and_at_the_end_nothing_is_lost(
    editor: PostEditor, spelling: Spelling, draft: str, random: Random
) -> None:
    machine = automaton(spelling, draft)
    state, tokens = machine.start(), list[int]()
    for _ in range(60):
        moves = machine.moves(state)
        before = (state, moves.tokens.tolist(), moves.bonuses.tolist())
        if moves.ends:
            text = editor.backend.text(tokens)
            assert not content_words(draft) - content_words(text) - NUMBER_WORDS
            assert not lost_numbers(draft, text)
            assert not added_numbers(draft, text)
        if not len(moves.tokens):
            break
        # Towards the end, rather what must be said than one more function word.
        best = moves.bonuses.max()
        likely = moves.tokens[moves.bonuses == best]
        token = int(random.choice(likely.tolist()))
        after = machine.advance(state, token)
        again = machine.moves(state)
        assert before == (state, again.tokens.tolist(), again.bonuses.tolist())
        assert after == machine.advance(state, token)
        state, tokens = after, [*tokens, token]
    said = content_words(editor.backend.text(tokens).rpartition(" ")[0])
    assert not said - content_words(draft) - NUMBER_WORDS


# As words of a number they may become figures, or be made of them.
NUMBER_WORDS = content_words(
    """twenty three five six seven eight nine ten eleven twelve first hundred thousand million
    not don't cannot won't"""
    * 9
)


class Toy:
    """A bigram model over a handful of words: small enough to try every sentence."""

    name, end = "toy", 0

    def __init__(self, seed: int):
        self.words = ["", " a", " b", " c", " d", " the", ",", "(", "x"]
        size = len(self.words)
        self.table = np.random.default_rng(seed).normal(size=(size, size)).astype(np.float32) * 2

    def read(self, mt: str) -> Tokens:
        return [1]

    def write(self, pe: str) -> Tokens:
        return [*(self.words.index(w) for w in re.findall(r" the| \w|[^ ]", " " + pe.strip())), 0]

    def text(self, target: Tokens) -> str:
        return "".join(self.words[token] for token in target).strip()

    def start(self, inputs: Sequence[Tokens]) -> tuple[Logits, list[int]]:
        last = [row[-1] for row in inputs]
        return self.table[last], last

    def step(self, state: list[int], tokens: Tokens) -> tuple[Logits, list[int]]:
        assert len(state) == len(tokens)
        return self.table[list(tokens)], list(tokens)

    def extend(self, state: list[int], tokens: Sequence[Tokens]) -> tuple[Logits, list[int]]:
        raise NotImplementedError

    def rewind(self, state: list[int], lengths: Sequence[int]) -> list[int]:
        raise NotImplementedError

    def keep(self, state: list[int], rows: Sequence[int]) -> list[int]:
        return [state[row] for row in rows]

    def log_probs(self, inputs: Sequence[Tokens], targets: Sequence[Tokens]) -> list[float]:
        rows = [log_softmax(self.table)[[i[-1], *t[:-1]], list(t)].sum() for i, t in
                zip(inputs, targets, strict=True)]  # fmt: skip
        return [float(row) for row in rows]


TOY = Lexicon(
    items=(
        Item("a", Kind.WORD, 2, (0, 2)),
        Item("bc", Kind.TERM, 1, (1,)),
        Item("the", Kind.GRAMMAR, 1),
        Item(",", Kind.MARK, 1),
    ),
    entries=(
        Entry(" a", (0,)),
        Entry(" d", (0,), price=0.5),
        Entry(" b c", (1,)),
        Entry(" b", (0,), price=1.0),
        Entry(" the", (2,)),
        Entry(",", (3,)),
        Entry(" a,", (0, 3)),
    ),
)


def sentences(
    machine: Automaton, longest: int, tokens: tuple[int, ...] = (), state: State | None = None
) -> Iterator[tuple[tuple[int, ...], float]]:
    state = state or machine.start()
    moves = machine.moves(state)
    if moves.ends:
        yield tokens, machine.end(state).price
    if len(tokens) < longest:
        for token in moves.tokens.tolist():
            after = machine.advance(state, token)
            yield from sentences(machine, longest, (*tokens, token), after)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("slack", "window"), [(0.0, 9), (0.4, 9), (0.0, 1), (0.0, 0)])
def test_wide_beam_finds_the_best_of_all_sentences(seed: int, slack: float, window: int) -> None:
    toy = Toy(seed)
    search = ClosedSearch(
        beam=3000, prune=1000, slack=slack, window=window, length_power=0, reward=0.7
    )
    spelling = Spelling(toy)
    machine = Automaton(TOY, spelling, search)
    best = max(
        (toy.log_probs([[1]], [[*tokens, 0]])[0] - price, tokens)
        for tokens, price in sentences(machine, 6)
    )
    (found,) = closed(toy, [[1]], [machine], spelling, search, [6])
    assert found[0].tokens == best[1]
    assert found[0].log_prob == pytest.approx(
        toy.log_probs([[1]], [[*found[0].tokens, 0]])[0], rel=1e-4
    )
    assert all(one.finished for one in found)


def test_narrow_beam_still_covers_everything() -> None:
    toy, search = Toy(3), ClosedSearch(beam=2)
    spelling = Spelling(toy)
    machines = [Automaton(TOY, spelling, search) for _ in range(40)]
    told: list[int] = []
    found = closed(toy, [[1]] * 40, machines, spelling, search, [9] * 40, told.append)
    assert sum(told) == 40
    assert all(one == found[0] for one in found)
    state = walk(machines[0], found[0][0].tokens)
    assert state is not None
    assert machines[0].unsaid(machines[0].end(state)) == ()


def test_no_end_within_the_limit_is_no_hypothesis() -> None:
    toy, search = Toy(0), ClosedSearch()
    spelling = Spelling(toy)
    machine = Automaton(TOY, spelling, search)
    assert closed(toy, [[1]], [machine], spelling, search, [3]) == [[]]
    with pytest.raises(ValueError, match="may not end here"):
        machine.end(machine.start())


def test_real_model_says_all_and_invents_nothing(editor: PostEditor) -> None:
    texts = [
        "wang xiaochu visit to Alibaba yesterday, at 19:35.",
        "in 2018 Tmall sold 13353 phones, fare rose, refund also more.",
    ]
    matcher = TermMatcher([TermEntry("Tmall", "Tmall")])
    drafts = [Draft(text, matcher.match(text)) for text in texts]
    proposer = ClosedProposer(editor.backend, ClosedSearch(beam=3))
    found = proposer.propose(drafts, [editor.backend.read(text) for text in texts])
    assert len(found) == 2
    for text, best in zip(texts, found, strict=True):
        assert best is not None
        repair = editor.backend.text(best.tokens)
        assert content_words(repair) == content_words(text), repair
        assert not lost_numbers(text, repair)
        assert Counter(re.findall(r"\d", repair)) == Counter(re.findall(r"\d", text))

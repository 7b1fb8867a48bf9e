"""Learnt exchanges of words: what is learnt, what the gate and the closed lexicon make of it."""

from __future__ import annotations

from collections import Counter

from postedit.correct.evidence import weigh
from postedit.correct.substitutes import learn_substitutes
from postedit.decoding.lexicon import build_lexicon
from postedit.formats.triplets import Triplet
from postedit.records import TermEntry
from postedit.text.substitutes import exchanged, substitutes

PAIRS = (
    ("the income of company rose", "The revenue of the company rose"),
    ("income fall in march", "Revenue fell in March"),
    ("this year income not rise", "Revenue did not rise this year"),
    ("phone sell well", "Phones sell well"),
    ("he open shop", "He opened a shop"),
    ("they say phone is good", "They say the phone is good"),
)


def triplets(terms: tuple[TermEntry, ...] = ()) -> list[Triplet]:
    return [Triplet(f"d{i}:0", mt, pe, terms) for i, (mt, pe) in enumerate(PAIRS)]


def test_an_exchange_that_documents_share_is_learnt_and_inflection_is_none() -> None:
    (found,) = learn_substitutes(triplets(), lift=1.5)
    assert (found.word, found.other, found.times, found.share) == ("income", "revenue", 3, 1.0)


def test_what_a_term_did_is_not_learnt() -> None:
    assert learn_substitutes(triplets((TermEntry("income", "revenue"),)), lift=1.0) == []


def test_what_stands_in_one_document_is_not_learnt() -> None:
    same = [Triplet("d:0", mt, pe, ()) for mt, pe in PAIRS]
    assert learn_substitutes(same, lift=1.0) == []


def test_the_list_is_of_different_words_and_each_pair_stands_once() -> None:
    pairs = [(word, other) for word, others in substitutes().items() for other in others]
    assert len(pairs) > 50
    assert len(pairs) == len(set(pairs))
    assert "revenue" in substitutes()["incom"]


def test_an_exchange_is_content_kept_but_only_once() -> None:
    assert exchanged(Counter(incom=2), Counter(revenu=1)) == Counter(incom=1, revenu=1)
    assert exchanged(Counter(incom=1), Counter(incom=1, revenu=1)) == Counter(incom=1)
    kept = weigh("the income rose", "Revenue rose", (), 0.0)
    lost = weigh("the income rose", "Weather rose", (), 0.0)
    assert (kept.kept, kept.backed) == (1.0, 1.0)
    assert (lost.kept, lost.backed) == (0.5, 0.5)


def test_the_closed_lexicon_has_them_at_a_price() -> None:
    texts = {entry.text: entry.price for entry in build_lexicon("income rose", (), 0.7).entries}
    assert texts[" revenue"] == 0.7
    assert texts[" revenues"] == 0.7
    assert texts[" income"] == 0.0
    assert " revenue" not in {entry.text for entry in build_lexicon("income rose").entries}

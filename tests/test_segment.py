"""Sentence spans: they rebuild the text to the letter, and end where sentences end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.errors import InputError
from postedit.records import Span, Unit
from postedit.text.segment import rebuild, segment, split_sentences

ARTICLE = Path(__file__).parent.parent / "eval/articles/wang-ma-telecom"

# Arbitrary characters, and texts made of what decides about a boundary.
MARKS = '“"…。？!;() a购\n\u3000\u2028\x1c\u200b'
PIECES = st.sampled_from([*MARKS, *"Mr. No. U.S. 5.17 ma The .” ... 1.".split(), "  "])
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))

# (why, the sentences): they are joined by blanks, and have to come apart again.
CASES = [
    ("a sentence may start in lower case", ["ma met wang.", "the two talked.", "why?"]),
    ("a title stands before a name", ["CEO Mr. Lu met Dr. li.", "then Mrs. chang came."]),
    ("a stop between digits", ["the forthcoming 5.17 telecom.", "it grew 3.5 percent."]),
    ("a stop inside a name", ["ali cloud OS2.0 appearance.", "see www.alibaba.com now."]),
    ("an acronym goes on in lower case", ["the U.S. market is large.", "the U.K. is not."]),
    ("an acronym ends before 'The'", ["he lives in the U.S.", "The market is there."]),
    ("a company's form goes on", ["Jin Lan Co., Ltd. board of directors.", "profit fell."]),
    ("a number follows No.", ["see No. 3 on the list.", "it is the last."]),
    ("'no' without a number ends", ["the answer is no.", "they left."]),
    ("initials", ["J. Ma met c. y. Chang.", "nobody else came."]),
    ("a curly quote closes with the stop", ["they “go to the telecom.”", "it is good words."]),
    ("a quotation may hold sentences", ["“It is complicated.", "A month or two.”", "he left."]),
    ("a pronoun tells who spoke", ['"What is that?" he asked.', "nobody spoke."]),
    ("a bracket closes with the stop", ["(it was right.)", "nobody knew."]),
    ("dots hesitate in lower case", ["wait... what happened?", "nobody knows."]),
    ("dots end before a capital", ["he said so...", "Then he left."]),
    ("a list's number is no sentence", ["1. open the shop.", "2. sell phones."]),
    ("a semicolon or colon never ends", ["first: he bought; they sold; all is well.", "so."]),
    ("a contraction is no acronym", ["he can't.", "they don't.", "why not?"]),
    (
        "hours go on, and end before 'The'",
        ["at 9 a.m. on Monday.", "it shut at 5 p.m.", "The end."],
    ),
    ("a number ends a sentence", ["the growth is 5%.", "the loss is $3.", "so be it."]),
    ("several marks are one stop", ["really?!", "yes!!", "no."]),
]


def texts(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


@pytest.mark.parametrize(("why", "sentences"), CASES, ids=[case[0] for case in CASES])
def test_sentences_come_apart_where_they_were_joined(why: str, sentences: list[str]) -> None:
    assert texts(" ".join(sentences)) == sentences, why


def test_chinese_stops_end_without_a_blank() -> None:
    assert texts("“可以。”他说。phone 购机款！对吗？") == [
        "“可以。”",
        "他说。",
        "phone 购机款！",
        "对吗？",
    ]


def test_a_line_break_always_ends() -> None:
    assert texts("a title\nma met\r\nwang.") == ["a title", "ma met", "wang."]


@pytest.mark.parametrize("text", ["", " ", "\n\u3000\t"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == ()
    assert rebuild(text, (), ()) == text


@given(TEXTS)
def test_spans_are_trimmed_in_order_and_leave_only_space(text: str) -> None:
    done = 0
    for span in split_sentences(text):
        assert done <= span.start < span.end
        assert not text[done : span.start].strip()
        assert span.of(text) == span.of(text).strip()
        done = span.end
    assert not text[done:].strip()


@given(TEXTS)
def test_own_pieces_rebuild_the_text(text: str) -> None:
    spans = split_sentences(text)
    assert rebuild(text, spans, [span.of(text) for span in spans]) == text


@given(TEXTS, st.data())
def test_other_pieces_change_nothing_else(text: str, data: st.DataObject) -> None:
    spans = split_sentences(text)
    pieces = [data.draw(st.text(max_size=5)) for _ in spans]
    ends = [0, *(span.end for span in spans)]
    gaps = [text[end : span.start] for end, span in zip(ends, spans, strict=False)]
    expected = "".join(gap + piece for gap, piece in zip(gaps, pieces, strict=True))
    assert rebuild(text, spans, pieces) == expected + text[ends[-1] :]


def test_a_piece_for_every_span() -> None:
    with pytest.raises(InputError, match="1 pieces for 2 spans"):
        rebuild("a b", (Span(0, 1), Span(2, 3)), ["x"])


@given(st.lists(TEXTS, max_size=5))
def test_segments_count_units_and_run_over_the_document(mts: list[str]) -> None:
    segments = segment([Unit(str(i), mt) for i, mt in enumerate(mts)])
    assert [one.index for one in segments] == list(range(len(segments)))
    for i, mt in enumerate(mts):
        assert tuple(one.span for one in segments if one.unit == i) == split_sentences(mt)
    assert all(one.text == one.span.of(mts[one.unit]) for one in segments)


def test_real_article() -> None:
    mt = (ARTICLE / "mt.txt").read_text(encoding="utf-8").splitlines()
    segments = segment([Unit(str(i), line) for i, line in enumerate(mt)])
    assert len(segments) == 50
    found = [one.text for one in segments]
    assert "It is good words." in found
    assert "An insider revealed ali." in found
    assert sum("Mr. Lu" in text for text in found) == 1
    assert sum("5.17 telecom" in text for text in found) == 1

"""Numbers by value: tables with a reason in every row, and properties."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postedit.text.numbers import Writing, added_numbers, find_numbers, lost_numbers, numbers

VALUES = [
    ("sold 13353 phones", [13353], "plain digits"),
    ("sold 13,353 phones", [13353], "thousands separators carry no meaning"),
    ("in 2012,300 people", [2012, 300], "a comma after four digits separates two numbers"),
    ("1,2345", [1, 2345], "a group of four digits is no thousands group"),
    ("1.5 million", [1500000], "scale word"),
    ("1,500,000", [1500000], "the same in digits"),
    ("one million five hundred thousand", [1500000], "the same in words"),
    ("342107 billion", [342107 * 10**9], "a scale above what people write"),
    ("342.107 trillion", [342107 * 10**9], "the same, rescaled"),
    ("3 hundred million", [300_000_000], "scale words multiply"),
    ("30 ten thousand", [300_000], "the Chinese unit, word by word"),
    ("3亿 and 5千万", [300_000_000, 50_000_000], "Chinese units left over"),
    ("$2.5bn", [2_500_000_000], "short form"),
    ("5 dozen", [60], "dozen after digits"),
    ("7000-80 million", [7000, 80_000_000], "the first end is no smaller in its own scale"),
    ("70-80 million", [70_000_000, 80_000_000], "a range shares its scale"),
    ("70 to 80 million", [70_000_000, 80_000_000], "in words too"),
    ("between 70 and 80 million", [70_000_000, 80_000_000], "between ... and"),
    ("stores 70 and 80 million users", [70, 80_000_000], "and alone shares nothing"),
    ("four or five hundred", [400, 500], "a range of words"),
    ("seven eight hundred thousand", [700_000, 800_000], "a Chinese approximation"),
    ("2009 to 2013", [2009, 2013], "years"),
    ("50% and 50 percent", [50, 50], "per cent sign and word do not count"),
    ("the 15th, the 1990s", [15, 1990], "letters after digits"),
    ("OS2.0 5G B2B MH370", [2, 5, 2, 370], "letters before and between"),
    ("5.17 telecom", [Decimal("5.17")], "one dot is a decimal"),
    ("2013.4.18", [2013, 4, 18], "more dots are a date"),
    ("2013-4-18", [2013, 4, 18], "with the parts of any other writing of it"),
    ("at 19:35.", [19, 35], "a time, at the end of a sentence"),
    ("two hundred and fifty", [250], "and inside a number"),
    ("two hundred and then", [200], "and after a number"),
    ("a hundred and forty", [140], "a bare scale word is one of it"),
    ("twenty-five", [25], "hyphen inside a number"),
    ("one thousand two hundred million", [1_200_000_000], "a scale over a sum"),
    ("a hundred thousand million", [10**11], "scale on scale"),
    ("two three years", [2, 3], "digits side by side are numbers of their own"),
    ("nineteen ninety", [19, 90], "so are teens and tens"),
    ("hundreds of billions", [], "plural scale words say no number"),
    ("several hundred users", [], "neither do vague ones"),
    ("in 2012 thousands of users came", [2012], "a plural with of does not scale"),
    ("half of them, twice", [], "no cardinals"),
    ("the second quarter", [], "an ordinal word is not counted"),
    ("someone in Tennessee", [], "inside other words"),
    ("zero", [0], "zero alone"),
    ("", [], "nothing"),
]


@pytest.mark.parametrize(("text", "values", "reason"), VALUES, ids=[row[2] for row in VALUES])
def test_numbers_have_one_value_however_written(text, values, reason):
    assert sorted(numbers(text).elements()) == sorted(map(Decimal, values)), reason


PAIRS = [
    ("topped 13353", "topped 13,353", [], [], "a comma is no change"),
    ("topped 13353", "topped 1,335,000", ["13353"], ["1,335,000"], "the error that was measured"),
    ("342107 billion", "342.107 trillion", [], [], "equal values"),
    ("342107 billion", "34.2107 trillion", ["342107 billion"], ["34.2107 trillion"], "tenth"),
    ("3 companies", "three companies", [], [], "spelled out"),
    ("two years", "2 years", [], [], "put in digits"),
    ("the 2 quarter", "the second quarter", [], [], "an ordinal is a trace of its number"),
    ("the ninth round", "round 9", [], [], "and the other way round"),
    ("best company", "one of the best", [], [], "one of adds nothing"),
    ("several companies", "3 companies", [], ["3"], "digits from nowhere"),
    ("300 of 300", "300", ["300"], [], "each as often as it stands"),
    ("in 2012, 366", "366 in 2012", [], [], "order does not matter"),
    ("one night, 1 goal", "one night, goals", ["1"], [], "the other one is no trace of the 1"),
    ("5G phones", "phones", ["5"], [], "digits in names count"),
    ("0 yuan", "zero yuan", [], [], "zero"),
    ("more than 30 companies", "over thirty companies", [], [], "tens"),
]


@pytest.mark.parametrize(
    ("mt", "pe", "lost", "added", "reason"), PAIRS, ids=[row[4] for row in PAIRS]
)
def test_lost_and_added(mt, pe, lost, added, reason):
    assert [n.span.of(mt) for n in lost_numbers(mt, pe)] == lost, reason
    assert [n.span.of(pe) for n in added_numbers(mt, pe)] == added, reason


def test_how_a_number_is_written():
    found = find_numbers("The third of 20 or thirty")
    assert [n.writing for n in found] == [Writing.ORDINAL, Writing.DIGITS, Writing.CARDINAL]


@given(st.integers(0, 10**15))
def test_commas_do_not_change_a_number(value):
    assert numbers(f"sold {value} units") == numbers(f"sold {value:,} units") == {value: 1}


@given(st.integers(1, 999), st.sampled_from(["thousand", "million", "billion", "trillion"]))
def test_scale_words_equal_zeros(count, scale):
    zeros = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}[scale]
    assert numbers(f"{count} {scale}") == numbers(f"{count}{'0' * zeros}")


_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


@given(st.integers(2, 9), st.sampled_from(_ONES), st.integers(0, 7), st.integers(1, 9))
def test_words_add_up(tens, hundreds, index, ones):
    words = (
        f"{hundreds} hundred and {_TENS[index]}-{_ONES[ones - 1]} thousand and {_ONES[tens - 1]}"
    )
    value = ((_ONES.index(hundreds) + 1) * 100 + (index + 2) * 10 + ones) * 1000 + tens
    assert value in numbers(words)


@given(st.text(alphabet="0123456789,.- %tohundremilvy万x\n", max_size=40))
def test_any_text_keeps_its_own_numbers(text):
    assert not lost_numbers(text, text)
    assert not added_numbers(text, text)
    spans = [n.span for n in find_numbers(text)]
    assert all(a == b or a.end <= b.start for a, b in pairwise(spans))


@given(st.integers(0, 99999), st.integers(0, 99999))
def test_another_value_is_seen(one, other):
    flagged = bool(lost_numbers(f"sold {one} units", f"sold {other} units"))
    assert flagged == (one != other)

"""The garbler: bitext in, machine translation that can be repaired out."""

from __future__ import annotations

import gzip
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from postedit.cli import app
from postedit.config import load_config
from postedit.errors import InputError
from postedit.garble.align import Links, _digamma, align_ibm
from postedit.garble.bitext import SentencePair, read_bitext
from postedit.garble.config import DecoderConfig, GarbleConfig, NoiseConfig
from postedit.garble.decoder import Option, decode
from postedit.garble.dictionary import Dictionary
from postedit.garble.eflomal import align_eflomal
from postedit.garble.numerals import in_english
from postedit.garble.phrases import PhraseCounts, extract
from postedit.garble.run import garble
from postedit.garble.symmetry import grow_diag_final_and
from postedit.garble.tokens import Segmenter, Truecaser, Words, english_words, join_english
from postedit.garble.trigrams import START, Trigrams
from postedit.recover import lost_in
from postedit.text.numbers import lost_numbers
from tests.conftest import REPOSITORY

# A small language with a grammar of its own on either side: Chinese puts the time first and the
# destination before the verb, English the other way round.
WHO = [
    ("运营商", "the carrier"),
    ("老师", "the teacher"),
    ("小王", "Xiao Wang"),
    ("马云", "Jack Ma"),
]
WHEN = [("昨天", "yesterday"), ("上周", "last week"), ("2013年", "in 2013")]
DID = [("卖出", "sold"), ("买了", "bought"), ("修理", "repaired"), ("检查", "checked")]
WHAT = [("7000万台手机", "70 million phones"), ("旧汽车", "old cars"), ("新房子", "new houses")]


def sentences() -> list[SentencePair]:
    pairs = []
    for i, (who, when, did, what) in enumerate(itertools.product(WHO, WHEN, DID, WHAT)):
        zh = f"{when[0]}{who[0]}{did[0]}{what[0]}。"
        en = f"{who[1]} {did[1]} {what[1]} {when[1]}."
        pairs.append(SentencePair(f"d-{i % 12}", i, zh, en[0].upper() + en[1:]))
    return pairs


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(["马云", "小王"])


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return Dictionary(
        senses={
            "运营": ("operation",),
            "商": ("business",),
            "老师": ("instructor", "teacher"),
            "汽车": ("vehicle", "steam wagon"),
            "手机": ("hand machine",),
        },
        readings={"马": "Ma3", "云": "yun2", "小": "xiao3", "王": "Wang2"},
        brands={"马云": ("Jack Ma", ("horse cloud",))},
    )


# Bitext.

PAIR = ("他说“A & B”。", "He said “A & B”.")


def tmx(zh: str, en: str) -> str:
    zh, en = zh.replace("&", "&amp;"), en.replace("&", "&amp;")
    return (
        '<?xml version="1.0" encoding="UTF-8"?><tmx version="1.4"><header/><body>'
        f'<tu><tuv xml:lang="en-US"><seg>{en[:3]}<bpt i="1"/>{en[3:]}</seg></tuv>'
        f'<tuv xml:lang="zh-CN"><seg>{zh}</seg></tuv></tu></body></tmx>'
    )


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.tsv", "\t".join(PAIR) + "\r\n\n"),
        ("t.jsonl", json.dumps({"zh": PAIR[0], "en": PAIR[1]}) + "\n"),
        ("t.jsonl", json.dumps({"src": PAIR[0], "pe": PAIR[1]}) + "\n"),
        ("t.tmx", tmx(*PAIR)),
    ],
)
def test_every_kind_of_bitext_reads_alike(
    tmp_path: Path, name: str, text: str, packed: bool
) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    (pair,) = read_bitext(path)
    assert (pair.zh, pair.en, pair.doc) == (*PAIR, "t-0000")


BOMB = '<!DOCTYPE x [<!ENTITY a "b">]><tmx><body><tu><tuv><seg>&a;</seg></tuv></tu></body></tmx>'


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "a.tsv",
            "一\tone\n二 two\n".encode(),
            r"a\.tsv, line 2: 1 fields; a line is",
        ),
        ("b.tsv", b"\xff\tone\n", r"line 1: byte 0xff is not UTF-8"),
        ("c.jsonl", b'{"zh": "x"}\n', r"line 1: no en or pe or ref or target; it has zh"),
        ("d.jsonl", b"[1]\n", r"line 1: not a JSON object"),
        ("e.tmx", b"<tmx><body>", r"e\.tmx: not a TMX that can be read"),
        ("f.tmx", BOMB.encode(), r"f\.tmx: not a TMX that can be read: EntitiesForbidden"),
        ("g.tmx", b"<tmx><body/></tmx>", r"g\.tmx: no <tu> in it"),
        ("h.docx", b"", r"unknown kind of bitext; valid: \.tsv, \.jsonl, \.tmx"),
    ],
)
def test_bad_bitext_is_named(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        list(read_bitext(path))


# Words.


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        ("用户达7000万。", ("用户", "达", "7000万", "。"), "a number keeps its unit"),
        ("在Dry Dock喝酒", ("在", "Dry", "Dock", "喝酒"), "Latin words end where Chinese begins"),
        ("ＡＢＣ，１２％", ("ABC", ",", "12%"), "full-width forms become plain"),
    ],
)
def test_chinese_words(segmenter: Segmenter, text: str, words: tuple[str, ...], why: str) -> None:
    assert segmenter.words(text) == words, why


@pytest.mark.parametrize(
    "text",
    [
        'The firm\'s sales (in 2013) rose 3.5%, to 13,353: "fine".',
        "Choose LibreOffice - Options; then press Ctrl+F1!",
        "He paid $300 for a follow-up?",
    ],
)
def test_english_words_join_into_the_same_text(text: str) -> None:
    assert join_english(english_words(text)) == text


def test_truecaser_knows_names() -> None:
    told = [("the", "Ma", "left"), ("Ma", "left"), ("Some", "left")]
    truecaser = Truecaser(told)
    assert [truecaser.true(words)[0] for words in told] == ["the", "Ma", "some"]
    assert truecaser.true(("IBM", "left"))[0] == "IBM"


# Alignment.


def gold(segmenter: Segmenter) -> tuple[list[Words], list[Words], list[Links]]:
    """The sentences in words, with every link that stays inside parts which belong together."""
    zh: list[Words] = []
    en: list[Words] = []
    possible: list[Links] = []
    for who, when, did, what in itertools.product(WHO, WHEN, DID, WHAT):
        left = [segmenter.words(part[0]) for part in (when, who, did, what)]
        right = [english_words(part[1]) for part in (who, did, what, when)]
        part_of_zh = [part for part, words in zip("twdo", left, strict=True) for _ in words]
        part_of_en = [part for part, words in zip("wdot", right, strict=True) for _ in words]
        zh.append(tuple(itertools.chain(*left)))
        en.append(tuple(itertools.chain(*right)))
        pairs = itertools.product(enumerate(part_of_zh), enumerate(part_of_en))
        possible.append(frozenset((i, j) for (i, a), (j, b) in pairs if a == b))
    return zh, en, possible


def test_the_aligner_finds_the_grammar(segmenter: Segmenter) -> None:
    zh, en, possible = gold(segmenter)
    found = align_ibm(zh, en)
    right = sum(len(a & b) for a, b in zip(found, possible, strict=True))
    assert right / sum(map(len, found)) > 0.9, "links stay inside the parts that belong together"
    linked = sum(len({j for _, j in a}) for a in found) / sum(map(len, en))
    assert linked > 0.75, "most words have a link"


def test_eflomal_has_the_same_shape(segmenter: Segmenter) -> None:
    pytest.importorskip("eflomal", reason="the extra eflomal")
    zh, en, _ = gold(segmenter)
    found = align_eflomal(zh, en)  # it samples: what it finds in so little text is no matter
    assert len(found) == len(zh)
    for links, left, right in zip(found, zh, en, strict=True):
        assert all(0 <= i < len(left) and 0 <= j < len(right) for i, j in links)
    assert any(found)


def test_alignment_is_the_same_every_time(segmenter: Segmenter) -> None:
    zh, en, _ = gold(segmenter)
    assert align_ibm(zh, en) == align_ibm(zh, en)
    assert align_ibm([("一",)], [("one",)]) == [frozenset({(0, 0)})]


@pytest.mark.parametrize(
    ("x", "value"),
    [(1.0, -0.5772156649), (0.5, -1.9635100260), (0.01, -100.5608854578), (10.0, 2.2517525890)],
)
def test_digamma(x: float, value: float) -> None:
    assert _digamma(np.array([x]))[0] == pytest.approx(value, abs=1e-8)


LINKS = st.frozensets(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8)


@settings(deadline=None)
@given(LINKS, LINKS)
def test_symmetrised_links_lie_between_intersection_and_union(a: Links, b: Links) -> None:
    both = grow_diag_final_and(a, b)
    assert a & b <= both <= a | b


# Phrases.


@settings(deadline=None)
@given(LINKS, st.integers(1, 4))
def test_extraction_is_its_definition(links: Links, longest: int) -> None:
    source, target = tuple("abcde"), tuple("vwxyz")
    expected = []
    for s, e in itertools.combinations(range(6), 2):
        for k, m in itertools.combinations(range(6), 2):
            inside = [(i, j) for i, j in links if s <= i < e or k <= j < m]
            whole = all(s <= i < e and k <= j < m for i, j in inside)
            if inside and whole and e - s <= longest and m - k <= longest:
                expected.append((source[s:e], target[k:m]))
    expected += [((word,), ()) for i, word in enumerate(source) if all(i != a for a, _ in links)]
    assert sorted(extract(source, target, links, longest)) == sorted(expected)


def test_a_fold_does_not_see_its_own_phrases() -> None:
    counts = PhraseCounts(2)
    counts.add(0, ("猫",), ("cat",))
    counts.add(1, ("猫",), ("tom",))
    counts.add(None, ("猫",), ("kitten",))
    words = [{phrase.words[0] for phrase in counts.renderings(("猫",), fold, 9)} for fold in (0, 1)]
    assert words == [{"tom", "kitten"}, {"cat", "kitten"}]


# Language model and search.


def test_trigram_probabilities_sum_to_one() -> None:
    model = Trigrams([("a", "b", "c"), ("a", "b", "d"), ("b", "c")])
    for state in (START, ("a", "b"), ("b", "c"), ("x", "y"), ("x", "a")):
        total = sum(
            math.exp(model.log_probability(*state, w)) for w in ["a", "b", "c", "d", "</s>"]
        )
        unknown = math.exp(model.log_probability(*state, "never seen"))
        assert total + unknown == pytest.approx(1, abs=1e-6)
    assert model.extend(START, ("a", "b"))[1] == ("a", "b")


@st.composite
def lattices(draw: st.DrawFn) -> list[list[Option]]:
    length = draw(st.integers(1, 4))
    table = []
    for start in range(length):
        ends = [
            start + 1,
            *draw(st.lists(st.integers(start + 1, min(start + 3, length)), max_size=2)),
        ]
        words = st.lists(st.sampled_from("abc"), max_size=2).map(tuple)
        scores = st.floats(-5, 0, allow_nan=False)
        table.append([Option(start, end, draw(words), draw(scores)) for end in ends])
    return table


MODEL = Trigrams([("a", "b", "c"), ("c", "a"), ("b", "b", "a")])


def brute_force(table: list[list[Option]], limit: int, config: DecoderConfig) -> float:
    best = -math.inf

    def go(covered: frozenset[int], last: int, state: tuple[str, str], score: float) -> None:
        nonlocal best
        if len(covered) == len(table):
            best = max(best, score + config.language_weight * MODEL.end(state))
            return
        gap = min(set(range(len(table))) - covered)
        for option in itertools.chain.from_iterable(table):
            span = frozenset(range(option.start, option.end))
            far = abs(option.start - last) > limit and option.start != gap
            if span & covered or far or option.start > gap + limit:
                continue
            add, after = MODEL.extend(state, option.words)
            cost = config.jump_cost * abs(option.start - last)
            more = option.score - cost + config.language_weight * add
            go(covered | span, option.end, after, score + more)

    go(frozenset(), 0, START, 0.0)
    return best


def score_of(path: tuple[Option, ...], config: DecoderConfig) -> float:
    score, last, state = 0.0, 0, START
    for option in path:
        add, state = MODEL.extend(state, option.words)
        score += option.score + config.language_weight * add
        score -= config.jump_cost * abs(option.start - last)
        last = option.end
    return score + config.language_weight * MODEL.end(state)


@settings(max_examples=60, deadline=None)
@given(lattices(), st.integers(0, 3))
def test_a_wide_beam_is_brute_force(table: list[list[Option]], limit: int) -> None:
    config = DecoderConfig(beam=500)
    path = decode(table, len(table), limit, MODEL, config)
    assert sorted(i for o in path for i in range(o.start, o.end)) == list(range(len(table)))
    assert score_of(path, config) == pytest.approx(brute_force(table, limit, config))
    if limit == 0:
        assert list(path) == sorted(path, key=lambda option: option.start)


# Dictionary and numbers.


@pytest.mark.parametrize(
    ("word", "english"),
    [
        ("7000万", "70 million"),
        ("1.2亿", "120 million"),
        ("3.5万", "35,000"),
        ("25亿", "2.5 billion"),
        ("3万亿", "3 trillion"),
        ("12%", "12%"),
        ("2013", "2013"),
        ("13,353", "13,353"),
    ],
)
def test_numbers_in_english(word: str, english: str) -> None:
    assert in_english(word) == english


def test_dictionary_files(tmp_path: Path) -> None:
    cedict = tmp_path / "cedict.tsv.gz"
    lines = [
        "商\tShang Dynasty (c. 1600-1046 BC); surname Shang\tShang1\t商",
        "商\tcommerce; merchant; CL:個|个[ge4]\tshang1\t商",
        "运营\tto be in operation; to do business; (of a train) to be in service\tyun4 ying2\t運營",
    ]
    cedict.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    read = Dictionary.load(cedict, None)
    assert read.senses["商"] == ("Shang Dynasty", "commerce", "merchant")
    assert read.senses["运营"] == ("in operation", "do business", "in service")
    assert not read.names("商")
    assert read.names("阿里巴巴")
    cedict.write_bytes(gzip.compress("商\n".encode()))
    with pytest.raises(InputError, match="line 1: 1 fields; at least 3 are needed"):
        Dictionary.load(cedict, None)


def test_literal_and_pinyin(dictionary: Dictionary) -> None:
    assert dictionary.literal("运营商") == "operation business"
    assert dictionary.literal("没有") == ""
    assert dictionary.pinyin("马云") == "Ma Yun"
    assert dictionary.pinyin("马克") == ""
    assert dictionary.bits("老师运营") == "instructor operation"


# The whole.

CONFIG = GarbleConfig(noise=NoiseConfig(literal=0.3, sense=0.1, names=0.8, numbers=0.3))


def test_what_is_kept_can_be_recovered(dictionary: Dictionary) -> None:
    garbled, report = garble(sentences(), CONFIG, dictionary)
    kept = [one for one in garbled if one.loss is None]
    assert report.read == len(sentences()) == len(garbled) + sum(report.unfit.values())
    assert report.kept == len(kept) > 10
    assert sum(report.lost.values()) == len(garbled) - len(kept) > 0
    for one in kept:
        assert lost_in(one.mt, one.pair.en, one.terms, CONFIG.recoverable) is None
        assert not lost_numbers(one.mt, one.pair.en)
    assert {"Jack Ma", "carrier"} & {term.target for one in kept for term in one.terms}


def test_same_seed_same_bytes_whatever_the_processes(tmp_path: Path) -> None:
    bitext = tmp_path / "news.tsv"
    text = "".join(f"{pair.zh}\t{pair.en}\n" for pair in sentences())
    bitext.write_text(text, encoding="utf-8")
    outputs = []
    for number, more in enumerate([[], ["--processes", "2"], ["--seed", "14"]]):
        output = tmp_path / f"{number}.jsonl"
        command = ["garble", str(bitext), "-o", str(output), "--licence", "ours", *more]
        result = CliRunner().invoke(app, [*command, "--json"])
        assert result.exit_code == 0, result.output
        kept = json.loads(result.stdout)["bitexts"][str(bitext)]["kept"]
        outputs.append(output.read_bytes())
        rows = [json.loads(line) for line in outputs[-1].splitlines()]
        assert len(rows) == kept > 10
        assert {(row["origin"], row["licence"], row["split"]) for row in rows} == {
            ("news", "ours", "train")
        }
    assert outputs[0] == outputs[1] != outputs[2]


def test_bitext_that_is_no_use_is_an_error(dictionary: Dictionary) -> None:
    pairs = [SentencePair("d", 1, "好", "Good"), SentencePair("d", 2, "only", "English here too.")]
    with pytest.raises(InputError, match=r"none of 2 pairs .*1 too short, 1 not"):
        garble(pairs, CONFIG, dictionary)


def test_shipped_config_is_the_default() -> None:
    shipped = load_config(REPOSITORY / "configs" / "garble" / "zh-en.yaml", GarbleConfig)
    assert shipped == GarbleConfig()

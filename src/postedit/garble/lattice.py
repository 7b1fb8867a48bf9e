"""What each stretch of a Chinese sentence may become: phrases of the table, and chosen errors."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postedit.garble.align import Links
from postedit.garble.bitext import CHINESE
from postedit.garble.config import GarbleConfig, NoiseConfig
from postedit.garble.decoder import Option
from postedit.garble.dictionary import Dictionary
from postedit.garble.numerals import in_english, is_number, slipped
from postedit.garble.phrases import PhraseCounts
from postedit.garble.tokens import Words, english_words, join_english
from postedit.records import TermEntry
from postedit.text.words import FUNCTION_WORDS, content_words

_MARKS = {"。": ".", "、": ",", "《": '"', "》": '"', "「": '"', "」": '"', "“": '"', "”": '"'}
# A rendering out of the dictionary, of a word that the phrase table does not know.
_UNKNOWN = -4.0
_LONGEST_TERM = 3


@dataclass(frozen=True, slots=True)
class Slip:
    """An error that was put in on purpose, and the term that mends it, if a glossary would."""

    text: str
    term: TermEntry | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One pair in words, aligned, with the fold that its document belongs to."""

    zh: Words
    en: Words
    links: Links
    fold: int


def choose_slips(
    sentence: Sentence, dictionary: Dictionary, noise: NoiseConfig, rng: random.Random
) -> dict[int, Slip]:
    """The source words that go wrong on purpose, each with what it becomes."""
    slips: dict[int, Slip] = {}
    for i, word in enumerate(sentence.zh):
        if is_number(word):
            if rng.random() < noise.numbers:
                slips[i] = Slip(slipped(word, rng), None)
            continue
        if not CHINESE.match(word):
            continue
        target = _reference_phrase(sentence, i)
        text = _wrong(word, target, dictionary, noise, rng) if target else ""
        if text and text.lower() != target.lower():
            slips[i] = Slip(text, TermEntry(text, target, word))
    return slips


def _reference_phrase(sentence: Sentence, i: int) -> str:
    """The content words of the reference that source word i alone is linked to, or nothing."""
    places = sorted(j for source, j in sentence.links if source == i)
    if not places or places[-1] - places[0] >= min(len(places), _LONGEST_TERM):
        return ""
    if any(source != i and j in places for source, j in sentence.links):
        return ""
    words = sentence.en[places[0] : places[-1] + 1]
    content = [word for word in words if word.lower() not in FUNCTION_WORDS]
    fine = content and words[0] in content and words[-1] in content
    return " ".join(words) if fine and all(word.isalpha() for word in words) else ""


def _wrong(
    word: str, target: str, dictionary: Dictionary, noise: NoiseConfig, rng: random.Random
) -> str:
    dice = rng.random()
    brand = dictionary.brands.get(word)
    if brand is not None and brand[1]:
        return rng.choice(brand[1]) if dice < noise.names else ""
    if all(part[0].isupper() for part in target.split()):
        if dice >= noise.names or len(word) < 2 or not dictionary.names(word):
            return ""
        text = dictionary.pinyin(word) if rng.random() < 0.7 else dictionary.literal(word)
        return text.lower() if rng.random() < noise.lower_names else text
    if dice < noise.literal and len(word) >= 2:
        return dictionary.literal(word)
    if dice < noise.literal + noise.sense:
        others = [
            sense
            for sense in dictionary.senses.get(word, ())
            if sense[0].islower() and sense.lower() not in target.lower()
        ]
        return rng.choice(others) if others else ""
    return ""


def build_options(
    sentence: Sentence,
    slips: Mapping[int, Slip],
    counts: PhraseCounts,
    dictionary: Dictionary,
    config: GarbleConfig,
    rng: random.Random,
) -> list[list[Option]]:
    """For each source word the options that start at it; no option reaches into a slip."""
    decoder = config.decoder
    table: list[list[Option]] = []
    for start, word in enumerate(sentence.zh):
        if start in slips:
            words = english_words(slips[start].text)
            table.append([Option(start, start + 1, words, 0.0, noise=True)])
            continue
        found: list[Option] = []
        for end in range(start + 1, min(start + decoder.longest_phrase, len(sentence.zh)) + 1):
            if end - 1 in slips:
                break
            source = sentence.zh[start:end]
            for phrase in counts.renderings(source, sentence.fold, decoder.options):
                if not _copies(source, phrase.words):
                    continue
                score = phrase.score + decoder.temperature * _gumbel(rng)
                score += decoder.word_bonus * len(phrase.words)
                score -= 0 if phrase.words else decoder.drop_cost
                found.append(Option(start, end, phrase.words, score))
        if is_number(word) or not any(o.end == start + 1 and o.words for o in found):
            fitting = rng.random() < config.noise.fitting
            hint = _reference_phrase(sentence, start) if fitting else ""
            words = _by_rule(word, dictionary, hint)
            score = 0.0 if is_number(word) else _UNKNOWN
            found.append(Option(start, start + 1, words, score + decoder.word_bonus * len(words)))
        table.append(found)
    return table


def _copies(source: Words, target: Words) -> bool:
    """Whether digits and Latin words of the source all stand in its rendering."""
    kept = (word for word in source if word[0].isascii() and word[0].isalnum())
    return all(
        (in_english(word) if is_number(word) else word).lower() in " ".join(target).lower()
        for word in kept
    )


def _by_rule(word: str, dictionary: Dictionary, hint: str) -> Words:
    """A word that the phrase table lacks; of its senses the first that shares a stem with `hint`,
    or else the first of all, as a system of that age picked it.
    """
    if is_number(word):
        return english_words(in_english(word))
    if not CHINESE.match(word):
        return (_MARKS.get(word, word),)
    wanted = content_words(hint)
    fitting = (sense for sense in dictionary.senses.get(word, ()) if content_words(sense) & wanted)
    return english_words(next(fitting, "") or dictionary.bits(word))


def _gumbel(rng: random.Random) -> float:
    return -math.log(-math.log(rng.random() or 1e-12))


def surface(options: Sequence[Option], noise: NoiseConfig, rng: random.Random) -> str:
    """The words of a translation as text, with articles, case and punctuation damaged."""
    words: list[str] = []
    for option in options:
        for word in option.words:
            if not option.noise and word.lower() in ("a", "an", "the"):
                if rng.random() < noise.articles:
                    continue
            elif word in (",", ".") and rng.random() < noise.punctuation:
                words += rng.choice(((), (word, word), (" " + word,)))
                continue
            words.append(word)
    text = join_english([word for word in words if word])
    text = text.replace("  ", " ").strip()
    first_is_slip = bool(options) and options[0].noise
    if first_is_slip or not text or rng.random() < noise.lower_start:
        return text
    return text[0].upper() + text[1:]

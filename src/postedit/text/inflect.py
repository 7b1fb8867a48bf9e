"""English inflection: the forms of a word, the words that a form may belong to.

The dictionary is lemminflect's (MIT, made from the NIH SPECIALIST lexicon), which needs numpy alone
and is loaded at the first word. Of the others, inflect takes seconds to import and knows no verb
forms on the way back, simplemma weighs 19 MB and only leads back.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import ModuleType

from postedit.text.words import FUNCTION_WORDS

_POSSESSIVE = re.compile(r"['’]s?\Z")
# How a word that the dictionary lacks may be made of its base: an ending, and what stood there.
# A base counts only if the library would inflect it to just this word.
_ENDINGS = (("s", ""), ("es", ""), ("ies", "y"))
_VERB_ENDINGS = (("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"))
_SHORTEST_BASE = 3
# The order in which one lemma is chosen of many: "met" is a form of the verb, not a noun.
_CLASSES = ("VERB", "AUX", "NOUN", "PROPN", "ADJ", "ADV")


@lru_cache(maxsize=65536)
def forms(word: str) -> frozenset[str]:
    """All forms of an English word, itself included: plural, possessive, verb forms, degrees.

    An inflected word gives the forms of all that it may belong to. Capitals are carried over from
    the word: "Tmall" gives "Tmalls" and "Tmall's", "SIM" gives "SIMs". A name, or a word that the
    dictionary does not have, is inflected as a noun. Apostrophes are straight.

    >>> sorted(forms("operator"))
    ['operator', "operator's", 'operators', "operators'"]
    >>> forms("sold") >= {"sell", "sells", "selling", "sold"}
    True
    """
    bare = _bare(word)
    if not bare or not bare[-1].isalpha():
        return frozenset({word, bare + "'s"}) if bare else frozenset({word})
    if bare.lower() in FUNCTION_WORDS and not _tables().getAllInflections(lemma(bare)):
        return frozenset({word})
    found = {bare.lower()}
    nouns: set[str] = set()
    bases = lemmas(bare)
    for base in bases:
        by_tag = _tables().getAllInflections(base)
        if not by_tag and base == bare.lower() and len(bases) > 1:
            continue  # unknown, with the ending of an inflection: "telecoms" is not inflected again
        if not by_tag or bare != bare.lower():
            by_tag = by_tag | _tables().getAllInflectionsOOV(base, "NOUN")
        for tag, spellings in by_tag.items():
            found.update(spellings)
            if tag in ("NN", "NNS", "NNP", "NNPS"):
                nouns.update(spellings)
    found |= {_possessive(noun) for noun in nouns}
    return frozenset({word, *(with_case_of(form.lower(), bare) for form in found)})


@lru_cache(maxsize=65536)
def lemmas(word: str) -> frozenset[str]:
    """Base forms, in lower case, of which the word may be a form; two words that share one are kin.

    >>> sorted(lemmas("meetings")), sorted(lemmas("left")), sorted(lemmas("telecom's"))
    (['meeting'], ['leave', 'left'], ['telecom'])
    """
    by_class = _by_class(_bare(word))
    return frozenset(base for bases in by_class.values() for base in bases)


@lru_cache(maxsize=65536)
def lemma(word: str) -> str:
    """One base form of a word, in lower case: a verb's before a noun's, or the word if it is one.

    >>> lemma("Visited"), lemma("met"), lemma("children's"), lemma("Tmall")
    ('visit', 'meet', 'child', 'tmall')
    """
    by_class, lower = _by_class(_bare(word)), _bare(word).lower()
    if not lower or _tables().getAllInflections(lower):
        return lower
    ordered = [base for kind in _CLASSES for base in by_class.get(kind, ())]
    return next((base for base in ordered if base != lower), lower)


@lru_cache(maxsize=65536)
def inflections(base: str) -> dict[str, tuple[str, ...]]:
    """Forms of a base form by their Penn Treebank tags; those of a noun if it is not known.

    A word of a closed class, which has no other forms, has none here.
    """
    found: dict[str, tuple[str, ...]] = _tables().getAllInflections(base)
    if found or base in FUNCTION_WORDS or not base[-1:].isalpha():
        return found
    return dict(_tables().getAllInflectionsOOV(base, "NOUN"))


def is_known(word: str) -> bool:
    """Whether the dictionary has the word, in lower case, as a base form or as an inflection."""
    return bool(_tables().getAllLemmas(word))


def same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one, whatever their case: "companies", "Company's"."""
    return one.lower() == other.lower() or not lemmas(one).isdisjoint(lemmas(other))


def with_case_of(word: str, model: str) -> str:
    """A word in lower case written with the capitals of a word of its kin.

    >>> with_case_of("sims", "SIM"), with_case_of("companies", "Company")
    ('SIMs', 'Companies')
    """
    if model == model.lower():
        return word
    common = _common_prefix(word, model.lower())
    if len(model) > 1 and model == model.upper() and common < len(model):
        return word.upper()
    return model[:common] + word[common:]


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _possessive(noun: str) -> str:
    return noun + ("'" if noun.endswith("s") else "'s")


def _common_prefix(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


@lru_cache(maxsize=65536)
def _by_class(word: str) -> dict[str, tuple[str, ...]]:
    """Lemmas by part of speech; a base form is its own lemma."""
    tables, lower = _tables(), word.lower()
    found: dict[str, tuple[str, ...]] = dict(tables.getAllLemmas(lower))
    if found or lower in FUNCTION_WORDS:
        if not found or ((lower,) not in found.values() and tables.getAllInflections(lower)):
            found["X"] = (lower,)
        return found
    found["NOUN"] = _bases(lower, "NOUN", _ENDINGS)
    # "Beijing" is no form of a verb.
    found["VERB"] = _bases(lower, "VERB", _VERB_ENDINGS) if word == lower else ()
    found["X"] = (lower,)
    return found


def _bases(lower: str, kind: str, endings: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    stems = (
        lower.removesuffix(ending) + instead
        for ending, instead in endings
        if lower.endswith(ending) and len(lower) >= _SHORTEST_BASE + len(ending)
    )
    return tuple(
        stem
        for stem in stems
        if any(lower in made for made in _tables().getAllInflectionsOOV(stem, kind).values())
    )


@cache
def _tables() -> ModuleType:
    import lemminflect

    return lemminflect  # type: ignore[no-any-return]


def parts_of_speech(word: str) -> frozenset[str]:
    """Universal part-of-speech tags of the classes that a word may belong to; empty if unknown.

    >>> sorted(parts_of_speech("visited")), parts_of_speech("Tmall")
    (['VERB'], frozenset())
    """
    return frozenset(_tables().getAllLemmas(_bare(word).lower()))

"""Content words of an English text: what a repair may not lose, and may not invent."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CONTRACTED = re.compile(r"'(?:s|m|d|re|ve|ll)\Z")

# Closed classes of English: words that a repair may add, drop or exchange without touching what
# is said. Negations and quantities are not here: they carry meaning.
FUNCTION_WORDS = frozenset(
    """a an the this that these those such
    i you he she it we they me him her us them my your his its our their mine yours hers ours
    theirs myself yourself himself herself itself ourselves themselves one who whom whose which
    what where when how why
    am is are was were be been being do does did done doing have has had having will would shall
    should can could may might must
    of in on at by for with from to into onto over under about as than through during within
    between among against toward towards upon out up down off
    and or but so yet if then else while because since although though whereas that
    there here also just even very too
    mr mrs ms
    s t re ve ll d m""".split()
)

# Base form first, then the forms that no stemmer can lead back to it. Machine translation out of
# Chinese, which has no tenses and no plurals, is wrong in just these.
_IRREGULAR = {
    form: base
    for base, *forms in (
        group.split()
        for group in """
    arise arose arisen, bear bore borne, beat beaten, become became, begin began begun, bend
    bent, bind bound, bite bit bitten, bleed bled, blow blew blown, break broke broken, breed
    bred, bring brought, build built, burn burnt, buy bought, catch caught, choose chose chosen,
    come came, creep crept, deal dealt, dig dug, draw drew drawn, dream dreamt, drink drank
    drunk, drive drove driven, eat ate eaten, fall fell fallen, feed fed, feel felt, fight
    fought, find found, flee fled, fly flew flown, forbid forbade forbidden, forecast
    forecasted, forget forgot forgotten, forgive forgave forgiven, freeze froze frozen, get got
    gotten, give gave given, go went gone, grow grew grown, hang hung, hear heard, hide hid
    hidden, hold held, keep kept, kneel knelt, know knew known, lay laid, lead led, lean leant,
    leap leapt, learn learnt, leave left, lend lent, lie lain, light lit, lose lost, make made,
    mean meant, meet met, mistake mistook mistaken, overcome overcame, overtake overtook
    overtaken, pay paid, prove proven, ride rode ridden, ring rang rung, rise rose risen, run
    ran, say said, see saw seen, seek sought, sell sold, send sent, shake shook shaken, shine
    shone, shoot shot, show shown, shrink shrank shrunk, sing sang sung, sink sank sunk, sit
    sat, sleep slept, slide slid, speak spoke spoken, speed sped, spend spent, spin spun, spring
    sprang sprung, stand stood, steal stole stolen, stick stuck, strike struck stricken, strive
    strove striven, swear swore sworn, sweep swept, swell swollen, swim swam swum, swing swung,
    take took taken, teach taught, tear tore torn, tell told, think thought, throw threw thrown,
    undergo underwent undergone, understand understood, undertake undertook undertaken, wake
    woke woken, wear wore worn, weave wove woven, win won, withdraw withdrew withdrawn,
    withstand withstood, write wrote written, man men, woman women, child children, person
    people, foot feet, tooth teeth
    """.split(",")
    )
    for form in forms
}

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball (Porter 2) stem of an English word, in lower case; irregular forms are known.

    >>> stem("Visited"), stem("met"), stem("people")
    ('visit', 'meet', 'person')
    """
    lower = word.lower().replace("’", "'")
    return str(_stemmer.stemWord(_IRREGULAR.get(lower, lower)))


def content_words(text: str) -> Counter[str]:
    """Stems of the content words of `text`, each with the number of times it stands there.

    >>> content_words("We don't sell the phones.") == content_words("We do not sell a phone.")
    True
    """
    return Counter(content_stems(text))


def content_stems(text: str) -> list[str]:
    """The same, in the order in which they stand."""
    words = (_uncontracted(word.lower().replace("’", "'")) for word in _WORD.findall(text))
    return [stem(word) for word in words if word not in FUNCTION_WORDS]


def _uncontracted(word: str) -> str:
    """The word that a contraction leaves if its pronoun, auxiliary or possessive is not counted."""
    if word == "cannot" or word.endswith("n't"):
        return "not"
    return _CONTRACTED.sub("", word)


def coverage(part: Counter[str], whole: Counter[str]) -> float:
    """Share of the items of `part`, counted with repeats, that `whole` has too; 1.0 for none."""
    total = part.total()
    return (part & whole).total() / total if total else 1.0

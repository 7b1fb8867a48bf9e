"""The frozen records that the stages hand to each other; nothing here computes more than itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `text[start:end]`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters that the span covers in `text`."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two ranges share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Unit:
    """One entry of a file: a paragraph of machine translation, with its source if there is one."""

    id: str
    mt: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence-sized piece of a unit; `span` is its place in the unit's text."""

    unit: int
    index: int
    text: str
    span: Span


class TermStatus(StrEnum):
    """What a termbase says about the target of an entry."""

    PREFERRED = "preferred"
    ADMITTED = "admitted"
    FORBIDDEN = "forbidden"
    DO_NOT_TRANSLATE = "do-not-translate"


class TermCase(StrEnum):
    """In which case an mt form must stand for its entry to apply."""

    AUTO = "auto"  # lower case listed: any; a capital listed: as listed, or all in capitals
    ANY = "any"
    EXACT = "exact"
    LOWER = "lower"
    CAPITAL = "capital"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold around an mt form for its entry to apply; the default asks for nothing.

    `before` and `after` are words or phrases of which one must stand right before or after the mt
    form, the `not_` pair those of which none may; lower case, any inflection. `near` asks for one
    of its words anywhere in the segment. `source` asks that a source text is given and has the
    entry's source. `sure` says that where the rest holds the entry applies unasked: no model is to
    weigh it.
    """

    case: TermCase = TermCase.AUTO
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    source: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class TermEntry:
    """One pair of a concept: how it stands in the mt, its source, the target that it must become.

    Entries that share an `id` are terms of one concept. An empty `mt` stands for the target itself
    (a termbase made for people lists no mt forms). The target of a FORBIDDEN entry is what the mt
    form must not become.
    """

    mt: str
    target: str
    source: str = ""
    status: TermStatus = TermStatus.PREFERRED
    note: str = ""
    id: str = ""
    pos: str = ""
    domain: str = ""
    conditions: Conditions = Conditions()

    @property
    def form(self) -> str:
        """What to look for in the mt."""
        return self.mt or self.target


@dataclass(frozen=True, slots=True)
class TermMatch:
    """An entry and the place in a text where its `mt` form stands, in any inflection.

    `target` is the entry's target in the number and case that this place asks for: what a draft
    puts in. `allowed` are the concept's other targets, as listed: a repair that has one of them, in
    any form, is right too. `confirmed` says that the source text has the entry's source. A match of
    a FORBIDDEN entry says what must not come out; that of a DO_NOT_TRANSLATE entry, what must come
    out letter by letter.
    """

    entry: TermEntry
    span: Span
    form: str = ""
    allowed: tuple[str, ...] = ()
    confirmed: bool = False

    @property
    def target(self) -> str:
        """The target in the form that the place asks for; as listed if nothing else was said."""
        return self.form or self.entry.target

    @property
    def is_forbidden(self) -> bool:
        """Whether the entry says what must not come out."""
        return self.entry.status is TermStatus.FORBIDDEN

    @property
    def is_exact(self) -> bool:
        """Whether the target must come out letter by letter."""
        return self.entry.status is TermStatus.DO_NOT_TRANSLATE


@dataclass(frozen=True, slots=True)
class Replacement:
    """A text whose matched terms stand in their target form; `spans[i]` is where match i went."""

    text: str
    spans: tuple[Span, ...]


class BeadFlag(StrEnum):
    """Why a person should look at a bead."""

    # Its confidence is low: the sentences stand where they should, but share little.
    DOUBTFUL = "doubtful"
    # Two neighbours changed places in it; the bead holds both.
    CROSSED = "crossed"
    # A sentence that the other side does not have.
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Bead:
    """An aligned group: mt sentences `mt[0]..mt[1]` with reference sentences `reference[0]..[1]`.

    Both are half-open index ranges. `confidence` is between 0 and 1; it is 0 where a side is empty.
    """

    mt: tuple[int, int]
    reference: tuple[int, int]
    confidence: float
    flag: BeadFlag | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say of one segment: the check's id, a message, and the place if known."""

    check: str
    message: str
    span: Span | None = None


class EditType(StrEnum):
    """What an edit of English text is about; the first that fits, in the order of `align/types`.

    `form` is another form of the same word that is neither agreement nor tense (a possessive, a
    noun for a verb), `function` any other closed-class word (pronouns, connectives), and `spacing`
    nothing but white space.
    """

    TERM = "term"
    NUMBER = "number"
    WORD_ORDER = "word order"
    CASING = "casing"
    PUNCTUATION = "punctuation"
    ARTICLE = "article"
    AGREEMENT = "agreement"
    TENSE = "tense"
    PREPOSITION = "preposition"
    FORM = "form"
    FUNCTION = "function"
    LEXICAL = "lexical"
    SPACING = "spacing"


@dataclass(frozen=True, slots=True)
class Edit:
    """`old`, which stands at `span` of one text, became `new`, which stands at `into` of the other.

    Either may be empty. A move is two edits with one number in `shift`: where the words were taken
    out, and where they were put in.
    """

    span: Span
    into: Span
    old: str
    new: str
    type: EditType
    shift: int | None = None

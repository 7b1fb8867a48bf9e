"""TBX-Basic, versions 2 (ISO 30042:2008) and 3 (ISO 30042:2019, DCA style).

A concept has terms in languages. The mt forms of a term are terms of the private language tag
en-x-mt. Where a concept has more than one term in a language, crossReference elements say which mt
form becomes which target; a file from elsewhere has none, and then every source goes with every
target. What TBX-Basic has no category for (conditions, do-not-translate) stands in notes that begin
with "postedit:"; Weblate's `<descrip type="Translation needed">No` is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postedit.errors import MissingExtra, TermbaseError
from postedit.records import TermStatus
from postedit.termbase.entries import Place, Placed, entry_of

MT, SOURCE, TARGET = "en-x-mt", "zh", "en"
XML = "{http://www.w3.org/XML/1998/namespace}"
V3 = "urn:iso:std:iso:30042:ed-2"
NAME = re.compile(r"[^\W\d][\w.-]*\Z", re.ASCII)
OWN_ID = re.compile(r"postedit\.\d+\Z")
MARK = "postedit:"
ILLEGAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# ISO 12620 names first, then what Weblate and older files write.
_STATUS_OF = {
    "preferredTerm-admn-sts": TermStatus.PREFERRED,
    "admittedTerm-admn-sts": TermStatus.ADMITTED,
    "deprecatedTerm-admn-sts": TermStatus.FORBIDDEN,
    "supersededTerm-admn-sts": TermStatus.FORBIDDEN,
    "preferredTerm": TermStatus.PREFERRED,
    "admittedTerm": TermStatus.ADMITTED,
    "deprecatedTerm": TermStatus.FORBIDDEN,
    "preferred": TermStatus.PREFERRED,
    "admitted": TermStatus.ADMITTED,
    "forbidden": TermStatus.FORBIDDEN,
    "obsolete": TermStatus.FORBIDDEN,
    "notRecommended": TermStatus.FORBIDDEN,
}
NAME_OF = {
    TermStatus.PREFERRED: "preferredTerm-admn-sts",
    TermStatus.ADMITTED: "admittedTerm-admn-sts",
    TermStatus.FORBIDDEN: "deprecatedTerm-admn-sts",
    TermStatus.DO_NOT_TRANSLATE: "preferredTerm-admn-sts",
}


@dataclass(frozen=True, slots=True)
class _Names:
    root: str
    header: str
    entry: str
    language: str
    term: str


V2_NAMES = _Names("martif", "martifHeader", "termEntry", "langSet", "tig")
V3_NAMES = _Names("tbx", "tbxHeader", "conceptEntry", "langSec", "termSec")


@dataclass(frozen=True, slots=True)
class _Term:
    language: str
    text: str
    id: str
    refs: tuple[str, ...]
    cells: dict[str, str]
    line: int


def read_tbx(raw: bytes, path: Path | str) -> Iterator[Placed]:
    """The entries of a TBX file; TermbaseError on XML that is broken or that declares entities."""
    root = _parse(raw, path)
    names = V2_NAMES if _local(root) == "martif" else V3_NAMES
    if _local(root) not in ("martif", "tbx"):
        raise TermbaseError(
            f"its root is <{_local(root)}>; valid: <martif> (TBX 2), <tbx> (TBX 3)", path=path
        )
    if root.get("style", "dca") != "dca":
        raise TermbaseError(
            f"TBX style “{root.get('style')}” is not read; valid: dca (categories in attributes)",
            path=path,
            line=root.sourceline,
        )
    for concept in root.iter():
        if _local(concept) == names.entry:
            yield from _concept(concept, names, path)


def _parse(raw: bytes, path: Path | str) -> Any:
    etree = etree_of("reading TBX")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise TermbaseError(f"not XML: {error.msg}", path=path, line=error.lineno) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise TermbaseError("declares entities, which are not read", path=path)
    for node in root.iter(etree.Entity):
        problem = f"has the unknown entity {node.text}"
        raise TermbaseError(problem, path=path, line=node.sourceline)
    return root


def etree_of(what: str) -> Any:
    """lxml's etree, or MissingExtra that says what needs it."""
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtra(what, "formats") from error
    return etree


def _local(element: Any) -> str:
    name = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _concept(concept: Any, names: _Names, path: Path | str) -> Iterator[Placed]:
    own, shared = concept.get("id", ""), _descriptions(concept, names.language)
    cells = {"domain": shared.get("subjectField", "")} | _marked(shared)
    if "id" not in cells:
        cells["id"] = "" if OWN_ID.match(own) else own
    terms = [
        _term(section, part)
        for section in concept
        if _local(section) == names.language
        for part in section.iter()
        if _local(part) in (names.term, "ntig")
    ]
    for term, mt, source in _pairs(terms):
        place = Place(path, term.line)
        found = cells | term.cells | {"target": term.text, "mt": mt, "source": source}
        if not found.get("note"):
            found["note"] = shared.get("note", "")
        yield Placed(entry_of(found, place), place)


def _pairs(terms: Sequence[_Term]) -> Iterator[tuple[_Term, str, str]]:
    """Targets with the mt and the source of each entry that they stand in."""
    by_id = {term.id: term for term in terms if term.id}
    sources = [term for term in terms if not term.language.startswith("en")]
    forms = [term for term in terms if term.language == MT]
    for term in terms:
        if not term.language.startswith("en") or term.language == MT:
            continue
        known = [by_id[ref] for ref in term.refs if ref in by_id]
        own = [one for one in known if one.language == MT or one in sources]
        if not own:
            mts = [form.text for form in forms if not form.refs] or [""]
            froms = [source.text for source in sources] or [""]
            for mt in mts:
                yield from ((term, mt or ("" if of else term.text), of) for of in froms)
        for one in own:
            if one.language != MT:
                yield term, "", one.text
                continue
            of = [by_id[ref].text for ref in one.refs if ref in by_id]
            yield term, one.text, of[0] if of else ""


def _term(section: Any, part: Any) -> _Term:
    found = _descriptions(part, "")
    text = next((_text(child) for child in part.iter() if _local(child) == "term"), "")
    refs = tuple(
        child.get("target", "")
        for child in part.iter()
        if _local(child) == "ref" and child.get("type") == "crossReference"
    )
    status = _STATUS_OF.get(found.get("administrativeStatus", ""), TermStatus.PREFERRED)
    if found.get("Translation needed", "").lower() == "no":
        status = TermStatus.DO_NOT_TRANSLATE
    cells = {"status": status.value, "pos": found.get("partOfSpeech", "")}
    if note := found.get("note", ""):
        cells["note"] = note
    language = section.get(XML + "lang") or section.get("lang") or ""
    return _Term(
        language=language.lower().replace("_", "-"),
        text=text,
        id=part.get("id", ""),
        refs=refs,
        cells=cells | _marked(found),
        line=part.sourceline,
    )


def _descriptions(element: Any, stop: str) -> dict[str, str]:
    """Values of descrip, termNote, admin and note elements below, by their type."""
    found: dict[str, str] = {}
    for child in element:
        name = _local(child)
        if name == stop:
            continue
        if name in ("descrip", "termNote", "admin"):
            found.setdefault(child.get("type", ""), _text(child))
        elif name == "note":
            text = _text(child)
            key, is_marked, value = text.removeprefix(MARK).partition("=")
            if text.startswith(MARK) and is_marked:
                found[MARK + key] = value
            else:
                found["note"] = f"{found['note']}\n{text}" if "note" in found else text
        elif name in ("descripGrp", "termNoteGrp", "adminGrp", "termGrp"):
            found = _descriptions(child, stop) | found
    return found


def _marked(found: dict[str, str]) -> dict[str, str]:
    return {key.removeprefix(MARK): v for key, v in found.items() if key.startswith(MARK)}

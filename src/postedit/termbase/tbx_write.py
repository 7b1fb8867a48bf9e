"""Write TBX-Basic: the way back from `tbx.read_tbx`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postedit.errors import TermbaseError
from postedit.records import TermEntry, TermStatus
from postedit.termbase import tbx
from postedit.termbase.entries import cells_of


def write_tbx(entries: Sequence[TermEntry], version: int = 3) -> bytes:
    """A TBX file of version 2 or 3; entries that share an id stand in one concept, in order."""
    for entry in entries:
        _check(entry)
    return _Writer(version).write(entries)


def _check(entry: TermEntry) -> None:
    for name, cell in cells_of(entry).items():
        if bad := tbx.ILLEGAL.search(cell):
            raise TermbaseError(
                f"{name} of “{entry.form}” has the character U+{ord(bad.group()):04X},"
                " which XML cannot hold"
            )


class _Writer:
    def __init__(self, version: int):
        self._etree = tbx.etree_of("writing TBX")
        self._version = version
        self._names = tbx.V3_NAMES if version == 3 else tbx.V2_NAMES
        self._space = f"{{{tbx.V3}}}" if version == 3 else ""

    def write(self, entries: Sequence[TermEntry]) -> bytes:
        space = {None: tbx.V3} if self._version == 3 else None
        root = self._etree.Element(self._space + self._names.root, nsmap=space)
        root.set("type", "TBX-Basic")
        if self._version == 3:
            root.set("style", "dca")
        root.set(tbx.XML + "lang", tbx.TARGET)
        header = self._add(root, self._names.header)
        description = self._add(self._add(header, "fileDesc"), "sourceDesc")
        self._add(description, "p", "Termbase written by postedit")
        body = self._add(self._add(root, "text"), "body")
        concepts: dict[str, list[TermEntry]] = {}
        for number, entry in enumerate(entries, start=1):
            concepts.setdefault(entry.id or f"\0{number}", []).append(entry)
        for number, group in enumerate(concepts.values(), start=1):
            self._concept(body, group, number)
        tree = self._etree.ElementTree(root)
        return bytes(
            self._etree.tostring(tree, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        )

    def _concept(self, body: Any, group: Sequence[TermEntry], number: int) -> None:
        concept = self._add(body, self._names.entry)
        own = group[0].id
        named = own if tbx.NAME.match(own) and not tbx.OWN_ID.match(own) else ""
        concept.set("id", named or f"postedit.{number}")
        domain = group[0].domain if len({entry.domain for entry in group}) == 1 else ""
        if domain:
            self._add(concept, "descrip", domain, type="subjectField")
        if own != named:
            self._note(concept, "id", own)
        sources = list(dict.fromkeys(entry.source for entry in group if entry.source))
        forms = list(dict.fromkeys((entry.mt, entry.source) for entry in group if entry.mt))
        name = f"postedit.{number}"
        section = self._language(concept, tbx.SOURCE) if sources else None
        for i, source in enumerate(sources):
            self._term(section, source, f"{name}.s{i}")
        section = self._language(concept, tbx.MT) if forms else None
        for i, (mt, source) in enumerate(forms):
            term = self._term(section, mt, f"{name}.m{i}")
            if source:
                self._ref(term, f"{name}.s{sources.index(source)}")
        targets: dict[tuple[str, ...], list[TermEntry]] = {}
        for entry in group:
            cells = cells_of(entry) | {"mt": "", "source": ""}
            targets.setdefault(tuple(cells.values()), []).append(entry)
        section = self._language(concept, tbx.TARGET)
        for i, same in enumerate(targets.values()):
            term = self._target(section, same[0], f"{name}.t{i}", domain)
            for entry in same:
                at = (
                    f"{name}.m{forms.index((entry.mt, entry.source))}"
                    if entry.mt
                    else f"{name}.s{sources.index(entry.source)}"
                )
                self._ref(term, at)

    def _target(self, section: Any, entry: TermEntry, id_: str, domain: str) -> Any:
        term = self._term(section, entry.target, id_)
        self._add(term, "termNote", tbx.NAME_OF[entry.status], type="administrativeStatus")
        if entry.pos:
            self._add(term, "termNote", entry.pos, type="partOfSpeech")
        if entry.note.startswith(tbx.MARK):
            self._note(term, "note", entry.note)
        elif entry.note:
            self._add(term, "note", entry.note)
        cells = cells_of(entry)
        if entry.status is TermStatus.DO_NOT_TRANSLATE:
            self._note(term, "status", cells["status"])
        if cells["conditions"]:
            self._note(term, "conditions", cells["conditions"])
        if entry.domain != domain:
            self._note(term, "domain", entry.domain)
        return term

    def _add(self, parent: Any, name: str, text: str = "", **attributes: str) -> Any:
        child = self._etree.SubElement(parent, self._space + name, attributes)
        if text:
            child.text = text
        return child

    def _language(self, concept: Any, code: str) -> Any:
        section = self._add(concept, self._names.language)
        section.set(tbx.XML + "lang", code)
        return section

    def _term(self, section: Any, text: str, id_: str) -> Any:
        term = self._add(section, self._names.term, id=id_)
        self._add(term, "term", text)
        return term

    def _ref(self, term: Any, target: str) -> None:
        self._add(term, "ref", type="crossReference", target=target)

    def _note(self, element: Any, key: str, value: str) -> None:
        self._add(element, "note", f"{tbx.MARK}{key}={value}")

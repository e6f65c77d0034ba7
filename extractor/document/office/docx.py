"""DOCX: paragraphs with their numbers, tables, notes, comments, headers and footers, by page as Word last saw it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias
from xml.etree.ElementTree import Element

from ..archive import Archive, archive
from ..elements import attribute, child, children, integer, local, optional, part, text_in
from ..file import File
from ..limits import unreadable
from ..lines import Lines
from ..page import Contents
from ..ranges import PageChoice
from ..tables import block
from .charts import chart
from .numbering import Numbering, roman
from .package import links, macros, main_part, paged, scanned, within

_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"\W*(page|seite|página|pagina)?\W*\d*\W*((of|von|de|di|sur)?\W*\d*)\W*", re.IGNORECASE)
_LINES_OF_A_CELL = 4
"""A cell with a table of more lines lays out a page: its lines are kept."""
_MOST_COLUMNS = 100
_PLACES = ("word/media/", "word/embeddings/")


_Box: TypeAlias = Element | tuple[str, ...]
"""What hangs on a paragraph and follows it: blocks, or lines as they are."""


class _Break(Enum):
    PAGE = "page"


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """Pages as far as Word wrote down where they break; else one. A password is not needed and not looked at."""
    with archive(file) as opened:
        name = main_part(opened, "word/document.xml")
        story = _Story(_Source(opened, name), part(opened, name))
        try:
            texts = story.written()
        except RecursionError:
            raise unreadable(file.source, "nests tables or boxes deeper than any document: save it as PDF") from None
        attachments = within(opened, _PLACES)
        found = scanned(paged(texts, pages, file.source), attachments, file.source)
        return Contents(found, (*story.source.notes(), *macros(opened)), attachments)


class _Source:
    """What the text points to: styles, numbers, notes, comments, charts; and what was passed over."""

    def __init__(self, opened: Archive, name: str) -> None:
        self.archive = opened
        self.links = links(opened, name)
        kinds = {link.kind: link.part for link in self.links.values()}
        self.styles = _styles(optional(opened, kinds.get("styles", "")))
        self.numbering = Numbering(optional(opened, kinds.get("numbering", "")))
        self.footnotes = _by_id(optional(opened, kinds.get("footnotes", "")))
        self.endnotes = _by_id(optional(opened, kinds.get("endnotes", "")))
        self.comments = _by_id(optional(opened, kinds.get("comments", "")))
        self.passed_over: dict[str, int] = {}

    def part(self, element: Element) -> Element | None:
        """The root of the part that an element names by its id."""
        link = self.links.get(attribute(element, "id"))
        return optional(self.archive, link.part) if link else None

    def pass_over(self, what: str) -> None:
        self.passed_over[what] = self.passed_over.get(what, 0) + 1

    def notes(self) -> Iterator[str]:
        for what, count in self.passed_over.items():
            yield f"{what} ({count:,} times)" if count > 1 else what


def _by_id(root: Element | None) -> dict[str, Element]:
    return {attribute(each, "id"): each for each in (root if root is not None else ()) if local(each) != "Relationship"}


def _styles(root: Element | None) -> dict[str, Element]:
    return {attribute(each, "styleId"): each for each in children(root, "style")}


class _Story:
    """A run of paragraphs and tables: the body, a cell, a note, a header. ``breaks`` tells that a page begins in it."""

    def __init__(self, source: _Source, root: Element) -> None:
        self.source = source
        self.root = root
        self.pages = [Lines()]
        self.breaks = False
        self.cited: list[str] = []
        self.marked: dict[str, int] = {}
        self.nests = False

    @property
    def lines(self) -> Lines:
        return self.pages[-1]

    def written(self) -> list[str]:
        """The text of the whole document by page, headers at its top and footers at its end."""
        body = child(self.root, "body")
        tops, ends = self._around("headerReference"), self._around("footerReference")
        self.lines.extend(tops)
        self.lines.gap()
        self.blocks(body if body is not None else self.root)
        self._close_page()
        self.lines.gap()
        self.lines.extend(self._at_end())
        self.lines.gap()
        self.lines.extend(ends)
        return [lines.text() for lines in self.pages]

    def blocks(self, parent: Element) -> None:
        for element in parent:
            _BLOCKS.get(local(element), _nothing)(self, element)

    def text(self) -> str:
        """All of a story that has no pages of its own."""
        self.blocks(self.root)
        return "\n".join(filter(None, (lines.text() for lines in self.pages)))

    def new_page(self) -> None:
        self.breaks = True
        self._close_page()
        if self.lines.text():
            self.pages.append(Lines())

    def _close_page(self) -> None:
        """Footnotes and comments stand at the end of the page that they are cited on."""
        cited, self.cited = self.cited, []
        if cited:
            self.lines.gap()
            self.lines.extend(cited)

    def _around(self, name: str) -> list[str]:
        """What stands above or below every page, each different text once."""
        found: dict[str, None] = {}
        for reference in (each for each in self.root.iter() if local(each) == name):
            root = self.source.part(reference)
            said = _Story(self.source, root).text() if root is not None else ""
            if said and not _PAGE_NUMBER.fullmatch(said):
                found[said] = None
        return list(found)

    def _at_end(self) -> list[str]:
        ends = (key for key in self.marked if key.startswith("endnote "))
        return [f"[{roman(self.marked[key])}] {self._said(self.source.endnotes, key.split(' ')[1])}" for key in ends]

    def _said(self, notes: dict[str, Element], key: str) -> str:
        note = notes.get(key)
        return " ".join(_Story(self.source, note).text().split()) if note is not None else ""

    def note(self, kind: str, key: str) -> str:
        """The mark of a note or comment in the text; what it says follows at the end of the page or the document."""
        place = f"{kind} {key}"
        number = self.marked.setdefault(place, sum(each.startswith(kind) for each in self.marked) + 1)
        if kind == "endnote":
            return f"[{roman(number)}]"
        if kind == "footnote":
            self.cited.append(f"[{number}] {self._said(self.source.footnotes, key)}")
            return f"[{number}]"
        comment = self.source.comments.get(key)
        author = attribute(comment, "author") if comment is not None else ""
        self.cited.append(f"[comment {number}] {author}: {self._said(self.source.comments, key)}")
        return f"[comment {number}]"

    def paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        level, mark = self._heading(properties), self._mark(properties)
        if _is_on(child(properties, "pageBreakBefore")):
            self.new_page()
        if level:
            self.lines.gap()
        self.lines.begin("#" * level + " " * bool(level) + mark + " " * bool(mark))
        boxes: list[_Box] = []
        for piece in _inline(self, element, boxes):
            if isinstance(piece, _Break):
                self.new_page()
            elif piece == "\n":
                self.lines.end_line()
            else:
                self.lines.add(piece)
        if level:
            self.lines.gap()
        self.lines.end_line()
        for box in boxes:
            if isinstance(box, tuple):
                self.lines.extend(box)
            else:
                self.blocks(box)

    def _chain(self, properties: Element | None) -> Iterator[Element]:
        """The paragraph's own properties, then those of its style, and of what that is based on."""
        if properties is not None:
            yield properties
        name, seen = _value(child(properties, "pStyle")), set[str]()
        while name in self.source.styles and name not in seen:
            seen.add(name)
            style = self.source.styles[name]
            yield style
            yield from children(style, "pPr")
            name = _value(child(style, "basedOn"))

    def _heading(self, properties: Element | None) -> int:
        for each in self._chain(properties):
            name = _value(child(each, "name"))
            if found := _HEADING.match(name):
                return min(int(found[1]), 6)
            if name.lower() == "title":
                return 1
            if (outline := child(each, "outlineLvl")) is not None:
                return level + 1 if (level := integer(outline, "val", 9)) < 6 else 0
        return 0

    def _mark(self, properties: Element | None) -> str:
        number, level = "", 0
        for numbered in (child(each, "numPr") for each in self._chain(properties)):
            if numbered is None:
                continue
            number = number or _value(child(numbered, "numId"))
            level = level or integer(child(numbered, "ilvl"), "val")
            if number:
                break
        return self.source.numbering.mark(number, level) if number and number != "0" else ""

    def table(self, element: Element) -> None:
        self.nests = True
        self.lines.gap()
        hanging: dict[int, str] = {}
        rows: list[list[str]] = []
        for line in _flat(element, "tr"):
            if child(line, "trPr", "del") is not None:
                self.source.pass_over("deleted rows of tables are left out")
                continue
            found = self._row(line, hanging)
            if found.breaks or found.lays_out:
                self.lines.extend(block(rows))
                rows = []
            if found.breaks:
                self.new_page()
            if found.lays_out:
                self.lines.extend(said for text in found.cells for said in text.split("\n") if said)
            else:
                rows.append(found.cells)
        self.lines.extend(block(rows))
        self.lines.gap()

    def _row(self, element: Element, hanging: dict[int, str]) -> _Row:
        """``hanging`` is what cells that span rows say, by column: it stands in each of the rows."""
        found = _Row([""] * integer(child(element, "trPr", "gridBefore"), "val"))
        for cell in _flat(element, "tc"):
            story = _Story(self.source, cell)
            story.cited, story.marked = self.cited, self.marked
            own, merge = story.text(), child(cell, "tcPr", "vMerge")
            goes_on = merge is not None and attribute(merge, "val", "continue") == "continue"
            at = len(found.cells)
            hanging[at] = hanging.get(at, "") if goes_on else own
            width = min(max(integer(child(cell, "tcPr", "gridSpan"), "val", 1), 1), _MOST_COLUMNS)
            found.cells += [hanging[at]] + [""] * (width - 1)
            found.breaks = found.breaks or story.breaks
            found.lays_out = found.lays_out or (story.nests and own.count("\n") >= _LINES_OF_A_CELL)
        return found


@dataclass(slots=True)
class _Row:
    """``breaks``: a page begins in it; ``lays_out``: it holds a table that is more than a value."""

    cells: list[str]
    breaks: bool = False
    lays_out: bool = False


def _flat(element: Element, name: str) -> Iterator[Element]:
    """The rows or cells in a table, also those in content controls and tracked changes."""
    for inner in element:
        if local(inner) == name:
            yield inner
        elif local(inner) in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _flat(inner, name)


def _value(element: Element | None) -> str:
    return attribute(element, "val") if element is not None else ""


def _is_on(element: Element | None) -> bool:
    return element is not None and attribute(element, "val", "1") not in ("0", "false", "off")


def _nothing(story: _Story, element: Element) -> None:
    pass


def _chosen(element: Element) -> Element | None:
    """Of what Word writes in a new and an old way, the new one."""
    return next((each for name in ("Choice", "Fallback") for each in children(element, name) if len(each)), None)


def _alternative(story: _Story, element: Element) -> None:
    if (chosen := _chosen(element)) is not None:
        story.blocks(chosen)


def _unread(what: str) -> Callable[[_Story, Element], None]:
    return lambda story, element: story.source.pass_over(what)


_BLOCKS: dict[str, Callable[[_Story, Element], None]] = {
    "p": _Story.paragraph,
    "tbl": _Story.table,
    "AlternateContent": _alternative,
    "altChunk": _unread("an embedded document (altChunk) is not read: open and save it in Word"),
    "del": _unread("deleted text is left out"),
    "moveFrom": _unread("deleted text is left out"),
    **dict.fromkeys(
        ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent", "textbox"),
        lambda story, element: story.blocks(element),
    ),
}


def _inline(story: _Story, element: Element, boxes: list[_Box]) -> Iterator[str | _Break]:
    """The text of a paragraph piece by piece; what follows it is put into ``boxes``."""
    for inner in element:
        name = local(inner)
        if name in _TEXTS:
            yield _TEXTS[name](story, inner)
        elif name in ("br", "lastRenderedPageBreak"):
            is_page = name != "br" or attribute(inner, "type") == "page"
            yield _Break.PAGE if is_page else "\n"
        elif name in ("drawing", "pict", "object"):
            yield from _drawn(story, inner, boxes)
        elif name in ("del", "moveFrom"):
            story.source.pass_over("deleted text is left out")
        elif name == "AlternateContent":
            if (chosen := _chosen(inner)) is not None:
                yield from _inline(story, chosen, boxes)
        elif name == "r" and _is_on(child(inner, "rPr", "vanish")):
            story.source.pass_over("hidden text is left out")
        elif name not in _SILENT:
            yield from _inline(story, inner, boxes)


def _drawn(story: _Story, element: Element, boxes: list[_Box]) -> Iterator[str]:
    """What a picture is said to show, the rows of a chart, and the boxes with text."""
    for inner in element.iter():
        name = local(inner)
        if name == "docPr" and (said := attribute(inner, "descr")):
            yield f" [{' '.join(said.split())}] "
        elif name == "txbxContent":
            boxes.append(inner)
        elif name == "chart" and (root := story.source.part(inner)) is not None:
            boxes.append(tuple(chart(root)))


def _symbol(story: _Story, element: Element) -> str:
    """A sign of a symbol font. Word moves them to a private range; ticks and boxes are worth their own signs."""
    code = int(said, 16) if re.fullmatch("[0-9a-fA-F]{1,5}", said := attribute(element, "char")) else 0
    code -= 0xF000 if 0xF000 <= code <= 0xF0FF else 0
    ticks = {0xFE: "☒", 0xFC: "☑", 0xA8: "☐", 0x6F: "☐", 0xFD: "☒", 0x52: "☑"}
    if attribute(element, "font").startswith("Wingdings"):
        return ticks.get(code, "•")
    return chr(code) if code >= 0x20 else ""


def _field(story: _Story, element: Element) -> str:
    """A box to tick of the old kind shows what was ticked; other fields show their results, which are text."""
    box = child(element, "ffData", "checkBox")
    if box is None:
        return ""
    ticked = next(children(box, "checked"), next(children(box, "default"), None))
    return "☒" if _is_on(ticked) else "☐"


def _cited(kind: str) -> Callable[[_Story, Element], str]:
    return lambda story, element: story.note(kind, attribute(element, "id"))


_TEXTS: dict[str, Callable[[_Story, Element], str]] = {
    "t": lambda story, element: element.text or "",
    "tab": lambda story, element: "\t",
    "cr": lambda story, element: "\n",
    "noBreakHyphen": lambda story, element: "-",
    "sym": _symbol,
    "fldChar": _field,
    "oMath": lambda story, element: text_in(element, "t"),
    "footnoteReference": _cited("footnote"),
    "endnoteReference": _cited("endnote"),
    "commentReference": _cited("comment"),
}
_SILENT = frozenset("pPr rPr instrText delText delInstrText rt softHyphen sectPr sdtPr fldData tblPr".split())

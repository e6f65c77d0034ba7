"""Paragraphs and tables of a DOCX, one after the other: the body, and the smaller ones in cells, notes and headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ...elements import attribute, child, children, integer, local
from ...lines import Lines
from ...tables import again, block
from ..numbering import roman
from .inline import Box, Break, inline
from .source import Source, is_on, picked, value

_HEADING = re.compile(r"heading (\d)$", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"\W*(page|seite|página|pagina)?\W*\d*\W*((of|von|de|di|sur)?\W*\d*)\W*", re.IGNORECASE)
_LINES_OF_A_CELL = 4
"""A cell with a table of more lines lays out a page: its lines are kept."""
_MOST_COLUMNS = 100


class Story:
    """A run of paragraphs and tables: the body, a cell, a note, a header. ``breaks`` tells that a page begins in it."""

    def __init__(self, source: Source, root: Element) -> None:
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
            said = Story(self.source, root).text() if root is not None else ""
            if said and not _PAGE_NUMBER.fullmatch(said):
                found[said] = None
        return list(found)

    def _at_end(self) -> list[str]:
        ends = (key for key in self.marked if key.startswith("endnote "))
        return [f"[{roman(self.marked[key])}] {self._said(self.source.endnotes, key.split(' ')[1])}" for key in ends]

    def _said(self, notes: dict[str, Element], key: str) -> str:
        note = notes.get(key)
        return " ".join(Story(self.source, note).text().split()) if note is not None else ""

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
        if is_on(child(properties, "pageBreakBefore")):
            self.new_page()
        if level:
            self.lines.gap()
        self.lines.begin("#" * level + " " * bool(level) + mark + " " * bool(mark))
        boxes: list[Box] = []
        for piece in inline(self, element, boxes):
            if isinstance(piece, Break):
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
        name, seen = value(child(properties, "pStyle")), set[str]()
        while name in self.source.styles and name not in seen:
            seen.add(name)
            style = self.source.styles[name]
            yield style
            yield from children(style, "pPr")
            name = value(child(style, "basedOn"))

    def _heading(self, properties: Element | None) -> int:
        for each in self._chain(properties):
            name = value(child(each, "name"))
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
            number = number or value(child(numbered, "numId"))
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
            story = Story(self.source, cell)
            story.cited, story.marked = self.cited, self.marked
            own, merge = story.text(), child(cell, "tcPr", "vMerge")
            goes_on = merge is not None and attribute(merge, "val", "continue") == "continue"
            at = len(found.cells)
            said = hanging.get(at, "") if goes_on else own
            hanging[at] = again(said)
            width = min(max(integer(child(cell, "tcPr", "gridSpan"), "val", 1), 1), _MOST_COLUMNS)
            found.cells += [said] + [""] * (width - 1)
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


def _nothing(story: Story, element: Element) -> None:
    pass


def _alternative(story: Story, element: Element) -> None:
    if (found := picked(element)) is not None:
        story.blocks(found)


def _unread(what: str) -> Callable[[Story, Element], None]:
    return lambda story, element: story.source.pass_over(what)


_BLOCKS: dict[str, Callable[[Story, Element], None]] = {
    "p": Story.paragraph,
    "tbl": Story.table,
    "AlternateContent": _alternative,
    "altChunk": _unread("an embedded document (altChunk) is not read: open and save it in Word"),
    "del": _unread("deleted text is left out"),
    "moveFrom": _unread("deleted text is left out"),
    **dict.fromkeys(
        ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent", "textbox"),
        lambda story, element: story.blocks(element),
    ),
}

"""OpenDocument: texts, sheets (each a page) and presentations (a slide a page)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from mimetypes import guess_type
from xml.etree.ElementTree import Element

from ..archive import Archive, archive
from ..attachment import Attachment
from ..elements import attribute, child, integer, local, optional, part, text_in
from ..file import File
from ..limits import TEXT_CHARACTERS, unreadable
from ..lines import Lines
from ..page import Contents
from ..ranges import PageChoice, spelled
from ..tables import Cell, row, rows
from .package import paged, scanned

_MOST_SPACES = 100
_MOST_COLUMNS = 1000
_ROOTS = ("spreadsheet", "presentation")


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """A password is not looked at: encrypted files are told."""
    with archive(file) as opened:
        _check_open(opened)
        root = part(opened, "content.xml")
        attachments = _within(opened)
        try:
            texts, notes = _texts(opened, root)
        except RecursionError:
            raise unreadable(file.source, "nests its parts deeper than any document: save it as PDF") from None
        return Contents(scanned(paged(texts, pages, file.source), attachments, file.source), notes, attachments)


def _texts(opened: Archive, root: Element) -> tuple[list[str], tuple[str, ...]]:
    body = child(root, "body")
    kind = next((each for each in (body if body is not None else ()) if local(each) != "settings"), None)
    if kind is None:
        raise unreadable(opened.source, "its content has no body: save it again")
    if local(kind) in _ROOTS:
        return _parts(opened.source, kind, _hidden_styles(root))
    story = _Story(opened.source)
    story.blocks(kind)
    tops, ends = _around(opened)
    return ["\n\n".join(filter(None, (*tops, story.text(), *ends)))], story.notes()


def _parts(source: str, body: Element, hidden: frozenset[str]) -> tuple[list[str], tuple[str, ...]]:
    """The text of every sheet or slide, and which of them are hidden."""
    texts, unseen, notes = [], [], dict[str, None]()
    for each in (each for each in body if local(each) in ("table", "page")):
        story = _Story(source)
        story.block(each)
        said, name = story.text(), attribute(each, "name") if local(each) == "table" else ""
        texts.append(f"# {name}\n{said}".rstrip() if said and name else said)
        notes.update(dict.fromkeys(story.notes()))
        if attribute(each, "style-name") in hidden:
            unseen.append(len(texts))
    if not texts:
        raise unreadable(source, "has no sheets and no slides: save it again")
    told = (f"page {spelled(unseen)} is hidden in the file",) if unseen else ()
    return texts, (*told, *notes)


def _hidden_styles(root: Element) -> frozenset[str]:
    """The names of styles that do not show what they are for."""
    styles = child(root, "automatic-styles")
    return frozenset(
        attribute(style, "name")
        for style in (styles if styles is not None else ())
        for properties in style
        if attribute(properties, "display") == "false" or attribute(properties, "visibility") == "hidden"
    )


def _check_open(opened: Archive) -> None:
    manifest = optional(opened, "META-INF/manifest.xml")
    if manifest is not None and any(local(each) == "encryption-data" for each in manifest.iter()):
        raise unreadable(opened.source, "is encrypted, and OpenDocument's encryption is not read: save it without")


def _within(opened: Archive) -> tuple[Attachment, ...]:
    names = sorted(name for name in opened.parts if name.startswith("Pictures/") and not name.endswith("/"))
    kinds = ((name, guess_type(name)[0] or "application/octet-stream") for name in names)
    return tuple(Attachment(name.rpartition("/")[2], kind, opened.read(name)) for name, kind in kinds)


def _around(opened: Archive) -> tuple[list[str], list[str]]:
    """Headers and footers, each different text once."""
    root = optional(opened, "styles.xml")
    found: tuple[dict[str, None], dict[str, None]] = {}, {}
    for each in root.iter() if root is not None else ():
        for place, names in enumerate((("header", "header-left", "header-first"), ("footer", "footer-left"))):
            if local(each) in names:
                story = _Story(opened.source)
                story.blocks(each)
                found[place][story.text()] = None
    return [text for text in found[0] if text], [text for text in found[1] if text]


class _Story:
    """A run of paragraphs, lists and tables."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines = Lines()
        self.room = TEXT_CHARACTERS
        self.cited: list[str] = []
        self.depth = 0
        self.deleted = False
        self.nests = False

    def blocks(self, parent: Element) -> None:
        for element in parent:
            self.block(element)

    def block(self, element: Element) -> None:
        _BLOCKS.get(local(element), _nothing)(self, element)

    def text(self) -> str:
        self.lines.gap()
        cited, self.cited = self.cited, []
        self.lines.extend(cited)
        return self.lines.text()

    def notes(self) -> tuple[str, ...]:
        return ("deleted text is left out",) if self.deleted else ()

    def paragraph(self, element: Element) -> None:
        if local(element) == "h":
            self.lines.gap()
            self.lines.begin("#" * min(max(integer(element, "outline-level", 1), 1), 6) + " ")
        boxes: list[Element] = []
        self.inline(element, boxes)
        self.lines.end_line()
        if local(element) == "h":
            self.lines.gap()
        for box in boxes:
            self.block(box)

    def inline(self, element: Element, boxes: list[Element]) -> None:
        self.lines.add(element.text or "")
        for inner in element:
            name = local(inner)
            if name == "line-break":
                self.lines.end_line()
            elif name in ("s", "tab"):
                self.lines.add(" " * min(max(integer(inner, "c", 1), 1), _MOST_SPACES))
            elif name == "note":
                self._cite(inner)
            elif name == "annotation":
                self.cited.append(f"[comment] {' '.join(text_in(inner, 'creator', 'p', 'span').split())}")
            elif name in ("frame", "custom-shape", "g"):
                boxes.append(inner)
            elif name not in ("ruby-text", "tracked-changes"):
                self.inline(inner, boxes)
            self.lines.add(inner.tail or "")

    def _cite(self, note: Element) -> None:
        mark, body = child(note, "note-citation"), child(note, "note-body")
        said = _Story(self.source)
        said.blocks(body if body is not None else note)
        number = (mark.text or "") if mark is not None else ""
        self.lines.add(f"[{number}]")
        self.cited.append(f"[{number}] {' '.join(said.text().split())}")

    def items(self, element: Element) -> None:
        """A list's items, each with a dash: their numbers are in styles, which are not read."""
        self.depth += 1
        for item in (each for each in element if local(each) in ("list-item", "list-header")):
            self.lines.begin("  " * min(self.depth - 1, 20) + "- ")
            self.blocks(item)
            self.lines.end_line()
        self.depth -= 1

    def frame(self, element: Element) -> None:
        """A box with text, a table, or what a picture is said to show."""
        for inner in element:
            if local(inner) in ("title", "desc") and (inner.text or "").strip():
                self.lines.extend([f"[{' '.join((inner.text or '').split())}]"])
            elif local(inner) in ("text-box", "table", "p", "list", "g", "frame", "custom-shape"):
                _BLOCKS.get(local(inner), _Story.blocks)(self, inner)

    def notes_page(self, element: Element) -> None:
        inner = _Story(self.source)
        inner.blocks(element)
        if said := inner.text():
            self.lines.gap()
            self.lines.extend(["Notes:", said])

    def changes(self, element: Element) -> None:
        self.deleted = self.deleted or any(local(each) == "deletion" for each in element.iter())

    def table(self, element: Element) -> None:
        self.nests = True
        self.lines.gap()
        made, nests = [], False
        for line in _flat(element):
            cells, inner = self._cells(line)
            nests = nests or inner
            made += [cells] * self._repeated(line, cells)
        if nests:
            self.lines.extend(line for cells in made for cell in cells for line in cell.text.split("\n") if line)
        else:
            self.lines.extend(rows(made))
        self.lines.gap()

    def _repeated(self, line: Element, cells: list[Cell]) -> int:
        """How often a row stands there: one without text is none, however often it is said to be repeated."""
        said = row([cell.text for cell in cells])
        times = max(1, integer(line, "number-rows-repeated", 1)) if said else 0
        self.room -= (len(said) + 1) * times
        if self.room < 0:
            limit = f"{TEXT_CHARACTERS:,} characters of text, which is the limit"
            raise unreadable(self.source, f"has more than {limit}: split its sheets, or choose pages=…")
        return times

    def _cells(self, line: Element) -> tuple[list[Cell], bool]:
        """The cells of a row, and whether one of them holds a table. Empty ones at its end are left out."""
        made: list[Cell] = []
        empty, nests = 0, False
        for cell in (each for each in line if local(each) in ("table-cell", "covered-table-cell")):
            times = max(1, integer(cell, "number-columns-repeated", 1))
            text, inner = self._value(cell)
            nests = nests or inner
            if not text and local(cell) == "table-cell" and integer(cell, "number-columns-spanned", 1) == 1:
                empty += times
                continue
            if local(cell) == "covered-table-cell":
                continue
            made += [Cell("")] * min(empty, _MOST_COLUMNS - len(made))
            empty = 0
            spans = integer(cell, "number-columns-spanned", 1), integer(cell, "number-rows-spanned", 1)
            made += [Cell(text, *spans)] * min(times, _MOST_COLUMNS - len(made))
        return made, nests

    def _value(self, cell: Element) -> tuple[str, bool]:
        """What a cell says: dates and numbers as they are stored, all else as it is seen."""
        kind, currency = attribute(cell, "value-type"), attribute(cell, "currency")
        story = _Story(self.source)
        story.cited = self.cited
        story.blocks(cell)
        seen = story.lines.text()
        if kind == "date":
            return attribute(cell, "date-value", seen).removesuffix("T00:00:00"), False
        if kind in ("float", "currency"):
            return f"{attribute(cell, 'value', seen)} {currency}".strip(), False
        return seen, story.nests


def _flat(element: Element) -> Iterator[Element]:
    """The rows in a table, also those in groups and headers."""
    for inner in element:
        if local(inner) == "table-row":
            yield inner
        elif local(inner) in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _flat(inner)


def _nothing(story: _Story, element: Element) -> None:
    pass


_BLOCKS: dict[str, Callable[[_Story, Element], None]] = {
    **dict.fromkeys(("p", "h"), _Story.paragraph),
    "list": _Story.items,
    "table": _Story.table,
    "tracked-changes": _Story.changes,
    "notes": _Story.notes_page,
    "annotation": lambda story, element: story.cited.append(f"[comment] {' '.join(text_in(element, 'p').split())}"),
    **dict.fromkeys(("frame", "custom-shape", "rect", "ellipse", "line", "connector", "g"), _Story.frame),
    **dict.fromkeys(("section", "index-body", "table-of-content", "text-box", "page", "index-title"), _Story.blocks),
    **dict.fromkeys(("alphabetical-index", "bibliography", "user-index", "illustration-index"), _Story.blocks),
}

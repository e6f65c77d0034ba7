"""Excel files looked over before they are read: how large their sheets are, and what does not stand in cells.

The reader takes memory for the whole area from a sheet's first cell to its last, and ends the process where there is
not enough: two cells in far corners would do. So the area is measured first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import unpack_from
from typing import TypeAlias

from .. import compound
from ..archive import Archive, archive
from ..attachment import Attachment
from ..elements import attribute, child, children, local, optional, part, text_in
from ..file import File
from ..kinds import ZIP, kind_of
from ..limits import SHEET_CELLS, unreadable
from .formats import Format, formats
from .package import links, macros, main_part, within

_ROW_OR_CELL = re.compile(
    rb'<(?:\w+:)?(?:row\b(?:[^>]*?\sr="(\d{1,7})")?[^>]*>|'
    rb'c\b(?:[^>]*?\sr="([A-Z]{1,3})(\d{1,7})")?(?:[^>]*?\ss="(\d{1,5})")?[^>]*?(/?)>)'
)
_NOT_COMPUTED = re.compile(
    rb'<(?:\w+:)?c\b(?![^>]*\st="str")[^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>|</(?:\w+:)?c>)"
)
_MOST_OF_A_ROW = 20_000_000
_MOST_FORMATS = 1_000_000
"""Cells; the numbers of those after them have their digits alone."""
_PLACES = ("xl/media/", "xl/embeddings/")
_BEGIN = 0x0809
_CELLS = frozenset((0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00D6, 0x00FD))
"""The records of an XLS that hold a cell with a value."""
_ROW_OF_NUMBERS = 0x00BD
"""Its last column stands at its end."""


@dataclass(slots=True)
class _Area:
    """From the first cell with a value to the last."""

    top: int = 1 << 30
    left: int = 1 << 30
    bottom: int = -1
    right: int = -1

    def take(self, line: int, column: int) -> None:
        self.top, self.bottom = min(self.top, line), max(self.bottom, line)
        self.left, self.right = min(self.left, column), max(self.right, column)

    @property
    def cells(self) -> int:
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)


Formats: TypeAlias = "Mapping[tuple[int, int], Format]"


@dataclass(frozen=True, slots=True)
class Extra:
    """What the cells do not say. ``beside`` are the comments and boxes of the sheets, by name; ``formats`` are those of
    the cells, by name of the sheet, row and column."""

    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formats: Mapping[str, Formats] = field(default_factory=dict)


def looked_over(file: File) -> Extra:
    """DocumentError where a sheet is too large to be read."""
    if kind_of(file.head) is ZIP:
        with archive(file) as opened:
            return _package(opened)
    _check(sum(area.cells for area in _areas_of_xls(compound.stream(file, ("Workbook", "Book")))), file.source)
    return Extra()


def _check(cells: int, source: str) -> None:
    if cells > SHEET_CELLS:
        size, limit = f"{cells:,} cells from the first to the last of a sheet", f"the limit is {SHEET_CELLS:,}"
        raise unreadable(source, f"has {size}, and {limit}: delete what stands far off, or split it")


def _package(opened: Archive) -> Extra:
    name = main_part(opened, "xl/workbook.xml")
    targets = links(opened, name)
    styles = [each for link in targets.values() if link.kind == "styles" for each in formats(opened, link.part)]
    open_formulas = 0
    beside, shown = {}, {}
    for sheet in children(child(part(opened, name), "sheets"), "sheet"):
        link = targets.get(next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""))
        if link and link.kind == "worksheet" and link.part in opened:
            count, shown[attribute(sheet, "name")] = _measured(opened, link.part, styles)
            open_formulas += count
            beside[attribute(sheet, "name")] = tuple(_beside(opened, link.part))
    for link in targets.values():
        if link.kind == "sharedStrings" and link.part in opened:
            sum(map(len, opened.pieces(link.part)))  # so that it is counted
    told = (f"{open_formulas:,} formulas have no stored result: open and save it in a spreadsheet program",)
    return Extra((*(told if open_formulas else ()), *macros(opened)), within(opened, _PLACES), beside, shown)


def _measured(opened: Archive, name: str, styles: Sequence[Format | None]) -> tuple[int, Formats]:
    """How many formulas have no result, and the formats of cells. DocumentError where the sheet's area is too large."""
    area, line, column, count = _Area(), 0, 0, 0
    found: dict[tuple[int, int], Format] = {}
    for piece in _rows(opened, name):
        count += len(_NOT_COMPUTED.findall(piece))
        for row, letters, number, style, empty in _ROW_OR_CELL.findall(piece):
            if row or not (letters or number):
                line, column = (int(row), 0) if row else (line, column + 1)
            if not empty and (letters or (column and not row)):
                place = int(number or line), _column(letters) if letters else column
                area.take(*place)
                if style and int(style) < len(styles) and (shown := styles[int(style)]) and len(found) < _MOST_FORMATS:
                    found[place] = shown
    _check(area.cells, opened.source)
    return count, found


def _rows(opened: Archive, name: str) -> Iterator[bytes]:
    """A sheet in pieces that begin with a row."""
    rest = b""
    for piece in opened.pieces(name):
        rest += piece
        cut = rest.rfind(b"<row")
        if cut > 0 or len(rest) > _MOST_OF_A_ROW:
            yield rest[: cut if cut > 0 else None]
            rest = rest[cut:] if cut > 0 else b""
    yield rest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _beside(opened: Archive, name: str) -> Iterator[str]:
    """Comments, and what stands in boxes that float above the cells."""
    for link in links(opened, name).values():
        root = optional(opened, link.part) if link.kind in ("comments", "threadedComment", "drawing") else None
        for each in root.iter() if root is not None else ():
            if local(each) in ("comment", "threadedComment") and (said := text_in(each, "t", "text").strip()):
                yield f"[comment on {attribute(each, 'ref')}] {' '.join(said.split())}"
            elif local(each) == "txBody" and (said := text_in(each, "t").strip()):
                yield f"[box] {' '.join(said.split())}"


def _areas_of_xls(data: bytes) -> Iterator[_Area]:
    area, at = _Area(), 0
    while at + 4 <= len(data):
        kind, size = unpack_from("<HH", data, at)
        if kind == _BEGIN:
            yield area
            area = _Area()
        elif kind in _CELLS and size >= 4 and at + 8 <= len(data):
            area.take(*unpack_from("<HH", data, at + 4))
            if kind == _ROW_OF_NUMBERS and at + 4 + size <= len(data):
                area.take(*unpack_from("<H", data, at + 4), *unpack_from("<H", data, at + 2 + size))
        at += 4 + size
    yield area

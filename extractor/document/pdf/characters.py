"""The characters of a page's text layer: what they say, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..layout import Layout
from .lines import BREAK, lines_of
from .turned import Edges, turned

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

_SAMPLES = 100
LOST = "\ufffd"
_LINE_END_HYPHEN = 2
"""pdfium's code for a hyphen at a line's end, whether it splits a word ("knowl-edge") or belongs to it ("W-8")."""
_NOTHING = f"{LOST} \n\t\xa0"
_WRITTEN = dict.fromkeys((*range(9), *range(11, 32), 65534, 65535, *range(55296, 57344)), LOST)
_WRITTEN |= {10: "", 13: BREAK}


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A page's text, line by line: for each the places of its characters in pdfium's count; -1 is a blank between
    pieces, the last of ``written``.

    ``mapped``: the fonts say which characters their glyphs are.
    """

    written: list[str]
    lines: list[list[int]]
    mapped: bool

    @property
    def text(self) -> str:
        """ "" where it says nothing."""
        written = self.written
        text = "\n".join(["".join([written[place] for place in line]) for line in self.lines]).strip("\n")
        return text if text.strip(_NOTHING) else ""

    def places(self) -> Iterator[int]:
        """The place of each character of ``text``; -1 for line breaks."""
        lines = ["".join([self.written[place] for place in line]) for line in self.lines]
        filled = [number for number, line in enumerate(lines) if line]
        for number in range(filled[0], filled[-1] + 1) if self.text else ():
            if number > filled[0]:
                yield -1
            for place in self.lines[number]:
                yield from [place] * len(self.written[place])


def read_layer(page: PdfPage, layer: PdfTextPage, room: int) -> TextLayer | None:
    """None where the page has more text than there is room for.

    Character by character: the bulk call shifts, and swallows, where it meets surrogates and line-end hyphens.
    """
    from pypdfium2 import raw

    count = layer.count_chars()
    if count > room:
        return None
    handle = layer.raw
    codes = [raw.FPDFText_GetUnicode(handle, place) for place in range(count)]
    sample = range(0, count, max(1, count // _SAMPLES))
    unmapped = sum(raw.FPDFText_HasUnicodeMapError(layer, place) == 1 for place in sample)
    written = _written(layer, codes)
    turn = turned(page, in_points=True)
    lines = lines_of(lambda place: turn(_edges_of(handle, place)), written)
    return TextLayer([*written, " "], lines, mapped=unmapped * 2 <= len(sample))


def _written(layer: PdfTextPage, codes: list[int]) -> list[str]:
    """What each code stands for: a character, several, or nothing."""
    from pypdfium2 import raw

    written = [_WRITTEN[code] if code in _WRITTEN else chr(code) for code in codes]
    for place, code in enumerate(codes):
        if code == 10:
            if codes[place - 1 : place] != [13]:
                written[place] = BREAK
        elif code == _LINE_END_HYPHEN and raw.FPDFText_IsHyphen(layer, place) == 1:
            written[place] = "-\n"
        elif 0xD800 <= code < 0xDC00 and place + 1 < len(codes) and 0xDC00 <= codes[place + 1] < 0xE000:
            written[place] = chr(0x10000 + (code - 0xD800) * 0x400 + codes[place + 1] - 0xDC00)
            written[place + 1] = ""
    return written


def layout_of(page: PdfPage, layer: PdfTextPage, found: TextLayer) -> Layout:
    """Where the characters of the text stand on the page as it is seen."""
    turn, ink = turned(page), _ink_of(layer.raw)
    return Layout.of(found.text, (None if place < 0 else turn(ink(place)) for place in found.places()))


def _ink_of(layer: object) -> Callable[[int], Edges]:
    """The function that gives a character's own box; that of its line where it has none."""
    from ctypes import byref, c_double

    from pypdfium2 import raw

    left, right, bottom, top = (c_double() for _ in range(4))
    into, box_of = tuple(map(byref, (left, right, bottom, top))), raw.FPDFText_GetCharBox

    def ink(place: int) -> Edges:
        if box_of(layer, place, *into) and left.value < right.value and bottom.value < top.value:
            return left.value, bottom.value, right.value, top.value
        return _edges_of(layer, place)

    return ink


def _edges_of(layer: object, place: int) -> Edges:
    """A character's line box: as high as its font, as wide as it goes on."""
    from pypdfium2 import raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(layer, place, box)
    return box.left, box.bottom, box.right, box.top

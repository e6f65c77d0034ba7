"""The characters of a page's text layer: what they say, and where they stand."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from ..layout import Box, Layout
from .lines import BREAK, lines_of
from .turned import Edges, turned

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

_SAMPLES = 100
_NONE = 0xFFFE
_MANY = 65_000
"""Characters of a page that two bytes count."""
LOST = "\ufffd"
_LINE_END_HYPHEN = 2
"""pdfium's code for a hyphen at a line's end, whether it splits a word ("knowl-edge") or belongs to it ("W-8")."""
_NOTHING = f"{LOST} \n\t\xa0"
_WRITTEN = dict.fromkeys((*range(9), *range(11, 32), 65534, 65535, *range(55296, 57344)), LOST)
_WRITTEN |= {10: "", 13: BREAK}


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A page's text ("" where it says nothing), and where each of its characters stands in pdfium's count, from 1; 0 is
    a break, or a blank between pieces.

    ``mapped``: the fonts say which characters their glyphs are. ``mark`` tells the layer from that of another page.
    """

    text: str
    stands: array[int]
    mapped: bool
    mark: int

    def is_that_of(self, layer: PdfTextPage) -> bool:
        """Whether the layer still says the same."""
        return self.mark == _mark(layer)


def read_layer(page: PdfPage, layer: PdfTextPage, room: int) -> TextLayer | None:
    """None where the page has more text than there is room for."""
    from pypdfium2 import raw

    count = layer.count_chars()
    if count > room:
        return None
    codes = _codes(layer)
    sample = range(0, count, max(1, count // _SAMPLES))
    unmapped = sum(raw.FPDFText_HasUnicodeMapError(layer, place) == 1 for place in sample)
    written = _written(layer, codes)
    turn, edges = turned(page, in_points=True), _edges_of(layer.raw)
    lines = lines_of(lambda place: Box._make(turn(edges(place))), written)
    text, stands = _joined([*written, " "], lines)
    return TextLayer(text, stands, unmapped * 2 <= len(sample), _mark(layer))


def _codes(layer: PdfTextPage) -> list[int]:
    """The code of each character.

    The bulk call tells them, unless it has swallowed some, or there are surrogates, where it shifts; but not those that
    it writes as no character, such as a hyphen at a line's end.
    """
    from pypdfium2 import raw

    code_of, handle = raw.FPDFText_GetUnicode, layer.raw
    bulk, whole = _bulk(layer)
    if not whole or any(0xD800 <= code < 0xE000 for code in set(bulk)):
        return [code_of(handle, place) for place in range(len(bulk))]
    return [code_of(handle, place) if code == _NONE else code for place, code in enumerate(bulk)]


def _bulk(layer: PdfTextPage) -> tuple[Sequence[int], bool]:
    """The text in UTF-16 as pdfium gives it at once, and whether it has a unit for each character."""
    from ctypes import c_ushort

    from pypdfium2 import raw

    count = layer.count_chars()
    units = (c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(layer, 0, count, units)
    return units[:count], written == count + 1


def _mark(layer: PdfTextPage) -> int:
    """What is the same for the same text."""
    return crc32(array("H", _bulk(layer)[0]))


def _joined(written: list[str], lines: list[list[int]]) -> tuple[str, array[int]]:
    """The text of the lines that say something, and where its characters stand; -1 is the last of ``written``."""
    texts = ["".join([written[place] for place in line]) for line in lines]
    filled = [number for number, text in enumerate(texts) if text]
    stands = array("H" if len(written) < _MANY else "L")
    text = "\n".join(texts[filled[0] : filled[-1] + 1]) if filled else ""
    if not text.strip(_NOTHING):
        return "", stands
    for number in range(filled[0], filled[-1] + 1):
        if number > filled[0]:
            stands.append(0)
        line = lines[number]
        if len(texts[number]) == len(line) and all(map(written.__getitem__, line)):
            stands.extend([place + 1 for place in line])
        else:
            stands.extend([place + 1 for place in line for _ in written[place]])
    return text, stands


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
    pairs = zip(found.text, found.stands, strict=True)
    boxes = [turn(ink(place - 1)) if place and character != " " else None for character, place in pairs]
    return Layout.of(found.text, boxes)


def _ink_of(layer: object) -> Callable[[int], Edges]:
    """The function that gives a character's own box; that of its line where it has none."""
    from ctypes import byref, c_double

    from pypdfium2 import raw

    left, right, bottom, top = (c_double() for _ in range(4))
    into, box_of, edges = tuple(map(byref, (left, right, bottom, top))), raw.FPDFText_GetCharBox, _edges_of(layer)

    def ink(place: int) -> Edges:
        if box_of(layer, place, *into) and left.value < right.value and bottom.value < top.value:
            return left.value, bottom.value, right.value, top.value
        return edges(place)

    return ink


def _edges_of(layer: object) -> Callable[[int], Edges]:
    """The function that gives a character's line box: as high as its font, as wide as it goes on."""
    from ctypes import byref

    from pypdfium2 import raw

    box, box_of = raw.FS_RECTF(), raw.FPDFText_GetLooseCharBox
    into = byref(box)

    def edges(place: int) -> Edges:
        if not box_of(layer, place, into):
            return 0.0, 0.0, 0.0, 0.0
        return box.left, box.bottom, box.right, box.top

    return edges

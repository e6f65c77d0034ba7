"""Whether a page's text layer says what is seen on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...needs import needed
from ..gibberish import is_gibberish
from ..judgement import Judgement
from ..layout import Box
from .characters import TextLayer, layout_of
from .turned import turned

if TYPE_CHECKING:
    from PIL.Image import Image as Drawn
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

_WIDTH = 400
"""Pixels to which a page is drawn to be measured: a line of print is some seven high."""
_FAINT = 40
"""Steps of grey between neighbours that are paper and not print."""
_DETAIL = 8
"""How many pixels of a common character are edges at this width."""
_UNSEEN = 180
"""Characters that a picture on the page may hold beyond the text layer: a logo has some, a scan or a chart more."""
_SMALL = 0.05
"""The part of a page that a logo takes."""
_WHOLE = (Box(0, 0, 1, 1),)
_SEGMENTS = 20
"""Of a path that draws a character."""


class _Drawings(NamedTuple):
    """What is drawn on a page beside text: boxes of its images, and how many characters its paths could be."""

    images: tuple[Box, ...]
    outlines: int

    @property
    def area(self) -> float:
        return sum((box.x1 - box.x0) * (box.y1 - box.y0) for box in self.images)


def judged(page: PdfPage, layer: PdfTextPage, found: TextLayer) -> Judgement:
    """A page is drawn only where it holds what could be text and is not in the layer."""
    text = found.text
    if text and (not found.mapped or is_gibberish(text)):
        return Judgement("gibberish", "the fonts of the text layer do not say which characters they show")
    if not text:
        return _without_text(_unseen(page, layer, found, _WHOLE))
    drawings = _drawings(page)
    paths = drawings.outlines > max(_UNSEEN, len(text))
    if not paths and drawings.area < _SMALL:
        return Judgement("good", "")
    unseen = _unseen(page, layer, found, _WHOLE if paths else drawings.images)
    if unseen > _UNSEEN:
        return Judgement("partial", f"the page shows as much as {unseen:,} characters beyond its text layer")
    return Judgement("good", "")


def _without_text(unseen: int) -> Judgement:
    if unseen:
        return Judgement("scanned", "the page has no text layer: it is scanned or drawn")
    return Judgement("blank", "there is nothing on the page")


def _drawings(page: PdfPage) -> _Drawings:
    from pypdfium2 import raw

    turn, images, segments = turned(page), [], 0
    for drawn in _objects(page):
        kind = raw.FPDFPageObj_GetType(drawn)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            segments += raw.FPDFPath_CountSegments(drawn)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE or (kind == raw.FPDF_PAGEOBJ_FORM and _holds_image(drawn)):
            images.append(_cut(turn(_bounds(drawn))))
    return _Drawings(tuple(images), segments // _SEGMENTS)


def _objects(page: PdfPage) -> Iterator[object]:
    from pypdfium2 import raw

    return (raw.FPDFPage_GetObject(page, place) for place in range(raw.FPDFPage_CountObjects(page)))


def _holds_image(form: object, depth: int = 4) -> bool:
    from pypdfium2 import raw

    for place in range(raw.FPDFFormObj_CountObjects(form)):
        inner = raw.FPDFFormObj_GetObject(form, place)
        kind = raw.FPDFPageObj_GetType(inner)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            return True
        if kind == raw.FPDF_PAGEOBJ_FORM and depth and _holds_image(inner, depth - 1):
            return True
    return False


def _bounds(drawn: object) -> tuple[float, float, float, float]:
    from ctypes import c_float

    from pypdfium2 import raw

    edges = [c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(drawn, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    return left, bottom, right, top


def _cut(box: tuple[float, float, float, float]) -> Box:
    return Box(*(min(max(edge, 0.0), 1.0) for edge in box))


def _unseen(page: PdfPage, layer: PdfTextPage, found: TextLayer, where: tuple[Box, ...]) -> int:
    """How many characters there could be in the places that are not in the text layer: by edges of what is drawn."""
    with needed("Judging PDF pages", "Pillow", "pdf"):
        from PIL import Image, ImageChops, ImageDraw, ImageFilter
    grey = _drawn(page)
    across, down = (
        ImageChops.difference(grey, ImageChops.offset(grey, *by)).point(lambda step: 255 * (step > _FAINT))
        for by in ((1, 0), (0, 1))
    )
    print_like = ImageChops.darker(across, down.filter(ImageFilter.MaxFilter(3)))  # rules are edges one way alone
    mask = Image.new("L", grey.size, 0)
    pen = ImageDraw.Draw(mask)
    for box in where:
        pen.rectangle(_pixels(box, grey.size, 0), fill=255)
    for word in layout_of(page, layer, found).words():
        pen.rectangle(_pixels(word.box, grey.size, 2), fill=0)
    return print_like.histogram(mask)[255] // _DETAIL


def _drawn(page: PdfPage) -> Drawn:
    wide, high = page.get_size()
    bitmap = page.render(scale=min(_WIDTH / wide, 4 * _WIDTH / high), grayscale=True)
    try:
        drawn: Drawn = bitmap.to_pil().copy()
        return drawn
    finally:
        bitmap.close()


def _pixels(box: Box, size: tuple[int, int], around: int) -> tuple[int, int, int, int]:
    wide, high = size
    return (
        int(box.x0 * wide) - around,
        int(box.y0 * high) - around,
        int(box.x1 * wide) + around,
        int(box.y1 * high) + around,
    )

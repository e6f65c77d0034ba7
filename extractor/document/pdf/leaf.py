"""One page of a PDF, opened again when its words or its picture are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from ...needs import needed
from ..image import Image
from ..judgement import Judgement
from ..layout import Layout
from ..limits import unreadable
from .characters import TextLayer, layout_of, read_layer
from .judge import judged
from .opened import Pdf, opened

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped]

_QUALITY = 90
"""Of JPEG: print stays clean, and it is made ten times as fast as PNG."""
_MOST_PIXELS = 50_000_000


def read_text(pdf: Pdf, number: int, room: int) -> TextLayer | None:
    """The text layer of a page. None where it has more than there is room for."""
    with _layer(pdf, number) as (page, layer):
        return read_layer(page, layer, room)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a page of a PDF comes from."""

    pdf: Pdf
    number: int
    found: TextLayer
    """What its text layer said when it was read."""

    def layout(self, text: str) -> Layout:
        """Where each character of its text stands."""
        with _layer(self.pdf, self.number) as (page, layer):
            if self.found.text != text or not self.found.is_that_of(layer):
                raise self._other()
            return layout_of(page, layer, self.found)

    def shape(self) -> float:
        """How many times as high as wide it is as it is seen."""
        with _page(self.pdf, self.number) as page:
            wide, high = page.get_size()
            return float(high / wide)

    def judge(self) -> Judgement:
        """Whether its text layer says what is seen on it."""
        with _layer(self.pdf, self.number) as (page, layer):
            return judged(page, layer, self.found)

    def picture(self, width: int) -> Image:
        """The page as it is seen, with what was typed into its form fields."""
        with needed("Drawing PDF pages", "Pillow", "pdf"):
            from PIL import Image as Pillow  # noqa: F401
        with _page(self.pdf, self.number) as page:
            wide, high = page.get_size()
            scale = min((width - 0.01) / wide, (_MOST_PIXELS / (wide * high)) ** 0.5)
            bitmap = page.render(scale=scale, rev_byteorder=True)
            written = BytesIO()
            bitmap.to_pil().convert("RGB").save(written, "JPEG", quality=_QUALITY)
            bitmap.close()
        return Image(written.getvalue(), name=f"{self.pdf.file.name}, page {self.number}")

    def _other(self) -> Exception:
        return unreadable(
            self.pdf.file.source,
            f"the text of page {self.number} is not that of the file: it has changed since, so read it again",
        )


@contextmanager
def _page(pdf: Pdf, number: int) -> Iterator[PdfPage]:
    """A page with what was typed into its form fields as a part of it (in memory alone)."""
    with opened(pdf) as document:
        from pypdfium2 import PdfiumError, raw

        try:
            page = document[number - 1]
            if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
                page.close()
                page = document[number - 1]
        except (PdfiumError, IndexError):
            raise _broken(pdf, number) from None
        try:
            yield page
        except PdfiumError:
            raise _broken(pdf, number) from None
        finally:
            page.close()


@contextmanager
def _layer(pdf: Pdf, number: int) -> Iterator[tuple[PdfPage, PdfTextPage]]:
    with _page(pdf, number) as page:
        layer = page.get_textpage()
        try:
            yield page, layer
        finally:
            layer.close()


def _broken(pdf: Pdf, number: int) -> Exception:
    way_out = "leave it out with pages=…, or save the PDF again"
    return unreadable(pdf.file.source, f"page {number} of the PDF is broken: {way_out}")

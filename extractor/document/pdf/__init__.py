"""PDF, through pdfium: the text layer page by page, and on demand where it stands, and pictures of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..attachment import told
from ..file import File
from ..limits import TEXT_CHARACTERS, unreadable
from ..page import Contents, Page
from ..ranges import NO_TEXT, PageChoice, chosen, spelled
from .attached import attached
from .characters import LOST
from .leaf import Leaf, read_text
from .opened import Pdf, check_end, opened


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """The text of the pages that are wanted, as it stands in the text layer; memory holds one page beside the text."""
    check_end(file)
    pdf = Pdf(file, password)
    with opened(pdf) as document:
        numbers = chosen(pages, len(document), file.source)
        attachments = attached(document, file.source)
    found, strange = _texts(pdf, numbers)
    return Contents(tuple(found), (*_notes(found, strange), *told(attachments)), attachments)


def _notes(found: Sequence[Page], strange: Sequence[int]) -> Iterator[str]:
    if blank := [page.number for page in found if not page.text]:
        yield f"{NO_TEXT}{spelled(blank)}: blank, scanned or drawn"
    if strange:
        yield f"the text of page {spelled(strange)} may be gibberish: its fonts do not say which characters they show"
    if lost := [page.number for page in found if LOST in page.text]:
        count = sum(page.text.count(LOST) for page in found)
        yield f"{count:,} characters on page {spelled(lost)} are unknown and stand as {LOST}"


def _texts(pdf: Pdf, numbers: Sequence[int]) -> tuple[list[Page], list[int]]:
    """The pages, and the numbers of those whose text may be gibberish."""
    found: list[Page] = []
    strange: list[int] = []
    room = TEXT_CHARACTERS
    for number in numbers:
        text = read_text(pdf, number, room)
        if text is None:
            raise unreadable(pdf.file.source, _too_long(numbers[: len(found)]))
        room -= len(text.text)
        found.append(Page(number, text.text, origin=Leaf(pdf, number, text)))
        if text.text and not text.mapped:
            strange.append(number)
    return found, strange


def _too_long(so_far: Sequence[int]) -> str:
    spelling = spelled(so_far)
    way_out = f"choose pages (pages='{spelling}' is as much as can be had at once)" if so_far else ""
    return (
        f"has more than {TEXT_CHARACTERS:,} characters of text, which is the limit:"
        f" {way_out or 'pass its text in parts'}"
    )

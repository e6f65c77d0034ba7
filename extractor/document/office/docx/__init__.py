"""DOCX: paragraphs with their numbers, tables, notes, comments, headers and footers, by page as Word last saw it."""

from __future__ import annotations

from ...archive import archive
from ...elements import part
from ...file import File
from ...limits import unreadable
from ...page import Contents
from ...ranges import PageChoice
from ..package import macros, main_part, paged, scanned, within
from .source import Source
from .story import Story

_PLACES = ("word/media/", "word/embeddings/")


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """Pages as far as Word wrote down where they break; else one. A password is not needed and not looked at."""
    with archive(file) as opened:
        name = main_part(opened, "word/document.xml")
        story = Story(Source(opened, name), part(opened, name))
        try:
            texts = story.written()
        except RecursionError:
            raise unreadable(file.source, "nests tables or boxes deeper than any document: save it as PDF") from None
        attachments = within(opened, _PLACES)
        found = scanned(paged(texts, pages, file.source), attachments, file.source)
        return Contents(found, (*story.source.notes(), *macros(opened)), attachments)

"""One request, or windows: what a document takes. The common case costs a count of its characters and lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .watched import extraction, watched

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..result import Result
    from ..schema import Schema
    from .effects import Flow
    from .pins import Pins

T = TypeVar("T")
_FEW_LINES = 40
"""Lines of a document in which no model loses rows."""


def reading_of(schema: Schema[T], document: Document, settings: Settings, pins: Pins | None = None) -> Flow[Result[T]]:
    """The flow that reads a document as a type: ``extraction`` where one request takes it and loses nothing.

    ``pins`` hold what a stream gives away.
    """
    if _is_short(document, settings):
        return extraction(schema, document, settings, pins)
    if settings.existing is not None:
        from .onward import updated

        return watched(partial(updated, schema, document), schema, document, settings)
    from .windowed import windowed

    return watched(partial(windowed, schema, document, pins=pins), schema, document, settings)


def _is_short(document: Document, settings: Settings) -> bool:
    """A character is one token at most but for rare ones, and a picture some hundreds."""
    pages = document.pages
    if len(pages) > 1 and any(page.image for page in pages):
        return False
    size = sum(len(page.text) for page in pages)
    return size * 2 <= settings.window_tokens and (
        not settings.count_rows
        or settings.existing is not None
        or sum(page.text.count("\n") for page in pages) < _FEW_LINES
    )

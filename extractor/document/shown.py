"""Documents, pages and pictures as HTML for notebooks: small pictures, the beginning of texts, and what is to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..display import Links, card, facts, folded, paragraphs, pictured, raw_text, told
from ..errors import DocumentError, SetupError

if TYPE_CHECKING:
    from .document import Document
    from .image import Image
    from .page import Page

MOST_PAGES = 12
_WIDTH, _SMALL = 480, 180
"""Pixels: of what is shown alone, and of a page among others."""
_BYTES, _SMALL_BYTES = 250_000, 40_000
_TEXT, _SMALL_TEXT = 4_000, 300
_NO_LINKS = Links("")


class Shot(NamedTuple):
    """A picture to be shown, as a ``data:`` URL; else ``why`` there is none, "" where there is nothing to see."""

    url: str = ""
    why: str = ""


def shot_of(page: Page, width: int, size: int) -> Shot:
    """The picture of a page in about so many pixels a row, and ``size`` bytes of URL at most. Nothing is fetched."""
    try:
        picture = page.picture(width) if page.has_picture else None
    except (DocumentError, SetupError) as error:
        return Shot(why=str(error))
    return Shot() if picture is None else _shrunk(picture, width, size)


def _shrunk(image: Image, width: int, size: int) -> Shot:
    from .fit import Budget, fitted

    if not isinstance(image.source, bytes):
        return Shot(why=f"a picture at {image.url}, which is not fetched")
    try:
        shrunk, _ = fitted(image, Budget(width * width * 3 // 2, size))
    except (DocumentError, SetupError) as error:
        return Shot(why=str(error))
    return Shot(shrunk.url) if len(shrunk.url) <= size + 100 else Shot(why="a picture that is too large to be shown")


def document(document: Document) -> str:
    """Its pages side by side, of many the first, with its notes."""
    alone = len(document.pages) == 1
    pages = [_page(page, alone) for page in document.pages[:MOST_PAGES]]
    more = len(document.pages) - len(pages)
    pages += [told(f"… {more:,} more pages")] if more else []
    attached = [
        {"name": each.name, "media type": each.media_type, "bytes": f"{each.size:,}"} for each in document.attachments
    ]
    below = (
        told(repr(document)[1:-1]),
        paragraphs(document.notes, kind="doubt"),
        folded(f"{len(attached)} attachments", facts(attached)),
    )
    return card(pages, below=below)


def page(page: Page) -> str:
    """Its picture, or its text."""
    return card([_page(page, alone=True)], below=[told(repr(page)[1:-1])])


def image(image: Image) -> str:
    """The picture itself, made smaller."""
    return card([_drawn(_shrunk(image, _WIDTH, _BYTES), _WIDTH)], below=[told(repr(image)[1:-1])])


def _page(page: Page, alone: bool) -> str:
    width = _WIDTH if alone else _SMALL
    shot = shot_of(page, width if alone else 2 * width, _BYTES if alone else _SMALL_BYTES)
    parts: Sequence[str] = [_drawn(shot, width)]
    if page.text and not shot.url:
        parts = [*parts, raw_text(page.text, _TEXT if alone else _SMALL_TEXT)]
    if page.video:
        parts = [*parts, told(repr(page.video)[1:-1])]
    title = "" if alone else f"<small>page {page.number}</small>"
    return f'<div style="max-width:{width if not alone else 640}px">{title}{"".join(parts)}</div>'


def _drawn(shot: Shot, width: int) -> str:
    return pictured(shot.url, (), _NO_LINKS, width) if shot.url else told(shot.why) if shot.why else ""

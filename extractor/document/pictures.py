"""Files that are pictures or videos: one page each, or one a frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from .convert import CONVERTED, frames
from .file import File
from .image import Image
from .kinds import Kind, kind_of
from .page import Contents, Page
from .ranges import PageChoice, chosen
from .video import MEDIA_TYPES, Video

if TYPE_CHECKING:
    from ..options import Settings
    from .document import Document


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """JPEG, PNG, GIF and WEBP as they are, others converted. A password is not needed and not looked at."""
    kind = kind_of(file.head)
    if kind in CONVERTED:
        return _converted(file, kind, pages)
    if kind in MEDIA_TYPES:
        video = Video(file.path or file.read(), file.name)
        return Contents(tuple(Page(number, "", video=video) for number in chosen(pages, 1, file.source)))
    image = Image(file.path or file.read(), name=file.name)
    return Contents(tuple(Page(number, "", image) for number in chosen(pages, 1, file.source)))


def _converted(file: File, kind: Kind, pages: PageChoice | None) -> Contents:
    drawn = frames(file, kind, pages)
    found = tuple(Page(number, "", Image(data, name=file.name)) for number, data in drawn.items())
    return Contents(found)


def filmed(document: Document, settings: Settings) -> Document:
    """Videos as frames: a page a frame, its time as text, and all pages numbered anew."""
    if not any(page.video for page in document.pages):
        return document
    pages = [shown for page in document.pages for shown in _frames(page, settings.video_frames)]
    return replace(document, pages=tuple(replace(page, number=number) for number, page in enumerate(pages, 1)))


def _frames(page: Page, most: int) -> Iterator[Page]:
    if page.text or page.image or not page.video:
        yield replace(page, video=None)
    for frame in page.video.frames(most) if page.video else ():
        yield Page(page.number, frame.time, frame.image)

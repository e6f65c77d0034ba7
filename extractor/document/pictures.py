"""Files that are pictures: one page each, or one a frame."""

from __future__ import annotations

from .convert import CONVERTED, frames
from .file import File
from .image import Image
from .kinds import Kind, kind_of
from .page import Contents, Page
from .ranges import PageChoice, chosen


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """JPEG, PNG, GIF and WEBP as they are, others converted. A password is not needed and not looked at."""
    kind = kind_of(file.head)
    if kind in CONVERTED:
        return _converted(file, kind, pages)
    image = Image(file.path or file.read(), name=file.name)
    return Contents(tuple(Page(number, "", image) for number in chosen(pages, 1, file.source)))


def _converted(file: File, kind: Kind, pages: PageChoice | None) -> Contents:
    drawn = frames(file, kind, pages)
    found = tuple(Page(number, "", Image(data, name=file.name)) for number, data in drawn.items())
    return Contents(found)

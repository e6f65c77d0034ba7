"""Pictures of pages that are drawn when they are sent, so that of hundreds of pages a few are held at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from ..deferred import Deferred
from .fit import Budget, fitted, shrunk
from .image import Image
from .limits import unreadable

if TYPE_CHECKING:
    from .layout import Origin


@dataclass(slots=True)
class Told:
    """What was done to a picture so that it could be sent, in words; "" where nothing was, or it was not drawn yet."""

    words: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class PagePicture(Image):
    """The picture of a page that has an origin, of at most so many ``pixels``, drawn anew whenever it is sent."""

    origin: Origin | None = field(default=None, compare=False)
    budget: Budget = field(default_factory=Budget)
    pixels: tuple[int, int] = (0, 0)
    """Its width and height."""
    told: Told = field(default_factory=Told, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "media_type", "image/jpeg")

    @property
    def size(self) -> tuple[int, int]:
        return self.pixels

    @property
    def url(self) -> str:
        """A ``data:`` URL that is made when it is written as JSON; it reads as what it is a picture of."""
        return Deferred(f"data:image/jpeg;base64,… ({self.name})", self._drawn)

    def _drawn(self) -> str:
        picture = self.origin.picture(self.pixels[0]) if self.origin else None
        if picture is None:
            raise unreadable(self.name, "the page has no picture")
        image, words = fitted(picture, self.budget)
        self.told.words = words
        return image.url

    def __repr__(self) -> str:
        return f"<PagePicture {self.name!r}, {self.pixels[0]:,} x {self.pixels[1]:,} pixels>"


def told_of(image: Image | None, why: str) -> str:
    """What is told of a page, with what was done to its picture when it was drawn."""
    words = image.told.words if isinstance(image, PagePicture) else ""
    return why if words in why else "; ".join(filter(None, (why, words)))


def picture_of(name: str, origin: Origin, width: int, budget: Budget) -> tuple[Image, str] | None:
    """The picture of a page as it will be drawn, and how much smaller that is than so many pixels wide."""
    shape = origin.shape()
    if shape is None:
        return None
    whole = width, ceil(width * shape)
    size = whole
    while size[0] > 1 and size[0] * size[1] > budget.pixels:
        wide = min(int((budget.pixels / shape) ** 0.5), size[0] - 1)
        size = wide, ceil(wide * shape)
    words = "" if size == whole else shrunk(whole, size)
    return PagePicture("", None, name, origin, budget, size), words

"""One page of a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from .attachment import Attachment
from .image import Image
from .judgement import Judgement
from .layout import Box, Layout, Origin, Word
from .video import Video

PICTURE_WIDTH = 1600
"""Pixels: some 190 a inch on a page of A4, where small print can be read."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """``number`` counts from 1. ``text`` is "" where a page has none; ``image`` is the picture that it is.

    A page of a PDF has no ``image``: its ``picture()`` is drawn when it is asked for, as its ``words`` are found.
    """

    number: int
    text: str
    image: Image | None = None
    origin: Origin | None = field(default=None, compare=False)
    """What draws the page and finds its words."""
    video: Video | None = None
    """The video that it is."""
    _layout: Layout | None = field(default=None, init=False, compare=False)

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the text with their boxes; none where the page is text alone."""
        layout = self._placed()
        return () if layout is None else tuple(layout.words())

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where ``text[start:end]`` stands, one box a line, words cut by character. None where that is not known."""
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"page {self.number} has offsets 0 to {len(self.text)}, not {start} to {end}")
        layout = self._placed()
        return () if layout is None else layout.boxes(start, end)

    def spans(self, box: Box) -> tuple[tuple[int, int], ...]:
        """What stands in the box, as parts of the text: (start, end), in the text's order."""
        layout = self._placed()
        return () if layout is None else layout.spans(Box(*box))

    def picture(self, width: int = PICTURE_WIDTH) -> Image | None:
        """The page as it is seen: its image, or drawn anew so many pixels wide. None where it is text alone."""
        return self.image if self.image or self.origin is None else self.origin.picture(width)

    @property
    def has_picture(self) -> bool:
        """Whether there is one to be had, without drawing it."""
        return self.image is not None or self.origin is not None

    def judge(self) -> Judgement:
        """Whether the text says what is seen on the page. What it was made with is taken as it is."""
        if self.origin is not None:
            return self.origin.judge()
        if self.image is None:
            return Judgement("good" if self.text or self.video else "blank", "")
        return Judgement("partial" if self.text else "scanned", "")

    def _placed(self) -> Layout | None:
        """The layout is kept: a page that was asked for one place is asked for others."""
        if self._layout is None and self.origin is not None:
            object.__setattr__(self, "_layout", self.origin.layout(self.text))
        return self._layout

    def _repr_html_(self) -> str:
        from . import shown

        return shown.page(self)

    def __repr__(self) -> str:
        text = f"{len(self.text):,} characters" if self.text else ""
        shown = (repr(each) for each in (self.image, self.video) if each)
        return f"<Page {self.number}: {', '.join(filter(None, (text, *shown))) or 'blank'}>"


class Contents(NamedTuple):
    """What a reader found in a file, with what a person should know about it."""

    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

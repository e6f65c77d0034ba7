"""One page of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .attachment import Attachment
from .image import Image


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """``number`` counts from 1. ``text`` is "" where a page has none; ``image`` is its picture, where there is one."""

    number: int
    text: str
    image: Image | None = None

    def __repr__(self) -> str:
        text = f"{len(self.text):,} characters" if self.text else ""
        image = repr(self.image) if self.image else ""
        return f"<Page {self.number}: {', '.join(filter(None, (text, image))) or 'blank'}>"


class Contents(NamedTuple):
    """What a reader found in a file, with what a person should know about it."""

    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()

"""What the model sees of a document, page by page. How it comes about stands in ``seeing``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from .document import Document

if TYPE_CHECKING:
    from ..options import Settings

How: TypeAlias = Literal["text", "image", "both", "ocr", "text+ocr", "video", "nothing"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the model saw of a page, and ``why`` that, where it is not its text alone. "" is nothing to tell."""

    page: int
    how: How
    why: str = ""

    @property
    def words(self) -> str:
        """What was seen and why, without the page."""
        return f"{_WORDS[self.how]}{self.why and f' ({self.why})'}"

    def __str__(self) -> str:
        return f"page {self.page}: {self.words}"


class Sight(NamedTuple):
    """``shown`` is the document as the model is to see it, ``document`` the one in which its answers stand: the same
    but for the pages that OCR read. ``seen`` is empty where all is plain text.
    """

    document: Document
    shown: Document
    seen: tuple[Seen, ...] = ()

    def at_last(self) -> tuple[Seen, ...]:
        """What was seen, with what was done to pictures that were drawn since."""
        from .drawn import told_of

        pairs = zip(self.shown.pages, self.seen, strict=True)
        return tuple(replace(seen, why=told_of(page.image, seen.why)) for page, seen in pairs)


_WORDS: dict[How, str] = {
    "text": "its text",
    "image": "its picture",
    "both": "its text and its picture",
    "ocr": "what OCR reads in it",
    "text+ocr": "its text, and what OCR reads beside it",
    "video": "its video",
    "nothing": "nothing",
}


def sight_of(document: Document, settings: Settings) -> Sight:
    """The document as the model is to see it. Text alone is seen as it is."""
    if settings.video == "frames":
        from .pictures import filmed

        document = filmed(document, settings)
    if not any(page.has_picture for page in document.pages):
        return Sight(document, document)
    from .seeing import see  # here, since text needs none of it

    return see(document, settings)

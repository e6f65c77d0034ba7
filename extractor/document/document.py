"""Documents: whatever is to be read, as pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ..errors import DocumentError
from . import text
from .attachment import Attachment, told
from .columns import WHICH_COLUMN, Column, Frame, is_empty
from .file import File
from .image import Image
from .layout import Box
from .limits import FILE_BYTES, TEXT_CHARACTERS, unreadable
from .memory import IN_MEMORY, InMemory
from .page import Page
from .ranges import PageChoice
from .readers import read
from .video import Video

_BETWEEN = "\n\n"


@runtime_checkable
class Readable(Protocol):
    """A file object, opened for bytes or text."""

    def read(self, size: int, /) -> bytes | str: ...


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """What is to be read, as pages. ``notes`` say what a person should know of how it was read.

    A page that has no text and no image is kept, and told in ``notes``, so that nothing is lost in silence.
    """

    name: str
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    """Files within this one, such as those of a mail: listed, and opened by ``Document.of(attachment)``."""

    @classmethod
    def of(cls, source: DocumentSource) -> Document:
        """A str is text and a Path is a file, always. A sequence, or a column of pandas or polars, makes one document,
        its pages numbered through.

        Bytes and file objects are told by their content. A function is called for the document when its turn comes. A
        str that names a file is warned of. DocumentError where something cannot be read.
        """
        if isinstance(source, str):
            text.warn_of_a_name(source)
            return cls("text", (Page(1, text.checked(source)),))
        if isinstance(source, Document):
            return source
        for kind, enter in _DOORS:
            if isinstance(source, kind):
                return enter(source)
        if callable(source) and not isinstance(source, type):
            return cls.of(source())
        raise unreadable(type(source).__name__, _why_not(source))

    @classmethod
    def open(
        cls,
        path: str | PathLike[str] | bytes | Readable,
        password: str | None = None,
        pages: PageChoice | None = None,
    ) -> Document:
        """A file (here a str is a path too), bytes or a file object, of which ``pages`` are wanted: ``"1-3,7"``.

        Pages keep the numbers that they have in the file. ``password`` is for encrypted PDFs and office
        files.
        """
        if isinstance(path, (str, PathLike)):
            return _read(_file_at(path), password, pages)
        if isinstance(path, (bytes, bytearray, memoryview)):
            return _read(File.of(bytes(path)), password, pages)
        if isinstance(path, Readable):
            return _read(_file_from(path), password, pages)
        raise unreadable(type(path).__name__, "is no file: pass a path, bytes or a file object")

    @property
    def text(self) -> str:
        """All text, with an empty line between pages."""
        return self.pages[0].text if len(self.pages) == 1 else _BETWEEN.join(page.text for page in self.pages)

    def place(self, offset: int) -> tuple[Page, int]:
        """The page on which ``text[offset]`` stands, and the offset in its text. The lines between are its end."""
        size = self.starts[-1] + len(self.pages[-1].text)
        if not 0 <= offset <= size:
            raise ValueError(f"the document has offsets 0 to {size}, not {offset}")
        at = bisect_right(self.starts, offset) - 1
        return self.pages[at], min(offset - self.starts[at], len(self.pages[at].text))

    def offset(self, page: int, offset: int) -> int:
        """Where the offset of the page with this number lies in ``text``."""
        at = next((at for at, other in enumerate(self.pages) if other.number == page), None)
        if at is None or not 0 <= offset <= len(self.pages[at].text):
            raise ValueError(f"the document has no offset {offset} on a page {page}")
        return self.starts[at] + offset

    def boxes(self, start: int, end: int) -> tuple[tuple[int, Box], ...]:
        """Where ``text[start:end]`` stands: page numbers and boxes, one a line. None of pages that are text alone."""
        (first, _), (last, _) = self.place(start), self.place(end)
        found = []
        for page, at in zip(self.pages, self.starts, strict=True):
            if first.number <= page.number <= last.number:
                size = len(page.text)
                places = page.boxes(*(min(max(edge - at, 0), size) for edge in (start, end)))
                found += [(page.number, box) for box in places]
        return tuple(found)

    @property
    def starts(self) -> tuple[int, ...]:
        """Where in ``text`` each page begins."""
        return tuple(accumulate((len(page.text) + len(_BETWEEN) for page in self.pages[:-1]), initial=0))

    @property
    def blank_pages(self) -> tuple[int, ...]:
        """The numbers of pages on which there is nothing to see."""
        return tuple(page.number for page in self.pages if not page.text and page.judge().kind == "blank")

    def _repr_html_(self) -> str:
        from . import shown

        return shown.document(self)

    def __repr__(self) -> str:
        images = sum(page.image is not None for page in self.pages)
        parts = [_count(len(self.pages), "page"), _count(sum(len(page.text) for page in self.pages), "character")]
        videos = sum(page.video is not None for page in self.pages)
        parts += [_count(count, word) for count, word in ((images, "image"), (videos, "video")) if count]
        return f"<Document {self.name!r}: {', '.join(parts)}>"


DocumentPart: TypeAlias = (
    str
    | PathLike[str]
    | bytes
    | Image
    | Video
    | InMemory
    | Attachment
    | Document
    | Readable
    | Callable[[], "DocumentPart"]
)
DocumentSource: TypeAlias = DocumentPart | Sequence[DocumentPart] | Column


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _why_not(source: object) -> str:
    if is_empty(source):
        return "is no document: it stands for nothing"
    if isinstance(source, Frame):
        return WHICH_COLUMN
    if isinstance(source, type):
        return "is a type, and no document: the type comes first, as in extract(Invoice, document)"
    if isinstance(source, Mapping) and "role" in source:
        return "is a chat message, and no document: pass its text or image; what is said to the model is instructions="
    return "is no document: pass text (str), a Path, bytes, an Image, or a list of them"


def _of_image(image: Image) -> Document:
    return Document(image.name, (Page(1, "", image),))


def _of_sequence(parts: Sequence[DocumentPart]) -> Document:
    """One document of many. Its notes say of which part they speak."""
    if not parts:
        raise unreadable("list", "is empty: there is no document in it")
    documents = [_part(part, place, len(parts)) for place, part in enumerate(parts, 1)]
    pages = [page for document in documents for page in document.pages]
    if sum(len(page.text) for page in pages) > TEXT_CHARACTERS:
        raise unreadable(
            "list",
            f"has more than {TEXT_CHARACTERS:,} characters of text in all, which is the limit: pass fewer at once",
        )
    return Document(
        ", ".join(dict.fromkeys(document.name for document in documents)),
        tuple(replace(page, number=number) for number, page in enumerate(pages, 1)),
        tuple(f"{document.name}: {note}" for document in documents for note in document.notes),
        tuple(attachment for document in documents for attachment in document.attachments),
    )


def _part(part: DocumentPart, place: int, count: int) -> Document:
    if isinstance(part, (list, tuple)):
        raise unreadable(f"item {place} of {count}", "is itself a list: pass one flat list of documents")
    try:
        return Document.of(part)
    except DocumentError as error:
        raise DocumentError(f"item {place} of {count}: {error}", source=error.source) from error


def _file_at(path: str | PathLike[str]) -> File:
    if isinstance(path, str) and path.lower().startswith(("http://", "https://")):
        way_out = "extractor.fetch(url) does that, Image(url) lets the endpoint do it"
        raise unreadable(path, f"addresses are not fetched here: {way_out}")
    return File.at(Path(path))


def _file_from(opened: Readable) -> File:
    name = getattr(opened, "name", None)
    name = Path(name).name if isinstance(name, str) and name else type(opened).__name__
    return File.of(_all_of(opened, name), name)


def _all_of(opened: Readable, name: str) -> bytes:
    """A raw stream may give less than was asked for: read until it gives nothing."""
    data = bytearray()
    try:
        while len(data) <= FILE_BYTES and (part := opened.read(FILE_BYTES + 1 - len(data))):
            data += part.encode() if isinstance(part, str) else part
    except (OSError, ValueError, TypeError) as error:
        raise unreadable(name, f"the file object cannot be read ({error}): open it again, as bytes") from None
    return bytes(data)


def _read(file: File, password: str | None, pages: PageChoice | None) -> Document:
    contents = read(file, password, pages)
    notes = contents.notes + told(contents.attachments)
    return Document(file.name, contents.pages, notes, contents.attachments)


_DOORS: tuple[tuple[tuple[type, ...], Callable[[Any], Document]], ...] = (
    ((PathLike,), lambda path: _read(_file_at(path), None, None)),
    ((bytes, bytearray, memoryview), lambda data: _read(File.of(bytes(data)), None, None)),
    ((Column,), lambda column: _of_sequence(column.to_list())),
    ((Image,), _of_image),
    ((Video,), lambda video: Document(video.name, (Page(1, "", video=video),))),
    ((Attachment,), lambda attached: _read(File.of(attached.data, attached.name), None, None)),
    (IN_MEMORY, lambda source: _of_image(Image(source))),
    ((Readable,), lambda opened: _read(_file_from(opened), None, None)),
    ((Sequence,), _of_sequence),
)

"""Pictures: JPEG, PNG, GIF and WEBP are sent as they are, others are converted."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, get_args

from ..options import Detail
from .convert import CONVERTED, check_size, only_frame
from .file import File
from .kinds import GIF, JPEG, PNG, WEBP, Kind, kind_of
from .limits import IMAGE_URL_BYTES, megabytes, unreadable
from .memory import IN_MEMORY, InMemory, held
from .sizes import size_of
from .urls import file_of, linked

ImageSource: TypeAlias = Path | bytes | str | InMemory
"""A file, its bytes, an ``https://…`` or ``data:image/…;base64,…`` URL, or a picture of Pillow, numpy or matplotlib."""

MEDIA_TYPES: dict[Kind, str] = {JPEG: "image/jpeg", PNG: "image/png", GIF: "image/gif", WEBP: "image/webp"}


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """A picture, told by its content, from a file, bytes, a ``data:`` or ``https:`` URL, or from memory.

    It is read and checked at once: ``source`` holds the bytes of a JPEG, PNG, GIF or WEBP then, into which other kinds
    are converted. A web address goes to the endpoint as it is and is never fetched. ``detail`` is passed on: how
    closely the model is to look.
    """

    source: ImageSource
    detail: Detail | None = None
    name: str = ""
    media_type: str | None = field(init=False)
    """None for a web address."""
    _url: str = field(init=False, default="", compare=False)

    def __post_init__(self) -> None:
        if self.detail not in (None, *get_args(Detail)):
            raise unreadable("Image", f"detail={self.detail!r} is none of {', '.join(map(repr, get_args(Detail)))}")
        facts = linked(self.source, self.name, "Image", "page.png") or _held(_file(self.source, self.name), self.name)
        for field_name, value in facts.items():
            object.__setattr__(self, field_name, value)

    @property
    def url(self) -> str:
        """The web address as it was given, else a ``data:`` URL, which is made once."""
        if isinstance(self.source, str):
            return self.source
        if not self._url and isinstance(self.source, bytes):
            encoded = b64encode(self.source).decode("ascii")
            object.__setattr__(self, "_url", f"data:{self.media_type};base64,{encoded}")
        return self._url

    @property
    def size(self) -> tuple[int, int] | None:
        """Its width and height in pixels; None for a web address, and where its header does not tell."""
        return size_of(self.source, kind_of(self.source[:64])) if isinstance(self.source, bytes) else None

    def _repr_html_(self) -> str:
        from . import shown

        return shown.image(self)

    def __repr__(self) -> str:
        size = f" {self.media_type}, {len(self.source):,} bytes" if isinstance(self.source, bytes) else ""
        return f"<Image {self.name!r}{size}>"


def _file(source: object, name: str) -> File:
    if file := file_of(source, name, "Image"):
        return file
    if isinstance(source, IN_MEMORY):
        return File.of(held(source), name or "picture")
    kind = type(source).__name__
    raise unreadable(kind, "is no image: pass a Path, bytes, an https:// or data: URL, or a picture in memory")


def _held(file: File, name: str) -> dict[str, object]:
    """The fields of an image that is held here: its bytes, a picture that is whole and not too large."""
    kind = kind_of(file.head)
    if kind in CONVERTED:
        return _held(File.of(only_frame(file, kind), file.source), name or file.name)
    if kind not in MEDIA_TYPES:
        raise unreadable(file.source, f"is {kind.name}, and no image{_way_out(kind)}")
    encoded = -(-file.size // 3) * 4
    if encoded > IMAGE_URL_BYTES:
        raise unreadable(
            file.source,
            f"takes {megabytes(encoded)} as it is sent (base64), and the limit is {megabytes(IMAGE_URL_BYTES)}:"
            " make it smaller (a JPEG of some 3,000 pixels does), or pass its https:// address",
        )
    data = file.read()
    if not _WHOLE[kind](data):
        raise unreadable(file.source, f"this {kind.name.split(' ', 1)[1]} is cut off: fetch or save it again")
    if size := size_of(data, kind):
        check_size(*size, file.source)
    return {"source": data, "name": name or file.name, "media_type": MEDIA_TYPES[kind]}


def _way_out(kind: Kind) -> str:
    return ": pass the Path or the text itself, without Image(…)" if not kind.way_out else f"; it {kind.way_out}"


def _jpeg_is_whole(data: bytes) -> bool:
    """An end marker after the first scan. (A thumbnail in the header has an end marker of its own.)"""
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] not in (b"\xda", b""):
        filler = data[at + 1] == 0xFF
        at += 1 if filler else 2 + int.from_bytes(data[at + 2 : at + 4])
    return data[at : at + 2] == b"\xff\xda" and data.find(b"\xff\xd9", at) > 0


def _png_is_whole(data: bytes) -> bool:
    return data[12:16] == b"IHDR" and b"IEND\xaeB`\x82" in data


def _gif_is_whole(data: bytes) -> bool:
    """The last block's end and the trailer, perhaps with a little junk after them."""
    return b"\0;" in data[13:][-64:]


def _webp_is_whole(data: bytes) -> bool:
    return len(data) >= 8 + int.from_bytes(data[4:8], "little") >= 20


_WHOLE: dict[Kind, Callable[[bytes], bool]] = {
    JPEG: _jpeg_is_whole,
    PNG: _png_is_whole,
    GIF: _gif_is_whole,
    WEBP: _webp_is_whole,
}

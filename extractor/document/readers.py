"""Which module reads which kind. It is imported when a file of its kind comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TypeAlias, cast

from .file import File
from .kinds import (
    AVIF,
    BMP,
    DOCX,
    ENCRYPTED,
    EPUB,
    GIF,
    HEIC,
    JPEG,
    MOV,
    MP4,
    MSG,
    ODP,
    ODS,
    ODT,
    PDF,
    PNG,
    PPTX,
    RTF,
    TEXT,
    TIFF,
    WEBM,
    WEBP,
    XLS,
    XLSX,
    Kind,
)
from .limits import TEXT_CHARACTERS, unreadable
from .page import Contents, Page
from .ranges import PageChoice

Reader: TypeAlias = Callable[[File, str | None, PageChoice | None], Contents]
"""A file, a password and the wanted pages in; pages, notes and attachments out."""

_HOMES: dict[str, tuple[Kind, ...]] = {
    "textual": (TEXT,),
    "pdf": (PDF,),
    "office.docx": (DOCX,),
    "office.pptx": (PPTX,),
    "office.odf": (ODT, ODS, ODP),
    "office.sheets": (XLSX, XLS),
    "office.rtf": (RTF,),
    "office.locked": (ENCRYPTED,),
    "mail.msg": (MSG,),
    "epub": (EPUB,),
    "pictures": (MP4, MOV, WEBM, JPEG, PNG, GIF, WEBP, TIFF, BMP, HEIC, AVIF),
}
_MODULES = {kind: module for module, kinds in _HOMES.items() for kind in kinds}


def read(file: File, password: str | None, pages: PageChoice | None) -> Contents:
    """What is in a file. DocumentError where it is of no kind that is read, or broken."""
    from .inside import kind_in

    kind = kind_in(file)
    if kind not in _MODULES:
        raise unreadable(file.source, f"looks like {kind.name}; it {kind.way_out}")
    module = import_module(f".{_MODULES[kind]}", __package__)
    contents = cast(Reader, module.read)(file, password, pages)
    if sum(len(page.text) for page in contents.pages) > TEXT_CHARACTERS:
        limit = f"{TEXT_CHARACTERS:,} characters of text, which is the limit"
        raise unreadable(file.source, f"has more than {limit}: choose some of its pages (pages='1-3'), or split it")
    return contents._replace(pages=tuple(map(_sendable, contents.pages)))


def _sendable(page: Page) -> Page:
    """Without NUL characters, which office files may hold in a cell, and where some models stop to read."""
    return replace(page, text=page.text.replace("\0", "")) if "\0" in page.text else page

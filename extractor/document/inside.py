"""What a ZIP archive or an OLE file is, told from the parts in it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from . import compound
from .archive import Archive, archive
from .file import File
from .kinds import (
    DOC,
    DOCX,
    ENCRYPTED,
    EPUB,
    IWORK,
    MSG,
    ODF,
    ODP,
    ODS,
    ODT,
    OLE,
    PPT,
    PPTX,
    VISIO,
    XLS,
    XLSB,
    XLSX,
    ZIP,
    Kind,
    kind_of,
)

CONTENT_TYPES = "[Content_Types].xml"
_LOCK, _RECORDS = 0x002F, 2000
_TYPES_BYTES = 4_000_000
_MAIN_PARTS: tuple[tuple[bytes, Kind], ...] = (
    (rb"wordprocessingml\.(document|template)\.main|word\.(document|template)\.macroEnabledTemplate\.main", DOCX),
    (rb"ms-word\.(document|template)\.macroEnabled(Template)?\.main", DOCX),
    (rb"spreadsheetml\.(sheet|template)\.main|ms-excel\.(sheet|template|addin)\.macroEnabled\.main", XLSX),
    (rb"ms-excel\.sheet\.binary\.macroEnabled\.main", XLSB),
    (rb"presentationml\.(presentation|slideshow|template)\.main", PPTX),
    (rb"ms-powerpoint\.(presentation|slideshow|template)\.macroEnabled\.main", PPTX),
    (rb"ms-visio\.", VISIO),
)
_MEDIA_TYPES: tuple[tuple[bytes, Kind], ...] = (
    (b"application/epub+zip", EPUB),
    (b"application/vnd.oasis.opendocument.text", ODT),
    (b"application/vnd.oasis.opendocument.spreadsheet", ODS),
    (b"application/vnd.oasis.opendocument.presentation", ODP),
    (b"application/vnd.oasis.opendocument.", ODF),
)
_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", ENCRYPTED),
    ("__properties_version1.0", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("VisioDocument", VISIO),
)


def kind_in(file: File) -> Kind:
    """The kind of a file, by all that tells it. DocumentError where an archive is cut off or broken."""
    kind = kind_of(file.head)
    return _HOLDERS[kind](file) if kind in _HOLDERS else kind


def _in_archive(file: File) -> Kind:
    with archive(file) as opened:
        if CONTENT_TYPES in opened:
            types = opened.read(CONTENT_TYPES, _TYPES_BYTES)
            return next((kind for pattern, kind in _MAIN_PARTS if re.search(pattern, types)), ZIP)
        if "mimetype" in opened:
            said = opened.read("mimetype", 1000).strip()
            return next((kind for name, kind in _MEDIA_TYPES if said.startswith(name)), ZIP)
        return _by_parts(opened)


def _by_parts(opened: Archive) -> Kind:
    """E-books without their mark, and what Apple's office makes."""
    if "META-INF/container.xml" in opened:
        return EPUB
    return IWORK if any(name.endswith(".iwa") for name in opened.parts) else ZIP


def _in_compound(file: File) -> Kind:
    found = compound.names(file)
    kind = next((kind for name, kind in _STREAMS if name in found), OLE)
    return ENCRYPTED if kind is XLS and _is_locked(compound.stream(file, ("Workbook", "Book"))[:_RECORDS]) else kind


def _is_locked(records: bytes) -> bool:
    """An old Excel file names its encryption in one of its first records."""
    at = 0
    while at + 4 <= len(records):
        kind, size = struct.unpack_from("<HH", records, at)
        if kind == _LOCK:
            return True
        at += 4 + size
    return False


_HOLDERS: dict[Kind, Callable[[File], Kind]] = {ZIP: _in_archive, OLE: _in_compound}

"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file ``kind_of`` wants to see."""

_AS_TEXT = "is not read yet: save it as PDF or plain text"
_AS_PICTURE = "is not read yet: convert it to PNG or JPEG"
_UNPACK = "is an archive: unpack it and pass the files in it"
_NO_DOCUMENT = "is no document: pass text, a PDF, or a JPEG, PNG, GIF or WEBP image"


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` as people say it, and for what is not read, what to do instead."""

    name: str
    way_out: str = ""


PDF = Kind("a PDF")
JPEG = Kind("a JPEG image")
PNG = Kind("a PNG image")
GIF = Kind("a GIF image")
WEBP = Kind("a WEBP image")
TEXT = Kind("text")
BINARY = Kind("binary data of an unknown kind", _NO_DOCUMENT)

_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (0, b"PK\x03\x04", Kind("a ZIP archive", _UNPACK)),
    (0, b"PK\x05\x06", Kind("an empty ZIP archive", _UNPACK)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("an old Office file (DOC, XLS, PPT or MSG)", _AS_TEXT)),
    (0, b"{\\rtf", Kind("an RTF file", _AS_TEXT)),
    (0, b"%!PS", Kind("a PostScript file", _AS_TEXT)),
    (0, b"II*\0", Kind("a TIFF image", _AS_PICTURE)),
    (0, b"MM\0*", Kind("a TIFF image", _AS_PICTURE)),
    (4, b"ftypheic", Kind("a HEIC image", _AS_PICTURE)),
    (4, b"ftypheix", Kind("a HEIC image", _AS_PICTURE)),
    (4, b"ftypmif1", Kind("a HEIF image", _AS_PICTURE)),
    (4, b"ftypavif", Kind("an AVIF image", _AS_PICTURE)),
    (0, b"\0\0\x01\0", Kind("an icon (ICO)", _AS_PICTURE)),
    (0, b"\0\0\0\x0cjP  ", Kind("a JPEG 2000 image", _AS_PICTURE)),
    (0, b"\xff\x0a", Kind("a JPEG XL image", _AS_PICTURE)),
    (0, b"8BPS", Kind("a Photoshop image", _AS_PICTURE)),
    (4, b"ftyp", Kind("a video (MP4 or MOV)", _NO_DOCUMENT)),
    (0, b"\x1aE\xdf\xa3", Kind("a video (WebM or MKV)", _NO_DOCUMENT)),
    (8, b"AVI ", Kind("a video (AVI)", _NO_DOCUMENT)),
    (8, b"WAVE", Kind("a sound (WAV)", _NO_DOCUMENT)),
    (0, b"ID3", Kind("a sound (MP3)", _NO_DOCUMENT)),
    (0, b"OggS", Kind("a sound (OGG)", _NO_DOCUMENT)),
    (0, b"fLaC", Kind("a sound (FLAC)", _NO_DOCUMENT)),
    (0, b"\x1f\x8b", Kind("a GZIP file", _UNPACK)),
    (0, b"BZh", Kind("a BZIP2 file", _UNPACK)),
    (0, b"\xfd7zXZ\0", Kind("an XZ file", _UNPACK)),
    (0, b"\x28\xb5\x2f\xfd", Kind("a Zstandard file", _UNPACK)),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("a 7-Zip archive", _UNPACK)),
    (0, b"Rar!\x1a\x07", Kind("a RAR archive", _UNPACK)),
    (257, b"ustar", Kind("a TAR archive", _UNPACK)),
    (0, b"SQLite format 3\0", Kind("an SQLite database", _NO_DOCUMENT)),
    (0, b"PAR1", Kind("a Parquet file", _NO_DOCUMENT)),
    (0, b"\x7fELF", Kind("a program", _NO_DOCUMENT)),
)
_NEEDS_RIFF = (WEBP.name, "a video (AVI)", "a sound (WAV)")
_MAYBE_TEXT = (
    GIF.name,
    "a sound (MP3)",
    "a BZIP2 file",
    "a Parquet file",
    "a sound (OGG)",
    "a sound (FLAC)",
    "a Photoshop image",
)
"""Their first bytes are plain letters: text may begin with them too."""
_IN_ZIP: tuple[tuple[bytes, Kind], ...] = (
    (b"word/", Kind("a Word document (DOCX)", _AS_TEXT)),
    (b"xl/", Kind("an Excel sheet (XLSX)", _AS_TEXT)),
    (b"ppt/", Kind("a PowerPoint file (PPTX)", _AS_TEXT)),
    (b"application/epub+zip", Kind("an e-book (EPUB)", _AS_TEXT)),
    (b"application/vnd.oasis.opendocument", Kind("an OpenDocument file (ODT, ODS or ODP)", _AS_TEXT)),
    (b"[Content_Types].xml", Kind("an Office file (DOCX, XLSX or PPTX)", _AS_TEXT)),
)
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with ``head``."""
    found = next((kind for at, magic, kind in _MAGIC if head.startswith(magic, at) and _fits(kind, head)), None)
    if found is None:
        return _without_magic(head)
    return _zipped(head, found) if head.startswith(b"PK\x03\x04") else found


def looks_binary(data: bytes) -> bool:
    """More control characters than text has: one in twenty. (NUL bytes are looked at where text is decoded.)"""
    return (len(data) - len(data.translate(None, _CONTROLS))) * 20 > len(data)


def _fits(kind: Kind, head: bytes) -> bool:
    if kind.name in _NEEDS_RIFF:
        return head.startswith(b"RIFF")
    return kind.name not in _MAYBE_TEXT or looks_binary(head) or not _is_utf8(head)


def _without_magic(head: bytes) -> Kind:
    if b"%PDF-" in head[:1024] and (head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") or not _is_utf8(head)):
        return PDF  # readers allow for junk before it
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return Kind("a BMP image", _AS_PICTURE)
    if head.startswith(_BOMS) or b"\0" in head:
        return TEXT  # perhaps UTF-16 or UTF-32: decoding tells
    return BINARY if looks_binary(head) else TEXT


def _zipped(head: bytes, archive: Kind) -> Kind:
    return next((kind for name, kind in _IN_ZIP if name in head), archive)


def _is_utf8(head: bytes) -> bool:
    """Up to a last character that the head's end cut."""
    try:
        re.sub(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z", b"", head).decode()
    except UnicodeDecodeError:
        return False
    return True

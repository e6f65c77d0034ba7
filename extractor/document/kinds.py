"""What a file is, told from its first bytes and never from its name. What lies inside of archives: ``inside.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD_BYTES = 4096
"""How much of a file ``kind_of`` wants to see."""

_AS_PDF = "is not read: save it as PDF"
_AS_PICTURE = "is not read: convert it to PNG or JPEG"
_AS_OFFICE = "is not read: save it as {} or PDF"
_UNPACK = "is an archive: unpack it and pass the files in it"
_NO_DOCUMENT = "is no document: pass text, a PDF, an office file, a mail, a picture or a video"
_AS_MP4 = "is not read: convert it to MP4"


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
TIFF = Kind("a TIFF image")
BMP = Kind("a BMP image")
HEIC = Kind("a HEIC image")
AVIF = Kind("an AVIF image")
MP4 = Kind("a video (MP4)")
MOV = Kind("a video (MOV)")
WEBM = Kind("a video (WebM)")
DOCX = Kind("a Word document (DOCX)")
PPTX = Kind("a PowerPoint file (PPTX)")
XLSX = Kind("an Excel sheet (XLSX)")
XLS = Kind("an old Excel sheet (XLS)")
ODT = Kind("an OpenDocument text (ODT)")
ODS = Kind("an OpenDocument sheet (ODS)")
ODP = Kind("an OpenDocument presentation (ODP)")
EPUB = Kind("an e-book (EPUB)")
RTF = Kind("an RTF file")
MSG = Kind("an Outlook message (MSG)")
ENCRYPTED = Kind("an encrypted office file")
TEXT = Kind("text")
ZIP = Kind("a ZIP archive", _UNPACK)
OLE = Kind("an old Office file", _AS_PDF)
BINARY = Kind("binary data of an unknown kind", _NO_DOCUMENT)

DOC = Kind("an old Word document (DOC)", _AS_OFFICE.format("DOCX"))
PPT = Kind("an old PowerPoint file (PPT)", _AS_OFFICE.format("PPTX"))
XLSB = Kind("a binary Excel sheet (XLSB)", _AS_OFFICE.format("XLSX"))
VISIO = Kind("a Visio drawing", _AS_PDF)
IWORK = Kind("a Pages, Numbers or Keynote file", "is not read: export it as PDF, Word or Excel")
ODF = Kind("an OpenDocument file of another kind", _AS_PDF)

_MAGIC: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (8, b"WEBP", WEBP),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", Kind("an empty ZIP archive", _UNPACK)),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (0, b"{\\rtf", RTF),
    (0, b"%!PS", Kind("a PostScript file", _AS_PDF)),
    (0, b"II*\0", TIFF),
    (0, b"MM\0*", TIFF),
    (0, b"II+\0", TIFF),
    (0, b"MM\0+", TIFF),
    (0, b"\0\0\x01\0", Kind("an icon (ICO)", _AS_PICTURE)),
    (0, b"\0\0\0\x0cjP  ", Kind("a JPEG 2000 image", _AS_PICTURE)),
    (0, b"\xff\x0a", Kind("a JPEG XL image", _AS_PICTURE)),
    (0, b"8BPS", Kind("a Photoshop image", _AS_PICTURE)),
    (0, b"AT&TFORM", Kind("a DjVu document", _AS_PDF)),
    (8, b"AVI ", Kind("a video (AVI)", _AS_MP4)),
    (0, b"FLV\x01", Kind("a video (FLV)", _AS_MP4)),
    (0, b"\0\0\x01\xba", Kind("a video (MPEG)", _AS_MP4)),
    (0, b"0&\xb2u\x8ef\xcf\x11", Kind("a video or sound (WMV or WMA)", _AS_MP4)),
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
    (
        0,
        b"\x78\x9f\x3e\x22",
        Kind("an Outlook attachment container (winmail.dat)", "is not read: ask for a plain mail"),
    ),
    (0, b"!BDN", Kind("an Outlook mailbox (PST)", "is a mailbox: export its messages as MSG or EML")),
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

_BRANDS: dict[bytes, Kind] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), HEIC),
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    b"qt  ": MOV,
    **dict.fromkeys((b"M4A ", b"M4B "), Kind("a sound (M4A)", _NO_DOCUMENT)),
}
"""Of files in boxes, whose first one names who made it: those that are no MP4."""

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"


def kind_of(head: bytes) -> Kind:
    """The kind of a file that begins with ``head``. (ZIP and OLE are what holds many kinds.)"""
    found = next((kind for at, magic, kind in _MAGIC if head.startswith(magic, at) and _fits(kind, head)), None)
    return found or _boxed(head) or _without_magic(head)


def looks_binary(data: bytes) -> bool:
    """More control characters than text has: one in twenty. (NUL bytes are looked at where text is decoded.)"""
    return (len(data) - len(data.translate(None, _CONTROLS))) * 20 > len(data)


def _fits(kind: Kind, head: bytes) -> bool:
    if kind.name in _NEEDS_RIFF:
        return head.startswith(b"RIFF")
    return kind.name not in _MAYBE_TEXT or looks_binary(head) or not _is_utf8(head)


def _boxed(head: bytes) -> Kind | None:
    """MP4 and its kin, QuickTime of the time before brands, and Matroska."""
    if head[4:8] == b"ftyp":
        kind = _BRANDS.get(head[8:12], MP4)
        size = int.from_bytes(head[:4], "big")
        return AVIF if kind is HEIC and b"avif" in head[16 : min(size, 256)] else kind
    if head[4:8] in (b"moov", b"mdat", b"wide") and b"\0" in head[:4]:
        return MOV
    if head.startswith(b"\x1aE\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else Kind("a video (MKV)", _AS_MP4)
    return None


def _without_magic(head: bytes) -> Kind:
    if b"%PDF-" in head[:1024] and (head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") or not _is_utf8(head)):
        return PDF  # readers allow for junk before it
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return BMP
    if head.startswith(_BOMS) or b"\0" in head:
        return TEXT  # perhaps UTF-16 or UTF-32: decoding tells
    return BINARY if looks_binary(head) else TEXT


def _is_utf8(head: bytes) -> bool:
    """Up to a last character that the head's end cut."""
    try:
        re.sub(rb"[\xc0-\xff][\x80-\xbf]{0,2}\Z", b"", head).decode()
    except UnicodeDecodeError:
        return False
    return True

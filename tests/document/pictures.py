"""The smallest whole pictures of each kind, made by hand."""

from __future__ import annotations

from struct import pack
from zlib import compress, crc32


def png(padding: int = 0) -> bytes:
    """One grey pixel, and a text chunk of ``padding`` bytes."""
    header = pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tEXt", b"k\0" + b"x" * padding), (b"IDAT", compress(b"\0\x80")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))


def jpeg(thumbnail: bytes = b"") -> bytes:
    """The markers of a JPEG: an Exif header that holds the thumbnail, a scan, the end."""
    exif = b"Exif\0\0" + thumbnail
    app1 = b"\xff\xe1" + pack(">H", len(exif) + 2) + exif
    frame = b"\xff\xc0" + pack(">HBHHBBBB", 11, 8, 1, 1, 1, 1, 0x11, 0)
    scan = b"\xff\xda" + pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0) + b"\x12\x34\xff\x00\x56"
    return b"\xff\xd8" + app1 + frame + scan + b"\xff\xd9"


def gif() -> bytes:
    screen = pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    image = b"," + pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\0"
    return b"GIF89a" + screen + image + b";"


def webp() -> bytes:
    chunk = b"VP8L" + pack("<I", 8) + b"\x2f\0\0\0\0\x88\x88\x08"
    return b"RIFF" + pack("<I", 4 + len(chunk)) + b"WEBP" + chunk

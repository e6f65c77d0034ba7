"""Width and height of a picture, from its header alone."""

from __future__ import annotations

from collections.abc import Callable

from .kinds import GIF, JPEG, PNG, WEBP, Kind

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""The markers of a JPEG that tell its size."""


def size_of(data: bytes, kind: Kind) -> tuple[int, int] | None:
    """Width and height as they are stored (before EXIF turns the picture), or None where the header is broken."""
    size = _SIZES[kind](data)
    return size if size and all(size) else None


def _png(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at : at + 1] == b"\xff":
        marker = data[at + 1 : at + 2]
        if marker == b"\xff":
            at += 1
        elif marker and marker[0] in _FRAMES:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> tuple[int, int]:
    form, head = data[12:16], data[20:30]
    if form == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if form == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF


_SIZES: dict[Kind, Callable[[bytes], tuple[int, int] | None]] = {JPEG: _jpeg, PNG: _png, GIF: _gif, WEBP: _webp}

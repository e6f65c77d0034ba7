"""OLE compound files, which old office files, Outlook messages and encrypted office files are: what lies in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from .file import File

_ENTRY_BYTES = 128
_MOST_SECTORS = 2000
_SPECIAL = 0xFFFFFFFA
"""Sector numbers from here on are marks, such as the end of a chain."""


def names(file: File) -> frozenset[str]:
    """The names of the streams and storages in a compound file, as far as its directory can be read."""
    with file.opened() as opened:
        return frozenset(_names(opened, file.head))


def _names(opened: BinaryIO, head: bytes) -> Iterator[str]:
    size = 4096 if head[30:31] == b"\x0c" else 512
    fat = [place for place in struct.unpack_from("<109I", head.ljust(512, b"\0"), 76) if place < _SPECIAL]
    place, seen = int.from_bytes(head[48:52], "little"), 0
    while place < _SPECIAL and seen < _MOST_SECTORS:
        sector = _sector(opened, place, size)
        for at in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length = int.from_bytes(sector[at + 64 : at + 66], "little")
            if 2 < length <= 64:
                yield sector[at : at + length - 2].decode("utf-16-le", "replace")
        place, seen = _next(opened, fat, place, size), seen + 1


def _next(opened: BinaryIO, fat: list[int], place: int, size: int) -> int:
    """The sector that follows in the chain. (The table of sectors goes on elsewhere in files over 7 MB.)"""
    block, at = divmod(place, size // 4)
    if block >= len(fat):
        return _SPECIAL
    entry = _sector(opened, fat[block], size)[at * 4 : at * 4 + 4]
    return int.from_bytes(entry, "little") if len(entry) == 4 else _SPECIAL


def _sector(opened: BinaryIO, place: int, size: int) -> bytes:
    opened.seek((place + 1) * size)
    return opened.read(size)

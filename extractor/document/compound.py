"""OLE compound files, which old office files, Outlook messages and encrypted office files are: what lies in them."""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from typing import BinaryIO

from .file import File

_ENTRY_BYTES = 128
_MOST_SECTORS = 2000
_MINI_BYTES = 4096
"""Smaller streams lie within another one."""
_SPECIAL = 0xFFFFFFFA
"""Sector numbers from here on are marks, such as the end of a chain."""


def names(file: File) -> frozenset[str]:
    """The names of the streams and storages in a compound file, as far as its directory can be read."""
    with file.opened() as opened:
        return frozenset(entry[0] for entry in _entries(_Sectors(opened, file.head)))


def stream(file: File, wanted: Collection[str]) -> bytes:
    """The first stream of one of these names, as far as it can be read; b"" where there is none, or a tiny one."""
    with file.opened() as opened:
        sectors = _Sectors(opened, file.head)
        for name, start, size in _entries(sectors):
            if name in wanted and size >= _MINI_BYTES:
                return b"".join(sectors.chain(start, -(-size // sectors.size)))[:size]
    return b""


def _entries(sectors: _Sectors) -> Iterator[tuple[str, int, int]]:
    """Name, first sector and size of what is in the file."""
    for sector in sectors.chain(sectors.directory, _MOST_SECTORS):
        for at in range(0, len(sector) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, start, size = struct.unpack_from("<64xH50xII", sector, at)
            if 2 < length <= 64:
                yield sector[at : at + length - 2].decode("utf-16-le", "replace"), start, size


class _Sectors:
    """The pieces of a file, and which one follows which."""

    def __init__(self, opened: BinaryIO, head: bytes) -> None:
        head = head.ljust(512, b"\0")
        self.size = 4096 if head[30] == 12 else 512
        self.directory = int.from_bytes(head[48:52], "little")
        self._opened = opened
        self._tables = [place for place in struct.unpack_from("<109I", head, 76) if place < _SPECIAL]
        self._more = int.from_bytes(head[68:72], "little")
        self._following: dict[int, tuple[int, ...]] = {}

    def chain(self, place: int, most: int) -> Iterator[bytes]:
        """The sectors from one on, to the end or as far as the chain can be followed."""
        while place < _SPECIAL and most > 0 and (sector := self._read(place)):
            yield sector
            place, most = self._next(place), most - 1

    def _next(self, place: int) -> int:
        block, at = divmod(place, self.size // 4)
        while block >= len(self._tables) and self._more < _SPECIAL:
            self._find_more()
        if block >= len(self._tables):
            return _SPECIAL
        if block not in self._following:
            self._following[block] = self._numbers(self._tables[block])
        return self._following[block][at] if at < len(self._following[block]) else _SPECIAL

    def _find_more(self) -> None:
        """Where the tables of the first 7 MB lie stands in the header, that of the others in sectors of their own."""
        *listed, self._more = self._numbers(self._more) or (_SPECIAL,)
        self._tables += [place for place in listed if place < _SPECIAL]
        if not listed:
            self._more = _SPECIAL

    def _numbers(self, place: int) -> tuple[int, ...]:
        sector = self._read(place)
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])

    def _read(self, place: int) -> bytes:
        self._opened.seek((place + 1) * self.size)
        return self._opened.read(self.size)

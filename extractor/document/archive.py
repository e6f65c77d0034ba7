"""ZIP archives, which office files and e-books are: parts by name, and no more of them than there is room for.

Names and sizes in an archive are claims. What is unpacked is counted, so that a small file cannot fill the memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from ..errors import DocumentError
from .file import File
from .limits import MARKUP_BYTES, UNPACKED_BYTES, megabytes, unreadable

_END = b"PK\x05\x06"
_TAIL_BYTES = 66_000
_DIRECTORY_BYTES = 8_000_000
_BROKEN = (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error)
_CUT = "is cut off or broken: fetch or save it again"


@dataclass(slots=True)
class Archive:
    """An opened archive; ``source`` is what errors call it."""

    source: str
    parts: Mapping[str, ZipInfo]
    _zip: ZipFile
    _room: int = field(default=UNPACKED_BYTES)

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def read(self, name: str, most: int = MARKUP_BYTES) -> bytes:
        """One part. DocumentError where it is missing, broken or too large."""
        with self.stream(name) as stream:
            return self.bounded(stream, name, most)

    @contextmanager
    def stream(self, name: str) -> Iterator[IO[bytes]]:
        """One part to be read in pieces, by ``pieces`` or ``bounded``, which count them."""
        info = self.parts.get(name)
        if info is None:
            raise unreadable(self.source, f"has no part {name}, which it needs: save it again from where it came")
        if info.flag_bits & 1:
            raise unreadable(self.source, "is an encrypted archive: save it without a password")
        try:
            with self._zip.open(info) as stream:
                yield stream
        except DocumentError:
            raise
        except _BROKEN as error:
            raise unreadable(self.source, f"its part {name} is broken ({error}): fetch or save it again") from None

    def bounded(self, stream: IO[bytes], name: str, most: int) -> bytes:
        data = stream.read(min(most, self._room) + 1)
        self._count(len(data))
        if len(data) > most:
            raise unreadable(self.source, f"its part {name} has more than {megabytes(most)} unpacked: split the file")
        return data

    def pieces(self, name: str, size: int = 1 << 20) -> Iterator[bytes]:
        """One part piece by piece."""
        with self.stream(name) as stream:
            while piece := stream.read(size):
                self._count(len(piece))
                yield piece

    def _count(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise unreadable(
                self.source,
                f"unpacks to more than {megabytes(UNPACKED_BYTES)}, as a decompression bomb does: split the file",
            )


@contextmanager
def archive(file: File) -> Iterator[Archive]:
    """DocumentError where the file is no whole archive."""
    _check_directory(file)
    with file.opened() as opened:
        try:
            zipped = ZipFile(opened)
        except _BROKEN:
            raise unreadable(file.source, _CUT) from None
        with zipped:
            yield Archive(file.source, {info.filename: info for info in zipped.infolist()}, zipped)


def beside(part: str, target: str) -> str:
    """The name of the part that ``part`` points to: a relative path from its folder, or from the root."""
    if target.startswith("/"):
        return normpath(target.lstrip("/"))
    return normpath(join(part.rpartition("/")[0], target))


def _check_directory(file: File) -> None:
    """The list of parts is read as a whole, so its size is looked at before."""
    tail = file.tail(_TAIL_BYTES)
    at = tail.rfind(_END)
    if at < 0:
        raise unreadable(file.source, _CUT)
    if int.from_bytes(tail[at + 12 : at + 16], "little") > _DIRECTORY_BYTES:
        raise unreadable(file.source, "is an archive of more parts than any document has: unpack it, pass its files")

"""Bytes with a name, on disk or in memory, looked at before they are read."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from .kinds import HEAD_BYTES
from .limits import FILE_BYTES, megabytes, unreadable

_NO_FILES: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "is a folder: pass the files in it, one by one, for example from sorted(folder.glob('*.pdf'))"),
    (stat.S_ISFIFO, "is a pipe, which is not opened: read it yourself and pass the text or the bytes"),
    (stat.S_ISSOCK, "is a socket, which is not opened: read it yourself and pass the text or the bytes"),
    (stat.S_ISCHR, "is a device, which is not opened: pass a file, text or bytes"),
    (stat.S_ISBLK, "is a device, which is not opened: pass a file, text or bytes"),
)


@dataclass(frozen=True, slots=True)
class File:
    """``source`` is what errors call it, ``head`` its first bytes; ``data`` is None while it lies at ``path``."""

    name: str
    source: str
    size: int
    head: bytes
    path: Path | None = None
    data: bytes | None = None

    @classmethod
    def at(cls, path: Path) -> File:
        """A file on disk, of which only the head is read. DocumentError where that cannot be."""
        source = _printable(str(path))
        if "\0" in source:
            raise unreadable(source, "a path cannot hold a NUL character; a Path is a file, text is passed as str")
        try:
            facts = path.stat()
            _check(facts.st_mode, facts.st_size, source)
            with path.open("rb") as opened:
                head = opened.read(HEAD_BYTES)
        except OSError as error:
            raise unreadable(source, _why(error, path)) from None
        return cls(_printable(path.name), source, _filled(facts.st_size or len(head), source), head, path)

    @classmethod
    def of(cls, data: bytes, name: str = "bytes") -> File:
        """A file in memory."""
        _check(stat.S_IFREG, len(data), name)
        return cls(Path(name).name or name, name, _filled(len(data), name), data[:HEAD_BYTES], data=data)

    def read(self) -> bytes:
        """All of it."""
        data = self._from(0, FILE_BYTES + 1)  # it may have grown
        _check(stat.S_IFREG, len(data), self.source)
        return data

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """To be read in pieces, from wherever is wanted."""
        if self.path is None:
            yield BytesIO(self.data or b"")
            return
        try:
            with self.path.open("rb") as opened:
                yield opened
        except OSError as error:
            raise unreadable(self.source, _why(error, self.path)) from None

    def tail(self, size: int) -> bytes:
        """Its last bytes."""
        return self._from(max(0, self.size - size), size)

    def _from(self, start: int, size: int) -> bytes:
        if self.path is None:
            return (self.data or b"")[start : start + size]
        with self.opened() as opened:
            opened.seek(start)
            return opened.read(size)


def _check(mode: int, size: int, source: str) -> None:
    for is_this, why in _NO_FILES:
        if is_this(mode):
            raise unreadable(source, why)
    if size > FILE_BYTES:
        limit = megabytes(FILE_BYTES)
        raise unreadable(
            source, f"has {megabytes(size)}, and the limit is {limit}: split it, or pass its text in parts"
        )


def _filled(size: int, source: str) -> int:
    if not size:
        raise unreadable(
            source, "is empty: there is nothing to read (a file object that was read already needs .seek(0))"
        )
    return size


def _printable(name: str) -> str:
    """File names may hold bytes that are no UTF-8, which neither JSON nor a terminal takes."""
    return name.encode(errors="replace").decode()


def _why(error: OSError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    if isinstance(error, PermissionError):
        return "may not be read: give yourself the right to (chmod u+r on Linux and macOS)"
    if isinstance(error, NotADirectoryError):
        return "there is no such file: a part of the path before its last is itself a file"
    return f"cannot be opened: {error.strerror}; a Path is a file, text is passed as str"


def _missing(path: Path) -> str:
    if path.is_symlink():
        return "is a link to a file that is not there"
    if not path.parent.is_dir():
        return f"there is no such file, and no folder {path.parent} (a relative path begins at {Path.cwd()})"
    try:
        near = get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=1)
    except OSError:
        near = []
    hint = f"did you mean {near[0]}?" if near else f"it was looked for in {path.parent.resolve()}"
    return f"there is no such file; {hint}"

"""The journal: a file of one line a finished document, from which a later run goes on.

The first line says what the file is; each other is a JSON object that ends with a checksum of what stands before it.
A line is written at once when its document is done, so that a process that is killed loses only what was in work; it
is on the disk a second later, so that a machine that loses its power loses what was done in the last second beside.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any, BinaryIO
from weakref import finalize
from zlib import crc32

import orjson

from ..errors import SetupError
from .index import Index
from .locking import lock
from .syncing import Syncing, sync_folder

VERSION = 1
_HEADER = b'{"journal":"extractor","version":%d}\n' % VERSION
_SUM = len(b',"crc":"12345678"}')
_log = logging.getLogger(__name__)


class Journal:
    """A journal, open for one process. SetupError where another has it open, or where the file is no journal.

    ``notes`` say what was damaged and mended; they are logged as warnings too. ``spent`` is what all its records cost,
    in US dollars, as far as that is known.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.notes: list[str] = []
        self.spent = 0.0
        self._index = Index()
        try:
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
        except OSError as error:
            raise SetupError(f"The journal {self.path} cannot be opened: {error.strerror}.") from None
        if not S_ISREG(os.fstat(self._fd).st_mode):
            os.close(self._fd)
            raise SetupError(f"The journal {self.path} is a device or a pipe.", remedy="Name a file.")
        self._syncing = Syncing(self._fd)
        self._close = finalize(self, self._syncing.close)
        try:
            lock(self._fd, self.path)
            self._end = self._read()
        except BaseException:
            self.close()
            raise

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The last record of a key."""
        offset = self._index.get(key)
        record = None if offset is None else parsed(self._line(offset))
        return record if record is not None and record["key"] == key else None

    def write(self, record: Mapping[str, object]) -> None:
        """Add a record. OSError where the disk takes no more, or did not take what was written before; the file ends
        with a whole line all the same."""
        line, offset = line_of(record), self._end
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError:
            os.ftruncate(self._fd, offset)
            raise
        self._end += len(line)
        self._index.put(str(record["key"]), offset)
        self._syncing.wrote()

    def close(self) -> None:
        """Let the file go. Closing twice is closing once. OSError where the disk did not take what was written."""
        self._close()

    def _read(self) -> int:
        """Index the records, mend the end, and give the length of the file."""
        with open(os.dup(self._fd), "rb") as opened:
            opened.seek(0)
            if not self._begun(opened):
                os.ftruncate(self._fd, 0)
                os.write(self._fd, _HEADER)
                sync_folder(self.path.absolute().parent)
                return len(_HEADER)
            offset = opened.tell()
            for number, line in enumerate(opened, 2):
                record = parsed(line)
                if record is not None:
                    self._index.put(record["key"], offset)
                    self.spent += record["usd"] or 0.0
                    offset += self._ended(line)
                elif line.endswith(b"\n"):
                    self._note(f"line {number} is damaged and not used: its document is done again.")
                    offset += len(line)
                else:
                    self._note(f"its last line was half written, and is removed ({len(line)} bytes).")
                    os.ftruncate(self._fd, offset)
        return offset

    def _begun(self, opened: BinaryIO) -> bool:
        """Whether the file begins as a journal does; it may be empty, or hold the beginning of a first line."""
        first = opened.readline(len(_HEADER))
        if first == _HEADER:
            return True
        if _HEADER.startswith(first):
            return False
        if first.startswith(b'{"journal":"extractor",'):
            raise SetupError(f"{self.path} is a journal of another version.", remedy="Name another file.")
        raise SetupError(f"{self.path} is no journal, and is left as it is.", remedy="Name another file.")

    def _ended(self, line: bytes) -> int:
        """The length of a whole line, whose end is added where only that was not written."""
        if line.endswith(b"\n"):
            return len(line)
        return len(line) + os.write(self._fd, b"\n")

    def _note(self, text: str) -> None:
        self.notes.append(f"{self.path}: {text}")
        _log.warning("%s", self.notes[-1])

    def _line(self, offset: int) -> bytes:
        with open(os.dup(self._fd), "rb") as opened:
            opened.seek(offset)
            return opened.readline()


def is_journal(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a journal does, of whatever version. SetupError where it cannot be read."""
    try:
        with Path(path).open("rb") as opened:
            return opened.readline(len(_HEADER)).startswith(b'{"journal":"extractor",')
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}.") from None


def records(path: str | os.PathLike[str]) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """The records of a journal with the numbers of their lines; None where a line is damaged. Nothing is changed."""
    try:
        with Path(path).open("rb") as opened:
            if opened.readline(len(_HEADER)) != _HEADER:
                raise SetupError(f"{path} is no journal of this version.")
            for number, line in enumerate(opened, 2):
                yield number, parsed(line)
    except OSError as error:
        raise SetupError(f"The journal {path} cannot be read: {error.strerror}.") from None


def last_records(path: str | os.PathLike[str]) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """As ``records``, of each key the last one alone."""
    last = {record["key"]: number for number, record in records(path) if record is not None}
    for number, record in records(path):
        if record is None or last[record["key"]] == number:
            yield number, record


def line_of(record: Mapping[str, object]) -> bytes:
    """A record as its line."""
    text = orjson.dumps(record, default=repr)
    return b'%s,"crc":"%08x"}\n' % (text[:-1], crc32(text))


def parsed(line: bytes) -> Mapping[str, Any] | None:
    """The record of a line, None where it is not as it was written."""
    line = line.rstrip(b"\n")
    text, told = line[:-_SUM] + b"}", line[-_SUM:]
    if told != b',"crc":"%08x"}' % crc32(text):
        return None
    found: Mapping[str, Any] = orjson.loads(text)
    return found

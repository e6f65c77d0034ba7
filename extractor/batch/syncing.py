"""What is written is handed to the disk soon, in a thread of its own: a wait for the disk holds nobody up."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Event, Thread, current_thread

_EVERY = 1.0
"""Seconds between two of them at least."""
_sync = getattr(os, "fdatasync", os.fsync)


class Syncing:
    """Hands an open file to the disk after ``wrote``, at most once a second.

    ``wrote`` raises the OSError by which an earlier one failed.
    """

    __slots__ = ("_ended", "_error", "_fd", "_new", "_thread")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._new, self._ended = Event(), Event()
        self._error: OSError | None = None
        self._thread: Thread | None = None

    def wrote(self) -> None:
        if self._error is not None:
            raise self._error
        if self._thread is None:
            self._thread = Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        self._new.set()

    def close(self) -> None:
        """Hand over what was written, and close the file. Once. OSError as of ``wrote``, and where this fails."""
        self._ended.set()
        self._new.set()
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join()
        try:
            if self._error is not None:  # the system tells it once alone
                raise self._error
            os.fsync(self._fd)
        finally:
            os.close(self._fd)

    def _run(self) -> None:
        while self._new.wait():
            self._new.clear()
            if self._ended.is_set():  # looked at after the clearing, which may have taken away the last call of all
                return
            try:
                _sync(self._fd)
            except OSError as error:
                self._error = error
                return
            self._ended.wait(_EVERY)


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Hand the names in a folder to the disk, where the system has a way to and the folder may be read."""
    if hasattr(os, "O_DIRECTORY"):
        with suppress(OSError):
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

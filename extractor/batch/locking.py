"""A lock on an open file, which the system lets go when its process ends, however it ends."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import SetupError


def lock(fd: int, path: Path) -> None:
    """Hold the file for this process alone. SetupError where another holds it."""
    try:
        _lock(fd)
    except OSError as error:
        if not isinstance(error, BlockingIOError | PermissionError):
            raise SetupError(f"The journal {path} cannot be locked: {error.strerror}.") from None
        raise SetupError(
            f"The journal {path} is in use: a batch that has not ended writes to it.",
            remedy="Wait for it, or name another file.",
        ) from None


if sys.platform == "win32":
    import msvcrt
    import os

    def _lock(fd: int) -> None:
        os.lseek(fd, 2**62, os.SEEK_SET)  # beyond every record, since what is locked cannot be read there
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

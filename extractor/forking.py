"""What a forked child must not do with the native engines of its parent, whose threads it has not."""

from __future__ import annotations

import ctypes


def never_freed(kept: object) -> None:
    """The object is not let go in this process, not even at its end: to free it would wait for threads for ever."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))


def end_without_cleanup() -> None:
    """This process ends at once when Python is done, without what native libraries do then. Where libc can."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "on_exit"):
        libc.on_exit(libc._exit, None)

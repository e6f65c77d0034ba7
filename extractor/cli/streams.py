"""The standard streams of the command: stdout for data alone, and what becomes of it where nobody takes it."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO, cast


class Unwritten(Exception):
    """Stdout takes no more: who read it is gone, which is ``quiet``, or its disk is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"stdout cannot be written: {error.strerror}")
        self.quiet = error.errno == errno.EPIPE


class _Raw(io.FileIO):
    """Says once that nobody takes what is written, and then no more: streams are flushed when a process ends."""

    lost = False

    def write(self, data: object) -> int:
        if self.lost:
            return memoryview(cast(bytes, data)).nbytes
        try:
            return super().write(cast(bytes, data))
        except OSError as error:
            self.lost = True
            raise Unwritten(error) from error


class _Aside:
    """Stderr in the place of stdout while code of the user runs: what that prints are words, no ``data``."""

    def __init__(self, data: TextIO) -> None:
        self.data = data

    def __getattr__(self, name: str) -> object:
        return getattr(sys.stderr, name)


def data_out() -> TextIO:
    """Where data go, whatever stands in the place of ``sys.stdout``."""
    return getattr(sys.stdout, "data", sys.stdout)


def set_aside() -> None:
    """From here on code of the user runs, in this process: its ``print`` goes to stderr."""
    if not isinstance(sys.stdout, _Aside):
        sys.stdout = cast(TextIO, _Aside(sys.stdout))


def data_in() -> BinaryIO:
    """Standard input. OSError where it is closed."""
    if sys.stdin is None:
        raise OSError("Standard input is closed: there is nothing to read.")
    return sys.stdin.buffer


@contextmanager
def standard_streams() -> Iterator[None]:
    """What is said of a stdout that is closed, or cannot be written: exit 2 before anything is asked, else 1."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
    if sys.stdout is None:
        print("stdout is closed: there is nowhere to write to.", file=sys.stderr)
        raise SystemExit(2)
    _guard()
    try:
        try:
            yield
        finally:
            data_out().flush()
    except Unwritten as lost:
        if not lost.quiet:
            print(lost, file=sys.stderr)
        raise SystemExit(1) from None


def _guard() -> None:
    """A terminal is left as it is; it takes what it is given."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if not sys.stdout.isatty():
            raw = _Raw(sys.stdout.fileno(), "wb", closefd=False)
            sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), sys.stdout.encoding)
        sys.stdout.reconfigure(errors="replace")

"""PDFs that are open, one thread at a time: pdfium is not thread-safe."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING
from weakref import ref

from ...needs import needed
from ..file import File
from ..limits import unreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

_LOCK = RLock()
"""Every call into pdfium is made under this lock, which is given back after each page."""
_MOST_KEPT = 4
_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Pdf:
    """A PDF that is opened when it is needed. What was opened is kept for a while, and closed when this is gone."""

    file: File
    password: str | None = field(default=None, repr=False)


_MOST_PARSED = 32_000_000
"""Bytes of a file, about, after which it is opened anew: pdfium keeps all that it has read of it."""


@dataclass(slots=True)
class _Open:
    """``data``: pdfium reads a file in memory where it lies, so that is held too. ``left``: how often it may be used
    before it is opened anew."""

    document: PdfDocument
    data: bytes | None
    left: int


_kept: dict[ref[Pdf], _Open] = {}
"""What is open, the last used one at the end."""


@contextmanager
def opened(pdf: Pdf) -> Iterator[PdfDocument]:
    """The open PDF, for this thread alone. DocumentError where it is none, or a password is missing."""
    with _LOCK:
        yield _open(pdf)


def check_end(file: File) -> None:
    """A file whose end is missing may open all the same, with pages lost in silence."""
    if b"startxref" not in file.tail(_TAIL_BYTES):
        raise unreadable(file.source, "the PDF is cut off, its end is missing: fetch or save it again")


def _open(pdf: Pdf) -> PdfDocument:
    key = ref(pdf, _gone)
    if key in _kept and not _kept[key].left:
        _close(key)
    found = _kept.pop(key, None) or _loaded(pdf)
    found.left -= 1
    _kept[key] = found
    dead = [other for other in _kept if other() is None]
    for other in (*dead, *[key for key in _kept if key not in dead][:-_MOST_KEPT]):
        _close(other)
    return found.document


def _gone(key: ref[Pdf]) -> None:
    """Closed at once where no other thread is in pdfium; else the next one that comes closes it."""
    if _LOCK.acquire(blocking=False):
        try:
            _close(key)
        finally:
            _LOCK.release()


def _close(key: ref[Pdf]) -> None:
    found = _kept.pop(key, None)
    if found is not None:
        found.document.close()


@cache
def _close_at_exit() -> None:
    """Registered after pypdfium2's own, so that it comes before: that one tells the user what it has to close."""
    atexit.register(_close_all)


def _close_all() -> None:
    for key in list(_kept):
        _close(key)


def _after_fork() -> None:
    """A child shares the place in the parent's files, and perhaps a lock that nobody gives back: it opens anew."""
    global _LOCK, _kept
    _LOCK, _kept = RLock(), {}


os.register_at_fork(after_in_child=_after_fork)


def _loaded(pdf: Pdf) -> _Open:
    document = _load(pdf)
    return _Open(document, pdf.file.data, max(_MOST_PARSED * len(document) // max(pdf.file.size, 1), 1))


def _load(pdf: Pdf) -> PdfDocument:
    """Through the raw calls: pypdfium2's own constructor tells a PDF of no pages by the last error of another."""
    with needed("Reading PDFs", "pypdfium2", "pdf"):
        import pypdfium2
        from pypdfium2 import raw
    _close_at_exit()
    file, secret = pdf.file, None if pdf.password is None else pdf.password.encode(errors="replace") + b"\0"
    if file.path is not None:
        handle = raw.FPDF_LoadDocument(str(file.path.resolve()).encode("utf-8", "surrogateescape") + b"\0", secret)
    else:
        handle = raw.FPDF_LoadMemDocument64(file.data, file.size, secret)
    if not handle:
        raise unreadable(file.source, _refused(raw.FPDF_GetLastError(), pdf.password))
    document = pypdfium2.PdfDocument(handle)
    if len(document) > 0:
        return document
    document.close()
    raise unreadable(file.source, "the PDF has no pages")


def _refused(code: int, password: str | None) -> str:
    if code == 4:
        if password is None:
            return "the PDF is encrypted: Document.open(path, password='…') opens it"
        return "the PDF is encrypted, and the password is not the right one"
    if code == 5:
        return "the PDF is encrypted in a way that is not supported: save it without encryption"
    return "the PDF is broken: save it again from where it came, or mend it with a PDF tool"

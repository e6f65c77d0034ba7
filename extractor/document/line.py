"""A document as lines, each with its place in the text of its page, and what the line looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .document import Document

_LONGEST = 600
"""Characters: a longer line is taken in pieces, cut after a sentence or between words."""
_CUT = re.compile(r"(?<=[.!?;。！？；])\s+|(?<=[。！？；])")


@dataclass(frozen=True, slots=True)
class Line:
    """``page`` is the place of its page among the document's pages; ``text`` stands there from ``start`` to ``end``.

    ``piece``: it goes on in the same line as the one before it.
    """

    page: int
    start: int
    end: int
    text: str
    piece: bool = False

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


def lines_of(document: Document) -> list[Line]:
    """All lines, page after page."""
    return [line for at, page in enumerate(document.pages) for line in _lines(at, page.text)]


def _lines(page: int, text: str) -> Iterator[Line]:
    start = 0
    for whole in text.split("\n"):
        if len(whole) <= _LONGEST:
            yield Line(page, start, start + len(whole), whole)
        else:
            yield from _pieces(page, start, whole)
        start += len(whole) + 1


def _pieces(page: int, start: int, whole: str) -> Iterator[Line]:
    at = 0
    while at < len(whole):
        end = len(whole) if len(whole) - at <= _LONGEST else _end(whole, at)
        yield Line(page, start + at, start + end, whole[at:end], piece=at > 0)
        at = end


def _end(whole: str, at: int) -> int:
    """Where a piece that begins at ``at`` ends: after the last sentence in it, or its last word."""
    ends = [found.end() for found in _CUT.finditer(whole, at + 1, at + _LONGEST)]
    blank = whole.rfind(" ", at + 1, at + _LONGEST)
    return (ends[-1] if ends else 0) or blank + 1 or at + _LONGEST

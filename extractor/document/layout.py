"""Where text stands on a page: boxes, words, and the way from offsets to boxes and back."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .image import Image
from .judgement import Judgement

_WORD = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\s\u2e80-\u9fff\uf900-\ufaff]+")
"""A run without blanks; in Chinese and Japanese a character, since those write no blanks between words."""
_NOWHERE = (-1.0,) * 4


class Box(NamedTuple):
    """A place on a page as it is seen, in fractions of its width and height, from the top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies in it."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a page: ``page.text[start:end]``, and where it stands. ``score`` is OCR's own, 0 to 1."""

    start: int
    end: int
    box: Box
    score: float | None = None


class Origin(Protocol):
    """Where a page came from, for what is made on demand. It can be pickled, and used by several threads."""

    def layout(self, text: str) -> Layout:
        """Where each character of the page's text stands. DocumentError where the file is not what it was."""

    def picture(self, width: int) -> Image | None:
        """The page as it is seen, so many pixels wide, where it can be drawn."""

    def shape(self) -> float | None:
        """How many times as high as wide the page is as it is seen, where it can be drawn."""

    def judge(self) -> Judgement:
        """Whether the page's text says what is seen on it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each character of a page's text stands: four numbers a character, x0, y0, x1, y1 of its box.

    Blanks and line breaks stand nowhere and have -1. ``scores`` are OCR's, one a character.
    """

    text: str
    edges: array[float]
    scores: array[float] | None = None

    @classmethod
    def of(
        cls, text: str, boxes: Iterable[tuple[float, float, float, float] | None], scores: Sequence[float] | None = None
    ) -> Layout:
        """From one box, or None, for each character. What lies beyond the page's edges is cut to them."""
        edges = array("f")
        for character, box in zip(text, boxes, strict=True):
            if box is None or character.isspace():
                edges.extend(_NOWHERE)
            elif 0 <= box[0] <= 1 and 0 <= box[1] <= 1 and 0 <= box[2] <= 1 and 0 <= box[3] <= 1:
                edges.extend(box)
            else:
                edges.extend(min(max(edge, 0.0), 1.0) for edge in box)
        return cls(text, edges, None if scores is None else array("f", scores))

    def places(self) -> list[Box | None]:
        """The box of each character."""
        return [self._at(place) for place in range(len(self.text))]

    def words(self) -> Iterator[Word]:
        """Those of the text that stand somewhere, in its order."""
        edges = self.edges.tolist()
        for found in _WORD.finditer(self.text):
            start, end = found.span()
            x0, y0, x1, y1 = (edges[4 * start + side : 4 * end : 4] for side in range(4))
            if (left := min(x0)) >= 0:
                yield Word(start, end, Box(left, min(y0), max(x1), max(y1)), self._score(start, end))

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """One box a line."""
        lines: list[Box] = []
        new = True
        for place in range(start, end):
            box = self._at(place)
            if self.text[place] == "\n":
                new = True
            elif box is not None and new:
                lines.append(box)
                new = False
            elif box is not None:
                lines[-1] = lines[-1].joined(box)
        return tuple(lines)

    def spans(self, box: Box) -> tuple[tuple[int, int], ...]:
        """The parts of the text whose characters have their middle in the box, blanks between them included."""
        found: list[list[int]] = []
        between = False
        for place in range(len(self.text)):
            at = self._at(place)
            if at is None:
                between = between and self.text[place] != "\n"
            elif not box.holds((at.x0 + at.x1) / 2, (at.y0 + at.y1) / 2):
                between = False
            elif between:
                found[-1][1] = place + 1
            else:
                found.append([place, place + 1])
                between = True
        return tuple((start, end) for start, end in found)

    def _at(self, place: int) -> Box | None:
        x0, y0, x1, y1 = self.edges[4 * place : 4 * place + 4]
        return None if x0 < 0 else Box(x0, y0, x1, y1)

    def _score(self, start: int, end: int) -> float | None:
        return None if self.scores is None else min(self.scores[start:end])

"""OCR: the words of a picture with their places, by rapidocr, whose models lie in its package: no network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from ..forking import end_without_cleanup, never_freed
from ..needs import needed
from .convert import flat
from .fit import Budget, fitted
from .image import Image
from .judgement import Judgement
from .layout import Box, Layout, Origin
from .limits import unreadable
from .order import Piece, in_order
from .page import Page

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_WIDTH = 2000
"""Pixels to which pages of PDFs are drawn: 240 an inch on A4."""
_BUDGET = Budget(pixels=8_000_000, size=50_000_000)
_LEAST_SCORE = 0.3


class _Engine:
    """One a process, for one picture at a time: it takes all cores, and some 550 MB at its peak."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._lock = Lock()
        self._run: Any = None

    def after_fork(self) -> None:
        """A child has none of the engine's threads, and perhaps a lock that nobody gives back. Its parent's engine is
        never let go there, not even at the end: that would wait for the threads for ever."""
        if self._run is not None:
            never_freed(self._run)
            end_without_cleanup()
        self.forget()

    def read(self, drawn: Picture) -> Any:
        with self._lock:
            if self._run is None:
                self._run = _started()
            return self._run(drawn, return_word_box=True)


_ENGINE = _Engine()
forget = _ENGINE.forget
"""Lets the engine go: the next picture starts another one."""
os.register_at_fork(after_in_child=_ENGINE.after_fork)


class _Line(NamedTuple):
    """What was read in one place: a box and a score for each character."""

    text: str
    boxes: list[Box | None]
    scores: list[float]
    box: Box


def read_page(page: Page) -> Page:
    """The page with what OCR reads in its picture as its text."""
    lines = _lines(page)
    order = in_order([Piece(line.box, line.text) for line in lines])
    return _page(page, "", (), _laid([lines[place] for place in row] for row in order))


def add_to_page(page: Page) -> Page:
    """The page with what OCR reads beside its text, after the text."""
    words = [word.box for word in page.words]
    lines = [line for line in _lines(page) if not _covered(line.box, words)]
    order = in_order([Piece(line.box, line.text) for line in lines])
    assert page.origin is not None
    boxes = page.origin.layout(page.text).places()
    return _page(page, page.text, boxes, _laid([lines[place] for place in row] for row in order))


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the text of a page comes from that OCR read. ``drawn`` is where its picture comes from, if not an image."""

    laid: Layout
    drawn: Origin | None

    def layout(self, text: str) -> Layout:
        if text != self.laid.text:
            raise unreadable("page", "its text is not what OCR read: its places are not known")
        return self.laid

    def picture(self, width: int) -> Image | None:
        return None if self.drawn is None else self.drawn.picture(width)

    def shape(self) -> float | None:
        return None if self.drawn is None else self.drawn.shape()

    def judge(self) -> Judgement:
        return Judgement("good", "")


def _page(page: Page, text: str, boxes: Sequence[Box | None], rows: Sequence[_Line]) -> Page:
    """A page of the text that it has, and of rows that were read."""
    written = "\n".join(filter(None, (text, *(row.text for row in rows))))
    places, scores = list(boxes), [1.0] * len(text)
    for row in rows:
        between = len(places) > 0
        places += [None] * between + row.boxes
        scores += [1.0] * between + row.scores
    layout = Layout.of(written, places, scores)
    return replace(page, text=written, origin=Reading(layout, page.origin))


def _laid(rows: Iterator[list[_Line]]) -> list[_Line]:
    """Rows of lines that stand side by side, each made one line."""
    made = []
    for row in rows:
        line = row[0]
        for other in row[1:]:
            line = _Line(
                f"{line.text} {other.text}",
                [*line.boxes, None, *other.boxes],
                [*line.scores, 1.0, *other.scores],
                line.box,
            )
        made.append(line)
    return made


def _lines(page: Page) -> list[_Line]:
    picture = page.picture(_WIDTH)
    assert picture is not None
    image, _ = fitted(picture, _BUDGET)
    if not isinstance(image.source, bytes):
        raise unreadable(image.name, "a web address is not fetched to be read: extractor.fetch(url) gives a document")
    from PIL import Image as Pillow

    with Pillow.open(BytesIO(image.source)) as opened:
        drawn = flat(opened).convert("RGB")
    found = _ENGINE.read(drawn)
    if found.txts is None:
        return []
    size = drawn.size
    rows = zip(found.txts, found.scores, found.boxes, found.word_results, strict=True)
    return [_line(text, score, _box(box, size), words, size) for text, score, box, words in rows if text.strip()]


def _started() -> Any:
    with needed("Reading pictures", "rapidocr and onnxruntime", "ocr"):
        import onnxruntime  # type: ignore[import-untyped]  # noqa: F401
        from rapidocr import RapidOCR
    return RapidOCR(params={"Global.log_level": "critical", "Global.text_score": _LEAST_SCORE})


def _line(text: str, score: float, box: Box, words: Sequence[Any], size: tuple[int, int]) -> _Line:
    """Its characters' places: each word's box in even parts, and where a word is not found, the line's."""
    boxes: list[Box | None] = list(_parts(box, len(text)))
    scores = [float(score)] * len(text)
    at = 0
    for word, sure, corners in words:
        start = text.find(word, at)
        if start >= 0:
            at = start + len(word)
            boxes[start:at] = _parts(_box(corners, size), len(word))
            scores[start:at] = [float(sure)] * len(word)
    return _Line(text, boxes, scores, box)


def _parts(box: Box, count: int) -> Iterator[Box]:
    step = (box.x1 - box.x0) / count
    return (Box(box.x0 + step * at, box.y0, box.x0 + step * (at + 1), box.y1) for at in range(count))


def _box(corners: Any, size: tuple[int, int]) -> Box:
    """The box around four corners in pixels."""
    across, down = ([float(corner[side]) / size[side] for corner in corners] for side in (0, 1))
    return Box(min(across), min(down), max(across), max(down))


def _covered(box: Box, words: Sequence[Box]) -> bool:
    """Whether words stand in most of the box's width."""
    middle = (box.y0 + box.y1) / 2
    shared = (min(box.x1, word.x1) - max(box.x0, word.x0) for word in words if word.y0 <= middle <= word.y1)
    return sum(part for part in shared if part > 0) > 0.3 * (box.x1 - box.x0)

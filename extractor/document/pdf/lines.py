"""From the characters of a text layer to its lines, in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias
from unicodedata import bidirectional

from ..layout import Box
from ..order import Piece, in_order

BREAK = "\n"
_GAP = 1.5
"""Of a character's height: a blank that is wider lies between cells or columns."""
_UPRIGHT = 1.8
"""Of a character's height: what is taller than that, and taller than wide, is written downwards or turned."""
_RIGHT_TO_LEFT = ("R", "AL")

Where: TypeAlias = Callable[[int], Box]
"""The line box of the character at a place, in points of the page as it is seen."""


class _Run(NamedTuple):
    """A part of a line: the places of its characters, without blanks at its ends."""

    places: range
    box: Box
    height: float

    @property
    def is_turned(self) -> bool:
        x0, y0, x1, y1 = self.box
        return len(self.places) > 1 and y1 - y0 > _UPRIGHT * self.height and y1 - y0 > x1 - x0


def lines_of(where: Where, written: list[str]) -> list[list[int]]:
    """The places of each line's characters. Where most is written downwards or turned, the file's order stands."""
    runs = [part for run in _runs(written) for part in _parts(where, written, run)]
    upright = [run for run in runs if not run.is_turned]
    if len(upright) * 2 <= len(runs):
        return [list(run.places) for run in runs]
    pieces = [Piece(run.box, "".join([written[place] for place in run.places])) for run in upright]
    lines = [_joined([upright[place] for place in line]) for line in in_order(pieces, _from_right(pieces))]
    return lines + [list(run.places) for run in runs if run.is_turned]


def _runs(written: list[str]) -> Iterator[range]:
    """The places of what pdfium takes for a line."""
    start = 0
    for place, text in enumerate(written):
        if text.endswith(BREAK):
            written[place] = text[:-1]
            yield _trimmed(written, range(start, place + 1))
            start = place + 1
    yield _trimmed(written, range(start, len(written)))


def _trimmed(written: list[str], run: range) -> range:
    start, stop = run.start, run.stop
    while start < stop and not written[start].strip():
        start += 1
    while stop > start and not written[stop - 1].strip():
        stop -= 1
    return range(start, stop)


def _parts(where: Where, written: list[str], run: range) -> Iterator[_Run]:
    """A line, parted at wide gaps: pdfium writes one blank for any of them."""
    if not run:
        return
    start = place = run.start
    while place < run.stop:
        if not written[place].isspace():
            place += 1
            continue
        after = place + 1
        while not written[after].strip():
            after += 1
        before, following = where(place - 1), where(after)
        if _far(before, following):
            yield from _whole(where, written, range(start, place))
            start = after
        place = after
    yield from _whole(where, written, range(start, run.stop))


def _whole(where: Where, written: list[str], places: range) -> Iterator[_Run]:
    """One run; or several, where cells that hold one digit each stand below each other and not text written down."""
    first = where(places.start)
    run = _Run(places, first.joined(where(places.stop - 1)), first.y1 - first.y0)
    if not run.is_turned:
        yield run
        return
    start = places.start
    for place in places[1:]:
        if _is_apart(where(place - 1), where(place), written[place - 1] + written[place]):
            yield _Run(range(start, place), where(start).joined(where(place - 1)), run.height)
            start = place
    yield _Run(range(start, places.stop), where(start).joined(where(places.stop - 1)), run.height)


def _is_apart(one: Box, other: Box, text: str) -> bool:
    """Whether the second of two upright characters begins another cell, below or above the first."""
    height = one.y1 - one.y0
    upright = one.x1 - one.x0 < height and other.x1 > one.x0
    gap = max(other.y0 - one.y1, one.y0 - other.y1)
    return upright and gap > -0.3 * height and (gap > 0.4 * height or text.isdigit())


def _far(one: Box, other: Box) -> bool:
    """Whether a wide gap lies between two characters, to either side or downwards."""
    across = max(one.x0, other.x0) - min(one.x1, other.x1)
    down = max(one.y0, other.y0) - min(one.y1, other.y1)
    return max(across, down) > _GAP * max(one.y1 - one.y0, one.x1 - one.x0)


def _from_right(pieces: list[Piece]) -> bool:
    """Whether most pieces begin with a letter of a script that is written from right to left."""
    return sum(bidirectional(piece.text[0]) in _RIGHT_TO_LEFT for piece in pieces) * 2 > len(pieces)


def _joined(runs: list[_Run]) -> list[int]:
    """The places of a line's runs with blanks (-1) between them."""
    places = list(runs[0].places)
    for run in runs[1:]:
        places += (-1, *run.places)
    return places

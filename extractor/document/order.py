"""Reading order: pieces of lines, as a file or OCR gives them, to the lines of a page as a person reads them.

What stands side by side is one line, as the cells of a table's row are, however the file goes about writing them; but
columns of prose are read one after the other, and so are blocks that the file writes so and that are no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple, TypeAlias, TypeVar

from .layout import Box


class Piece(NamedTuple):
    """A run of text without a wide gap. In its ``box`` y grows downwards."""

    box: Box
    text: str

    @property
    def figures(self) -> bool:
        """Whether most of it are digits."""
        return sum(map(str.isdigit, self.text)) * 2 >= len(self.text)

    @property
    def goes_on(self) -> bool:
        """Whether it begins as the middle of a sentence does."""
        return self.text[0].isalpha() and not self.text[0].isupper()


Item = TypeVar("Item")
Row: TypeAlias = list[int]
"""Places of pieces that stand side by side."""

_SHARED = 0.5
"""Of the lower one's height: pieces of one row have so much in common."""
_GUTTER = 1.2
"""Of a line's height: columns are so far apart."""
_APART = 1.2
"""Of a line's height: so much white parts blocks."""
_ROWS = 3
"""Fewer rows side by side are no columns."""
_PROSE = 18
"""Characters of a line of prose."""
_GOING_ON = 0.35
"""Of the lines of prose: those that begin within a sentence."""
_FILLED = 0.6
"""Of its column's width: what a line of prose takes."""


def in_order(pieces: Sequence[Piece], from_right: bool = False) -> list[list[int]]:
    """The places of the pieces, line by line."""
    rows = _rows(pieces)
    lines: list[list[int]] = []
    at = 0
    while at < len(rows):
        block = _block(pieces, rows, at)
        lines += block.lines(pieces, from_right)
        at += len(block.rows)
    return lines


def _rows(pieces: Sequence[Piece]) -> list[Row]:
    """Pieces by rows, from the top; those of a row from the left."""
    rows: list[Row] = []
    for place in sorted(range(len(pieces)), key=lambda place: pieces[place].box.y0 + pieces[place].box.y1):
        row = next((row for row in reversed(rows[-4:]) if _belongs(pieces, place, row)), None)
        if row is None:
            rows.append([place])
        else:
            row.append(place)
    for row in rows:
        row.sort(key=lambda place: pieces[place].box.x0)
    rows.sort(key=lambda row: median(pieces[place].box.y0 + pieces[place].box.y1 for place in row))
    return rows


def _belongs(pieces: Sequence[Piece], place: int, row: Row) -> bool:
    box = pieces[place].box
    near = min(row, key=lambda other: abs(pieces[other].box.x0 - box.x0))
    return _side_by_side(box, pieces[near].box) and all(_apart(box, pieces[other].box) for other in row)


def _side_by_side(one: Box, other: Box) -> bool:
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > _SHARED * min(one.y1 - one.y0, other.y1 - other.y0)


def _apart(one: Box, other: Box) -> bool:
    shared = min(one.x1, other.x1) - max(one.x0, other.x0)
    return shared < 0.3 * min(one.x1 - one.x0, other.x1 - other.x0)


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows with the same gutters, or one row. ``cuts`` are where columns begin, the first one's left out."""

    rows: list[Row]
    cuts: tuple[float, ...] = ()

    def lines(self, pieces: Sequence[Piece], from_right: bool) -> Iterator[list[int]]:
        columns = self._columns(pieces) if self.cuts else []
        if len(columns) < 2 or _is_table(pieces, columns):
            return self._by_rows(from_right)
        prose = [column for column in columns if _is_prose(pieces, column)]
        if len(prose) == len(columns) or any(map(self._in_one_go, prose)):
            return (_directed(row, from_right) for column in _directed(columns, from_right) for row in column)
        return self._as_written() if self._by_blocks(columns) else self._by_rows(from_right)

    def _by_rows(self, from_right: bool) -> Iterator[list[int]]:
        return (_directed(row, from_right) for row in self.rows)

    def _as_written(self) -> Iterator[list[int]]:
        """In the file's own order: what it writes in a row is a line."""
        row_of = {place: number for number, row in enumerate(self.rows) for place in row}
        return (list(line) for _, line in groupby(sorted(row_of), key=lambda place: row_of[place]))

    def _columns(self, pieces: Sequence[Piece]) -> list[list[Row]]:
        """The rows of each column."""
        edges = (float("-inf"), *self.cuts, float("inf"))
        columns = []
        for left, right in pairwise(edges):
            rows = [[place for place in row if left <= pieces[place].box.x0 < right] for row in self.rows]
            columns.append(list(filter(None, rows)))
        return list(filter(None, columns))

    def _in_one_go(self, column: list[Row]) -> bool:
        """Whether the file writes a column from top to bottom before it writes anything beside it."""
        places = {place for row in column for place in row}
        return not any(min(places) < place < max(places) for row in self.rows for place in row if place not in places)

    def _by_blocks(self, columns: list[list[Row]]) -> bool:
        """Whether the file writes several lines of one column before it turns to another."""
        column_of = {place: number for number, column in enumerate(columns) for row in column for place in row}
        order = [column_of[place] for place in sorted(column_of)]
        return sum(one != other for one, other in pairwise(order)) < len(self.rows)


def _directed(row: list[Item], from_right: bool) -> list[Item]:
    return row[::-1] if from_right else list(row)


def _is_prose(pieces: Sequence[Piece], column: list[Row]) -> bool:
    """Lines of many characters that fill the column's width, and sentences that go on from line to line."""
    if len(column) < _ROWS or any(len(row) > 2 for row in column):
        return False
    if sum(pieces[row[0]].goes_on for row in column) < _GOING_ON * len(column):
        return False
    boxes = [_around(pieces, row) for row in column]
    width = max(box.x1 for box in boxes) - min(box.x0 for box in boxes)
    long = median(sum(len(pieces[place].text) for place in row) for row in column) >= _PROSE
    return long and median(box.x1 - box.x0 for box in boxes) >= _FILLED * width


def _is_table(pieces: Sequence[Piece], columns: list[list[Row]]) -> bool:
    """A column of figures, or three full ones of as many rows."""
    for column in columns:
        cells = [place for row in column for place in row]
        if len(cells) >= _ROWS - 1 and sum(pieces[place].figures for place in cells) * 2 >= len(cells):
            return True
    return len(columns) > 2 and len({len(column) for column in columns}) == 1


def _block(pieces: Sequence[Piece], rows: list[Row], at: int) -> _Block:
    """The longest run of rows from here on that have a gutter in common."""
    least = _GUTTER * median(pieces[place].box.y1 - pieces[place].box.y0 for place in rows[at])
    gutters = _gaps(pieces, rows[at], least)
    end = at + 1
    while end < len(rows) and gutters:
        free = _free(pieces, rows[end])
        common = [gap for gap in (_narrowed(gutter, free, least) for gutter in gutters) if gap]
        if not common or _far(pieces, rows[end - 1], rows[end]):
            break
        gutters, end = common, end + 1
    sided = [gutter for gutter in gutters if _sides(pieces, rows[at:end], gutter) >= _ROWS]
    return _Block(rows[at:end], tuple(right for _, right in sided)) if sided else _Block([rows[at]])


Gap: TypeAlias = tuple[float, float]


def _gaps(pieces: Sequence[Piece], row: Row, least: float) -> list[Gap]:
    """The wide gaps between the pieces of a row."""
    boxes = [pieces[place].box for place in row]
    return [(one.x1, other.x0) for one, other in pairwise(boxes) if other.x0 - one.x1 >= least]


def _free(pieces: Sequence[Piece], row: Row) -> list[Gap]:
    """Where nothing of a row stands."""
    boxes = [pieces[place].box for place in row]
    edges = [float("-inf"), *(edge for box in boxes for edge in (box.x0, box.x1)), float("inf")]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _narrowed(gutter: Gap, free: list[Gap], least: float) -> Gap | None:
    """What is left of a gutter beside another row."""
    for left, right in free:
        low, high = max(left, gutter[0]), min(right, gutter[1])
        if high - low >= least:
            return low, high
    return None


def _far(pieces: Sequence[Piece], above: Row, below: Row) -> bool:
    """Whether much white lies between two rows."""
    one, other = _around(pieces, above), _around(pieces, below)
    return other.y0 - one.y1 > _APART * max(one.y1 - one.y0, other.y1 - other.y0)


def _sides(pieces: Sequence[Piece], rows: list[Row], gutter: Gap) -> int:
    """How many rows stand on each side of a gutter, at the least."""
    left = sum(any(pieces[place].box.x1 <= gutter[0] for place in row) for row in rows)
    right = sum(any(pieces[place].box.x0 >= gutter[1] for place in row) for row in rows)
    return min(left, right)


def _around(pieces: Sequence[Piece], row: Row) -> Box:
    box = pieces[row[0]].box
    for place in row[1:]:
        box = box.joined(pieces[place].box)
    return box

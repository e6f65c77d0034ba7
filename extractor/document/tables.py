"""Tables as text: a row is a line, whatever the format.

The cells of a row are parted by `` | ``, and the first row is the header where the table has one. Empty cells keep
their place, so that what stands in a column stays in it and all rows look alike: by that they are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BETWEEN_CELLS = " | "
_MOST_COLUMNS = 1000
_LONGEST_AGAIN = 200
"""Characters of a cell that spans rows: what is longer is no label of them, and is said once."""
_MOST_AGAIN = 1_000_000
"""Cells of one table that are said again."""


def again(text: str) -> str:
    """What a cell that spans rows says in those below its first."""
    return text if len(text) <= _LONGEST_AGAIN else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` may have several lines; it spans ``columns`` and ``rows``."""

    text: str
    columns: int = 1
    rows: int = 1


def row(cells: Sequence[str], width: int = 0) -> str:
    """One line, of so many cells where more than one says something. White space inside a cell becomes one blank."""
    said = [" ".join(cell.split()) for cell in cells]
    filled = [at for at, cell in enumerate(said) if cell]
    last = filled[-1] + 1 if filled else 0
    return BETWEEN_CELLS.join(said[:last] + [""] * (width - last if len(filled) > 1 else 0)).rstrip(" ")


def block(lines: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of rows that belong together. Rows without any text are left out."""
    said = [line for line in lines if any(line)]
    width = max((at + 1 for line in said for at, cell in enumerate(line) if cell), default=0)
    return (row(line, width) for line in said)


def rows(table: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a table.

    A cell that spans rows stands in each of them, since a row is read by itself. One that spans columns stands in the
    first, and leaves the others empty.
    """
    hanging: dict[int, tuple[int, str]] = {}
    made: list[list[str]] = []
    room = _MOST_AGAIN
    for cells in table:
        room -= len(hanging)
        if room < 0:
            hanging.clear()
        made.append(list(_line(cells, hanging)))
    return block(made)


def _line(cells: Sequence[Cell], hanging: dict[int, tuple[int, str]]) -> Iterator[str]:
    """One row's texts, those that hang down from above among them; ``hanging`` is what still does, by column."""
    above, at = dict(hanging), 0
    hanging.clear()
    hanging.update({column: (left - 1, text) for column, (left, text) in above.items() if left > 1})
    for cell in cells:
        while at in above:
            yield above.pop(at)[1]
            at += 1
        width = max(1, min(cell.columns, _MOST_COLUMNS - at))
        for column in range(at, at + width):
            text = cell.text if column == at else ""
            if cell.rows > 1:
                hanging[column] = (cell.rows - 1, again(text))
            yield text
        at += width
    for column in sorted(above):
        yield from [""] * (column - at)
        yield above[column][1]
        at = column + 1

"""Tables as text: a row is a line, whatever the format.

The cells of a row are parted by `` | ``, and the first row is the header where the table has one. Empty cells keep
their place, so that what stands in a column stays in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

BETWEEN_CELLS = " | "
_MOST_COLUMNS = 1000


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` may have several lines; it spans ``columns`` and ``rows``."""

    text: str
    columns: int = 1
    rows: int = 1


def row(cells: Iterable[str]) -> str:
    """One line. White space inside a cell, line ends included, becomes one blank."""
    return BETWEEN_CELLS.join(" ".join(cell.split()) for cell in cells).rstrip(" |")


def rows(table: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a table.

    A cell that spans rows stands in each of them, since a row is read by itself. One that spans columns stands in the
    first, and leaves the others empty. Rows without any text are left out.
    """
    hanging: dict[int, tuple[int, str]] = {}
    for cells in table:
        line = list(_line(cells, hanging))
        if any(line):
            yield row(line)


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
                hanging[column] = (cell.rows - 1, text)
            yield text
        at += width
    for column in sorted(above):
        yield from [""] * (column - at)
        yield above[column][1]
        at = column + 1

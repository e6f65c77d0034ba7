"""From a PDF's points to the page as it is seen: its crop box's origin taken off, its rotation honoured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ..layout import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage  # type: ignore[import-untyped]

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top, in points of the page before it is turned."""

_TURNS: dict[int, Callable[[float, float, float, float], Box]] = {
    0: lambda left, low, right, high: Box(left, 1 - high, right, 1 - low),
    90: lambda left, low, right, high: Box(low, left, high, right),
    180: lambda left, low, right, high: Box(1 - right, low, 1 - left, high),
    270: lambda left, low, right, high: Box(1 - high, 1 - right, 1 - low, 1 - left),
}
"""By the degrees that the page is turned clockwise: fractions from the bottom left to fractions from the top left."""


def turned(page: PdfPage, *, in_points: bool = False) -> Callable[[Edges], Box]:
    """The function that places edges on the page as it is seen: in fractions of it, or in points from its top left."""
    x0, y0, x1, y1 = page.get_bbox()
    width, height, rotation = (x1 - x0) or 1.0, (y1 - y0) or 1.0, page.get_rotation() % 360
    turn = _TURNS[rotation]
    wide, high = (width, height) if rotation % 180 == 0 else (height, width)

    def place(edges: Edges) -> Box:
        left, bottom, right, top = edges
        return turn((left - x0) / width, (bottom - y0) / height, (right - x0) / width, (top - y0) / height)

    def place_in_points(edges: Edges) -> Box:
        box = place(edges)
        return Box(box.x0 * wide, box.y0 * high, box.x1 * wide, box.y1 * high)

    return place_in_points if in_points else place

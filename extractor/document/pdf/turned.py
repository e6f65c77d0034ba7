"""From a PDF's points to the page as it is seen: its crop box's origin taken off, its rotation honoured."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pypdfium2 import PdfPage  # type: ignore[import-untyped]

Edges: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top, in points of the page before it is turned; or as a ``Box`` has them."""


def turned(page: PdfPage, *, in_points: bool = False) -> Callable[[Edges], Edges]:
    """The function that places edges on the page as it is seen, left, top, right and bottom: in fractions of it, or in
    points from its top left."""
    x0, y0, x1, y1 = page.get_bbox()
    width, height, rotation = (x1 - x0) or 1.0, (y1 - y0) or 1.0, page.get_rotation() % 360
    across, down = (1.0, 1.0) if in_points else (width, height)
    return _TURNS[rotation](x0, y0, x0 + width, y0 + height, across, down)


Turn: TypeAlias = Callable[[float, float, float, float, float, float], Callable[[Edges], Edges]]
"""From the page's edges, and what a step across and down it counts, to the function."""


def _upright(x0: float, y0: float, x1: float, y1: float, across: float, down: float) -> Callable[[Edges], Edges]:
    def place(edges: Edges) -> Edges:
        left, bottom, right, top = edges
        return (left - x0) / across, (y1 - top) / down, (right - x0) / across, (y1 - bottom) / down

    return place


def _right(x0: float, y0: float, x1: float, y1: float, across: float, down: float) -> Callable[[Edges], Edges]:
    def place(edges: Edges) -> Edges:
        left, bottom, right, top = edges
        return (bottom - y0) / down, (left - x0) / across, (top - y0) / down, (right - x0) / across

    return place


def _over(x0: float, y0: float, x1: float, y1: float, across: float, down: float) -> Callable[[Edges], Edges]:
    def place(edges: Edges) -> Edges:
        left, bottom, right, top = edges
        return (x1 - right) / across, (bottom - y0) / down, (x1 - left) / across, (top - y0) / down

    return place


def _left(x0: float, y0: float, x1: float, y1: float, across: float, down: float) -> Callable[[Edges], Edges]:
    def place(edges: Edges) -> Edges:
        left, bottom, right, top = edges
        return (y1 - top) / down, (x1 - right) / across, (y1 - bottom) / down, (x1 - left) / across

    return place


_TURNS: dict[int, Turn] = {0: _upright, 90: _right, 180: _over, 270: _left}
"""By the degrees that the page is turned clockwise."""

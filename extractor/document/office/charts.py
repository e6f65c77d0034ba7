"""Charts of office files: the numbers that they were drawn from, as rows."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ..elements import children, integer, local, text_in
from ..tables import block

_MOST_POINTS = 10_000


def chart(root: Element) -> Iterator[str]:
    """The title, then a row for the names of the series and one for each category."""
    title = next((each for each in root.iter() if local(each) == "title"), None)
    if title is not None and (said := text_in(title, "t", "v").strip()):
        yield said
    series = [each for each in root.iter() if local(each) == "ser"]
    if not series:
        return
    names = (next(children(each, "tx"), None) for each in series)
    rows = [["", *(text_in(name, "v") if name is not None else "" for name in names)]]
    columns = [_points(each, "val", "yVal") for each in series]
    categories = _points(series[0], "cat", "xVal")
    for at in sorted({*categories, *(at for column in columns for at in column)})[:_MOST_POINTS]:
        rows.append([categories.get(at, ""), *(column.get(at, "") for column in columns)])
    yield from block(rows)


def _points(series: Element, *names: str) -> dict[int, str]:
    """The values that were stored with the chart, by their place."""
    points = (each for inner in series if local(inner) in names for each in inner.iter() if local(each) == "pt")
    return {integer(each, "idx"): value.text or "" for each in points for value in children(each, "v")}

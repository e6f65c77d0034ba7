"""Values for people: tables on a terminal, where a pipe gets JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_ROWS = 200
"""Rows of one list that a terminal is shown; a pipe gets all."""


def view(value: object) -> RenderableType:
    """A value: objects as names and values, lists of objects as tables."""
    if isinstance(value, Mapping) and value:
        return _object(value)
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        return _rows(value) if all(isinstance(item, Mapping) for item in value) else _list(value)
    return _scalar(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[RenderableType]], title: str | None = None) -> Table:
    """Rows under their heads."""
    made = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD)
    made.pad_edge = False
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*row)
    return made


def _object(value: Mapping[str, object]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, part in value.items():
        grid.add_row(Text(str(name)), view(part))
    return grid


def _rows(items: Sequence[Mapping[str, object]]) -> RenderableType:
    names = list(dict.fromkeys(name for item in items for name in item))
    made = table([plain(name) for name in names], [[_cell(item, name) for name in names] for item in items[:_ROWS]])
    return Group(made, *_left(len(items)))


def _cell(item: Mapping[str, object], name: str) -> RenderableType:
    return view(item[name]) if name in item else Text("")


def _list(items: Sequence[object]) -> RenderableType:
    return Group(*map(view, items[:_ROWS]), *_left(len(items)))


def _left(count: int) -> list[RenderableType]:
    return [Text(f"… and {count - _ROWS:,} more: --json shows all", "dim")] * (count > _ROWS)


def _scalar(value: object) -> Text:
    if value is None:
        return Text("—", "dim")
    if isinstance(value, bool):
        return Text(str(value).lower(), "magenta")
    if isinstance(value, int | float):
        return Text(str(value), "green")
    return Text("(empty)", "dim") if value in ("", [], {}) else Text(plain(str(value)))


def plain(text: str) -> str:
    """A document's text, which does nothing to the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)

"""Columns of tables whose cells are documents: Series of pandas and polars, told by what they can do."""

from __future__ import annotations

from math import isnan
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Column(Protocol):
    """A Series of pandas or polars."""

    @property
    def name(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...
    def to_list(self) -> list[Any]: ...


@runtime_checkable
class Frame(Protocol):
    """A whole table of pandas or polars."""

    @property
    def columns(self) -> Any: ...
    @property
    def dtypes(self) -> Any: ...


WHICH_COLUMN = "is a whole table: pass the column that holds the documents, as in frame['text']"


def is_empty(cell: object) -> bool:
    """Whether it is what stands for nothing in a column: None, NaN, or pandas' NA and NaT."""
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, float) and isnan(cell))

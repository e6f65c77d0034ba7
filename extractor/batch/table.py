"""Items as a table: written as they come, or handed on as Arrow."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from ..errors import SetupError
from . import kinds
from .kinds import TEXT, Kind, Listed, Plain, Record

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

    from ..schema import Schema
    from .item import Item

Group: TypeAlias = Literal["status", "issues", "evidence", "cost"]
"""``status``: whether it went well, and the error; ``issues``: what is wrong and was left out; ``evidence``: where in
the document each leaf stands; ``cost``: the ledger."""

_ROWS = 1024
_STRING, _INTEGER, _NUMBER = Plain("string"), Plain("integer"), Plain("number")
_ISSUE = Record({"path": _STRING, "message": _STRING, "kind": _STRING})
_PLACE = Record({"path": _STRING, "status": _STRING, "quote": _STRING, "page": _INTEGER})
GROUPS: Mapping[str, Mapping[str, Kind]] = {
    "key": {"key": TEXT},
    "status": {"status": _STRING, "error": _STRING, "message": _STRING},
    "issues": {"issues": Listed(_ISSUE)},
    "evidence": {"evidence": Listed(_PLACE)},
    "cost": {
        "calls": _INTEGER,
        "prompt_tokens": _INTEGER,
        "completion_tokens": _INTEGER,
        "usd": _NUMBER,
        "seconds": _NUMBER,
    },
}


def _status(item: Item[Any]) -> dict[str, object]:
    error = item.error
    return {
        "status": item.status,
        "error": type(error).__name__ if error else None,
        "message": str(error or "") or None,
    }


def _issues(item: Item[Any]) -> dict[str, object]:
    found = item.result.issues if item.result else getattr(item.error, "issues", ())
    return {"issues": [{"path": each.path, "message": each.message, "kind": each.kind} for each in found]}


def _evidence(item: Item[Any]) -> dict[str, object]:
    leaves = item.result.evidence.values() if item.result else ()
    return {"evidence": [{name: getattr(leaf, name) for name in _PLACE.fields} for leaf in leaves]}


def _cost(item: Item[Any]) -> dict[str, object]:
    ledger = item.ledger
    told = {name: getattr(ledger, name) for name in ("prompt_tokens", "completion_tokens", "usd", "seconds")}
    return {"calls": len(ledger.calls), **told}


_TOLD: Mapping[str, Callable[[Item[Any]], dict[str, object]]] = {
    "key": lambda item: {"key": item.key if isinstance(item.key, str) else kinds.as_text(item.key)},
    "status": _status,
    "issues": _issues,
    "evidence": _evidence,
    "cost": _cost,
}


class Table:
    """A table of items, which are taken from their iterator as rows are written or read: once.

    Its columns are ``item_key``, the fields of the value (``value`` where that is no object), and for each group asked
    for ``item_status``, ``item_error`` and so on. ``kinds`` holds the rule by which columns are typed and flattened.
    """

    def __init__(self, items: Iterable[Item[Any]], schema: Schema[Any], *groups: Group) -> None:
        for group in groups:
            if group not in get_args(Group):
                raise ValueError(f"columns are {', '.join(get_args(Group))}, not {group!r}")
        self._items = iter(items)
        self._groups = ("key", *groups)
        whole = kinds.kind_of(schema.source)
        self._is_object = isinstance(whole, Record)
        self._fields = whole.fields if isinstance(whole, Record) else {"value": whole}
        self._own = {
            (group, name): _free(f"item_{name}", self._fields) for group in self._groups for name in GROUPS[group]
        }
        own = {column: GROUPS[group][name] for (group, name), column in self._own.items()}
        key = self._own["key", "key"]
        self.columns: Mapping[str, Kind] = {key: own.pop(key), **self._fields, **own}

    @staticmethod
    def check(path: Path) -> None:
        """SetupError where no table can be written under this name."""
        if path.suffix.lower() not in _WRITERS:
            raise SetupError(f"{path}: a table is written as {', '.join(_WRITERS)}.")
        if path.suffix.lower() in (".parquet", ".arrow"):
            _needs("pyarrow", "arrow")

    @staticmethod
    def told(group: Group, item: Item[Any]) -> dict[str, object]:
        """What a group of columns says of an item, by the plain names of its columns."""
        return _TOLD[group](item)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One an item, by column. ValueError where a value does not fit its column."""
        for item in self._items:
            yield self._row(item)

    def plain_rows(self) -> Iterator[dict[str, Any]]:
        """One an item, by column, values as their JSON is."""
        for item in self._items:
            told = self._told(item)
            yield {column: told.get(column) for column in self.columns}

    def _told(self, item: Item[Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if item.result is not None:
            data: Any = item.result.data
            told = dict(data) if self._is_object else {"value": data}
        for group in self._groups:
            told |= {self._own[group, name]: value for name, value in _TOLD[group](item).items()}
        return told

    def _row(self, item: Item[Any]) -> dict[str, Any]:
        told, cells = self._told(item), {}
        for column, kind in self.columns.items():
            try:
                cells[column] = kinds.fitted(kind, told.get(column))
            except ValueError as error:
                raise ValueError(f"{item.key}: column {column}: {error}") from None
        return cells

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write all of it, in the format of the file's name: .jsonl, .csv, .parquet or .arrow."""
        path = Path(path)
        self.check(path)
        part = path.with_name(f"{path.name}.part")
        _WRITERS[path.suffix.lower()](self, part)
        os.replace(part, path)
        return path

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        stream: Any = self.to_arrow()
        return stream.__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> pyarrow.RecordBatchReader:
        """Batches of rows, made as they are read. ``.read_all()`` gives a ``pyarrow.Table``."""
        from .arrow import reader

        return reader(self.columns, self.rows(), _ROWS)

    def to_pandas(self) -> pandas.DataFrame:
        _needs("pandas")
        return self.to_arrow().read_pandas()

    def to_polars(self) -> polars.DataFrame:
        from_arrow = _needs("polars").from_arrow
        frame: polars.DataFrame = from_arrow(self.to_arrow().read_all())
        return frame

    def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """A relation in the connection, by default DuckDB's own."""
        database = connection if connection is not None else _needs("duckdb")
        relation: duckdb.DuckDBPyRelation = database.from_arrow(self.to_arrow().read_all())
        return relation


def _free(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "_"
    return name


def _needs(package: str, extra: str | None = None) -> Any:
    from importlib import import_module

    try:
        return import_module(package)
    except ModuleNotFoundError:
        raise SetupError(
            f"This needs {package}, which is not installed.",
            remedy=f'pip install "typed-extractor[{extra or package}]"',
        ) from None


def _write_jsonl(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as opened:
        for row in table.plain_rows():
            opened.write(kinds.as_text(row) + "\n")


def _write_csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(kinds.flat_names(table.columns))
        for row in table.rows():
            writer.writerow(kinds.flat_cells(table.columns, row))


def _write_parquet(table: Table, path: Path) -> None:
    from .arrow import write_parquet

    write_parquet(table.to_arrow(), path)


def _write_arrow(table: Table, path: Path) -> None:
    from .arrow import write_ipc

    write_ipc(table.to_arrow(), path)


_WRITERS: Mapping[str, Callable[[Table, Path], None]] = {
    ".jsonl": _write_jsonl,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".arrow": _write_arrow,
}

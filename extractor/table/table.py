"""Rows as a table: written as they come, or handed on as Arrow."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SetupError
from ..needs import needed
from . import kinds
from .kinds import Kind

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow

_ROWS = 1024


class Table:
    """A table whose rows are taken from their iterator as they are written or read: once.

    ``columns`` says what each column holds; ``kinds`` has the rule by which columns are typed and flattened. Rows come
    with a name, for errors to tell, and values as their JSON is.
    """

    def __init__(self, columns: Mapping[str, Kind], rows: Iterable[tuple[object, Mapping[str, Any]]]) -> None:
        self.columns = columns
        self._rows = iter(rows)

    @staticmethod
    def check(path: Path) -> None:
        """SetupError where no table can be written under this name."""
        if path.suffix.lower() not in _WRITERS:
            raise SetupError(f"{path}: a table is written as {', '.join(_WRITERS)}.")
        if path.suffix.lower() in (".parquet", ".arrow"):
            needs("pyarrow", "arrow")

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each by column. ValueError where a value does not fit its column."""
        for name, row in self._rows:
            yield self._fitted(name, row)

    def plain_rows(self) -> Iterator[dict[str, Any]]:
        """Each by column, values as their JSON is."""
        for _, row in self._rows:
            yield {column: row.get(column) for column in self.columns}

    def _fitted(self, name: object, row: Mapping[str, Any]) -> dict[str, Any]:
        cells = {}
        for column, kind in self.columns.items():
            try:
                cells[column] = kinds.fitted(kind, row.get(column))
            except ValueError as error:
                raise ValueError(f"{name}: column {column}: {error}") from None
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
        needs("pandas")
        return self.to_arrow().read_pandas()

    def to_polars(self) -> polars.DataFrame:
        from_arrow = needs("polars").from_arrow
        frame: polars.DataFrame = from_arrow(self.to_arrow().read_all())
        return frame

    def to_duckdb(self, connection: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyRelation:
        """A relation in the connection, by default DuckDB's own."""
        database = connection if connection is not None else needs("duckdb")
        relation: duckdb.DuckDBPyRelation = database.from_arrow(self.to_arrow().read_all())
        return relation


def needs(package: str, extra: str | None = None) -> Any:
    """A package of the user's own choice. SetupError where it is not installed."""
    from importlib import import_module

    with needed("This table", package, extra or package):
        return import_module(package)


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

"""Rows as Arrow: typed by their columns, in batches, so that a table is never held whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..needs import needed
from .kinds import Kind, Listed, Mapped, Record

if TYPE_CHECKING:
    import pyarrow


def reader(columns: Mapping[str, Kind], rows: Iterator[Mapping[str, Any]], size: int) -> pyarrow.RecordBatchReader:
    arrow = library()
    schema = arrow.schema([(name, arrow_type(kind)) for name, kind in columns.items()])

    def batches() -> Iterator[pyarrow.RecordBatch]:
        while batch := list(islice(rows, size)):
            yield arrow.RecordBatch.from_pylist(batch, schema=schema)

    made: pyarrow.RecordBatchReader = arrow.RecordBatchReader.from_batches(schema, batches())
    return made


def write_parquet(batches: pyarrow.RecordBatchReader, path: Path) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(path, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def write_ipc(batches: pyarrow.RecordBatchReader, path: Path) -> None:
    from pyarrow import ipc

    with ipc.new_file(str(path), batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def library() -> Any:
    """SetupError where it is not installed."""
    with needed("A table in Arrow or Parquet", "pyarrow", "arrow"):
        import pyarrow
    return pyarrow


def arrow_type(kind: Kind) -> Any:
    arrow = library()
    if isinstance(kind, Record):
        return arrow.struct([(name, arrow_type(each)) for name, each in kind.fields.items()])
    if isinstance(kind, Listed):
        return arrow.list_(arrow_type(kind.item))
    if isinstance(kind, Mapped):
        return arrow.map_(arrow.string(), arrow_type(kind.value))
    plain = {"integer": arrow.int64(), "number": arrow.float64(), "boolean": arrow.bool_()}
    return plain.get(kind.name, arrow.string())


def pylist(frame: object) -> list[dict[str, Any]]:
    """The rows of anything that gives Arrow, such as a DataFrame, as Python objects; what is missing is None."""
    rows: list[dict[str, Any]] = library().table(frame).to_pylist()
    return rows

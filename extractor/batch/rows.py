"""Rows of Arrow in, the same rows with what was extracted out: a callable for any engine's workers, since it pickles.

worker = Rows(Invoice, column="text", extractor={"model": "m", "base_url": "https://…/v1"})
table = worker(pyarrow.table({"text": ["Invoice A-17. Total due: 42.50"]}))     # text, value, status, …
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from ..client import AsyncExtractor
from ..errors import SetupError
from ..options import BatchOptions
from ..schema import Schema
from ..table import kinds
from ..table.arrow import arrow_type, library
from ..table.kinds import Kind
from .item import Item
from .table import GROUPS, told

if TYPE_CHECKING:
    import pyarrow

    from ..transports.limiter import Limits

T = TypeVar("T")
Factory: TypeAlias = Mapping[str, Any] | Callable[[], AsyncExtractor]
"""Keywords of ``AsyncExtractor``, or a function that makes one: in each worker one is made."""


class Rows:
    """Reads ``column`` of each row as a document of the type, and adds ``value``, ``status``, ``issues`` and the costs.

    The column holds texts or bytes; with ``paths`` the paths of files. ``prefix`` stands before the names of the new
    columns. ``limits`` makes what all workers share. Rows come back in their order, those that failed too.
    """

    def __init__(
        self,
        type: Any,
        *,
        column: str,
        extractor: Factory,
        concurrency: int = 16,
        paths: bool = False,
        prefix: str = "",
        limits: Callable[[], Limits] | None = None,
        options: BatchOptions | None = None,
    ) -> None:
        Schema.of(type)
        self._given = (type, column, extractor, concurrency, paths, prefix, limits, dict(options or {}))
        self._extractor: AsyncExtractor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __getstate__(self) -> tuple[Any, ...]:
        return self._given

    def __setstate__(self, given: tuple[Any, ...]) -> None:
        self._given, self._extractor, self._loop, self._thread = given, None, None, None

    def __call__(self, rows: pyarrow.Table | pyarrow.RecordBatch) -> pyarrow.Table:
        """The rows with the new columns."""
        arrow = library()
        table = rows if isinstance(rows, arrow.Table) else arrow.Table.from_batches([rows])
        self._check(table.column_names)
        items = self._run(self._items(table.column(self._given[1]).to_pylist()))
        for name, kind in self.columns.items():
            cells = [kinds.fitted(kind, self._cell(name, item)) for item in items]
            table = table.append_column(name, arrow.array(cells, type=arrow_type(kind)))
        return cast("pyarrow.Table", table)

    @property
    def columns(self) -> Mapping[str, Kind]:
        """The new columns, and what they hold."""
        type, prefix = self._given[0], self._given[5]
        own = {name: kind for group in ("status", "issues", "cost") for name, kind in GROUPS[group].items()}
        return {prefix + name: kind for name, kind in {"value": kinds.kind_of(Schema.of(type).source), **own}.items()}

    def schema(self, rows: pyarrow.Schema) -> pyarrow.Schema:
        """The schema of the rows that are given back for rows of this schema."""
        for name, kind in self.columns.items():
            rows = rows.append(library().field(name, arrow_type(kind)))
        return rows

    def close(self) -> None:
        """Close the connections and end the thread."""
        if self._loop is None or self._thread is None or self._extractor is None:
            return
        self._run(self._extractor.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = self._extractor = None

    def _check(self, names: list[str]) -> None:
        column = self._given[1]
        if column not in names:
            raise SetupError(f"There is no column {column!r}: there are {', '.join(names)}.")
        taken = sorted(set(names) & self.columns.keys())
        if taken:
            raise SetupError(f"The rows have columns {', '.join(taken)} already.", remedy="Give a prefix=.")

    def _cell(self, name: str, item: Item[Any]) -> Any:
        name = name.removeprefix(self._given[5])
        if name == "value":
            return None if item.result is None else item.result.data
        group = next(group for group, names in GROUPS.items() if name in names)
        return told(cast(Any, group), item)[name]

    async def _items(self, values: Iterable[Any]) -> list[Item[Any]]:
        from .handles import AsyncBatch

        type, _, factory, concurrency, paths, _, limits, options = self._given
        if self._extractor is None:
            self._extractor = factory() if callable(factory) else AsyncExtractor(**factory)
            self._limits = limits() if limits is not None else None
        documents = [(at, Path(value) if paths else value) for at, value in enumerate(values)]
        given = cast(BatchOptions, {**options, "concurrency": concurrency})
        batch: AsyncBatch[Any] = AsyncBatch(self._extractor, type, documents, given, self._limits)
        return [item async for item in batch]

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """In the event loop of this worker, which stays, as its connections do."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="rows", daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

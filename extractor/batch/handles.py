"""What a caller holds of a batch: an iterator of its items, and how far it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sized
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from ..driving import check_loop
from ..errors import ExtractorError, SetupError
from ..live import Cells
from ..options import BatchOptions, BatchSettings
from ..table import Table
from ..table.kinds import TEXT
from . import given
from .background import in_background
from .ceilings import Ceilings, bill
from .journal import Journal
from .meter import Meter, Progress
from .run import Run
from .show import Shown, shown
from .shown import Recent
from .table import Group, ItemColumns, label_kind, table_of
from .work import Journaled, Work

if TYPE_CHECKING:
    import pandas
    import polars

    from ..client import AsyncExtractor, Extractor
    from ..schema import Schema
    from ..transports.limiter import Limits
    from .item import Item

T = TypeVar("T")


class _Engine(Generic[T]):
    """A batch, made ready: nothing is begun before the first item is asked for."""

    def __init__(
        self,
        extractor: Extractor | AsyncExtractor,
        type: Any,
        documents: given.Documents,
        options: BatchOptions,
        limits: Limits | None = None,
    ) -> None:
        from ..schema import Schema
        from ..transports.limiter import Limiter

        given.checked(documents)
        self.key = TEXT if (labels := given.labels_of(documents)) is None else label_kind(labels)
        documents = given.listed(documents)
        settings, calls = BatchSettings.parted(options)
        most = settings.concurrency
        limiter = Limiter(most, rpm=settings.rpm, tpm=settings.tpm, adaptive=settings.adaptive)
        self._limiter, self._extractor = limiter, extractor.paced(limits or limiter, most, calls)
        self.schema: Schema[T] = Schema.of(type, dialect=self._extractor.settings.dialect)
        self.meter = Meter(len(documents) if isinstance(documents, Sized) else None, outage=lambda: limiter.outage)
        self.settings, self._type, self._documents = settings, type, documents
        self._shown: Shown = shown(settings.progress)
        self.journal = Journal(settings.journal) if settings.journal is not None else None
        self.ceilings = Ceilings(settings, self.journal.spent if self.journal else 0.0)
        self._error: ExtractorError | None = None

    def _work(self) -> Work[T]:
        if self.journal is None:
            return Work(self._extractor, self._type, self.ceilings)
        given = (self._extractor, self._type, self.ceilings)
        return Journaled(*given, self.journal, self.schema, self.settings)

    async def items(self) -> AsyncGenerator[Item[T] | None, None]:
        """The items, and None where the progress is to be told before the next one."""
        check_loop()
        ceilings, concurrency, order = self.ceilings, self.settings.concurrency, self.settings.order
        try:
            run = Run(self._documents, self._work(), ceilings, concurrency, order)
            self._limiter.told = run.tell
            async with aclosing(run.items()) as items:
                async for item in items:
                    yield item
        finally:
            self._limiter.told = bool
            self.close()
        if ceilings.error is not None:
            self._error = ceilings.error
            raise ceilings.error

    def counted(self, item: Item[T] | None) -> None:
        if item is not None:
            self.meter.count(item)
        self._shown.tell(self.meter)

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more comes. What the batch itself ended with has the bill of all items, those just counted too."""
        if error is not None and error is self._error:
            bill(self._error, self.meter, self._extractor.settings.model)
        self._shown.end(self.meter)

    def close(self) -> None:
        """Let the journal go. SetupError where the disk did not take its end, if nothing else ended the batch."""
        if self.journal is None:
            return
        try:
            self.journal.close()
        except OSError as error:
            if self.ceilings.error is None:
                self._error = SetupError(f"The journal {self.journal.path} cannot be written: {error.strerror}.")
                raise self._error from None


class _Front(Generic[T]):
    """What both kinds of batch are. The engine does not know it, so that it is gone as soon as nobody holds it."""

    _engine: _Engine[T]

    def __init__(self, engine: _Engine[T]) -> None:
        self._engine = engine
        self._recent, self._cells = Recent(), Cells()

    @property
    def progress(self) -> Progress:
        """How far it is, by the items that were given."""
        return self._engine.meter.progress()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was damaged in the journal, and what became of it."""
        return tuple(self._engine.journal.notes) if self._engine.journal else ()

    def finish(self) -> None:
        """Begin no further document; what is in work still comes."""
        self._engine.ceilings.finish()

    def stop(self) -> None:
        """Leave what is in work; what is finished still comes, also what waited for a slower one before it."""
        self._engine.ceilings.finish(at_once=True)

    def _counted(self, item: Item[T] | None) -> Item[T] | None:
        """The item, once it is told; None tells how far it is."""
        self._engine.counted(item)
        if item is not None:
            self._recent.add(item)
        self._cells.tell(self)
        return item

    def _end(self, error: BaseException | None = None) -> None:
        self._engine.end(error)
        self._cells.tell(self, over=True)

    def _ipython_display_(self) -> None:
        """In a notebook: a cell that is drawn anew while items are taken. It takes none itself."""
        self._cells.show(self)

    def _repr_html_(self) -> str:
        return self._recent.html(self.progress)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._engine.schema.name}: {self.progress}>"


class Batch(_Front[T]):
    """The items of a batch, one by one. Leaving the loop, ``close()`` and ``with`` end what is in work.

    The work is done in a thread of its own, so that it goes on while you handle an item, as far as ``concurrency``
    lets it run ahead.
    """

    def __init__(self, extractor: Extractor, type: Any, documents: given.Documents, options: BatchOptions) -> None:
        super().__init__(_Engine(extractor, type, documents, options))
        self._iterator = in_background(self._engine.items, self._engine.settings.concurrency)

    def __iter__(self) -> Iterator[Item[T]]:
        return self

    def __next__(self) -> Item[T]:
        try:
            while (item := self._counted(next(self._iterator))) is None:
                pass
            return item
        except BaseException as error:
            self._end(error)
            raise

    def close(self) -> None:
        """End what is in work."""
        try:
            self._iterator.close()
            self._engine.close()
        except BaseException as error:
            self._end(error)
            raise
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def table(self, *columns: Group) -> Table:
        """The items as a table with these columns beside the value's: ``status``, ``issues``, ``evidence``,
        ``cost``."""
        return table_of(self, self._engine.schema, *columns, key=self._engine.key)

    def to_pandas(self, *columns: Group) -> pandas.DataFrame:
        """``table(*columns)`` as a DataFrame of pandas."""
        return self.table(*columns).to_pandas()

    def to_polars(self, *columns: Group) -> polars.DataFrame:
        """``table(*columns)`` as a DataFrame of polars."""
        return self.table(*columns).to_polars()


class AsyncBatch(_Front[T]):
    """``Batch`` for ``async for`` and ``async with``."""

    def __init__(
        self,
        extractor: AsyncExtractor,
        type: Any,
        documents: given.Documents,
        options: BatchOptions,
        limits: Limits | None = None,
    ) -> None:
        """``limits`` are those of many batches together."""
        super().__init__(_Engine(extractor, type, documents, options, limits))
        self._iterator = self._engine.items()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item[T]:
        try:
            while (item := self._counted(await anext(self._iterator))) is None:
                pass
            return item
        except BaseException as error:
            self._end(error)
            raise

    async def aclose(self) -> None:
        """End what is in work."""
        try:
            await self._iterator.aclose()
            self._engine.close()
        except BaseException as error:
            self._end(error)
            raise
        self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def table(self, *columns: Group) -> Table:
        """As ``Batch.table``, once all items are there: of each its row is kept."""
        wanted = ItemColumns(self._engine.schema, columns, self._engine.key)
        return Table(wanted.columns, [wanted.row(item) async for item in self])

    async def to_pandas(self, *columns: Group) -> pandas.DataFrame:
        """As ``Batch.to_pandas``."""
        return (await self.table(*columns)).to_pandas()

    async def to_polars(self, *columns: Group) -> polars.DataFrame:
        """As ``Batch.to_polars``."""
        return (await self.table(*columns)).to_polars()

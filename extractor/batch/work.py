"""What is done with one document of a batch."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import DocumentError, SetupError
from . import keys, records
from .caught import Caught
from .item import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..client import AsyncExtractor
    from ..document import DocumentSource
    from ..options import BatchSettings
    from ..schema import Schema
    from .ceilings import Ceilings
    from .given import Task
    from .journal import Journal

T = TypeVar("T")


class Work(Generic[T]):
    """Makes an item of a document, whatever comes."""

    def __init__(self, extractor: AsyncExtractor, type: Any, ceilings: Ceilings) -> None:
        self._extractor = extractor
        self._type = type
        self._ceilings = ceilings

    async def __call__(self, task: Task) -> Item[T]:
        with Caught() as caught:
            item = await self._item(task)
        if isinstance(caught.error, Exception):
            item = Item(task.index, task.key, task.source, error=caught.error)
        self._ceilings.ended(item)
        return item

    async def _item(self, task: Task) -> Item[T]:
        result = await self._extractor.extract(self._type, task.source)
        return Item(task.index, task.key, task.source, result)


class Journaled(Work[T]):
    """Looks into a journal first, and writes into it what it finished."""

    def __init__(
        self,
        extractor: AsyncExtractor,
        type: Any,
        ceilings: Ceilings,
        journal: Journal,
        schema: Schema[T],
        settings: BatchSettings,
    ) -> None:
        super().__init__(extractor, type, ceilings)
        self._journal = journal
        context = extractor.settings.validation_context
        self._schema = schema if context is None else schema.within(context)
        self._redo = settings.redo
        self._plan = keys.plan_key(schema, extractor.settings)
        self._limits = keys.ceilings_key(extractor.settings)
        self._doing: dict[str, asyncio.Future[None]] = {}

    async def _item(self, task: Task) -> Item[T]:
        """What is recorded, else what is done now. The same document at the same time is done once."""
        key, source = await self._keyed(task.source)
        while key in self._doing:
            await asyncio.wait((self._doing[key],))
        found = self._recorded(key, task, source)
        if found is not None:
            return found
        doing = self._doing[key] = asyncio.get_running_loop().create_future()
        try:
            return await self._done(key, task, source)
        finally:
            del self._doing[key]
            doing.set_result(None)

    async def _keyed(self, source: DocumentSource) -> tuple[str, DocumentSource]:
        if isinstance(source, str):
            content, source = keys.content_of(source)
        else:
            with Caught() as caught:  # a file that cannot be read is told by who opens it
                content, source = await asyncio.to_thread(keys.content_of, source)
            if isinstance(caught.error, DocumentError):
                raise caught.error
            if caught.error is not None:
                content = b"unread"
        return keys.document_key(self._plan, content), source

    def _recorded(self, key: str, task: Task, source: DocumentSource) -> Item[T] | None:
        record = self._journal.find(key)
        if record is None:
            return None
        if record["error"] is not None:
            return None if self._again(record) else self._given(task, error=records.error_of(record))
        result = records.result_of(record, self._schema, self._extractor.settings, source)
        return None if result is None else self._given(task, result=result)

    def _given(self, task: Task, **outcome: Any) -> Item[T]:
        return Item(task.index, task.key, task.source, **outcome, recorded=True)

    def _again(self, record: Mapping[str, Any]) -> bool:
        """Whether a recorded failure is done again."""
        if self._redo == "transient":
            return not records.is_lasting(record, self._limits)
        return self._redo == "all"

    async def _done(self, key: str, task: Task, source: DocumentSource) -> Item[T]:
        with Caught() as caught:
            result = await self._extractor.extract(self._type, source)
        if caught.error is None:
            self._write(key, result.document.name, task, records.of_result(result))
            return Item(task.index, task.key, task.source, result)
        assert isinstance(caught.error, Exception)
        record = records.of_error(caught.error)
        if record["calls"]:  # what was not asked cost nothing, and may be there another day
            self._write(key, _name(source), task, record)
        raise caught.error

    def _write(self, key: str, name: str, task: Task, record: dict[str, object]) -> None:
        given = task.key if isinstance(task.key, str | int) else repr(task.key)
        try:
            self._journal.write({"key": key, "name": name, "given": given, "ceilings": self._limits, **record})
        except OSError as error:
            self._ceilings.stop(
                SetupError(f"{self._journal.path} cannot be written: {error.strerror}. No further document was begun.")
            )


def _name(source: DocumentSource) -> str:
    name = getattr(source, "name", None)
    return name if isinstance(name, str) and name else type(source).__name__

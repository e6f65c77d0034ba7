"""What is done with one document of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .caught import Caught
from .item import Item

if TYPE_CHECKING:
    from ..client import AsyncExtractor
    from .ceilings import Ceilings
    from .given import Task

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

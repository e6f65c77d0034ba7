"""A batch at work in an event loop: fixed workers, bounded ahead of who takes the items."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, TypeVar

from .ceilings import Ceilings
from .given import Documents, Intake, Task, intake
from .item import Item

T = TypeVar("T")

_AHEAD = {"input": 4, "done": 2}
"""How many documents for each worker may be between being pulled and being taken. In the order of input a slow document
holds back those behind it, so there are more."""


class Run(Generic[T]):
    """Pulls documents, has ``work`` make items of them, and gives these in order, as long as the ceilings let it."""

    def __init__(
        self,
        documents: Documents,
        work: Callable[[Task], Awaitable[Item[T]]],
        ceilings: Ceilings,
        concurrency: int,
        order: str,
    ) -> None:
        self._documents = documents
        self._work = work
        self._ceilings = ceilings
        self._workers = concurrency
        self._ready: _Ready[T] = _InOrder() if order == "input" else _AsDone()
        self._room = asyncio.Semaphore(_AHEAD[order] * concurrency)
        self._wake = asyncio.Event()
        self._news = False
        self._pulled = 0
        self._over = False
        self._pulling: set[asyncio.Task[None]] = set()
        self._working: list[asyncio.Task[None]] = []

    def tell(self) -> None:
        """Give None next: there is something to be told."""
        self._news = True
        self._wake.set()

    async def items(self) -> AsyncGenerator[Item[T] | None, None]:
        """The items, and None where something is to be told before the next one. What the iterator of documents raises
        comes after those that were begun."""
        self._ceilings.begin(self._stop_pulling, self._stop)
        source = intake(self._documents, self._workers)
        workers = self._working = [asyncio.create_task(self._serve(source)) for _ in range(self._workers)]
        for worker in workers:
            worker.add_done_callback(self._told)
        try:
            while (item := await self._next(workers)) is not None or self._news:
                self._news = self._news and item is not None
                yield item
            for item in self._ready.rest():
                yield item
            for worker in workers:
                if not worker.cancelled():
                    worker.result()
        finally:
            source.close()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _next(self, workers: list[asyncio.Task[None]]) -> Item[T] | None:
        while True:
            item = self._ready.take()
            if item is not None:
                self._room.release()
                return item
            if self._news:
                return None
            if all(worker.done() for worker in workers):
                return None
            self._wake.clear()
            await self._wake.wait()

    def _told(self, _: object) -> None:
        self._wake.set()

    async def _serve(self, source: Intake) -> None:
        while (task := await self._pull(source)) is not None:
            self._ready.put(await self._work(task))
            self._wake.set()

    async def _pull(self, source: Intake) -> Task | None:
        """The next document. Once there is none, or an error, the other workers end too."""
        await self._room.acquire()
        if self._over or not await self._ceilings.more():
            self._end()
            return None
        worker = asyncio.current_task()
        assert worker is not None
        self._pulling.add(worker)
        try:
            given = await source.next()
        except BaseException:
            self._end()
            raise
        finally:
            self._pulling.discard(worker)
        if given is None:
            self._ceilings.ended(None)
            self._end()
            return None
        task = Task.of(self._pulled, given[0])
        self._pulled += 1
        return task

    def _stop_pulling(self) -> None:
        """Workers that wait for a document wait no more."""
        for worker in self._pulling:
            worker.cancel()

    def _stop(self) -> None:
        """Nobody works on."""
        for worker in self._working:
            worker.cancel()

    def _end(self) -> None:
        self._over = True
        self._room.release()


class _InOrder(Generic[T]):
    """Items wait for those before them."""

    def __init__(self) -> None:
        self._waiting: dict[int, Item[T]] = {}
        self._next = 0

    def put(self, item: Item[T]) -> None:
        self._waiting[item.index] = item

    def take(self) -> Item[T] | None:
        item = self._waiting.pop(self._next, None)
        self._next += item is not None
        return item

    def rest(self) -> list[Item[T]]:
        """What waits for items that will not come."""
        return [self._waiting.pop(index) for index in sorted(self._waiting)]


class _AsDone(Generic[T]):
    def __init__(self) -> None:
        self._items: deque[Item[T]] = deque()

    def put(self, item: Item[T]) -> None:
        self._items.append(item)

    def take(self) -> Item[T] | None:
        return self._items.popleft() if self._items else None

    def rest(self) -> list[Item[T]]:
        return []


_Ready = _InOrder[T] | _AsDone[T]

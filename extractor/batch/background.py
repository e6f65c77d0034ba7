"""An async iterator, for those who wait without ``await``: it runs in an event loop of its own thread."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from queue import SimpleQueue
from typing import Generic, TypeVar

from .caught import Caught

T = TypeVar("T")


def in_background(make: Callable[[], AsyncGenerator[T, None]], ahead: int) -> Generator[T, None, None]:
    """The items of ``make()``, at most ``ahead`` of them before they are taken.

    Closing this iterator cancels what is in work and waits until it has ended. It works where a loop is running.
    """
    pump: _Pump[T] = _Pump(make, ahead)
    thread = threading.Thread(target=contextvars.copy_context().run, args=(pump.run,), name="batch", daemon=True)
    try:
        thread.start()
        while (got := pump.take()) is not None:
            yield got[0]
    finally:
        pump.stop()
        if thread.is_alive():
            thread.join()
    if pump.caught.error is not None:
        raise pump.caught.error


class _Pump(Generic[T]):
    """Moves items from the loop's thread to that of who takes them."""

    def __init__(self, make: Callable[[], AsyncGenerator[T, None]], ahead: int) -> None:
        self._make = make
        self._ahead = ahead
        self._queue: SimpleQueue[tuple[T] | None] = SimpleQueue()
        self._full = False
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._space: asyncio.Event | None = None
        self.caught = Caught(everything=True)

    def take(self) -> tuple[T] | None:
        got = self._queue.get()
        if self._full and self._queue.qsize() <= self._ahead // 2:
            self._full = False
            self._call(self._more)
        return got

    def stop(self) -> None:
        self._stopped = True
        self._call(self._cancel)

    def run(self) -> None:
        with self.caught:
            asyncio.run(self._pump())
        if self._stopped and isinstance(self.caught.error, asyncio.CancelledError):
            self.caught.error = None
        self._queue.put(None)

    async def _pump(self) -> None:
        self._space, self._task = asyncio.Event(), asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        if self._stopped:
            return
        async with aclosing(self._make()) as items:
            async for item in items:
                self._queue.put((item,))
                if self._queue.qsize() >= self._ahead:
                    await self._emptied()

    async def _emptied(self) -> None:
        assert self._space is not None
        self._space.clear()
        self._full = True
        if self._queue.qsize() > self._ahead // 2:  # else it was taken in between, and nobody would tell
            await self._space.wait()

    def _more(self) -> None:
        if self._space is not None:
            self._space.set()

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _call(self, what: Callable[[], object]) -> None:
        if self._loop is not None:
            with Caught():  # the loop may have ended by now
                self._loop.call_soon_threadsafe(what)

"""Effects whose outcomes a flow takes as they come: what is under way, in threads or in tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Self

from ..driving import Breaking, Place, job, judged
from ..flow import Ask

if TYPE_CHECKING:
    from ..driving import Send, SendAsync
    from ..flow import Effect, Outcome
    from ..flow.effects import Came

_SLICE = 0.1
"""Seconds that one wait may last: on Windows Ctrl-C is heard only between two of them."""


class Threads:
    """At most ``at_once`` threads, which begin when there is something to do, and have ended after the ``with``."""

    def __init__(self, send: Send, at_once: int) -> None:
        self._send = send
        self._at_once = at_once
        self._halt = Event()
        self._begun: dict[int, Effect] = {}
        self._came: dict[int, Came] = {}
        self._raised: list[BaseException] = []
        self._left: SimpleQueue[Effect | None] = SimpleQueue()
        self._news: SimpleQueue[tuple[int, Came]] = SimpleQueue()
        self._threads: list[Thread] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close((), [])

    def carry(self, effects: Sequence[Effect], came: list[Came]) -> None:
        """Put what has come into ``came``, once something has that had not before. Raises what broke an effect off."""
        for effect in effects:
            if id(effect) not in self._begun:
                self._begin(effect)
        while any(id(effect) not in self._came for effect in effects) and not self._hear():
            pass
        came[:] = [self._came.get(id(effect)) for effect in effects]
        if self._raised:
            raise self._raised[0]

    def close(self, effects: Sequence[Effect], came: list[Came]) -> None:
        """Break off what is under way, and put what became of it into ``came``."""
        self._halt.set()
        for _ in self._threads:
            self._left.put(None)
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_SLICE)
        while not self._news.empty():
            self._hear()
        came[:] = [self._came.get(id(effect)) for effect in effects]

    def _begin(self, effect: Effect) -> None:
        self._begun[id(effect)] = effect
        self._left.put(effect)
        if len(self._threads) < self._at_once:
            thread = Thread(target=copy_context().run, args=(self._work,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _hear(self) -> bool:
        """Whether something has come within a slice of time."""
        try:
            at, outcome = self._news.get(timeout=_SLICE)
        except Empty:
            return False
        self._came[at] = outcome
        return True

    def _work(self) -> None:
        while (effect := self._left.get()) is not None and not self._halt.is_set():
            self._news.put((id(effect), self._done(effect)))

    def _done(self, effect: Effect) -> Came:
        came: list[Came] = [None]
        with Breaking(self._raised, self._halt), Place(came, 0):
            came[0] = self._send(effect, self._halt) if isinstance(effect, Ask) else asyncio.run(judged(effect))
        return came[0]


class Tasks:
    """``Threads`` for ``await``: tasks of the loop, at most ``at_once`` of which are at work."""

    def __init__(self, send: SendAsync, at_once: int) -> None:
        self._send = send
        self._gate = asyncio.Semaphore(at_once)
        self._tasks: dict[int, tuple[Effect, asyncio.Task[Outcome]]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close((), [])

    async def carry(self, effects: Sequence[Effect], came: list[Came]) -> None:
        """As that of ``Threads``."""
        for effect in effects:
            if id(effect) not in self._tasks:
                self._tasks[id(effect)] = effect, asyncio.create_task(self._done(effect))
        tasks = self._of(effects)
        if pending := [task for task in tasks if not task.done()]:
            await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        came[:] = [task.result() if task.done() else None for task in tasks]

    async def close(self, effects: Sequence[Effect], came: list[Came]) -> None:
        """As that of ``Threads``."""
        for _, task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*(task for _, task in self._tasks.values()), return_exceptions=True)
        came[:] = [_became(task) for task in self._of(effects)]

    def _of(self, effects: Sequence[Effect]) -> list[asyncio.Task[Outcome]]:
        return [self._tasks[id(effect)][1] for effect in effects if id(effect) in self._tasks]

    async def _done(self, effect: Effect) -> Outcome:
        async with self._gate:
            return await job(effect, self._send)()


def _became(task: asyncio.Task[Outcome]) -> Came:
    if task.cancelled():
        return asyncio.CancelledError()
    return task.exception() or task.result()

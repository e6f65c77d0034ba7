"""``Stream`` and ``AsyncStream``: an extraction under way, carried over httpx.

Both pull: nothing is read before somebody asks for more. All iterators of one stream share what was read.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

import httpx

from ..driving import carry, carry_async, check_loop
from ..errors import ModelProtocolError, StreamLeftError
from ..flow import Ask, Rolling
from ..transports.inner import async_of, sync_of
from .listener import Listener, is_stream
from .rolling import Tasks, Threads
from .show import Unshown
from .under import LEFT, Partials, Under

if TYPE_CHECKING:
    from threading import Event

    from ..flow import Answer
    from ..flow.effects import Came
    from ..result import Result
    from .items import Items
    from .partial import Partial

T = TypeVar("T")
Item = TypeVar("Item")


class Stream(Under[T]):
    """An answer while it comes: ``with extractor.stream(T, document) as stream``.

    Iterating gives the JSON so far, ``items()`` whole and typed items, ``reasoning`` what the model thinks, ``result``
    the ``Result`` at the end. To leave the ``with`` early closes the connection.
    """

    _pump: Generator[None, None, None] | None = None

    def __iter__(self) -> Iterator[Partial]:
        """The JSON so far, after each piece that brought something new; with ``every=``, so many seconds apart.

        Of an answer of more than 2,048 characters, one comes for each 2,048th part of it at most.
        """
        partials = Partials(self._show, self._every)
        while not self._over:
            partial = partials.next(over=False)
            if partial is not None:
                yield partial
            self._advance()
        self._raise()
        if self._result is not None and (last := partials.next(over=True)) is not None:
            yield last

    @overload
    def items(self: Stream[list[Item]]) -> Iterator[Item]: ...
    @overload
    def items(self: Stream[list[Item] | None]) -> Iterator[Item]: ...
    @overload
    def items(self: Stream[tuple[Item, ...]]) -> Iterator[Item]: ...
    @overload
    def items(self: Stream[set[Item]]) -> Iterator[Item]: ...
    @overload
    def items(self: Stream[frozenset[Item]]) -> Iterator[Item]: ...
    @overload
    def items(self: Stream[Sequence[Item]]) -> Iterator[Item]: ...
    @overload
    def items(self, path: str = ...) -> Iterator[Any]: ...
    def items(self, path: str = "$") -> Iterator[Any]:
        """The items of the list at a path (``$.lines``; by default the root), each as soon as it is whole and valid.

        What was given is not changed any more. An item that is not valid is given after its patch, in order.
        """
        return self._items(self._show.items(path))

    @property
    def reasoning(self) -> Iterator[str]:
        """What the model thinks, piece by piece from the first one on, until its answer begins."""
        at = 0
        while True:
            while at < len(self._show.reasoning):
                at += 1
                yield self._show.reasoning[at - 1]
            if self._show.version or self._over:
                return
            self._advance()

    @property
    def result(self) -> Result[T]:
        """The result, for which the stream goes on to its end. Raises what ended it."""
        while not self._over:
            self._advance()
        return self._came()

    def close(self) -> None:
        """Leave the stream: its connection is closed, and ``ledger`` tells what was spent."""
        if not self._over and self._pump is not None:
            self._pump.close()
        if not self._over:
            self._error = self._left = StreamLeftError(LEFT)
        self._cells.tell(self, over=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _items(self, items: Items) -> Iterator[Any]:
        while True:
            while items.ready:
                yield items.ready.popleft()
            if self._over:
                return self._raise()
            self._advance()

    def _advance(self) -> None:
        """Read on, by one piece."""
        if self._pump is None:
            self._pump = self._run()
        try:
            next(self._pump, None)
        finally:
            self._cells.tell(self, self._over)

    def _run(self) -> Generator[None, None, None]:
        flow = self._begin()
        effects = self._effects(flow, None)
        with Threads(self._send, self._settings.concurrency) as rolling:
            while effects is not None:
                came: list[Came] = [None] * len(effects)
                try:
                    if isinstance(effects, Rolling):
                        yield  # what has come was taken by now
                        rolling.carry(effects, came)
                    elif len(effects) == 1 and isinstance(effects[0], Ask):
                        listener = self._listen(effects[0], self._request(effects[0]))
                        yield from self._read(listener)
                        came[0] = self._charged(effects[0], listener)
                    else:
                        carry(effects, came, self._send, self._settings.concurrency)
                except BaseException as error:
                    if isinstance(effects, Rolling):
                        rolling.close(effects, came)
                    self._broken(flow, error, came)
                    raise
                effects = self._effects(flow, tuple(came))

    def _request(self, ask: Ask, halt: Event | None = None) -> httpx.Request:
        return self._endpoint.request(ask.request, self._within(ask), halt)

    def _send(self, ask: Ask, halt: Event | None) -> Answer:
        """One of several requests, which are not shown."""
        listener = self._listener_of(ask, self._request(ask, halt), Unshown())
        for _ in self._read(listener):
            pass
        return self._charged(ask, listener)

    def _read(self, listener: Listener) -> Iterator[None]:
        """Hear an answer; its outcome is the listener's at the end."""
        try:
            response: httpx.Response = sync_of(self._transport).handle_request(listener.request)
        except httpx.HTTPError as error:
            return listener.unreachable(error)
        streams = is_stream(response)
        try:
            if not streams:
                return listener.whole(response, response.read())
            for data in response.iter_bytes():
                listener.hearing.feed(data)
                if listener.hearing.cut:
                    break
                yield
        except (httpx.HTTPError, ModelProtocolError) as error:
            return listener.ended(error, streams)
        finally:
            response.close()
        listener.ended(None, streams)


class AsyncStream(Under[T]):
    """``Stream`` for ``async with`` and ``async for``."""

    _pump: AsyncGenerator[None, None] | None = None

    async def __aiter__(self) -> AsyncIterator[Partial]:
        """As iterating over ``Stream``."""
        partials = Partials(self._show, self._every)
        while not self._over:
            partial = partials.next(over=False)
            if partial is not None:
                yield partial
            await self._advance()
        self._raise()
        if self._result is not None and (last := partials.next(over=True)) is not None:
            yield last

    @overload
    def items(self: AsyncStream[list[Item]]) -> AsyncIterator[Item]: ...
    @overload
    def items(self: AsyncStream[list[Item] | None]) -> AsyncIterator[Item]: ...
    @overload
    def items(self: AsyncStream[tuple[Item, ...]]) -> AsyncIterator[Item]: ...
    @overload
    def items(self: AsyncStream[set[Item]]) -> AsyncIterator[Item]: ...
    @overload
    def items(self: AsyncStream[frozenset[Item]]) -> AsyncIterator[Item]: ...
    @overload
    def items(self: AsyncStream[Sequence[Item]]) -> AsyncIterator[Item]: ...
    @overload
    def items(self, path: str = ...) -> AsyncIterator[Any]: ...
    def items(self, path: str = "$") -> AsyncIterator[Any]:
        """As ``Stream.items``."""
        return self._items(self._show.items(path))

    @property
    async def reasoning(self) -> AsyncIterator[str]:
        """As ``Stream.reasoning``."""
        at = 0
        while True:
            while at < len(self._show.reasoning):
                at += 1
                yield self._show.reasoning[at - 1]
            if self._show.version or self._over:
                return
            await self._advance()

    @property
    def result(self) -> Result[T]:
        """The result, once the stream is at its end. Raises what ended it."""
        return self._came()

    async def finish(self) -> Result[T]:
        """Go on to the end, and give the result."""
        while not self._over:
            await self._advance()
        return self._came()

    async def aclose(self) -> None:
        """As ``Stream.close``."""
        if not self._over and self._pump is not None:
            await self._pump.aclose()
        if not self._over:
            self._error = self._left = StreamLeftError(LEFT)
        self._cells.tell(self, over=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _items(self, items: Items) -> AsyncIterator[Any]:
        while True:
            while items.ready:
                yield items.ready.popleft()
            if self._over:
                self._raise()
                return
            await self._advance()

    async def _advance(self) -> None:
        if self._pump is None:
            self._pump = self._run()
        try:
            await anext(self._pump, None)
        finally:
            self._cells.tell(self, self._over)

    async def _run(self) -> AsyncGenerator[None, None]:
        from asyncio import to_thread

        check_loop()
        flow = await to_thread(self._begin)
        effects = self._effects(flow, None)
        async with Tasks(self._send, self._settings.concurrency) as rolling:
            while effects is not None:
                came: list[Came] = [None] * len(effects)
                try:
                    if isinstance(effects, Rolling):
                        yield
                        await rolling.carry(effects, came)
                    elif len(effects) == 1 and isinstance(effects[0], Ask):
                        listener = self._listen(effects[0], await self._request(effects[0]))
                        async with aclosing(self._read(listener)) as pieces:
                            async for _ in pieces:
                                yield
                        came[0] = self._charged(effects[0], listener)
                    else:
                        await carry_async(effects, came, self._send, self._settings.concurrency)
                except BaseException as error:
                    if isinstance(effects, Rolling):
                        await rolling.close(effects, came)
                    self._broken(flow, error, came)
                    raise
                effects = self._effects(flow, tuple(came))

    async def _request(self, ask: Ask) -> httpx.Request:
        return await self._endpoint.request_async(ask.request, self._within(ask))

    async def _send(self, ask: Ask) -> Answer:
        listener = self._listener_of(ask, await self._request(ask), Unshown())
        async for _ in self._read(listener):
            pass
        return self._charged(ask, listener)

    async def _read(self, listener: Listener) -> AsyncGenerator[None, None]:
        try:
            response: httpx.Response = await async_of(self._transport).handle_async_request(listener.request)
        except httpx.HTTPError as error:
            listener.unreachable(error)
            return
        streams = is_stream(response)
        try:
            if not streams:
                listener.whole(response, await response.aread())
                return
            async for data in response.aiter_bytes():
                listener.hearing.feed(data)
                if listener.hearing.cut:
                    break
                yield
        except (httpx.HTTPError, ModelProtocolError) as error:
            listener.ended(error, streams)
            return
        finally:
            await response.aclose()
        listener.ended(None, streams)

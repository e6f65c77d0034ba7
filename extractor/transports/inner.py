"""What transports around another transport have in common."""

from __future__ import annotations

from typing import TypeAlias, cast

import httpx

from ..errors import SetupError

Transport: TypeAlias = httpx.BaseTransport | httpx.AsyncBaseTransport


def sync_of(transport: object) -> httpx.BaseTransport:
    """The transport. SetupError where it is for event loops alone."""
    if not hasattr(transport, "handle_request"):
        name = type(transport).__name__
        raise SetupError(f"{name} is an async transport.", remedy="Use it with AsyncExtractor, or give a sync one.")
    return cast(httpx.BaseTransport, transport)


def async_of(transport: object) -> httpx.AsyncBaseTransport:
    """The transport. SetupError where it is not for event loops."""
    if not hasattr(transport, "handle_async_request"):
        name = type(transport).__name__
        raise SetupError(f"{name} is a sync transport.", remedy="Use it with Extractor, or give an async one.")
    return cast(httpx.AsyncBaseTransport, transport)


class Around(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that hands requests to an inner one, sync or async, as far as the inner one is both."""

    inner: Transport | None

    def _sync(self) -> httpx.BaseTransport:
        return sync_of(self.inner)

    def _async(self) -> httpx.AsyncBaseTransport:
        return async_of(self.inner)

    def close(self) -> None:
        if isinstance(self.inner, httpx.BaseTransport):
            self.inner.close()

    async def aclose(self) -> None:
        if isinstance(self.inner, httpx.AsyncBaseTransport):
            await self.inner.aclose()


class InThreads(httpx.AsyncBaseTransport):
    """A sync transport for event loops: a request takes one of ``threads`` threads until its answer is read."""

    def __init__(self, inner: httpx.BaseTransport, threads: int) -> None:
        from concurrent.futures import ThreadPoolExecutor

        self._inner = inner
        self._threads = ThreadPoolExecutor(threads, "requests")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        from asyncio import get_running_loop

        return await get_running_loop().run_in_executor(self._threads, self._whole, request)

    def _whole(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        read(response)
        return response

    async def aclose(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def asynchronous(transport: Transport, threads: int) -> httpx.AsyncBaseTransport:
    """The transport, or where what it ends in is a sync one, the transport in threads."""
    reached: Transport | None = transport
    while isinstance(reached, Around):
        reached = reached.inner
    if isinstance(reached, httpx.AsyncBaseTransport) or not isinstance(transport, httpx.BaseTransport):
        assert isinstance(transport, httpx.AsyncBaseTransport)
        return transport
    return InThreads(transport, threads)


def read(response: httpx.Response) -> None:
    try:
        response.read()
    except BaseException:
        response.close()
        raise


async def aread(response: httpx.Response) -> None:
    try:
        await response.aread()
    except BaseException:
        await response.aclose()
        raise

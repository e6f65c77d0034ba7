"""The default transport of extractors, which another may stand in for: what tests do to code that makes its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from .inner import Around, Transport

_in_its_place: list[Transport] = []


class Replaceable(Around):
    """Hands requests to ``inner``, or to what stands in for it while they are sent."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def inner(self) -> Transport:  # type: ignore[override]
        return _in_its_place[-1] if _in_its_place else self._inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._sync().handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._async().handle_async_request(request)

    def close(self) -> None:
        if isinstance(self._inner, httpx.BaseTransport):
            self._inner.close()

    async def aclose(self) -> None:
        if isinstance(self._inner, httpx.AsyncBaseTransport):
            await self._inner.aclose()


@contextmanager
def replaced_by(transport: Transport) -> Iterator[None]:
    """While the block runs, every extractor without a transport of its own asks this one, in all threads."""
    _in_its_place.append(transport)
    try:
        yield
    finally:
        _in_its_place.remove(transport)


def default(over: str | None) -> httpx.BaseTransport:
    """What an extractor asks through where it is given no transport: over our own pool, or that of ``aiohttp``."""
    from .retry import RetryTransport

    if over is None:
        from .pool import PoolTransport

        return RetryTransport(Replaceable(PoolTransport()))
    if over != "aiohttp":
        raise ValueError(f"transport is an object of httpx's kind, or 'aiohttp', not {over!r}")
    from .aiohttp import AiohttpTransport

    return RetryTransport(Replaceable(AiohttpTransport()))

"""What transports around another transport have in common."""

from __future__ import annotations

from typing import TypeAlias

import httpx

Transport: TypeAlias = httpx.BaseTransport | httpx.AsyncBaseTransport


class Around(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that hands requests to an inner one, sync or async, as far as the inner one is both."""

    inner: Transport | None

    def _sync(self) -> httpx.BaseTransport:
        if not isinstance(self.inner, httpx.BaseTransport):
            raise TypeError(f"{type(self.inner).__name__} is an async transport; use it with AsyncExtractor")
        return self.inner

    def _async(self) -> httpx.AsyncBaseTransport:
        if not isinstance(self.inner, httpx.AsyncBaseTransport):
            raise TypeError(f"{type(self.inner).__name__} is a sync transport; use it with Extractor")
        return self.inner

    def close(self) -> None:
        if isinstance(self.inner, httpx.BaseTransport):
            self.inner.close()

    async def aclose(self) -> None:
        if isinstance(self.inner, httpx.AsyncBaseTransport):
            await self.inner.aclose()


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

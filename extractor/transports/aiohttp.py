"""Requests of event loops over aiohttp, which takes a fraction of the CPU; those of threads as ever."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, MutableMapping
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary, WeakSet

import httpcore
import httpx

from ..needs import missing
from .connections import until_the_loop_ends
from .errors import ClosedError
from .exchange import Exchange
from .hosts import check_host
from .network import Closings, seconds_left
from .pool import PoolTransport
from .proxies import Proxies, from_environment

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout

T = TypeVar("T")


class _Session:
    """The connections of one event loop, and a guard that closes them when the loop ends."""

    def __init__(self, client: ClientSession) -> None:
        self.client = client
        self.answers: WeakSet[ClientResponse] = WeakSet()
        self.guard: AsyncGenerator[None, None] = until_the_loop_ends([self])

    async def aclose(self) -> None:
        await self.client.close()
        for answer in tuple(self.answers):
            answer.close()  # which wakes who reads it


class AiohttpTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """``PoolTransport``, whose requests from event loops go over aiohttp. The same timeouts hold, and the same size.

    It needs ``pip install "typed-extractor[aiohttp]"``, and knows HTTP and HTTPS proxies, no SOCKS.
    """

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | bool = True,
        trust_env: bool = True,
        max_connections: int = 1000,
        keepalive: float = 30.0,
        max_response_bytes: int | None = 64 * 2**20,
    ) -> None:
        if find_spec("aiohttp") is None:
            raise missing("This transport", "aiohttp", "aiohttp")
        self._threads = PoolTransport(
            verify=verify,
            trust_env=trust_env,
            max_connections=max_connections,
            keepalive=keepalive,
            max_response_bytes=max_response_bytes,
        )
        self._context = httpx.create_ssl_context(verify=verify, trust_env=trust_env)
        self._proxies = from_environment() if trust_env else Proxies({})
        self._most, self._keepalive, self._size = max_connections, keepalive, max_response_bytes
        self._loops: MutableMapping[asyncio.AbstractEventLoop, _Session] = WeakKeyDictionary()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._threads.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        check_host(request.url.host)
        session = self._loops.get(asyncio.get_running_loop()) or await self._open_loop()
        content = await request.aread()
        with Exchange(self, request, self._size, _nothing, Closings()) as exchange:
            sent = session.client.request(
                request.method,
                str(request.url),
                headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
                data=content,
                allow_redirects=False,
                timeout=_limits(seconds_left(exchange.timeouts["connect"])),
                proxy=self._proxies.find(request.url) if self._proxies.by_scheme else None,
            )
            answer = await _within(exchange, session, sent)
            session.answers.add(answer)
            body = _Body(answer, exchange, session)
            return exchange.incoming(httpcore.Response(answer.status, headers=answer.raw_headers, content=body))

    def close(self) -> None:
        self._threads.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        session = self._loops.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.guard.aclose()

    async def _open_loop(self) -> _Session:
        from aiohttp import ClientSession, DummyCookieJar, TCPConnector

        connector = TCPConnector(limit=self._most, keepalive_timeout=self._keepalive, ssl=self._context)
        client = ClientSession(connector=connector, cookie_jar=DummyCookieJar(), auto_decompress=False)
        session = self._loops[asyncio.get_running_loop()] = _Session(client)
        await anext(session.guard)
        return session


@lru_cache(maxsize=16)
def _rounded(connect: float | None) -> ClientTimeout:
    from aiohttp import ClientTimeout

    return ClientTimeout(total=None, sock_connect=connect, sock_read=None)


def _limits(connect: float | None) -> ClientTimeout:
    """Waiting for a free connection is bounded by the whole call alone. The object is made once a length."""
    return _rounded(None if connect is None else round(connect, 1) or 0.1)


async def _within(exchange: Exchange, session: _Session, waited: Awaitable[T]) -> T:
    """What is waited for, within the limit of this phase; its errors are those of httpx."""
    from aiohttp import ClientError

    try:
        async with asyncio.timeout(seconds_left(exchange.timeouts["read"])):
            return await waited
    except ClientError as error:
        raise (ClosedError() if session.client.closed else _twin(error)) from error
    except TimeoutError as error:
        raise httpcore.ReadTimeout(str(error)) from error
    except asyncio.CancelledError as error:  # so aiohttp wakes what waits for a free connection
        task = asyncio.current_task()
        if session.client.closed and task is not None and not task.cancelling():
            raise ClosedError from error
        raise


def _twin(error: ClientError) -> httpx.TransportError:
    """The first that fits: the kinds stand from the narrow to the wide."""
    import aiohttp

    kinds: tuple[tuple[type[BaseException], type[httpx.TransportError]], ...] = (
        (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
        (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
        (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
        (aiohttp.ClientHttpProxyError, httpx.ProxyError),
        (aiohttp.ClientConnectorError, httpx.ConnectError),
        (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
        (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
        (aiohttp.ClientPayloadError, httpx.RemoteProtocolError),
        (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    )
    found = next((twin for kind, twin in kinds if isinstance(error, kind)), httpx.ReadError)
    return found(str(error) or type(error).__name__)


class _Body:
    """The bytes of an answer as they come; each wait is bounded."""

    def __init__(self, answer: ClientResponse, exchange: Exchange, session: _Session) -> None:
        self._answer = answer
        self._session = session
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._answer.content
        while not content.at_eof():
            try:
                chunk = await _within(self._exchange, self._session, content.readany())
            except BaseException:
                self._answer.close()
                raise
            if chunk:
                yield chunk

    async def aclose(self) -> None:
        """A connection whose answer was not read to its end is not used again."""
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


def _nothing() -> None:
    pass

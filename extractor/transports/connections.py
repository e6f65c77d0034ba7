"""Pools of connections, in shards, for threads and for event loops."""

from __future__ import annotations

import gc
import ssl
import sys
import warnings
from collections.abc import AsyncGenerator, Callable, Iterable, MutableMapping, MutableSequence
from functools import partial
from importlib.util import find_spec
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypedDict, TypeVar
from weakref import WeakKeyDictionary, finalize

import httpcore
import httpx

from ..errors import SetupError
from .exchange import Exchange
from .network import AsyncBackend, Backend, Closings
from .proxies import Proxies, from_environment

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

SHARD = 8
"""Connections in one pool of httpcore, which looks at all of them, twice, for every request."""

Pool = TypeVar("Pool", bound=httpcore.ConnectionPool | httpcore.AsyncConnectionPool)
Route: TypeAlias = tuple[str, str | None]
"""The scheme of a URL, and the proxy that it goes through."""


class _Arguments(TypedDict):
    max_connections: int
    max_keepalive_connections: int
    keepalive_expiry: float
    ssl_context: ssl.SSLContext | None
    proxy: httpcore.Proxy | None


class Connections:
    """All pools of a transport: those of threads, and those of each event loop."""

    def __init__(
        self,
        verify: ssl.SSLContext | bool,
        trust_env: bool,
        max_connections: int,
        keepalive: float,
        max_response_bytes: int | None,
    ) -> None:
        self._proxies = from_environment() if trust_env else Proxies({})
        self._max_response_bytes = max_response_bytes
        self._opener = _Opener(verify, trust_env, min(SHARD, max_connections), keepalive)
        self._shards = -(-max_connections // SHARD)
        self._threads = _Pools(self._opener.open, self._shards)
        self._loops: Loops = WeakKeyDictionary()
        self._lock = Lock()
        finalize(self, _let_go, self._threads.opened, self._loops)

    def send(self, request: httpx.Request) -> httpx.Response:
        shard = self._threads.of(self._route(request.url)).take()
        most, closings = self._max_response_bytes, self._threads.closings
        with Exchange(self, request, most, shard.give_back, closings) as exchange:
            return exchange.incoming(shard.pool.handle_request(exchange.outgoing(request)))

    async def send_async(self, request: httpx.Request) -> httpx.Response:
        from asyncio import get_running_loop

        pools = self._loops.get(get_running_loop()) or await self._open_loop()
        shard = pools.of(self._route(request.url)).take()
        with Exchange(self, request, self._max_response_bytes, shard.give_back, pools.closings) as exchange:
            return exchange.incoming(await shard.pool.handle_async_request(exchange.outgoing(request)))

    def close(self) -> None:
        """Close the connections of threads. Calls that wait raise ``ClosedError``; later ones open connections anew."""
        self._threads.closings.count += 1
        _close(self._threads.opened)

    async def aclose(self) -> None:
        """The same for those of the running event loop."""
        from asyncio import get_running_loop

        with self._lock:
            pools = self._loops.pop(get_running_loop(), None)
        if pools is not None and pools.guard is not None:
            pools.closings.count += 1
            await pools.guard.aclose()

    def _route(self, url: httpx.URL) -> Route:
        return url.scheme, self._proxies.find(url) if self._proxies.by_scheme else None

    async def _open_loop(self) -> _Pools[httpcore.AsyncConnectionPool]:
        from asyncio import get_running_loop

        pools = _Pools(self._opener.open_async, self._shards)
        pools.guard = until_the_loop_ends(pools.opened)
        await anext(pools.guard)
        with self._lock:
            drop_closed(self._loops)
            self._loops[get_running_loop()] = pools
        return pools


class _Opener:
    """Opens pools. They share one TLS context, made when it is first needed: it costs as much as a hundred calls."""

    def __init__(self, verify: ssl.SSLContext | bool, trust_env: bool, size: int, keepalive: float) -> None:
        self._verify = verify
        self._trust_env = trust_env
        self._size = size
        self._keepalive = keepalive
        self._context: ssl.SSLContext | None = None
        self._lock = Lock()

    def open(self, route: Route, closings: Closings) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(**self._arguments(route), network_backend=Backend(closings))

    def open_async(self, route: Route, closings: Closings) -> httpcore.AsyncConnectionPool:
        _note_what_is_absent()
        return httpcore.AsyncConnectionPool(**self._arguments(route), network_backend=AsyncBackend(closings))

    def _arguments(self, route: Route) -> _Arguments:
        scheme, proxy = route
        return {
            "max_connections": self._size,
            "max_keepalive_connections": self._size,
            "keepalive_expiry": self._keepalive,
            "ssl_context": self._tls() if scheme == "https" else None,
            "proxy": self._proxy(proxy) if proxy else None,
        }

    def _proxy(self, url: str) -> httpcore.Proxy:
        proxy = httpx.Proxy(url)
        if proxy.url.scheme.startswith("socks") and find_spec("socksio") is None:
            raise SetupError(
                "A SOCKS proxy needs a package that is not installed.", remedy='pip install "httpx[socks]"'
            )
        tls = self._tls() if proxy.url.scheme == "https" else None
        return httpcore.Proxy(str(proxy.url), proxy.raw_auth, ssl_context=tls)

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = httpx.create_ssl_context(verify=self._verify, trust_env=self._trust_env)
            return self._context


class _Shard(Generic[Pool]):
    """A pool of few connections, and how many requests it serves."""

    __slots__ = ("_shards", "busy", "pool")

    def __init__(self, pool: Pool, shards: _Shards[Pool]) -> None:
        self.pool = pool
        self.busy = 0
        self._shards = shards

    def give_back(self) -> None:
        self._shards.give_back(self)


class _Shards(Generic[Pool]):
    """All pools of one route. Those with a free connection are a stack, so that open connections are used first."""

    __slots__ = ("_all", "_free", "_lock", "_most", "_open")

    def __init__(self, open_pool: Callable[[], Pool], most: int) -> None:
        self._open = open_pool
        self._most = most
        self._all: list[_Shard[Pool]] = []
        self._free: list[_Shard[Pool]] = []
        self._lock = Lock()

    def take(self) -> _Shard[Pool]:
        with self._lock:
            shard = self._free[-1] if self._free else self._another()
            shard.busy += 1
            if shard.busy == SHARD:
                self._free.pop()
            return shard

    def _another(self) -> _Shard[Pool]:
        """A new pool while there may be one, else the least busy: its queue is the shortest."""
        if len(self._all) >= self._most:
            return min(self._all, key=attrgetter("busy"))
        shard = _Shard(self._open(), self)
        self._all.append(shard)
        self._free.append(shard)
        return shard

    def give_back(self, shard: _Shard[Pool]) -> None:
        with self._lock:
            shard.busy -= 1
            if shard.busy == SHARD - 1:
                self._free.append(shard)


class _Pools(Generic[Pool]):
    """The pools of all threads, or of one event loop, by route."""

    def __init__(self, open_pool: Callable[[Route, Closings], Pool], most: int) -> None:
        self.opened: list[Pool] = []
        self.closings = Closings()
        self.guard: AsyncGenerator[None, None] | None = None
        self._by_route: dict[Route, _Shards[Pool]] = {}
        self._open = open_pool
        self._most = most

    def of(self, route: Route) -> _Shards[Pool]:
        shards = self._by_route.get(route)
        if shards is None:  # setdefault: another thread may have been here
            made: _Shards[Pool] = _Shards(partial(_opened, self._open, route, self.closings, self.opened), self._most)
            shards = self._by_route.setdefault(route, made)
        return shards


def _note_what_is_absent() -> None:
    """httpcore asks for sniffio some eight times a request. Where it is not installed, each time would search the disk
    and take as long as an eighth of the call: its absence is noted where Python looks first."""
    if "sniffio" not in sys.modules and find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]


def _opened(open_pool: Callable[[Route, Closings], Pool], route: Route, closings: Closings, opened: list[Pool]) -> Pool:
    """A new pool that is noted. No method: the guard of an event loop must not stand in a reference cycle."""
    pool = open_pool(route, closings)
    opened.append(pool)
    return pool


Loops: TypeAlias = "MutableMapping[AbstractEventLoop, _Pools[httpcore.AsyncConnectionPool]]"


class Closing(Protocol):
    """What an event loop has to close before it ends."""

    async def aclose(self) -> None: ...


Closer = TypeVar("Closer", bound=Closing)


async def until_the_loop_ends(pools: MutableSequence[Closer]) -> AsyncGenerator[None, None]:
    """A generator that closes the pools when it is closed.

    An event loop closes its generators itself: those that stand open when ``asyncio.run`` ends, and those that nobody
    holds any more.
    """
    try:
        yield
    finally:
        while pools:
            await pools.pop().aclose()


def drop_closed(loops: Loops) -> None:
    """Forget loops that are closed, without a word about connections that nobody can close properly any more."""
    closed = [loop for loop in loops if loop.is_closed()]
    if sum(len(loops.pop(loop).opened) for loop in closed):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


def _let_go(pools: list[httpcore.ConnectionPool], loops: Loops) -> None:
    _close(pools)
    drop_closed(loops)
    loops.clear()


def _close(pools: Iterable[httpcore.ConnectionPool]) -> None:
    for pool in pools:
        pool.close()

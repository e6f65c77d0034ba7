"""Sockets whose every wait ends at a deadline: what httpcore reads and writes through.

httpcore hands the timeout that it finds in ``request.extensions["timeout"]`` on to its network backend as it is.
So a ``Limit``, which is a float that knows a deadline, gets from a request to the socket that serves it, and a peer
that drips a byte at a time is held to the deadline in each phase, between two bytes of a header as well.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from contextlib import suppress
from math import inf
from socket import SHUT_RDWR
from threading import Event
from time import monotonic
from typing import TypeAlias

import httpcore

SocketOption: TypeAlias = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


_PIECE = 2**16
"""Bytes that are sent at once."""
_SLICE = 0.1
"""Seconds that a read may last which listens for a halt."""


class Limit(float):
    """Seconds for one wait, which also ends at ``until`` (on the monotonic clock), and soon after a ``halt``."""

    __slots__ = ("halt", "until")

    def __new__(cls, seconds: float, until: float, halt: Event | None = None) -> Limit:
        limit = super().__new__(cls, seconds)
        limit.until, limit.halt = until, halt
        return limit

    until: float
    halt: Event | None

    def left(self) -> float:
        return min(self, self.until - monotonic())


class Total(Limit):
    """Seconds for all waits together, counted from the first."""

    __slots__ = ()

    def left(self) -> float:
        now = monotonic()
        self.until = min(self.until, now + self)
        return self.until - now


def seconds_left(timeout: float | None) -> float | None:
    if not isinstance(timeout, Limit):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise httpcore.ReadTimeout("no time is left")
    return None if left == inf else left


class Closed(httpcore.ReadError):
    """The owner of the connection was closed while something was waited for."""


class Closings:
    """How often the connections of an owner were closed."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Watch:
    """Whether the owner was closed since then: since a connection was opened, or a request was to be sent."""

    __slots__ = ("_closings", "_opened")

    def __init__(self, closings: Closings) -> None:
        self._closings, self._opened = closings, closings.count

    def check(self, error: Exception | None = None) -> None:
        """Closed, where that is why something went wrong."""
        if self._closings.count != self._opened:
            raise Closed("closed") from error


class Connecting(Limit):
    """The limit of opening a connection. A request that waited for a free one while the owner was closed opens none."""

    __slots__ = ("watch",)

    watch: Watch


def _check_open(timeout: float | None) -> None:
    if isinstance(timeout, Connecting):
        timeout.watch.check()


def _read(stream: httpcore.NetworkStream, most: int, timeout: Limit, halt: Event) -> bytes:
    """A read that listens for a halt."""
    while not halt.is_set():
        left = seconds_left(timeout)
        with suppress(httpcore.ReadTimeout):
            return stream.read(most, _SLICE if left is None else min(left, _SLICE))
    raise httpcore.ReadError("the call was halted")


class Unsent:
    """What was written and not yet sent: headers and body leave together, when the answer is first waited for."""

    __slots__ = ("_parts", "_size", "timeout")

    def __init__(self) -> None:
        self.timeout: float | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes, timeout: float | None) -> bool:
        """Whether it is time to send."""
        self.timeout = timeout
        self._parts.append(part)
        self._size += len(part)
        return self._size >= _PIECE

    def take(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return data

    def __bool__(self) -> bool:
        return self._size > 0


class Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch
        self._reading = self._closing = False
        self._unsent = Unsent()
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            with suppress(httpcore.WriteError):  # a server may answer, and close, before it has read everything
                self._send()
        self._reading = True
        try:
            data = self._read(max_bytes, timeout)
        except httpcore.ReadError as error:
            self._watch.check(error)
            raise
        finally:
            self._reading = False
            if self._closing:
                self._stream.close()
        if not data:
            self._watch.check()
        return data

    def _read(self, max_bytes: int, timeout: float | None) -> bytes:
        if isinstance(timeout, Limit) and timeout.halt is not None:
            return _read(self._stream, max_bytes, timeout, timeout.halt)
        return self._stream.read(max_bytes, seconds_left(timeout))

    def close(self) -> None:
        """A thread that reads is woken, and closes the socket itself: a number that is free is soon another file's."""
        self._closing = True
        with suppress(OSError):
            self.get_extra_info("socket").shutdown(SHUT_RDWR)
        if not self._reading:
            self._stream.close()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._unsent.add(buffer, timeout):
            self._send()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Stream(self._stream.start_tls(ssl_context, server_hostname, seconds_left(timeout)), self._watch)

    def _send(self) -> None:
        """Send in pieces: the time that is left is looked at before each."""
        self._watch.check()
        data = self._unsent.take()
        for start in range(0, len(data), _PIECE):
            self._stream.write(data[start : start + _PIECE], seconds_left(self._unsent.timeout))


class Backend(httpcore.SyncBackend):
    def __init__(self, closings: Closings) -> None:
        self._closings = closings

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        _check_open(timeout)
        watch = Watch(self._closings)
        try:
            return Stream(super().connect_tcp(host, port, seconds_left(timeout), local_address, socket_options), watch)
        except UnicodeError as error:
            raise httpcore.ConnectError(f"{host!r} is no host name: {error}") from error


class AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch
        self._unsent = Unsent()
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign]
        self.aclose = stream.aclose  # type: ignore[method-assign]

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            with suppress(httpcore.WriteError):
                await self._send()
        try:
            data = await self._stream.read(max_bytes, seconds_left(timeout))
        except httpcore.ReadError as error:
            self._watch.check(error)
            raise
        if not data:
            self._watch.check()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._unsent.add(buffer, timeout):
            await self._send()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        upgraded = await self._stream.start_tls(ssl_context, server_hostname, seconds_left(timeout))
        return AsyncStream(upgraded, self._watch)

    async def _send(self) -> None:
        self._watch.check()
        await self._stream.write(self._unsent.take(), seconds_left(self._unsent.timeout))


class AsyncBackend(httpcore.AnyIOBackend):
    def __init__(self, closings: Closings) -> None:
        self._closings = closings

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        _check_open(timeout)
        watch = Watch(self._closings)
        try:
            opened = await super().connect_tcp(host, port, seconds_left(timeout), local_address, socket_options)
            return AsyncStream(opened, watch)
        except UnicodeError as error:
            raise httpcore.ConnectError(f"{host!r} is no host name: {error}") from error

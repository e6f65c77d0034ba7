"""One request and its answer, bounded in time and in size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from math import inf
from threading import Event
from time import monotonic
from typing import Self

import httpcore
import httpx

from .errors import ClosedError, ResponseTooLargeError
from .network import Closed, Closings, Connecting, Limit, Total, Watch

_PIECES = {"gzip": 4096, "deflate": 4096, "br": 16, "zstd": 16}
"""Bytes of an encoded answer that are decoded at once. gzip makes a thousand times as much of them at most; br and zstd
have no such bound."""


_FRAMES = 16
"""How much larger an event stream may be than an answer that comes at once: each event says far more than its text."""


class Exchange:
    """What one call may take, what it took, and the error when it took more.

    It holds the owner of its connection, which would else be closed under an answer that is still being read.
    """

    __slots__ = ("_given", "_halt", "_most", "_owner", "_piece", "_release", "_seen", "_until", "refusal", "timeouts")

    def __init__(
        self, owner: object, request: httpx.Request, most: int | None, release: Callable[[], None], closings: Closings
    ) -> None:
        self._owner: object = owner
        given: Mapping[str, float | None] = request.extensions.get("timeout") or {}
        whole = given.get("whole")
        self._given = given
        self._halt: Event | None = request.extensions.get("halt")
        self._until = inf if whole is None else monotonic() + whole
        self._most = inf if most is None else most
        self._release: Callable[[], None] | None = release
        self._seen = 0
        self._piece = 0
        self.refusal: httpx.RequestError | None = None
        self.timeouts: dict[str, float | None] = {
            "connect": self._connecting(given.get("connect"), Watch(closings)),
            "write": self._limit(given.get("write")),
            "pool": _least(given.get("pool"), whole),
            "read": self._limit(self._seconds("first_byte"), Total),
        }

    def _seconds(self, phase: str) -> float | None:
        return self._given[phase] if phase in self._given else self._given.get("read")

    def _limit(self, seconds: float | None, kind: type[Limit] = Limit) -> float | None:
        bare = self._until == inf and self._halt is None
        if seconds is None:
            return None if bare else Limit(inf, self._until, self._halt)
        return seconds if bare and kind is Limit else kind(seconds, self._until, self._halt)

    def _connecting(self, seconds: float | None, watch: Watch) -> Connecting:
        limit = Connecting(inf if seconds is None else seconds, self._until, self._halt)
        limit.watch = watch
        return limit

    def outgoing(self, request: httpx.Request) -> httpcore.Request:
        url = request.url
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={**request.extensions, "timeout": self.timeouts},
        )

    def incoming(self, answer: httpcore.Response) -> httpx.Response:
        """The answer, whose body is still to be read. From here on a wait is one between two bytes."""
        self.timeouts["read"] = self._limit(self._seconds("between"))
        encodings = self._look(answer.headers)
        kind = DecodedResponse if encodings else httpx.Response
        response = kind(
            answer.status, headers=answer.headers, stream=Body(self, answer.stream), extensions=answer.extensions
        )
        if isinstance(response, DecodedResponse):
            self._piece = _PIECES.get(encodings[0], 0)
            response.most = self._most
        return response

    def _look(self, headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
        """How the body is encoded. A body that will not be taken at all is refused when it is read."""
        found: list[str] = []
        for name, value in headers:
            lower = name.lower()
            if lower == b"content-type" and value.lower().startswith(b"text/event-stream"):
                self._most *= _FRAMES
            elif lower == b"content-encoding":
                found += _names(value)
            elif lower == b"content-length" and value.isdigit() and int(value) > self._most:
                self.refusal = _too_large(f"it announces {int(value):,}", self._most)
        if len(found) > 1:
            self.refusal = httpx.DecodingError(f"the answer is encoded several times ({', '.join(found)}), not once")
        return found

    def take(self, chunk: bytes) -> Iterable[bytes]:
        """A chunk as it came, counted and cut as small as its decoder needs it."""
        if self.refusal is not None:
            raise self.refusal
        self._seen += len(chunk)
        if self._seen > self._most:
            raise _too_large("as sent", self._most)
        piece = self._piece or len(chunk)
        return (chunk,) if len(chunk) <= piece else [chunk[at : at + piece] for at in range(0, len(chunk), piece)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: object) -> None:
        if error is not None:
            self.end()
            self.translate(error, "first_byte")

    def translate(self, error: BaseException, phase: str) -> None:
        """Raise httpx's twin of an error of httpcore, if it is one; a timeout says which limit was met."""
        if isinstance(error, Closed):
            raise ClosedError from error
        twin = _TWINS.get(type(error)) if isinstance(error, Exception) else None
        if twin is None:
            return
        if not isinstance(error, httpcore.TimeoutException):
            raise twin(str(error) or type(error).__name__) from error
        if self._until - monotonic() < 0.001:
            raise httpx.ReadTimeout(_met("whole", self._given.get("whole"))) from error
        phase = _PHASES.get(twin, phase)
        raise twin(_met(phase, self._seconds(phase))) from error

    def end(self) -> None:
        if self._release is not None:
            self._release()
            self._release = self._owner = None


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, exchange: Exchange, stream: object) -> None:
        self._exchange = exchange
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:  # type: ignore[attr-defined]
                yield from self._exchange.take(chunk)
        except _CORE_ERRORS as error:
            self._exchange.translate(error, "between")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:  # type: ignore[attr-defined]
                for piece in self._exchange.take(chunk):
                    yield piece
        except _CORE_ERRORS as error:
            self._exchange.translate(error, "between")

    def close(self) -> None:
        try:
            self._stream.close()  # type: ignore[attr-defined]
        finally:
            self._exchange.end()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()  # type: ignore[attr-defined]
        finally:
            self._exchange.end()


class DecodedResponse(httpx.Response):
    """An answer with a Content-Encoding: its decoded bytes are counted as well."""

    most: float = inf

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        seen = 0
        for chunk in super().iter_bytes(chunk_size):
            seen += len(chunk)
            self._check(seen)
            yield chunk

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in super().aiter_bytes(chunk_size):
            seen += len(chunk)
            self._check(seen)
            yield chunk

    def _check(self, seen: int) -> None:
        if seen > self.most:
            raise _too_large("when decoded", self.most)


def _too_large(what: str, most: float) -> ResponseTooLargeError:
    return ResponseTooLargeError(
        f"the answer is larger than {most:,} bytes ({what}); if that is meant, give PoolTransport a larger "
        "max_response_bytes, or None for no limit"
    )


def _least(*seconds: float | None) -> float | None:
    return min((each for each in seconds if each is not None), default=None)


def _names(value: bytes) -> list[str]:
    names = (name.strip() for name in value.decode("latin-1").lower().split(","))
    return [name for name in names if name not in ("", "identity")]


_WAITED_FOR = {
    "connect": "no connection",
    "pool": "no free connection",
    "write": "the request could not be sent on",
    "first_byte": "no answer",
    "between": "no more of the answer",
    "whole": "the call was not complete",
}


def _met(phase: str, seconds: float | None) -> str:
    return f"{phase} timeout: {_WAITED_FOR[phase]} within {seconds or 0:.4g} s"


_PHASES: dict[type[Exception], str] = {
    httpx.ConnectTimeout: "connect",
    httpx.PoolTimeout: "pool",
    httpx.WriteTimeout: "write",
}
_TWINS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.ProxyError: httpx.ProxyError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}
_CORE_ERRORS = tuple(_TWINS)

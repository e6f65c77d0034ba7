"""The same request again, where HTTP failed and another try may help."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import inf, isfinite
from threading import Event
from typing import TYPE_CHECKING, Self, TypeAlias

import httpx

from .errors import ClosedError, ResponseTooLargeError
from .inner import Around, Transport, aread, read

if TYPE_CHECKING:
    from asyncio import Future

    from .limiter import Limits

Outcome: TypeAlias = httpx.Response | httpx.TransportError

_STATUSES = frozenset({408, 409, 429, *range(500, 600)}) - {501, 505}
_FAILURES = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ConnectTimeout, httpx.WriteTimeout, httpx.ReadTimeout)
_SHORTEST, _LONGEST = 0.5, 8.0
"""Seconds: the bounds of the random wait after the first try, and after the fifth and later."""
_SLICE = 0.1
"""Seconds after which a thread that listens for a halt looks whether the transport was closed."""


async def _sleep(seconds: float) -> None:
    from asyncio import sleep  # takes 9 ms that an import need not take

    await sleep(seconds)


@dataclass(frozen=True, slots=True)
class Timing:
    """What is not the same twice: clocks, sleep and chance. ``clock`` only goes up, ``wall_clock`` counts from 1970.

    Without a ``sleep`` a thread waits until a halt or a closing wakes it.
    """

    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] | None = None
    async_sleep: Callable[[float], Awaitable[None]] = _sleep
    random: Callable[[], float] = random.random


class RetryTransport(Around):
    """Sends a request again after 408, 409, 429, 5xx (not 501 and 505) and after failed or broken connections.

    - An answer that is no event stream is read here: one that breaks off is a failed try. Event streams go up unread.
    - ``Retry-After`` (seconds or a date), ``retry-after-ms`` and ``x-should-retry`` are obeyed. Where they say nothing
      the wait is random: up to 0.5 s, then 1 s, 2 s, 4 s, 8 s (full jitter). A wait longer than ``max_wait`` or than
      the time that is left is not waited for: the answer goes up as it is.
    - A read timeout is tried again once only: the endpoint may have done the work, and charged it. What another try
      does not mend is not tried again: certificates, proxies that refuse, a pool that is full, answers too large or
      badly encoded, requests whose body can be read only once.
    - ``tries`` counts the first one. ``total`` and the ``whole`` timeout of a request each bound all its tries and
      waits together, in seconds.

    ``limiter`` paces each try of many calls, in an event loop: what a 429 asks to wait holds for all of them then, and
    such an answer counts as a quarter of a try. Waiting for the limiter counts towards no timeout
    (``request.extensions["held"]`` says how long it was), but waiting for an endpoint that does nothing but fail does.

    After a halt (``request.extensions["halt"]``, a ``threading.Event``) nothing is tried again, and calls that wait for
    their next try when the transport is closed raise ``ClosedError``.

    ``request.extensions["retries"]`` says afterwards why it waited and how long: a tuple of ``(reason, seconds)``, one
    for each try that was repeated, such as ``("HTTP 429", 1.0)`` or ``("ConnectError", 0.31)``.
    """

    def __init__(
        self,
        inner: Transport,
        *,
        tries: int = 4,
        max_wait: float = 60.0,
        total: float | None = None,
        timing: Timing | None = None,
        limiter: Limits | None = None,
    ) -> None:
        self.inner = inner
        self.tries = tries
        self.max_wait = max_wait
        self.total = inf if total is None else total
        self.timing = timing or Timing()
        self.limiter = limiter
        self.closing = Event()
        self._pauses: set[Future[None]] = set()

    def close(self) -> None:
        closing, self.closing = self.closing, Event()
        closing.set()
        super().close()

    async def aclose(self) -> None:
        from asyncio import get_running_loop

        for pause in tuple(self._pauses):
            if pause.get_loop() is get_running_loop():
                pause.cancel()
        await super().aclose()

    def paced(self, limiter: Limits, inner: Transport) -> RetryTransport:
        """The same around ``inner``, each try paced by the limiter."""
        total = None if self.total == inf else self.total
        return RetryTransport(
            inner, tries=self.tries, max_wait=self.max_wait, total=total, timing=self.timing, limiter=limiter
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        inner = self._sync()
        with _Call(self, request) as call:
            while True:
                try:
                    response = inner.handle_request(request)
                    if not _streams(request, response):
                        read(response)
                except httpx.TransportError as error:
                    if call.ends_with(error):
                        raise
                else:
                    if call.ends_with(response):
                        return response
                    response.close()
                call.sleep()
                call.begin_again()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        inner = self._async()
        with _Call(self, request) as call:
            while True:
                try:
                    response = await self._try(inner, request, call)
                except httpx.TransportError as error:
                    if call.ends_with(error):
                        raise
                else:
                    if call.ends_with(response):
                        return response
                    await response.aclose()
                await self._pause(call.wait)
                call.begin_again()

    async def _pause(self, seconds: float) -> None:
        from asyncio import ensure_future, wait

        pause = ensure_future(self.timing.async_sleep(seconds))
        self._pauses.add(pause)
        try:
            await wait((pause,))
            if pause.cancelled():
                raise ClosedError
            pause.result()
        finally:
            pause.cancel()
            self._pauses.discard(pause)

    async def _try(self, inner: httpx.AsyncBaseTransport, request: httpx.Request, call: _Call) -> httpx.Response:
        if self.limiter is None:
            return await _sent(inner, request)
        from .limiter import Turn  # only batches need it
        from .pacing import heard

        async with Turn(self.limiter, len(request.content), call.left()) as turn:
            call.excuse(turn.waited)
            response = await _sent(inner, request)
            now, status = self.timing.wall_clock(), response.status_code
            asked = _asked_for(response.headers, now) if status >= 400 else 0.0
            body = b"" if _streams(request, response) else response.content
            turn.ends(status, heard(response.headers, asked, now), body)
            return response


async def _sent(inner: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
    response = await inner.handle_async_request(request)
    if not _streams(request, response):
        await aread(response)
    return response


class _Call:
    """All tries of one request, and the decision after each."""

    __slots__ = ("_closing", "_deadline", "_extensions", "_halt", "_held", "_policy", "_request", "_retries", "wait")

    def __init__(self, policy: RetryTransport, request: httpx.Request) -> None:
        self._policy = policy
        self._request = request
        self._extensions = request.extensions
        self._closing = policy.closing
        self._halt: Event | None = request.extensions.get("halt")
        self._retries: tuple[tuple[str, float], ...] = ()
        self._held = 0.0
        self.wait = 0.0
        whole = (request.extensions.get("timeout") or {}).get("whole")
        self._deadline = policy.timing.clock() + min(policy.total, inf if whole is None else whole)
        if policy.total < (inf if whole is None else whole):
            self._limit()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        held = {"held": self._held} if self._held else {}
        self._request.extensions = {**self._extensions, "retries": self._retries, **held}

    def excuse(self, seconds: float) -> None:
        """So long was waited for other calls."""
        self._held += seconds
        self._deadline += seconds

    def ends_with(self, outcome: Outcome) -> bool:
        """Whether this is the outcome of the call. Else ``wait`` says how long to wait before the next try."""
        reason = _reason(outcome)
        if self._halt is not None and self._halt.is_set():
            return True
        if not reason or self._tried(reason) >= self._policy.tries or not self._may_repeat(reason):
            return True
        asked = (
            _asked_for(outcome.headers, self._policy.timing.wall_clock())
            if isinstance(outcome, httpx.Response)
            else 0.0
        )
        if asked and self._policy.limiter is not None:  # which holds all calls for so long, this one too
            self._retries, self.wait = (*self._retries, (reason, 0.0)), 0.0
            return False
        self.wait = asked or self._policy.timing.random() * min(_LONGEST, _SHORTEST * 2 ** min(len(self._retries), 9))
        if self.wait > self._policy.max_wait or self.wait >= self.left():
            return True
        self._retries = (*self._retries, (reason, self.wait))
        return False

    def sleep(self) -> None:
        """Wait before the next try. A halt ends the call, and so does a closing."""
        if self._halt is not None:
            self._listen(self._halt)
        elif self._policy.timing.sleep is not None:
            self._policy.timing.sleep(self.wait)
        else:
            self._closing.wait(self.wait)
        if self._closing.is_set():
            raise ClosedError

    def _listen(self, halt: Event) -> None:
        """Wait for a halt, and look for a closing now and then."""
        left = self.wait
        while left > 0 and not self._closing.is_set():
            if halt.wait(min(left, _SLICE)):
                raise httpx.ReadError("the call was halted", request=self._request)
            left -= _SLICE

    def _tried(self, reason: str) -> float:
        """How many tries that was. A limiter's calls meet a 429 as often as all of them together ask for too much."""
        tries = [*(earlier for earlier, _ in self._retries), reason]
        if self._policy.limiter is None:
            return len(tries)
        return sum(0.25 if each == "HTTP 429" else 1 for each in tries)

    def begin_again(self) -> None:
        if self._deadline < inf:
            self._limit()

    def _limit(self) -> None:
        timeout = {**(self._extensions.get("timeout") or {}), "whole": max(self.left(), 0.0)}
        self._request.extensions = {**self._extensions, "timeout": timeout}

    def left(self) -> float:
        """Seconds until its time is over."""
        return self._deadline - self._policy.timing.clock()

    def _may_repeat(self, reason: str) -> bool:
        paid = reason == "ReadTimeout" and any(earlier == reason for earlier, _ in self._retries)
        return not paid and isinstance(self._request.stream, httpx.ByteStream)


def _reason(outcome: Outcome) -> str:
    """Why another try may mend this; empty where it will not."""
    if isinstance(outcome, httpx.Response):
        return f"HTTP {outcome.status_code}" if _is_worth_a_retry(outcome) else ""
    hopeless = isinstance(outcome, ClosedError | ResponseTooLargeError) or "CERTIFICATE_VERIFY_FAILED" in str(outcome)
    return type(outcome).__name__ if isinstance(outcome, _FAILURES) and not hopeless else ""


def _is_worth_a_retry(response: httpx.Response) -> bool:
    if response.status_code < 400:
        return False
    told = response.headers.get("x-should-retry", "").strip().lower()
    return {"true": True, "false": False}.get(told, response.status_code in _STATUSES)


def _asked_for(headers: Mapping[str, str], now: float) -> float:
    """The seconds that a server asks to wait, 0 where it does not."""
    readings = (
        _number(headers.get("retry-after-ms", "")) / 1000,
        _number(headers.get("retry-after", "")),
        _date(headers.get("retry-after", "")) - now,
    )
    return next((seconds for seconds in readings if seconds > 0), 0.0)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if isfinite(number) else 0.0


def _date(text: str) -> float:
    """Seconds since 1970 of an HTTP date; without a zone it is in UTC."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()


def _streams(request: httpx.Request, response: httpx.Response) -> bool:
    """Whether the answer is an event stream, or one that names itself wrongly where a stream was asked for."""
    kind = response.headers.get("content-type", "")
    if kind.startswith("text/event-stream"):
        return True
    asked = "text/event-stream" in request.headers.get("accept", "")
    return asked and response.status_code < 400 and not kind.startswith("application/json")

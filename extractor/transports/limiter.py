"""One limiter for many calls: what they may take together."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Protocol, Self

from .errors import OutageError
from .pacing import NOTHING, Heard, Pace, Window

if TYPE_CHECKING:
    import asyncio

_OVERLOAD = frozenset({408, 429, 502, 503, 504, 529})
_OUTAGE, _LONGEST_OUTAGE = 8, 30.0
"""Failures in a row from which on the batch waits before it tries again, and the longest such wait in seconds."""
_SOON = 1.0
"""Seconds in which nothing but failures came, from which on it is told that the batch waits."""
_TOKENS = re.compile(rb'(?<!\\)"(total|completion)_tokens"\s*:\s*(\d+)')
_USAGE_BYTES = 2048
"""How much of an answer is looked at for its usage, at both ends."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request's right to be sent. Times are those of the limiter's clock."""

    number: int
    started: float
    tokens: float
    waited: float
    failing: float = 0.0
    """How long of that the endpoint failed."""


@dataclass(frozen=True, slots=True)
class Outage:
    """What an endpoint answers that does nothing but fail, and since when: seconds since 1970."""

    what: str
    since: float

    def __str__(self) -> str:
        return f"{self.what} since {time.strftime('%H:%M:%S', time.localtime(self.since))}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a request: ``status`` 0 where no answer came; ``tokens`` in all and of the answer, where told."""

    status: int
    heard: Heard = NOTHING
    tokens: int | None = None
    written: int = 0


class Limits(Protocol):
    """What paces requests: a ``Limiter``, or one that asks another process."""

    async def enter(self, size: int, patience: float = ...) -> Ticket: ...

    def leave(self, ticket: Ticket, answered: Answered | None) -> None: ...


class Limiter:
    """Paces the requests of one event loop, each try of them.

    At most ``most`` are in flight (fewer where the endpoint refuses or slows down, unless ``adaptive`` is false),
    ``rpm`` requests and ``tpm`` tokens go in a minute, and what ``Retry-After`` and rate-limit headers say holds for
    all.
    Tokens are reckoned by what requests took so far, and set right by what an answer says. ``outage`` is what is waited
    for while the endpoint does nothing but fail; ``told`` is called when that changes.
    """

    def __init__(self, most: int, *, rpm: float | None = None, tpm: float | None = None, adaptive: bool = True) -> None:
        self.window = Window(most, adaptive)
        self.active = 0
        self._requests = Pace(rpm)
        self._tokens = Pace(tpm, None if tpm is None else max(tpm / 20, 1.0))
        self._counts_tokens = tpm is not None
        self._until = 0.0
        self._left: tuple[float, float] | None = None
        self._told = 0
        self._number = 0
        self._failures = 0
        self._failing = inf
        self._reached = False
        self.outage: Outage | None = None
        self.told: Callable[[], object] = bool
        self._mean_tokens: float | None = None
        self._waiting: deque[tuple[asyncio.Future[Ticket], float, float, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, size: int, patience: float = inf) -> Ticket:
        """Wait until a request of so many bytes may be sent. OutageError where the endpoint fails for longer than
        ``patience`` meanwhile, in seconds."""
        now, tokens = time.monotonic(), self._reckoned(size)
        if not self._waiting and self._at(now, tokens) <= now:
            return self._go(now, now, tokens)
        from asyncio import get_running_loop

        loop = get_running_loop()
        future: asyncio.Future[Ticket] = loop.create_future()
        self._waiting.append((future, tokens, now, patience))
        self._admit(loop)
        try:
            return await future
        except BaseException:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.leave(future.result(), None)
            raise

    def leave(self, ticket: Ticket, answered: Answered | None) -> None:
        """The request has ended; None where it was given up."""
        self.active -= 1
        now = time.monotonic()
        if answered is not None:
            self._learn(ticket, answered, now)
        if self._waiting:
            self._admit(self._waiting[0][0].get_loop())

    def _reckoned(self, size: int) -> float:
        if not self._counts_tokens:
            return 0.0
        return size / 4 if self._mean_tokens is None else self._mean_tokens

    def _at(self, now: float, tokens: float) -> float:
        """When the next request may go; never (inf) before another has ended."""
        if self.active >= max(int(self.window.size), 1):
            return inf
        due = max(now, self._until, self._requests.at(now), self._tokens.at(now, tokens))
        if self._left is not None and self._left[0] < 1 and self._left[1] > now:
            due = max(due, self._left[1])
        return due

    def _go(self, now: float, since: float, tokens: float) -> Ticket:
        self.active += 1
        self._number += 1
        self._requests.take(now)
        self._tokens.take(now, tokens)
        if self._left is not None:
            self._left = (self._left[0] - 1, self._left[1]) if self._left[1] > now else None
        return Ticket(self._number, now, tokens, now - since, self._failed_for(since, now))

    def _failed_for(self, since: float, now: float) -> float:
        """How long the endpoint has failed, of the time since then."""
        return 0.0 if self.outage is None else max(now - max(since, self._failing), 0.0)

    def _admit(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let those go who may, and come again when the next one may."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        over = inf if self.outage is None else self._give_up(time.monotonic())
        while self._waiting:
            future, tokens, since, _ = self._waiting[0]
            now = time.monotonic()
            due = now if future.done() else self._at(now, tokens)
            if due > now:
                if min(due, over) < inf:
                    self._timer = loop.call_later(max(min(due, over) - now, 0.0), self._admit, loop)
                return
            self._waiting.popleft()
            if not future.done():
                future.set_result(self._go(now, since, tokens))

    def _learn(self, ticket: Ticket, answered: Answered, now: float) -> None:
        if self._counts_tokens:
            self._correct(ticket, answered, now)
        told = answered.heard
        self._reached = self._reached or answered.status > 0
        if told.wait:
            self._until = max(self._until, now + told.wait)
        if ticket.number >= self._told:
            self._told = ticket.number
            self._note(ticket, told, now)
        if answered.status == 0 or answered.status in _OVERLOAD:
            self.window.refused(ticket.started, now)
            self._failed(answered.status, now)
        elif answered.status < 500:
            self._failures = 0
            self._answers(now)
            if answered.status < 400:
                self.window.answered(ticket.started, now, 50.0 + answered.written)

    def _correct(self, ticket: Ticket, answered: Answered, now: float) -> None:
        took = answered.tokens if answered.tokens is not None else (0.0 if answered.status >= 400 else ticket.tokens)
        self._tokens.take(now, took - ticket.tokens)
        if answered.tokens is not None:
            mean = self._mean_tokens
            self._mean_tokens = took if mean is None else mean + (took - mean) / 8

    def _note(self, ticket: Ticket, told: Heard, now: float) -> None:
        """What the endpoint says is left, without what was sent since."""
        since = self._number - ticket.number
        if told.requests is not None:
            self._left = told.requests[0] - since, now + told.requests[1]
        if told.tokens is not None:
            left, reset = told.tokens
            each = self._mean_tokens or ticket.tokens or 1.0
            if left - since * each < each:
                self._until = max(self._until, now + reset)

    def _failed(self, status: int, now: float) -> None:
        """An outage is waited out. What never answered is none: the address is wrong, or the server is not started."""
        self._failures += 1
        self._failing = min(self._failing, now)
        if self._failures >= _OUTAGE and self._reached:
            wait = min(0.5 * 2.0 ** min(self._failures - _OUTAGE, 10), _LONGEST_OUTAGE)
            self._until = max(self._until, now + wait)
            if now - self._failing >= _SOON:
                self._tell(Outage(f"HTTP {status}" if status else "no answer", time.time() - (now - self._failing)))

    def _answers(self, now: float) -> None:
        if self.outage is not None:
            _log.warning("The endpoint answers again, after %.0f s.", now - self._failing)
            self._tell(None)
        self._failing = inf

    def _tell(self, outage: Outage | None) -> None:
        if outage is not None and self.outage is None:
            _log.warning("The endpoint fails (%s): it is waited for, and tried every %g s.", outage, _LONGEST_OUTAGE)
        self.outage = outage
        self.told()

    def _give_up(self, now: float) -> float:
        """End the wait of those whose patience is over. When that of the next one is."""
        soonest = inf
        for future, _, since, patience in self._waiting:
            over = max(since, self._failing) + patience
            if future.done():
                continue
            if over <= now:
                said = f"the endpoint fails ({self.outage}), and was waited for {patience:.0f} s"
                future.set_exception(OutageError(said))
            else:
                soonest = min(soonest, over)
        return soonest


class Turn:
    """One request's turn: ``async with Turn(limits, size) as turn``, and ``turn.ends(…)`` says how it went.

    ``waited`` is how long it waited for others, without what it waited for an endpoint that fails.
    """

    __slots__ = ("_answered", "_limits", "_patience", "_size", "_ticket", "waited")

    def __init__(self, limits: Limits, size: int, patience: float = inf) -> None:
        self._limits = limits
        self._size = size
        self._patience = patience
        self._ticket: Ticket | None = None
        self._answered: Answered | None = None
        self.waited = 0.0

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self._ticket = await self._limits.enter(self._size, self._patience)
        self.waited = time.monotonic() - began - self._ticket.failing
        return self

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if self._answered is None and isinstance(error, Exception):
            self._answered = Answered(0)
        assert self._ticket is not None
        self._limits.leave(self._ticket, self._answered)

    def ends(self, status: int, heard: Heard, body: bytes) -> None:
        ends = body if len(body) <= 2 * _USAGE_BYTES else body[:_USAGE_BYTES] + b" " + body[-_USAGE_BYTES:]
        counts = dict(_TOKENS.findall(ends))
        total = counts.get(b"total")
        self._answered = Answered(status, heard, int(total) if total else None, int(counts.get(b"completion", 0)))

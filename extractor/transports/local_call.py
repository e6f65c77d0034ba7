"""One call to the engine: a thread that works, and a caller that waits for it, with a clock in its hand.

A caller's thread must not be inside the engine: there it would hear neither Ctrl-C nor the end of its time.
"""

from __future__ import annotations

import asyncio
import atexit
import queue
import re
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import suppress
from math import inf
from threading import Event, Thread
from types import TracebackType
from typing import TypeAlias

import httpx

from ..chat import ChatRequest, CompletionChunk
from .engine import Engine, EngineError, Stopped
from .local_answer import Answer
from .local_request import StatusError, plan

Heard: TypeAlias = Answer | CompletionChunk
Said: TypeAlias = Heard | BaseException | None
"""What a call's thread says: the answer when the engine begins, its chunks, then None; or what went wrong."""

_SLICE = 0.25
"""Seconds that one wait may last: on Windows, Ctrl-C is heard only between two of them."""

_LONG = 3600.0


class SyncBox:
    """From the call's thread to the caller's."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Said] = queue.SimpleQueue()

    def put(self, said: Said) -> None:
        self._queue.put(said)

    def get(self, left: Callable[[], float]) -> Said:
        while True:
            with suppress(queue.Empty):
                return self._queue.get(timeout=min(left(), _SLICE))


class AsyncBox:
    """From the call's thread to the caller's event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[Said] = asyncio.Queue()

    def put(self, said: Said) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self._loop.call_soon_threadsafe(self._queue.put_nowait, said)

    async def get(self, left: Callable[[], float]) -> Said:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left(), _LONG)):
                    return await self._queue.get()


class Call:
    """A request in the engine's hands. ``engine`` gives the engine, and may take a while the first time."""

    def __init__(self, request: httpx.Request, put: Callable[[Said], None], engine: Callable[[], Engine]) -> None:
        self.put = put
        self.clock = Clock(request)
        self._request = request
        self._engine = engine
        self._stopped = Event()
        self._thread = Thread(target=self._work, name="extractor-local", daemon=True)
        _calls.add(self)
        self._thread.start()

    def stop(self) -> None:
        """The engine stops within a token, or a batch of the prompt. The caller does not wait for it."""
        self._stopped.set()

    def join(self) -> None:
        self._thread.join()

    def carry(self, error: BaseException) -> None:
        self.put(error)
        self.stop()

    def _work(self) -> None:
        with _Carrier(self):
            self._serve()
            self.put(None)
        _calls.discard(self)

    def _serve(self) -> None:
        todo = plan(_read(self._request))
        engine = self._engine()
        answer = Answer(todo, engine.name)
        with engine.turn(self._stopped.is_set):
            for index in range(todo.choices):
                answer.begin_choice(index)
                body = todo.body(index, has_chat_template=engine.has_chat_template, context=engine.context)
                self._run(engine, body, answer)
                if self._stopped.is_set():
                    raise Stopped
                answer.end_choice()
        for chunk in answer.end():
            self.put(chunk)

    def _run(self, engine: Engine, body: Mapping[str, object], answer: Answer) -> None:
        def hear(event: bytes) -> bool:
            with _Carrier(self):
                for said in answer.hear(event):
                    self.put(said)
            return self._stopped.is_set()

        try:
            engine.run(body, hear)
        except EngineError as error:
            raise StatusError(400, f"the engine refuses the messages: {error}", "messages") from error


_calls: set[Call] = set()


@atexit.register
def _end_calls() -> None:
    """A thread that comes back from the engine when the interpreter is gone would take the process down."""
    for call in tuple(_calls):
        call.stop()
    for call in tuple(_calls):
        call.join()


class _Carrier:
    """Brings what is raised in the call's thread, or inside the engine, to the caller, who raises it."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: TracebackType | None) -> bool:
        if error is not None:
            self._call.carry(error)
        return True


class Clock:
    """The times that the request sets itself: ``whole``, ``first_byte`` and ``between``, in seconds."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._limits: Mapping[str, float | None] = request.extensions.get("timeout") or {}
        self._halt: Event | None = request.extensions.get("halt")
        self._end = self._after("whole")
        self._next = inf

    def left(self) -> float:
        """The seconds that are left. ``httpx.ReadTimeout`` when there are none, ``httpx.ReadError`` after a halt."""
        if self._halt is not None and self._halt.is_set():
            raise httpx.ReadError("the call was halted", request=self._request)
        left = min(self._end, self._next) - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the local engine takes too long", request=self._request)
        return left

    def hear(self, said: Heard | BaseException) -> Heard:
        """Raise what was carried; else set the clock for what comes next."""
        if isinstance(said, Stopped):
            raise httpx.ReadError("the process ends", request=self._request)
        if isinstance(said, BaseException):
            raise said
        self._next = self._after("first_byte" if isinstance(said, Answer) else "between")
        return said

    def _after(self, name: str) -> float:
        seconds = self._limits.get(name)
        return inf if seconds is None else time.monotonic() + seconds


def listen(request: httpx.Request, engine: Callable[[], Engine]) -> Generator[Heard, None, None]:
    """What a call says, as it says it. The engine stops when the generator is closed."""
    box = SyncBox()
    call = Call(request, box.put, engine)
    try:
        while (said := box.get(call.clock.left)) is not None:
            yield call.clock.hear(said)
    finally:
        call.stop()


async def listen_async(request: httpx.Request, engine: Callable[[], Engine]) -> AsyncGenerator[Heard, None]:
    """The same on an event loop."""
    box = AsyncBox()
    call = Call(request, box.put, engine)
    try:
        while (said := await box.get(call.clock.left)) is not None:
            yield call.clock.hear(said)
    finally:
        call.stop()


def _read(request: httpx.Request) -> ChatRequest:
    if not request.url.path.endswith("/chat/completions"):
        raise StatusError(404, f"{request.url.path}: the local engine serves …/chat/completions only")
    if request.method != "POST":
        raise StatusError(405, f"{request.method}: …/chat/completions takes POST only")
    try:
        return ChatRequest.from_json(request.content)
    except ValueError as error:
        raise StatusError(400, str(error), _field(str(error))) from error


def _field(message: str) -> str | None:
    """The field that a message of ChatRequest begins with."""
    first = re.match(r"\w+", message)
    return first[0] if first and first[0] in ChatRequest.__dataclass_fields__ else None

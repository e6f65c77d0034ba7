"""A model in this process, behind the protocol of an endpoint."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from pathlib import Path

import httpx

from ..chat import DONE, CompletionChunk, Fold, event
from .engine import Engine, cores, engine_for
from .gguf import check_magic, read_gguf
from .local_answer import Answer
from .local_call import Heard, listen, listen_async
from .local_request import StatusError
from .weights import default_model


class LocalTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers ``POST …/chat/completions`` with a GGUF model that runs in this process.

    ``model`` is a GGUF file; without one it is the bundled model, unpacked when it is first called. ``threads`` is the
    most cores it uses (by default all that there are), ``context`` the most tokens of prompt and answer together, which
    the engine rounds up to a multiple of 256.
    The first call loads the model; all transports of a process share it, and it stays until the process ends.
    Calls are answered one after the other. What cannot be served gets status 400 and the reason.

    Where the schema sets no other bounds, numbers have six decimals and fifteen digits before them at most: small
    models run on. Beyond the contract, a top-level ``grammar`` is one in llguidance's Lark dialect for the answer.
    Without a ``temperature`` a single choice takes the likeliest tokens.

    ``request.extensions["timeout"]`` may have seconds for ``whole`` (the call), ``first_byte`` (from the engine's
    beginning to its first token) and ``between`` (two tokens). When one is over, the engine stops, and
    ``httpx.ReadTimeout`` is raised.
    """

    def __init__(self, model: Path | None = None, *, threads: int | None = None, context: int = 8192) -> None:
        if model is not None:
            check_magic(model)
        check_range("threads", cores() if threads is None else threads, 1, 512)
        check_range("context", context, 256, 2**20)
        self._model = model
        self._threads = threads
        self._context = context

    @property
    def converses(self) -> bool:
        """Whether the model has a chat template: it was taught to follow instructions. The bundled one was not."""
        return self._model is not None and read_gguf(self._model).has_chat_template

    @property
    def context(self) -> int:
        """The most tokens that prompt and answer may have together."""
        return self._context

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model!r}, threads={self._threads}, context={self._context})"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        heard = listen(request, self._engine)
        try:
            answer = _begun(next(heard))
            if answer.plan.stream:
                return httpx.Response(200, headers=_EVENTS, stream=_Stream(heard))
            with closing(heard):
                return _response(200, _completion(heard))
        except StatusError as error:
            return _response(error.status, error.body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        heard = listen_async(request, self._engine)
        try:
            answer = _begun(await anext(heard))
            if answer.plan.stream:
                return httpx.Response(200, headers=_EVENTS, stream=_AsyncStream(heard))
            async with aclosing(heard):
                return _response(200, _completion([each async for each in heard]))
        except StatusError as error:
            return _response(error.status, error.body)

    def _engine(self) -> Engine:
        return engine_for(self._model or default_model(), self._threads, self._context)


def check_range(name: str, value: object, least: int, most: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is a whole number from {least} to {most:,}, not {value!r}")
    if not least <= value <= most:
        raise ValueError(f"{name} is from {least} to {most:,}, not {value}")


def _begun(heard: Heard) -> Answer:
    assert isinstance(heard, Answer)
    return heard


def _completion(heard: Iterable[Heard]) -> bytes:
    fold = Fold()
    for chunk in heard:
        assert isinstance(chunk, CompletionChunk)
        fold.add(chunk)
    return fold.completion().to_json()


def _response(status: int, body: bytes) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "application/json"}, content=body)


_EVENTS = {"content-type": "text/event-stream"}


def _event(heard: Heard) -> bytes:
    assert isinstance(heard, CompletionChunk)
    return event(heard)


def _error_event(error: StatusError) -> bytes:
    return b"data: " + error.body + b"\n\n"


class _Stream(httpx.SyncByteStream):
    def __init__(self, heard: Generator[Heard, None, None]) -> None:
        self._heard = heard

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from map(_event, self._heard)
            yield DONE
        except StatusError as error:
            yield _error_event(error)

    def close(self) -> None:
        self._heard.close()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, heard: AsyncGenerator[Heard, None]) -> None:
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for each in self._heard:
                yield _event(each)
            yield DONE
        except StatusError as error:
            yield _error_event(error)

    async def aclose(self) -> None:
        await self._heard.aclose()

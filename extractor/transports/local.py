"""A model in this process, behind the protocol of an endpoint."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from pathlib import Path

import httpx
import orjson

from .engine import Engine, engine_for
from .gguf import check_magic
from .local_answer import Answer, Json, Piece
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

    Beyond the contract, a top-level ``grammar`` is a grammar in llguidance's Lark dialect that the answer must match.
    Without a ``temperature`` a single choice takes the likeliest tokens.

    ``request.extensions["timeout"]`` may have seconds for ``whole`` (the call), ``first_byte`` (from the engine's
    beginning to its first token) and ``between`` (two tokens). When one is over, the engine stops, and
    ``httpx.ReadTimeout`` is raised.
    """

    def __init__(self, model: Path | None = None, *, threads: int | None = None, context: int = 8192) -> None:
        if model is not None:
            check_magic(model)
        if (threads is not None and threads < 1) or context < 1:
            raise ValueError(f"threads and context must be at least 1, not {threads} and {context}")
        self._model = model
        self._threads = threads
        self._context = context

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._model!r}, threads={self._threads}, context={self._context})"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        heard = listen(request, self._engine)
        try:
            answer = _begun(next(heard))
            if answer.plan.stream:
                return httpx.Response(200, headers=_EVENTS, stream=_Stream(answer, heard))
            with closing(heard):
                return _json(200, answer.completion(_pieces(heard)))
        except StatusError as error:
            return _json(error.status, error.body)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        heard = listen_async(request, self._engine)
        try:
            answer = _begun(await anext(heard))
            if answer.plan.stream:
                return httpx.Response(200, headers=_EVENTS, stream=_AsyncStream(answer, heard))
            async with aclosing(heard):
                return _json(200, answer.completion(_pieces([each async for each in heard])))
        except StatusError as error:
            return _json(error.status, error.body)

    def _engine(self) -> Engine:
        return engine_for(self._model or default_model(), self._threads, self._context)


def _begun(heard: Heard) -> Answer:
    assert isinstance(heard, Answer)
    return heard


def _pieces(heard: Iterable[Heard]) -> Iterator[Piece]:
    return (each for each in heard if isinstance(each, Piece))


def _json(status: int, body: Json) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "application/json"}, content=orjson.dumps(body))


_EVENTS = {"content-type": "text/event-stream"}


def _event(body: Json) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"


def _last_events(answer: Answer) -> bytes:
    usage = _event(answer.usage_chunk()) if answer.plan.usage else b""
    return usage + b"data: [DONE]\n\n"


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: Answer, heard: Generator[Heard, None, None]) -> None:
        self._answer = answer
        self._heard = heard

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in _pieces(self._heard):
                yield _event(self._answer.chunk(piece))
            yield _last_events(self._answer)
        except StatusError as error:
            yield _event(error.body)

    def close(self) -> None:
        self._heard.close()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, answer: Answer, heard: AsyncGenerator[Heard, None]) -> None:
        self._answer = answer
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._heard:
                if isinstance(piece, Piece):
                    yield _event(self._answer.chunk(piece))
            yield _last_events(self._answer)
        except StatusError as error:
            yield _event(error.body)

    async def aclose(self) -> None:
        await self._heard.aclose()

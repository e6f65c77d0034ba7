"""Carry a flow over httpx: ``Extractor``, ``AsyncExtractor``, and ``extract`` with the settings of the environment.

What only a call needs is imported by the first call, so that the import costs hardly more than that of httpx.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeAlias, TypeVar, cast, overload

import httpx
from typing_extensions import TypeForm, Unpack

from .elsewhere import placed
from .limits import Timeouts
from .options import VARIABLES, BatchOptions, Options, Settings, Style

if TYPE_CHECKING:
    from threading import Event

    from .batch import AsyncBatch, Batch
    from .batch.given import Documents
    from .chat import ChatRequest, Completion
    from .document import DocumentSource
    from .estimate import Estimate
    from .flow import Answer, Ask, Flow, Outcome
    from .result import Result
    from .schema import Schema
    from .streams import AsyncStream, Stream
    from .transports.limiter import Limits
    from .transports.local import LocalTransport

T = TypeVar("T")
Compilable: TypeAlias = "Mapping[str, object] | Schema[Any]"
Transport = TypeVar("Transport", bound=httpx.BaseTransport | httpx.AsyncBaseTransport)

LOCAL = "local"
"""The model name that stands for the embedded model."""
_LOCAL_URL = "http://embedded-model/v1"
_LOCAL_ANSWER, _LOCAL_SURE = 1024, 0.7
"""Tokens of an answer, and how much of the rest of the context is filled by what is estimated."""


class _Front(Generic[Transport]):
    """What both extractors are: an endpoint behind a transport, and the settings of every call."""

    def __init__(
        self,
        model: str | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: Transport | Literal["aiohttp"] | None = None,
        lessons: str | Path | None = None,
        **options: Unpack[Options],
    ) -> None:
        """``model`` and ``base_url`` come from the environment where they are not given: see ``extract``.

        ``transport`` replaces the default one, ``RetryTransport(PoolTransport())``, as it is: wrap yours in a
        ``RetryTransport`` to have failed requests sent again; ``"aiohttp"`` takes less CPU where many are awaited at
        once. ``lessons`` (or ``EXTRACTOR_LESSONS``) names a file in
        which what is learnt about endpoints is kept beyond this process. ``options`` are defaults for every call.
        """
        from .endpoint import Endpoint, Secret, settings_of
        from .lessons import memory_at
        from .transports.replaceable import default

        key, api_key = Secret.of(api_key), None
        if transport is None and _is_local(model, base_url):
            model = model or os.environ["EXTRACTOR_MODEL"]
            embedded = _embedded(model)
            options = {**_local_options(embedded), **options}
            transport, base_url = cast(Any, embedded), _LOCAL_URL
        settings = Settings.of("", options)  # a keyword that is misspelt is told before what is missing
        model, base_url, key = settings_of(model, base_url, key)
        endpoint = Endpoint.of(base_url, key, headers)
        self.settings = replace(settings, model=model, endpoint=endpoint.name, memory=memory_at(lessons))
        self._endpoint = endpoint
        _try_out(self.settings)
        self._owned = transport is None or isinstance(transport, str)
        self._transport: Any = default(transport) if transport is None or isinstance(transport, str) else transport
        _check_transport(self._transport)

    @classmethod
    def local(
        cls,
        model: str | Path | None = None,
        *,
        threads: int | None = None,
        context: int = 8192,
        **options: Unpack[Options],
    ) -> Self:
        """The embedded model, or the GGUF file at ``model``: in this process, without key or network.

        ``context`` is the number of tokens that prompt and answer may have together; ``threads`` defaults to the cores
        there are. The engine starts with the first call and is shared by all that name the same file.
        """
        embedded = _embedded(model, threads=threads, context=context)
        defaults: Options = {**_local_options(embedded), **options}
        return cls(str(model or LOCAL), base_url=_LOCAL_URL, transport=cast(Any, embedded), **defaults)

    def __repr__(self) -> str:
        endpoint = getattr(self, "_endpoint", None)  # a traceback may show one that is half made
        return f"<{type(self).__name__} {self.settings.model} at {endpoint.url.host}>" if endpoint else "<Extractor>"

    def __getstate__(self) -> object:
        what = f"{type(self).__name__} holds a key and connections, and is neither pickled nor copied"
        raise TypeError(f"{what}: make one in each process; threads share one")

    def paced(self, limiter: Limits, threads: int, options: Options) -> AsyncExtractor:
        """The same for a batch: its calls share the limiter, and ``threads`` where the transport is a sync one."""
        from .transports.inner import asynchronous
        from .transports.retry import RetryTransport

        own = self._transport
        retrying = own if isinstance(own, RetryTransport) and own.inner is not None else RetryTransport(own, tries=1)
        twin = AsyncExtractor.__new__(AsyncExtractor)
        vars(twin).update(vars(self), settings=self.settings.with_(options), _owned=False)
        _try_out(twin.settings)
        twin._transport = retrying.paced(limiter, asynchronous(cast(Any, retrying.inner), threads))
        return twin

    def _flow(self, type: Any, document: DocumentSource, options: Options) -> tuple[Flow[Result[Any]], Settings]:
        from .document import Document
        from .flow.sighted import flow_of

        settings = self.settings.with_(options)
        return flow_of(type, Document.of(document), settings), settings

    def _estimate(self, type: Any, document: DocumentSource, options: Options) -> Estimate:
        from .document import Document
        from .flow.sighted import estimate_of

        return estimate_of(type, Document.of(document), self.settings.with_(options))


class Extractor(_Front[httpx.BaseTransport]):
    """Documents to typed objects, through one endpoint. Safe to share between threads; close it, or use ``with``."""

    @overload
    def extract(self, type: TypeForm[T], document: DocumentSource, /, **options: Unpack[Options]) -> Result[T]: ...
    @overload
    def extract(self, type: Compilable, document: DocumentSource, /, **options: Unpack[Options]) -> Result[Any]: ...
    @placed
    def extract(self, type: Any, document: DocumentSource, /, **options: Unpack[Options]) -> Result[Any]:
        """Read ``document`` as ``type``: any type that Pydantic knows, or a JSON Schema.

        A ``str`` is text, a ``Path`` is a file; a list of them makes one object. Raises ``UnsupportedTypeError``,
        ``DocumentError``, ``ModelCallError`` or ``ExtractionError``, each with the bill of what was spent.
        """
        from .driving import drive

        flow, settings = self._flow(type, document, options)

        def send(ask: Ask, halt: Event | None) -> Outcome:
            return self._ask(ask.request, settings.timeout.within(ask.seconds), halt)

        return drive(flow, send, settings.concurrency)

    @overload
    def stream(
        self, type: TypeForm[T], document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> Stream[T]: ...
    @overload
    def stream(
        self, type: Compilable, document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> Stream[Any]: ...
    @placed
    def stream(
        self, type: Any, document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> Stream[Any]:
        """``extract`` whose answer is seen while it comes; ``every`` are the seconds between two partials, at least."""
        from .streams import Stream

        return Stream(self, type, document, options, every)

    @overload
    def batch(self, type: TypeForm[T], documents: Documents, /, **options: Unpack[BatchOptions]) -> Batch[T]: ...
    @overload
    def batch(self, type: Compilable, documents: Documents, /, **options: Unpack[BatchOptions]) -> Batch[Any]: ...
    @placed
    def batch(self, type: Any, documents: Documents, /, **options: Unpack[BatchOptions]) -> Batch[Any]:
        """Read many documents as ``type``: an iterator of items, each with its result or its error.

        Documents are whatever ``extract`` takes, or ``(key, document)`` tuples, in any iterable, however long: it is
        read as far as it is needed, in a thread of its own. With ``journal=`` a later run pays for nothing twice.
        """
        from .batch import Batch

        return Batch(self, type, documents, options)

    @placed
    def estimate(self, type: Any, document: DocumentSource, /, **options: Unpack[Options]) -> Estimate:
        """What ``extract`` would take, told without a request: requests, tokens, and money where prices are known."""
        return self._estimate(type, document, options)

    def complete(self, request: ChatRequest) -> Completion:
        """Send one request as it is, and give what came back. Raises ``ModelCallError``."""
        _check_request(request)
        return _completion(request, self._ask(request, self.settings.timeout))

    def close(self) -> None:
        """Close the connections; calls that wait are told so. A transport that you gave is yours to close."""
        if self._owned:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, chat: ChatRequest, timeout: Timeouts, halt: Event | None = None) -> Answer:
        from .transports.inner import sync_of

        request, started = self._endpoint.request(chat, timeout, halt), time.perf_counter()
        try:
            response: httpx.Response = sync_of(self._transport).handle_request(request)
            body = response.read()
        except httpx.HTTPError as error:
            return self._endpoint.unreachable(request, error, started)
        return self._endpoint.outcome(request, response, body, started)


class AsyncExtractor(_Front[httpx.AsyncBaseTransport]):
    """``Extractor`` for ``await``. One instance serves several event loops, one after the other or side by side."""

    @overload
    async def extract(
        self, type: TypeForm[T], document: DocumentSource, /, **options: Unpack[Options]
    ) -> Result[T]: ...
    @overload
    async def extract(
        self, type: Compilable, document: DocumentSource, /, **options: Unpack[Options]
    ) -> Result[Any]: ...
    @placed
    async def extract(self, type: Any, document: DocumentSource, /, **options: Unpack[Options]) -> Result[Any]:
        """As ``Extractor.extract``."""
        from .driving import check_loop, drive_async

        check_loop()
        if isinstance(document, str):
            flow, settings = self._flow(type, document, options)
        else:
            from asyncio import to_thread

            flow, settings = await to_thread(self._flow, type, document, options)

        async def send(ask: Ask) -> Outcome:
            return await self._ask(ask.request, settings.timeout.within(ask.seconds))

        return await drive_async(flow, send, settings.concurrency)

    @overload
    def stream(
        self, type: TypeForm[T], document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> AsyncStream[T]: ...
    @overload
    def stream(
        self, type: Compilable, document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> AsyncStream[Any]: ...
    @placed
    def stream(
        self, type: Any, document: DocumentSource, /, *, every: float = 0, **options: Unpack[Options]
    ) -> AsyncStream[Any]:
        """As ``Extractor.stream``, for ``async with`` and ``async for``."""
        from .streams import AsyncStream

        return AsyncStream(self, type, document, options, every)

    @overload
    def batch(self, type: TypeForm[T], documents: Documents, /, **options: Unpack[BatchOptions]) -> AsyncBatch[T]: ...
    @overload
    def batch(self, type: Compilable, documents: Documents, /, **options: Unpack[BatchOptions]) -> AsyncBatch[Any]: ...
    @placed
    def batch(self, type: Any, documents: Documents, /, **options: Unpack[BatchOptions]) -> AsyncBatch[Any]:
        """As ``Extractor.batch``, for ``async for``."""
        from .batch import AsyncBatch

        return AsyncBatch(self, type, documents, options)

    @placed
    async def estimate(self, type: Any, document: DocumentSource, /, **options: Unpack[Options]) -> Estimate:
        """As ``Extractor.estimate``."""
        from asyncio import to_thread

        return await to_thread(self._estimate, type, document, options)

    async def complete(self, request: ChatRequest) -> Completion:
        """As ``Extractor.complete``."""
        _check_request(request)
        return _completion(request, await self._ask(request, self.settings.timeout))

    async def aclose(self) -> None:
        """Close the connections of this event loop; calls that wait are told. Your own transport is yours to close."""
        if self._owned:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _ask(self, chat: ChatRequest, timeout: Timeouts) -> Answer:
        from .transports.inner import async_of

        request, started = await self._endpoint.request_async(chat, timeout), time.perf_counter()
        try:
            response: httpx.Response = await async_of(self._transport).handle_async_request(request)
            body = await response.aread()
        except httpx.HTTPError as error:
            return self._endpoint.unreachable(request, error, started)
        return self._endpoint.outcome(request, response, body, started)


@overload
def extract(type: TypeForm[T], document: DocumentSource, /, **options: Unpack[Options]) -> Result[T]: ...
@overload
def extract(type: Compilable, document: DocumentSource, /, **options: Unpack[Options]) -> Result[Any]: ...
@placed
def extract(type: Any, document: DocumentSource, /, **options: Unpack[Options]) -> Result[Any]:
    """``Extractor().extract(…)`` with the settings of the environment.

    ``EXTRACTOR_MODEL`` and ``EXTRACTOR_BASE_URL`` name model and endpoint (``EXTRACTOR_MODEL=local`` alone is the
    embedded model), ``EXTRACTOR_API_KEY`` holds the key. ``AIMLAPI_API_KEY`` and ``OPENAI_API_KEY`` are taken too,
    each for its own host only.
    """
    fingerprint = hash(tuple(map(os.environ.get, VARIABLES)))
    return _from_environment(fingerprint).extract(type, document, **options)


@lru_cache(maxsize=1)
def _from_environment(_fingerprint: int) -> Extractor:
    return Extractor()


def _is_local(model: str | None, base_url: str | None) -> bool:
    """Whether the name stands for the embedded engine: ``local``, or a GGUF file. A base URL says that it does not."""
    if not isinstance(model, str | None):
        raise TypeError(f"model is the name of a model, not {type(model).__name__}: Extractor(model, base_url=…)")
    if model is None:
        model, base_url = os.environ.get("EXTRACTOR_MODEL", ""), base_url or os.environ.get("EXTRACTOR_BASE_URL")
    return not base_url and (model == LOCAL or model.endswith(".gguf"))


def _try_out(settings: Settings) -> None:
    """TypeError or ValueError now, and not at the first call, where a default is out of its range."""
    from .chat import ChatRequest
    from .schema.dialects import dialect_of

    ChatRequest(model=settings.model, messages=[{"role": "user", "content": "?"}], **settings.request)
    if settings.dialect is not None:
        dialect_of(settings.dialect)


def _check_transport(transport: object) -> None:
    if not (hasattr(transport, "handle_request") or hasattr(transport, "handle_async_request")):
        kind = type(transport).__name__
        raise TypeError(f"transport is an httpx.BaseTransport or AsyncBaseTransport, or 'aiohttp', not {kind}")


def _local_options(embedded: LocalTransport) -> Options:
    style: Style = "chat" if embedded.converses else "completion"
    local: Options = {"dialect": "llguidance", "grammar": "llama.cpp", "style": style, "reads_images": False}
    room = max(int((embedded.context - _LOCAL_ANSWER) * _LOCAL_SURE), 256)
    return {**local, "temperature": 0.0, "max_completion_tokens": _LOCAL_ANSWER, "window_tokens": room}


def _embedded(model: str | Path | None, *, threads: int | None = None, context: int = 8192) -> LocalTransport:
    from .transports.local import LocalTransport

    path = None if model is None or model == LOCAL else Path(model)
    return LocalTransport(path, threads=threads, context=context)


def _check_request(request: object) -> None:
    from .chat import ChatRequest

    if not isinstance(request, ChatRequest):
        raise TypeError(f"complete takes a ChatRequest(model=…, messages=[…]), not {type(request).__name__}")


def _completion(request: ChatRequest, outcome: Answer) -> Completion:
    from .errors import ModelCallError
    from .flow import bill, billed
    from .result import Ledger

    if isinstance(outcome, ModelCallError):
        raise billed(outcome, Ledger((bill("complete", request, outcome),)), (), None)
    return outcome

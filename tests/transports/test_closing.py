"""Closing wakes what waits: for an answer, for the rest of one, for the next try."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import httpx
import pytest

from extractor import AsyncExtractor, Extractor, ModelCallError, ModelUnreachableError
from extractor.testing import FakeModel
from extractor.transports import AiohttpTransport, PoolTransport, RetryTransport
from extractor.transports.errors import ClosedError

from .server import Peer, Script, answer, serve
from .test_pool import LOCALHOST, request

SAID = "the connections were closed while the call waited"
EVENT = b'data: {"choices": [{"index": 0, "delta": {"content": "[1,"}, "finish_reason": null}]}\n\n'
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" + EVENT


def script(begun: Event, sent: bytes, waits: bool = True) -> Script:
    def told(peer: Peer) -> None:
        peer.send(sent)
        begun.set()
        if waits:
            peer.wait(60)

    return told


LATER = answer(status=429, retry_after="50")
KINDS = [(b"", True), (answer(b"[1, 2]")[:-3], True), (LATER, False)]


@pytest.mark.parametrize(("sent", "waits"), KINDS)
def test_a_call_in_a_thread_is_woken_and_told_its_bill(sent: bytes, waits: bool) -> None:
    begun = Event()
    with serve(script(begun, sent, waits)) as server:
        extractor = Extractor("m", base_url=server.url)
        error = _closed(partial(extractor.extract, list[int], "1, 2"), extractor.close, begun)
    assert (SAID in str(error), type(error.__cause__), len(server.requests)) == (True, ClosedError, 1)
    assert error.ledger is not None
    assert len(error.ledger.calls) == 1


def test_a_stream_is_not_gone_on_with_and_what_came_is_told() -> None:
    begun = Event()
    with serve(script(begun, HALF)) as server:
        extractor = Extractor("m", base_url=server.url)
        stream = extractor.stream(list[int], "1, 2")
        error = _closed(lambda: list(stream), extractor.close, begun)
    assert (SAID in str(error), len(server.requests)) == (True, 1)
    assert error.completion is not None
    assert error.completion.content == "[1,"


@pytest.mark.parametrize("transport", [None, "aiohttp"])
@pytest.mark.parametrize(("sent", "waits"), KINDS)
def test_a_call_in_an_event_loop_is_woken(sent: bytes, waits: bool, transport: str | None) -> None:
    begun = Event()

    async def main(url: str) -> None:
        inner = AiohttpTransport() if transport else PoolTransport()
        pool = RetryTransport(inner)
        extractor = AsyncExtractor("m", base_url=url, transport=pool)
        call = asyncio.create_task(extractor.extract(list[int], "1, 2"))
        await asyncio.to_thread(begun.wait)
        await asyncio.sleep(0.1)
        await pool.aclose()
        with pytest.raises(ModelUnreachableError, match=SAID):
            await call

    with serve(script(begun, sent, waits)) as server:
        asyncio.run(main(server.url))
    assert len(server.requests) == 1


def test_calls_in_threads_that_wait_for_a_free_connection_are_woken() -> None:
    begun = Event()
    with serve(script(begun, b"")) as server:
        pool = PoolTransport(max_connections=1)
        send = partial(pool.handle_request, request(server.url))
        raised = list[BaseException | None]()
        threads = [Thread(target=lambda: raised.append(_raised(send, begun.set, begun)), daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        begun.wait()
        threads[0].join(0.3)
        pool.close()
        for thread in threads:
            thread.join(30)
    assert [type(error) for error in raised] == [ClosedError] * 3
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", [PoolTransport, AiohttpTransport])
def test_calls_in_an_event_loop_that_wait_for_a_free_connection_are_woken(
    kind: type[PoolTransport | AiohttpTransport],
) -> None:
    begun = Event()

    async def main(url: str) -> list[BaseException | httpx.Response]:
        pool = kind(max_connections=1)
        calls = [asyncio.create_task(pool.handle_async_request(request(url))) for _ in range(3)]
        await asyncio.to_thread(begun.wait)
        await asyncio.sleep(0.1)
        await pool.aclose()
        return await asyncio.gather(*calls, return_exceptions=True)

    with serve(script(begun, b"")) as server:
        raised = asyncio.run(main(server.url))
    assert [type(error) for error in raised] == [ClosedError] * 3
    assert len(server.requests) == 1


def test_a_cancelled_wait_for_the_next_try_stays_a_cancellation() -> None:
    begun = Event()

    async def main(url: str) -> None:
        async with AsyncExtractor("m", base_url=url) as extractor:
            call = asyncio.create_task(extractor.extract(list[int], "1, 2"))
            await asyncio.to_thread(begun.wait)
            await asyncio.sleep(0.1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    with serve(script(begun, LATER, waits=False)) as server:
        asyncio.run(main(server.url))


def test_over_tls() -> None:
    begun = Event()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(LOCALHOST)
    with serve(script(begun, b""), tls=server_side) as server:
        pool = PoolTransport(verify=ssl.create_default_context(cafile=str(LOCALHOST)))
        url = server.url.replace("127.0.0.1", "localhost")
        assert type(_raised(lambda: pool.handle_request(request(url)), pool.close, begun)) is ClosedError


def test_a_closed_extractor_opens_its_connections_anew() -> None:
    model = FakeModel("[1]", "[2]")
    with serve(answer(_said(model))) as server, Extractor("m", base_url=server.url) as extractor:
        assert extractor.extract(list[int], "1").value == [1]
        extractor.close()
        assert extractor.extract(list[int], "1").value == [1]


def _said(model: FakeModel) -> bytes:
    chat = b'{"model": "m", "messages": [{"role": "user", "content": "?"}]}'
    return model.handle_request(httpx.Request("POST", "http://m/v1/chat/completions", content=chat)).read()


def _closed(call: Callable[[], object], close: Callable[[], None], begun: Event) -> ModelCallError:
    error = _raised(call, close, begun)
    assert isinstance(error, ModelUnreachableError)
    return error


def _raised(call: Callable[[], object], close: Callable[[], None], begun: Event) -> BaseException | None:
    """What the call raises, which is closed soon after the server has begun to answer."""
    raised = list[BaseException]()

    def work() -> None:
        with pytest.raises((ModelUnreachableError, ClosedError)) as caught:
            call()
        raised.append(caught.value)

    thread = Thread(target=work, daemon=True)
    thread.start()
    begun.wait()
    thread.join(0.1)
    close()
    thread.join(30)
    return raised[0] if raised else None

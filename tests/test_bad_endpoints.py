"""Endpoints that misbehave on a real socket: each has its typed error, and nothing hangs."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from extractor import (
    AsyncExtractor,
    Extractor,
    InvalidOutputError,
    ModelCallError,
    ModelProtocolError,
    ModelStatusError,
    ModelUnreachableError,
    Timeouts,
)
from extractor.chat import Completion
from extractor.transports import PoolTransport, RetryTransport

from .transports.server import CHUNKED, Script, answer, chunk, close_early, cut, drip, gzipped, hang, serve

GOOD = Completion(content='{"value":[1,2]}').to_json()
HUGE = answer(b" ", content_length=str(2**30))
NO_GZIP = answer(b"\x1f\x8bnot gzip", content_encoding="gzip")
BAD: list[tuple[str, Script, type[ModelCallError], str]] = [
    ("hangs", hang, ModelUnreachableError, "first_byte"),
    ("closes early", close_early, ModelUnreachableError, "disconnected"),
    ("is cut", cut(answer(GOOD)[:-5]), ModelUnreachableError, "closed"),
    ("stalls", cut(CHUNKED + chunk(b'{"choices')), ModelUnreachableError, "closed"),
    ("drips its headers", drip(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 500), ModelUnreachableError, "first_byte|whole"),
    ("drips its body", drip(GOOD * 9, after=answer(b"", content_length="9999")), ModelUnreachableError, "whole"),
    ("speaks no HTTP", b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ModelUnreachableError, "illegal|status line"),
    ("is a web page", answer(b"<html>Sign in</html>", content_type="text/html"), ModelProtocolError, "<html>Sign in"),
    ("has an error in it", answer(b'{"error":{"message":"out of memory"}}'), ModelProtocolError, "out of memory"),
    (
        "is gzip garbage",
        answer(b"\x1f\x8bnot gzip", content_encoding="gzip"),
        ModelUnreachableError,
        "decod|decompress",
    ),
    ("has no choices", answer(b'{"choices":[]}'), ModelProtocolError, "choices are empty"),
    ("is huge", HUGE, ModelUnreachableError, "larger than"),
    ("unpacks to something huge", gzipped(b" " * 2**23), ModelUnreachableError, "larger than"),
    ("redirects", answer(b"", 307, location="http://127.0.0.1:9/"), ModelStatusError, "307"),
]


def quick() -> RetryTransport:
    return RetryTransport(PoolTransport(max_response_bytes=2**22), tries=1)


def limits(script: Script) -> Timeouts:
    return Timeouts(connect=1, first_byte=0.3, between=0.3, whole=0.5)


@pytest.mark.parametrize(("script", "kind", "said"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_an_endpoint_that(script: Script, kind: type[ModelCallError], said: str) -> None:
    with serve(script) as server, Extractor("m", base_url=server.url, transport=quick()) as extractor:
        started = time.monotonic()
        with pytest.raises(kind, match=f"(?i){said}") as caught:
            extractor.extract(list[int], "1 2", timeout=limits(script))
        assert time.monotonic() - started < 5
        assert caught.value.ledger is not None
        assert [call.error for call in caught.value.ledger.calls] == [kind.__name__]


@pytest.mark.parametrize(("script", "kind", "said"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_an_awaited_endpoint_that(script: Script, kind: type[ModelCallError], said: str) -> None:
    async def run(url: str) -> None:
        async with AsyncExtractor("m", base_url=url, transport=quick()) as extractor:
            await extractor.extract(list[int], "1 2", timeout=limits(script))

    with serve(script) as server, pytest.raises(kind, match=f"(?i){said}"):
        asyncio.run(run(server.url))


def test_a_busy_endpoint_is_asked_again_and_the_ledger_knows() -> None:
    busy = answer(b"busy", 429, retry_after="0")
    with serve(busy, close_early, answer(GOOD)) as server, Extractor("m", base_url=server.url) as extractor:
        result = extractor.extract(list[int], "1 2")
    assert result.value == [1, 2]
    assert (len(result.ledger.calls), result.ledger.retries, len(server.requests)) == (1, 2, 3)
    assert len(set(server.requests)) == 1


def test_content_null_is_asked_again_and_then_told() -> None:
    body = b'{"choices":[{"index":0,"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}'
    with (
        serve(answer(body)) as server,
        Extractor("m", base_url=server.url) as extractor,
        pytest.raises(InvalidOutputError, match="The answer is empty"),
    ):
        extractor.extract(list[int], "1 2", max_attempts=2)
    assert len(server.requests) == 2


def test_cancelling_an_awaited_call_ends_it() -> None:
    async def run(url: str) -> Any:
        async with AsyncExtractor("m", base_url=url) as extractor:
            task = asyncio.create_task(extractor.extract(list[int], "1 2"))
            await asyncio.sleep(0.1)
            task.cancel()
            return await asyncio.gather(task, return_exceptions=True)

    with serve(hang) as server:
        (ended,) = asyncio.run(run(server.url))
    assert isinstance(ended, asyncio.CancelledError)

"""The transport over aiohttp: the same answers, limits and errors as the other one."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys

import httpx
import pytest

from extractor import AsyncExtractor, Extractor
from extractor.transports import AiohttpTransport, ResponseTooLargeError

from .server import CHUNKED, Script, answer, chunk, close_early, cut, drip, gzipped, hang, nobody, serve
from .test_pool import no_proxies as no_proxies  # noqa: PLC0414 - a fixture
from .test_pool import request

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"


def send(transport: AiohttpTransport, sent: httpx.Request) -> httpx.Response:
    async def main() -> httpx.Response:
        try:
            response = await transport.handle_async_request(sent)
            await response.aread()
            return response
        finally:
            await transport.aclose()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("script", "limits", "said"),
    [
        (hang, {"first_byte": 0.2, "whole": 30}, "first_byte timeout: no answer within 0.2 s"),
        (hang, {"first_byte": 30, "whole": 0.2}, "whole timeout: the call was not complete within 0.2 s"),
        (drip(b"x" * 400, 0.02, HEAD), {"between": 5, "whole": 0.3}, "whole timeout"),
        (lambda peer: (peer.send(HEAD), peer.wait(60)), {"between": 0.2}, "between timeout: no more of the answer"),
    ],
)
def test_a_wait_ends_and_says_which_limit_was_met(script: Script, limits: dict[str, float], said: str) -> None:
    with serve(script) as server, pytest.raises(httpx.ReadTimeout, match=said):
        send(AiohttpTransport(), request(server.url, **limits))


@pytest.mark.parametrize("script", [answer(b"{}"), gzipped(b"{}"), CHUNKED + chunk(b"{") + chunk(b"}") + chunk(b"")])
def test_an_answer_comes_as_it_was_sent(script: bytes) -> None:
    with serve(script) as server:
        response = send(AiohttpTransport(), request(server.url))
    assert (response.status_code, response.content) == (200, b"{}")


@pytest.mark.parametrize("script", [close_early, cut(HEAD + b"x"), cut(b"no HTTP at all\r\n\r\n")])
def test_a_broken_answer_is_an_error_of_httpx(script: Script) -> None:
    with serve(script) as server, pytest.raises(httpx.TransportError):
        send(AiohttpTransport(), request(server.url))


def test_nobody_there_is_a_connect_error() -> None:
    with nobody() as url, pytest.raises(httpx.ConnectError):
        send(AiohttpTransport(), request(url))


@pytest.mark.parametrize("script", [answer(b"x" * 2000), answer(gzip.compress(b"x" * 2000), content_encoding="gzip")])
def test_an_answer_that_is_too_large_is_not_kept(script: bytes) -> None:
    with serve(script) as server, pytest.raises(ResponseTooLargeError):
        send(AiohttpTransport(max_response_bytes=1000), request(server.url))


def test_connections_are_kept_and_closed_when_their_loop_ends() -> None:
    transport = AiohttpTransport()

    async def several(url: str) -> None:
        for _ in range(3):
            response = await transport.handle_async_request(request(url))
            await response.aread()
            await response.aclose()

    with serve(answer(b"{}")) as server:
        asyncio.run(several(server.url))
        assert server.connections == 1
        asyncio.run(several(server.url))
        assert server.connections == 2


def test_extractors_take_it_by_name() -> None:
    body = b'{"choices":[{"message":{"role":"assistant","content":"{\\"value\\":7}"},"finish_reason":"stop"}]}'
    with serve(answer(body)) as server:
        with Extractor("m", base_url=f"{server.url}/v1", transport="aiohttp") as extractor:
            assert extractor.extract(int, "seven").value == 7
            assert [item.value for item in extractor.batch(int, ["a"] * 30, concurrency=8)] == [7] * 30

        async def run() -> int:
            async with AsyncExtractor("m", base_url=f"{server.url}/v1", transport="aiohttp") as awaiting:
                return (await awaiting.extract(int, "seven")).value

        assert asyncio.run(run()) == 7
    with pytest.raises(ValueError, match="or 'aiohttp', not 'curl'"):
        Extractor("m", base_url="http://a.example/v1", transport="curl")  # type: ignore[arg-type]


def test_without_its_package_it_says_what_to_install() -> None:
    code = "import sys; sys.modules['aiohttp'] = None; from extractor.transports import AiohttpTransport as A; A()"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "SetupError: This transport needs aiohttp" in ran.stderr
    assert 'pip install "typed-extractor[aiohttp]"' in ran.stderr

from __future__ import annotations

import asyncio
import gc
import gzip
import socket
import ssl
import subprocess
import sys
import threading
import time
import tracemalloc
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from extractor.errors import SetupError
from extractor.transports import PoolTransport, ResponseTooLargeError

from .server import CHUNKED, Peer, Script, answer, chunk, close_early, cut, drip, gzipped, hang, nobody, serve

Send = Callable[..., httpx.Response]


def request(url: str, **timeout: float | None) -> httpx.Request:
    return httpx.Request("POST", f"{url}/v1", content=b"{}", extensions={"timeout": timeout})


def in_a_thread(transport: PoolTransport, sent: httpx.Request) -> httpx.Response:
    with httpx.Client(transport=transport) as client:
        return client.send(sent)


def in_a_loop(transport: PoolTransport, sent: httpx.Request) -> httpx.Response:
    async def main() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.send(sent)

    return asyncio.run(main())


@pytest.fixture(params=[in_a_thread, in_a_loop])
def send(request: pytest.FixtureRequest) -> Send:
    return request.param


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"


@pytest.mark.parametrize(
    ("script", "timeout", "met"),
    [
        (hang, {"first_byte": 0.1}, "first_byte timeout: no answer within 0.1 s"),
        (hang, {"read": 0.1}, "first_byte timeout: no answer within 0.1 s"),
        (hang, {"first_byte": 5, "whole": 0.1}, "whole timeout: the call was not complete within 0.1 s"),
        (hang, {"whole": 0.1}, "whole timeout: the call was not complete within 0.1 s"),
        (drip(HEAD), {"first_byte": 0.15}, "first_byte timeout: no answer within 0.15 s"),
        (drip(HEAD), {"first_byte": 5, "whole": 0.15}, "whole timeout: the call was not complete within 0.15 s"),
        (drip(b"a" * 99, 9, HEAD), {"between": 0.1}, "between timeout: no more of the answer within 0.1 s"),
        (
            drip(b"a" * 99, 9, HEAD),
            {"first_byte": 5, "read": 0.1},
            "between timeout: no more of the answer within 0.1 s",
        ),
        (
            drip(b"a" * 400, 0.01, HEAD),
            {"between": 5, "whole": 0.2},
            "whole timeout: the call was not complete within 0.2 s",
        ),
        (
            drip(b"1;" + b"x" * 400, 0.01, CHUNKED),
            {"between": 5, "whole": 0.2},
            "whole timeout: the call was not complete within 0.2 s",
        ),
    ],
)
def test_a_wait_ends_and_says_which_limit_was_met(
    send: Send, script: Script, timeout: dict[str, float], met: str
) -> None:
    began = time.monotonic()
    with serve(script) as server, pytest.raises(httpx.ReadTimeout) as caught:
        send(PoolTransport(), request(server.url, **timeout))
    assert (str(caught.value), time.monotonic() - began < 1.5) == (met, True)


def test_a_connection_that_does_not_come_is_a_connect_timeout() -> None:
    with serve(hang) as server:  # TLS is spoken to a server that does not speak
        url = server.url.replace("http:", "https:")
        with pytest.raises(httpx.ConnectTimeout, match=r"^connect timeout: no connection within 0\.1 s$"):
            in_a_thread(PoolTransport(), request(url, connect=0.1, whole=5))
        with pytest.raises(httpx.ReadTimeout, match=r"^whole timeout"):
            in_a_loop(PoolTransport(), request(url, connect=5, whole=0.1))


def test_a_full_pool_is_a_pool_timeout() -> None:
    transport = PoolTransport(max_connections=1)
    with (
        serve(drip(b"aa", 5, HEAD)) as server,
        httpx.Client(transport=transport) as client,
        client.stream("POST", server.url),
        pytest.raises(httpx.PoolTimeout, match=r"^pool timeout: no free connection within 0\.1 s$"),
    ):
        transport.handle_request(request(server.url, pool=0.1, whole=5))


@pytest.mark.parametrize(
    ("timeout", "error", "met"),
    [
        ({"write": 0.1}, httpx.WriteTimeout, "write timeout: the request could not be sent on within 0.1 s"),
        ({"write": 5, "whole": 0.1}, httpx.ReadTimeout, "whole timeout: the call was not complete within 0.1 s"),
    ],
)
def test_a_request_that_nobody_reads_ends_too(
    send: Send, timeout: dict[str, float], error: type[Exception], met: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        sent = httpx.Request("POST", url, content=bytes(2**25), extensions={"timeout": timeout})
        with pytest.raises(error) as caught:
            send(PoolTransport(), sent)
    assert str(caught.value) == met


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (close_early, httpx.RemoteProtocolError),
        (cut(b"HTTP/1.1 200 O"), httpx.RemoteProtocolError),
        (cut(HEAD + b"half"), httpx.RemoteProtocolError),
        (cut(CHUNKED + chunk(b"half")), httpx.RemoteProtocolError),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", httpx.RemoteProtocolError),
        (answer(b"no gzip at all", content_encoding="gzip"), httpx.DecodingError),
        (answer(gzip.compress(b"a")[:10] + b"\x07" * 30, content_encoding="gzip"), httpx.DecodingError),
        (answer(b"a", content_encoding="gzip, gzip"), httpx.DecodingError),
    ],
)
def test_a_broken_answer_is_an_error_of_httpx(send: Send, script: Script, error: type[Exception]) -> None:
    transport = PoolTransport()
    with serve(script, answer(b"ok")) as server:
        with pytest.raises(error) as caught:
            send(transport, request(server.url, whole=5))
        assert type(caught.value) is error
        assert send(transport, request(server.url, whole=5)).content == b"ok"


def test_nobody_there_and_a_host_that_is_no_host_are_connect_errors(send: Send) -> None:
    with nobody() as closed:
        for url in (closed, f"http://{'a' * 70}.invalid"):
            with pytest.raises(httpx.ConnectError):
                send(PoolTransport(), request(url, whole=5))


def test_an_answer_comes_as_it_was_sent(send: Send) -> None:
    body = b'{"name": "Z\xc3\xbcrich"}' * 50
    whole = {"connect": 5.0, "first_byte": 5.0, "between": 5.0, "whole": None, "write": 5.0, "pool": 5.0}
    with serve(answer(body), gzipped(body), answer(zlib.compress(body), content_encoding="deflate")) as server:
        transport = PoolTransport()
        assert [send(transport, request(server.url, **whole)).content for _ in range(3)] == [body] * 3
    assert [sent.split(b"\r\n")[0] for sent in server.requests] == [b"POST /v1 HTTP/1.1"] * 3


def test_a_request_is_left_as_it_was() -> None:
    timeout = {"connect": 5.0, "read": 5.0, "whole": 9.0}
    with serve(answer()) as server:
        sent = httpx.Request("POST", server.url, extensions={"timeout": timeout})
        in_a_thread(PoolTransport(), sent)
    assert (sent.extensions, timeout) == ({"timeout": timeout}, {"connect": 5.0, "read": 5.0, "whole": 9.0})


def endless(peer: Peer) -> None:
    peer.send(CHUNKED)
    while True:
        peer.send(chunk(b"x" * 2**16))


def one_gigabyte(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 2**16)


@pytest.mark.parametrize(
    ("script", "what"),
    [
        (endless, "as sent"),
        (one_gigabyte, "it announces 1,000,000,000"),
        (gzipped(bytes(2**27)), "when decoded"),
    ],
)
def test_an_answer_that_is_too_large_is_not_kept(send: Send, script: Script, what: str) -> None:
    with serve(script) as server:
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLargeError) as caught:
                send(PoolTransport(max_response_bytes=2**20), request(server.url, whole=10))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert str(caught.value) == (
        f"the answer is larger than 1,048,576 bytes ({what}); if that is meant, give PoolTransport a larger "
        "max_response_bytes, or None for no limit"
    )
    assert peak < 2**24


def test_the_limit_of_size_may_be_lifted(send: Send) -> None:
    with serve(answer(b"x" * 2**20)) as server:
        with pytest.raises(ResponseTooLargeError):
            send(PoolTransport(max_response_bytes=2**20 - 1), request(server.url))
        for most in (2**20, None):
            assert len(send(PoolTransport(max_response_bytes=most), request(server.url)).content) == 2**20


def echo(peer: Peer) -> None:
    peer.wait(0.01)
    peer.send(answer(peer.request[-4:]))


def test_threads_share_connections_and_each_has_its_own() -> None:
    answers: list[bytes] = []

    def work(number: int) -> None:
        answers.extend(client.post(server.url, content=b"%04d" % (number * 3 + i)).content for i in range(3))

    with serve(echo) as server, httpx.Client(transport=PoolTransport()) as client:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == [b"%04d" % number for number in range(72)]
    assert server.connections <= 24


def test_one_transport_serves_event_loops_one_after_another_and_side_by_side() -> None:
    transport = PoolTransport()
    client = httpx.AsyncClient(transport=transport)

    async def calls(number: int) -> list[bytes]:
        sent = [client.post(server.url, content=b"%04d" % index) for index in range(number)]
        return [response.content for response in await asyncio.gather(*sent)]

    with serve(echo) as server:
        expected = [b"%04d" % index for index in range(20)]
        assert [asyncio.run(calls(20)) for _ in range(3)] == [expected] * 3
        gc.collect()
        side_by_side: list[list[bytes]] = []
        threads = [threading.Thread(target=lambda: side_by_side.append(asyncio.run(calls(20)))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert side_by_side == [expected] * 3
    gc.collect()


def test_connections_are_closed_when_their_loop_ends() -> None:
    transport = PoolTransport()

    async def call() -> int:
        await httpx.AsyncClient(transport=transport).post(server.url)
        return server.open

    with serve(answer()) as server:
        assert asyncio.run(call()) == 1
        assert eventually(lambda: server.open == 0)


def test_a_loop_that_was_closed_by_hand_is_dropped_without_a_warning() -> None:
    transport = PoolTransport()
    with serve(answer()) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(2):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(httpx.AsyncClient(transport=transport).post(server.url))
            loop.close()
        del loop, transport
        gc.collect()
        assert eventually(lambda: server.open == 0)


def test_a_transport_that_nobody_holds_closes_its_connections() -> None:
    async def main() -> None:
        await in_the_loop(PoolTransport())
        gc.collect()
        for _ in range(20):
            await asyncio.sleep(0.01)
        assert server.open == 0

    async def in_the_loop(transport: PoolTransport) -> None:
        await transport.handle_async_request(request(server.url))

    with serve(answer()) as server:
        in_a_thread(PoolTransport(), request(server.url))
        PoolTransport().handle_request(request(server.url)).read()
        asyncio.run(main())


def test_a_cancelled_call_gives_its_place_back() -> None:
    async def main() -> bytes:
        async with httpx.AsyncClient(transport=PoolTransport(max_connections=1)) as client:
            for _ in range(3):
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await client.send(request(server.url))
            return (await client.send(request(server.url, pool=1))).content

    with serve(hang, hang, hang, answer(b"ok")) as server:
        assert asyncio.run(main()) == b"ok"


def test_many_calls_at_once_open_no_more_connections_than_allowed() -> None:
    async def main() -> set[bytes]:
        async with httpx.AsyncClient(transport=PoolTransport(max_connections=16), timeout=None) as client:
            return {r.content for r in await asyncio.gather(*[client.post(server.url) for _ in range(80)])}

    with serve(answer(b"ok")) as server:
        assert asyncio.run(main()) == {b"ok"}
    assert 1 <= server.connections <= 16


def test_a_stream_comes_as_it_is_sent() -> None:
    def events(peer: Peer) -> None:
        peer.send(CHUNKED + chunk(b"one"))
        peer.wait(0.05)
        peer.send(chunk(b"two") + chunk(b""))

    with (
        serve(events) as server,
        httpx.Client(transport=PoolTransport()) as client,
        client.stream("POST", server.url) as response,
    ):
        assert list(response.iter_bytes()) == [b"one", b"two"]


def test_an_answer_can_be_read_when_nobody_else_holds_the_transport() -> None:
    def slow(peer: Peer) -> None:
        peer.send(HEAD)
        peer.wait(0.05)
        peer.send(b"x" * 400)

    def in_a_thread() -> httpx.Response:
        return PoolTransport().handle_request(request(server.url, whole=5))

    async def in_a_loop() -> bytes:
        response = await PoolTransport().handle_async_request(request(server.url, whole=5))
        gc.collect()
        await asyncio.sleep(0.01)
        return await response.aread()

    with serve(slow) as server:
        response = in_a_thread()
        gc.collect()
        assert (response.read(), asyncio.run(in_a_loop())) == (b"x" * 400, b"x" * 400)


LOCALHOST = Path(__file__).with_name("localhost.pem")


def test_tls_is_spoken_with_the_context_that_was_given(send: Send) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(LOCALHOST)
    with serve(answer(b"ok"), tls=server_side) as server:
        transport = PoolTransport(verify=ssl.create_default_context(cafile=str(LOCALHOST)))
        assert [send(transport, request(server.url, whole=5)).content for _ in range(2)] == [b"ok", b"ok"]
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            send(PoolTransport(), request(server.url, whole=5))


def test_a_proxy_of_the_environment_is_used(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answer(b"by proxy")) as proxy, serve(answer(b"direct")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        transport = PoolTransport()
        assert send(transport, request("http://endpoint.test", whole=5)).content == b"by proxy"
        assert send(transport, request(server.url, whole=5)).content == b"direct"
        monkeypatch.delenv("NO_PROXY")
        assert send(PoolTransport(trust_env=False), request(server.url, whole=5)).content == b"direct"
    assert [sent.split(b"\r\n")[0] for sent in proxy.requests] == [b"POST http://endpoint.test/v1 HTTP/1.1"]


def eventually(condition: Callable[[], bool]) -> bool:
    for _ in range(100):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_a_proxy_that_refuses_is_a_proxy_error(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(answer(b"", 407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:pass@"))
        with pytest.raises(httpx.ProxyError, match="407"):
            send(PoolTransport(), request("https://endpoint.test", whole=5))
    assert proxy.requests[0].startswith(b"CONNECT endpoint.test:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dXNlcjpwYXNz" in proxy.requests[0]


def test_a_tunnel_through_a_proxy_carries_tls(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(LOCALHOST)

    def tunnel(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with suppress(OSError), server_side.wrap_socket(peer.socket, server_side=True) as stream:
            stream.recv(65536)
            stream.sendall(answer(b"through"))
        peer.close()

    with serve(tunnel) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        transport = PoolTransport(verify=ssl.create_default_context(cafile=str(LOCALHOST)))
        assert send(transport, request("https://localhost", whole=5)).content == b"through"


@pytest.mark.skipif(find_spec("socksio") is not None, reason="the package for SOCKS is installed")
def test_a_socks_proxy_names_the_package_it_needs(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    with pytest.raises(SetupError, match=r'pip install "httpx\[socks\]"'):
        send(PoolTransport(), request("http://endpoint.test", whole=5))


def test_a_call_of_a_thread_loads_no_event_loop() -> None:
    answered = b'{"choices": [{"message": {"content": "7"}, "finish_reason": "stop"}]}'
    code = (
        "import sys; from extractor import Extractor;"
        "print(Extractor('m', base_url=sys.argv[1]).extract(int, 'seven').value, 'asyncio' in sys.modules)"
    )
    with serve(answer(answered)) as server:
        command = [sys.executable, "-c", code, server.url]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["7", "False"]

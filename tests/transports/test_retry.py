from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from threading import Event, Thread
from typing import TypeAlias

import httpx
import pytest

from extractor import SetupError
from extractor.transports import PoolTransport, ResponseTooLargeError, RetryTransport
from extractor.transports.retry import Timing

from .server import CHUNKED, Peer, answer, chunk, close_early, cut, hang, serve

Outcome: TypeAlias = httpx.Response | Exception
NOW = 1_700_000_000.0


@dataclass
class World:
    """A clock that only sleeping moves, and an endpoint that answers from a list, the last answer for ever."""

    outcomes: list[Outcome]
    random: float = 1.0
    seconds_per_try: float = 0.0
    now: float = 100.0
    slept: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    wholes: list[float | None] = field(default_factory=list)

    def retrying(self, *, inner: httpx.BaseTransport | None = None, **options: float | None) -> RetryTransport:
        timing = Timing(lambda: self.now, lambda: NOW, self.sleep, self.async_sleep, lambda: self.random)
        return RetryTransport(inner or Inner(self), timing=timing, **options)  # type: ignore[arg-type]

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def async_sleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def next(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(b"".join(request.stream))  # type: ignore[arg-type]
        self.wholes.append(request.extensions.get("timeout", {}).get("whole"))
        self.now += self.seconds_per_try
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Inner(httpx.BaseTransport, httpx.AsyncBaseTransport):
    def __init__(self, world: World) -> None:
        self.world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.world.next(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.world.next(request)


def sync(transport: RetryTransport, request: httpx.Request) -> httpx.Response:
    return transport.handle_request(request)


def in_a_loop(transport: RetryTransport, request: httpx.Request) -> httpx.Response:
    async def main() -> httpx.Response:
        return await transport.handle_async_request(request)

    return asyncio.run(main())


@pytest.fixture(params=[sync, in_a_loop])
def send(request: pytest.FixtureRequest) -> Callable[[RetryTransport, httpx.Request], httpx.Response]:
    return request.param


Send = Callable[[RetryTransport, httpx.Request], httpx.Response]


def post(url: str = "http://endpoint.test/v1", **timeout: float) -> httpx.Request:
    return httpx.Request("POST", url, content=b"question", extensions={"timeout": timeout})


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(code, headers={k.replace("_", "-"): v for k, v in headers.items()}, content=b"%d" % code)


OK = status(200)


@pytest.mark.parametrize("code", [408, 409, 429, 500, 502, 503, 504, 529])
def test_a_status_that_may_pass_is_tried_again(send: Send, code: int) -> None:
    world = World([status(code), status(code), OK])
    request = post()
    assert send(world.retrying(), request).status_code == 200
    assert (world.slept, world.bodies) == ([0.5, 1.0], [b"question"] * 3)
    assert request.extensions == {"timeout": {}, "retries": ((f"HTTP {code}", 0.5), (f"HTTP {code}", 1.0))}


@pytest.mark.parametrize("code", [200, 204, 301, 400, 401, 403, 404, 413, 422, 501, 505])
def test_a_status_that_will_stay_goes_up_at_once(send: Send, code: int) -> None:
    world = World([status(code)])
    request = post()
    assert (send(world.retrying(), request).status_code, world.slept) == (code, [])
    assert request.extensions["retries"] == ()


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.WriteTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.WriteError("broken pipe"),
        httpx.RemoteProtocolError("peer closed connection"),
    ],
)
def test_a_failed_connection_is_tried_again_and_the_last_error_is_raised(send: Send, error: Exception) -> None:
    world = World([error, OK])
    assert (send(world.retrying(), post()).status_code, world.slept) == (200, [0.5])
    world, request = World([error]), post()
    with pytest.raises(type(error)):
        send(world.retrying(tries=3), request)
    name = type(error).__name__
    assert (world.slept, request.extensions["retries"]) == ([0.5, 1.0], ((name, 0.5), (name, 1.0)))


@pytest.mark.parametrize(
    "error",
    [
        ResponseTooLargeError("large"),
        httpx.PoolTimeout("full"),
        httpx.ProxyError("407 Proxy Authentication Required"),
        httpx.UnsupportedProtocol("ftp"),
        httpx.LocalProtocolError("illegal header"),
        httpx.DecodingError("no gzip"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        ValueError("no error of HTTP"),
    ],
)
def test_what_another_try_does_not_mend_is_raised_at_once(send: Send, error: Exception) -> None:
    world, request = World([error]), post()
    with pytest.raises(type(error)):
        send(world.retrying(), request)
    assert (len(world.bodies), world.slept, request.extensions["retries"]) == (1, [], ())


def test_a_read_timeout_is_tried_again_once(send: Send) -> None:
    world, request = World([httpx.ReadTimeout("slow")]), post()
    with pytest.raises(httpx.ReadTimeout):
        send(world.retrying(), request)
    assert request.extensions["retries"] == (("ReadTimeout", 0.5),)


@pytest.mark.parametrize(
    ("headers", "waited"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.25"}, 0.25),
        ({"retry_after": " 7 "}, 7.0),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after_ms": "1500", "retry_after": "7"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "7"}, 7.0),
        ({"retry_after": formatdate(NOW + 9, usegmt=True)}, 9.0),
        ({"retry_after": formatdate(NOW + 9)}, 9.0),
        ({"retry_after": formatdate(NOW - 9, usegmt=True)}, 0.5),
        ({"retry_after": "60"}, 60.0),
        ({"retry_after": "0"}, 0.5),
        ({"retry_after": "-3"}, 0.5),
        ({"retry_after": "nan"}, 0.5),
        ({"retry_after": "inf"}, 0.5),
        ({"retry_after": "soon"}, 0.5),
        ({"retry_after": ""}, 0.5),
        ({"retry_after": "Fri, 99 Foo 9999 99:99:99 GMT"}, 0.5),
    ],
)
def test_the_wait_is_what_the_server_asks_for(send: Send, headers: dict[str, str], waited: float) -> None:
    world = World([status(429, **headers), OK])
    assert (send(world.retrying(), post()).status_code, world.slept) == (200, [waited])


@pytest.mark.parametrize("after", ["61", "86400", formatdate(NOW + 3600, usegmt=True)])
def test_a_wait_beyond_the_cap_is_not_waited_for(send: Send, after: str) -> None:
    world = World([status(429, retry_after=after), OK])
    response = send(world.retrying(), post())
    assert (response.status_code, response.content, world.slept) == (429, b"429", [])


@pytest.mark.parametrize(
    ("code", "told", "tries"), [(400, "true", 2), (500, "false", 1), (503, "TRUE", 2), (200, "true", 1)]
)
def test_the_server_may_say_whether_to_retry(send: Send, code: int, told: str, tries: int) -> None:
    world = World([status(code, x_should_retry=told), OK])
    send(world.retrying(), post())
    assert len(world.bodies) == tries


def test_waits_are_random_below_a_bound_that_doubles(send: Send) -> None:
    for random in (0.0, 0.5, 1.0):
        world = World([status(500)], random=random)
        assert send(world.retrying(tries=8), post()).content == b"500"
        assert world.slept == [random * bound for bound in (0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)]


def test_one_try_is_no_retry(send: Send) -> None:
    world = World([status(500), OK])
    assert (send(world.retrying(tries=1), post()).status_code, world.slept) == (500, [])


def test_all_tries_and_waits_fit_into_the_whole_call(send: Send) -> None:
    world = World([status(500)], seconds_per_try=1.0)
    request = post(connect=9.0, whole=5.0)
    assert send(world.retrying(tries=9), request).status_code == 500
    assert (world.slept, world.wholes) == ([0.5, 1.0], [5.0, 3.5, 1.5])
    assert request.extensions["timeout"] == {"connect": 9.0, "whole": 5.0}


def test_total_bounds_the_call_too(send: Send) -> None:
    world = World([status(500)], seconds_per_try=1.0)
    assert send(world.retrying(tries=9, total=2.0), post(whole=50.0)).status_code == 500
    assert (world.slept, world.wholes) == ([0.5], [2.0, 0.5])
    world = World([httpx.ConnectError("refused")], seconds_per_try=1.0)
    with pytest.raises(httpx.ConnectError):
        send(world.retrying(tries=9, total=2.0), post())
    assert world.slept == [0.5]


def test_a_body_that_can_be_read_once_is_sent_once() -> None:
    def parts() -> Iterator[bytes]:
        yield b"question"

    world = World([httpx.ConnectError("refused"), OK])
    with pytest.raises(httpx.ConnectError):
        world.retrying().handle_request(httpx.Request("POST", "http://endpoint.test", content=parts()))
    assert world.bodies == [b"question"]


def test_a_sleep_can_be_interrupted() -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    request = post()
    transport = RetryTransport(Inner(World([status(500), OK])), timing=Timing(sleep=interrupted, random=lambda: 1.0))
    with pytest.raises(KeyboardInterrupt):
        transport.handle_request(request)
    assert request.extensions["retries"] == (("HTTP 500", 0.5),)


def halted(transport: httpx.BaseTransport, called: Event, request: httpx.Request) -> httpx.Request:
    """The request after it gave up: its halt is set when ``called`` is."""
    halt = request.extensions["halt"] = Event()
    Thread(target=lambda: called.wait(10) and halt.set()).start()
    with pytest.raises(httpx.ReadError, match="the call was halted"):
        transport.handle_request(request)
    return request


def test_a_halt_ends_a_wait() -> None:
    called, world = Event(), World([status(500, retry_after="30")])

    class Calling(Inner):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            called.set()
            return super().handle_request(request)

    request = halted(world.retrying(inner=Calling(world)), called, post())
    assert (len(world.bodies), request.extensions["retries"]) == (1, (("HTTP 500", 30.0),))


def test_a_halt_ends_a_request_that_is_not_tried_again() -> None:
    called = Event()

    def hang(peer: Peer) -> None:
        called.set()
        peer.wait(60)

    with serve(hang) as server, PoolTransport(trust_env=False) as pool:
        request = halted(RetryTransport(pool), called, post(server.url))
        assert (len(server.requests), request.extensions["retries"]) == (1, ())


def test_a_sleep_can_be_cancelled() -> None:
    async def main() -> None:
        async with asyncio.timeout(0.05):
            await RetryTransport(Inner(World([status(500, retry_after="30")]))).handle_async_request(post())

    with pytest.raises(TimeoutError):
        asyncio.run(main())


def test_a_transport_of_the_other_kind_is_named() -> None:
    with pytest.raises(SetupError, match="AsyncHTTPTransport is an async transport"):
        RetryTransport(httpx.AsyncHTTPTransport(verify=False)).handle_request(post())
    with pytest.raises(SetupError, match="HTTPTransport is a sync transport"):
        asyncio.run(RetryTransport(httpx.HTTPTransport(verify=False)).handle_async_request(post()))


# Over real connections.


def test_broken_answers_are_failed_tries() -> None:
    world = World([OK], random=0.0)
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"
    with serve(close_early, cut(half), cut(CHUNKED + chunk(b"half")), answer(b"whole")) as server:
        request = post(server.url, whole=5.0)
        with httpx.Client(transport=world.retrying(inner=PoolTransport(trust_env=False))) as client:
            assert client.send(request).content == b"whole"
    assert request.extensions["retries"] == (("RemoteProtocolError", 0.0),) * 3


def test_connections_of_failed_tries_are_given_back() -> None:
    world = World([OK], random=0.0)
    stream = answer(b"data: {}", 500, content_type="text/event-stream")
    with serve(answer(b"busy", 503), stream, stream, answer(b"whole")) as server:
        inner = PoolTransport(trust_env=False, max_connections=1)
        with httpx.Client(transport=world.retrying(inner=inner)) as client:
            assert client.send(post(server.url, pool=1.0)).content == b"whole"
    assert world.slept == [0.0, 0.0, 0.0]


def test_the_last_error_can_be_read_when_it_was_asked_for_as_a_stream() -> None:
    with serve(answer(b"no such model", 404)) as server:
        client = httpx.Client(transport=RetryTransport(PoolTransport(trust_env=False)))
        with client, client.stream("POST", server.url) as response:
            assert (response.read(), response.text) == (b"no such model", "no such model")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [({}, "text/event-stream; charset=utf-8"), ({"accept": "text/event-stream"}, "text/plain")],
)
def test_event_streams_go_up_unread(headers: dict[str, str], kind: str) -> None:
    def events(peer: object) -> None:
        peer.send(CHUNKED.replace(b"application/json", kind.encode()) + chunk(b"data: 1\n\n"))  # type: ignore[attr-defined]
        peer.wait(60)  # type: ignore[attr-defined]

    with serve(events) as server:
        client = httpx.Client(transport=RetryTransport(PoolTransport(trust_env=False)))
        with client, client.stream("POST", server.url, headers=headers) as response:
            assert next(response.iter_bytes()) == b"data: 1\n\n"


def test_a_whole_call_that_hangs_ends_in_time() -> None:
    with (
        serve(answer(b"busy", 503, retry_after="0.05"), hang) as server,
        httpx.Client(transport=RetryTransport(PoolTransport(trust_env=False))) as client,
        pytest.raises(httpx.ReadTimeout, match=r"^whole timeout: the call was not complete within 0\.\d+ s$"),
    ):
        client.send(post(server.url, first_byte=9.0, whole=0.2))

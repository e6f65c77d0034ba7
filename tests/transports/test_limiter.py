"""What many calls may take together. The arithmetic is driven by hand; times are numbers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from math import ceil

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.testing import FakeModel, Reply
from extractor.transports import RetryTransport
from extractor.transports.limiter import Answered, Limiter
from extractor.transports.pacing import Heard, Pace, Window, heard, seconds

BODY = b'{"model":"m","messages":[{"role":"user","content":"?"}]}'


def good(window: Window, answers: int, started: float = 0.0, took: float = 1.0) -> None:
    for _ in range(answers):
        window.answered(started, started + took, 1.0)


def test_a_window_opens_gradually() -> None:
    window = Window(1000)
    sizes = [window.size]
    for _ in range(6):
        good(window, int(window.size))
        sizes.append(window.size)
    assert sizes == [16, 32, 64, 128, 256, 512, 1000]


def test_refusals_of_one_round_halve_it_once() -> None:
    window = Window(256)
    good(window, 500)
    assert window.size == 256
    for _ in range(100):
        window.refused(started=5.0, now=6.0)
    assert window.size == 128
    window.refused(started=7.0, now=8.0)
    assert window.size == 64
    good(window, 64, started=9.0)
    assert 64 < window.size <= 64 + 16 + 1
    for turn in range(20):
        window.refused(started=10.0 + turn, now=10.0 + turn)
    assert window.size == 1


def test_slow_answers_take_a_fifth_and_never_all() -> None:
    window = Window(160)
    good(window, 400)
    good(window, 160 + 160, took=5.0)
    assert window.size < 160
    for _ in range(60):
        good(window, 200, took=50.0)
    assert window.size >= 160 / 8


def test_what_is_not_adaptive_stays() -> None:
    window = Window(64, adaptive=False)
    window.refused(0.0, 1.0)
    assert window.size == 64


@given(st.floats(0.2, 5000), st.lists(st.floats(0, 3), min_size=1, max_size=300))
def test_no_minute_holds_more(per_minute: float, pauses: Sequence[float]) -> None:
    pace, now, sent = Pace(per_minute), 0.0, []
    for pause in pauses:
        now = pace.at(now + pause)
        pace.take(now)
        sent.append(now)
    for at, first in enumerate(sent):
        assert sum(first <= each < first + 60 for each in sent[at:]) <= ceil(per_minute)


def test_a_pace_is_used_up() -> None:
    pace, now = Pace(600.0), 0.0
    for _ in range(1200):
        now = pace.at(now)
        pace.take(now)
    assert 115 < now < 125
    assert Pace(None).at(3.0, 1e9) == 3.0


def test_tokens_are_set_right_afterwards() -> None:
    pace = Pace(6000.0, 300.0)
    assert pace.at(0.0, 1e6) == 0.0  # more than the burst goes alone
    pace.take(0.0, 100.0)
    pace.take(0.0, 900.0)
    after = pace.at(0.0, 100.0)
    pace.take(0.0, -900.0)
    assert pace.at(0.0, 100.0) == 0.0
    assert after > 5.0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6m0s", 360.0),
        ("120ms", 0.12),
        ("1h2m3.5s", 3723.5),
        ("1.5", 1.5),
        ("1000000030", 30.0),
        ("2001-09-09T01:46:50Z", 10.0),
        ("soon", None),
        ("", None),
    ],
)
def test_how_resets_are_written(text: str, found: float | None) -> None:
    assert seconds(text, 1_000_000_000.0) == found


def test_what_headers_say() -> None:
    headers = httpx.Headers(
        {
            "X-RateLimit-Remaining-Requests": "3",
            "X-RateLimit-Reset-Requests": "2s",
            "x-ratelimit-remaining-tokens": "0",
            "x-ratelimit-reset-tokens": "250ms",
            "x-ratelimit-remaining": "17",
            "x-ratelimit-reset": "1",
        }
    )
    assert heard(headers, 0.0, 0.0) == Heard(0.0, (3.0, 2.0), (0.0, 0.25))
    assert heard(httpx.Headers({"x-ratelimit-remaining": "?", "x-ratelimit-reset": "1"}), 5.0, 0.0) == Heard(5.0)
    assert heard(httpx.Headers(), 1e9, 0.0).wait == 3600.0


async def goes(limiter: Limiter, within: float = 0.0) -> bool:
    """Whether another request may go by then; it has ended then."""
    try:
        ticket = await asyncio.wait_for(limiter.enter(100), within or 0.001)
    except TimeoutError:
        return False
    limiter.leave(ticket, None)
    return True


def test_no_more_are_in_flight_than_may_be() -> None:
    async def run() -> None:
        limiter = Limiter(2)
        tickets = [await limiter.enter(1), await limiter.enter(1)]
        waiting = [asyncio.create_task(limiter.enter(1)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
        assert (limiter.active, [task.done() for task in waiting]) == (2, [True, False, False])
        limiter.leave(tickets[0], Answered(200))
        await asyncio.sleep(0)
        assert (limiter.active, [task.done() for task in waiting]) == (2, [True, True, False])
        limiter.leave(tickets[1], None)
        limiter.leave(await waiting[1], Answered(200))
        limiter.leave(await waiting[2], Answered(200))
        assert limiter.active == 0

    asyncio.run(run())


def test_a_ticket_that_nobody_takes_is_given_back() -> None:
    async def run() -> None:
        limiter = Limiter(1)
        first = await limiter.enter(1)
        waiting = asyncio.create_task(limiter.enter(1))
        await asyncio.sleep(0)
        limiter.leave(first, Answered(200))  # it is let go, and cancelled before it runs
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert limiter.active == 0

    asyncio.run(run())


def test_what_one_is_told_holds_for_all() -> None:
    async def run() -> None:
        limiter = Limiter(8)
        limiter.leave(await limiter.enter(1), Answered(429, Heard(wait=0.15)))
        assert not await goes(limiter)
        assert await goes(limiter, 5.0)
        limiter.leave(await limiter.enter(1), Answered(200, Heard(requests=(2.0, 60.0))))
        assert [await goes(limiter) for _ in range(3)] == [True, True, False]

    asyncio.run(run())


def test_requests_sent_since_are_taken_off_what_is_left() -> None:
    async def run() -> None:
        limiter = Limiter(8)
        first, second, _third = [await limiter.enter(1) for _ in range(3)]
        limiter.leave(first, Answered(200, Heard(requests=(2.0, 60.0))))
        assert not await goes(limiter)
        limiter.leave(second, Answered(200, Heard(requests=(9.0, 60.0))))
        limiter.leave(first, None)
        assert await goes(limiter)

    asyncio.run(run())


def test_tokens_that_are_left() -> None:
    async def run() -> None:
        limiter = Limiter(8, tpm=1e6)
        limiter.leave(await limiter.enter(1), Answered(200, Heard(tokens=(500.0, 60.0)), tokens=400))
        assert await goes(limiter)
        limiter.leave(await limiter.enter(1), Answered(200, Heard(tokens=(100.0, 60.0)), tokens=400))
        assert not await goes(limiter)

    asyncio.run(run())


@pytest.mark.parametrize(("first", "waits"), [(Answered(200), True), (Answered(503), True), (Answered(0), False)])
def test_an_outage_is_waited_out_where_there_was_ever_an_answer(first: Answered, waits: bool) -> None:
    async def run() -> None:
        limiter = Limiter(8)
        for answered in (first, *[Answered(0)] * 6):
            limiter.leave(await limiter.enter(1), answered)
        assert await goes(limiter)
        for _ in range(2):
            limiter.leave(await limiter.enter(1), Answered(0))
        assert await goes(limiter) is not waits

    asyncio.run(run())


def test_retries_wait_for_the_limiter_and_that_counts_for_no_timeout() -> None:
    busy = Reply(429, {"retry-after-ms": "120"}, b"slow down")
    model = FakeModel(busy, "one", "two")
    transport = RetryTransport(FakeModel()).paced(Limiter(4), model)

    async def ask() -> httpx.Request:
        timeout = {"whole": 0.05}
        request = httpx.Request("POST", "http://m/v1", content=BODY, extensions={"timeout": timeout})
        response = await transport.handle_async_request(request)
        assert response.status_code == 200
        return request

    async def run() -> Sequence[httpx.Request]:
        first = asyncio.create_task(ask())
        await asyncio.sleep(0.01)
        return await asyncio.gather(first, ask())

    began = time.monotonic()
    first, second = asyncio.run(run())
    assert time.monotonic() - began >= 0.119
    assert first.extensions["retries"] == (("HTTP 429", 0.0),)
    assert first.extensions["held"] > 0.1
    assert second.extensions["held"] > 0.1
    assert second.extensions["retries"] == ()


def test_429_is_a_quarter_of_a_try() -> None:
    model = FakeModel(Reply(429, {"retry-after-ms": "1"}), repeat=True)
    transport = RetryTransport(FakeModel(), tries=2).paced(Limiter(4), model)
    request = httpx.Request("POST", "http://m/v1", content=BODY)
    assert asyncio.run(transport.handle_async_request(request)).status_code == 429
    assert len(model.requests) == 8

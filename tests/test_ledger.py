"""The ledger against an endpoint that counts for itself, over real HTTP: every kind of answer, failure and re-ask."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from extractor import AsyncExtractor, Call, Extractor, ExtractorError, Ledger
from extractor.chat import (
    AnswerMessage,
    ChatRequest,
    Choice,
    Completion,
    CompletionTokens,
    FunctionCall,
    Meta,
    PromptTokens,
    Spent,
    ToolCall,
    Usage,
)
from extractor.flow import modes
from extractor.options import Mode
from extractor.paths import look_up, to_keys
from extractor.transports import PoolTransport, RetryTransport
from extractor.transports.retry import Timing

from .test_flow_cut import parts_of
from .transports.server import Peer, answer, serve


class Line(BaseModel):
    sku: str = Field(pattern=r"^SKU-\d+$")
    quantity: int = Field(ge=1)
    unit: Literal["piece", "kg"]


class Order(BaseModel):
    number: str
    lines: list[Line]


GOLD: dict[str, Any] = {
    "number": "17",
    "lines": [{"sku": f"SKU-{at}", "quantity": at + 1, "unit": "kg"} for at in range(6)],
}
TEXT = "Order 17\n" + "\n".join(f"{at + 1} kg of SKU-{at}, to be sent as soon as it is there" for at in range(6))


@dataclass
class Counting:
    """A server's end: it answers with a seeded mix of faults, and counts all that it says it took."""

    rng: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    usd: float = 0.0
    lost: int = 0
    requests: int = 0
    ways: Iterator[Any] = field(default_factory=lambda: iter(()))

    def __call__(self, peer: Peer) -> None:
        self.requests += 1
        request = ChatRequest.from_json(peer.request.partition(b"\r\n\r\n")[2])
        way = next(self.ways, None) or self.rng.choices(WAYS, WEIGHTS)[0]
        way(self, peer, request)

    def spend(self) -> tuple[Usage, Meta]:
        prompt, told = self.rng.randint(10, 999), self.rng.randint(1, 99)
        cached, thought = self.rng.randint(0, prompt), self.rng.randint(0, told)
        self.counts += Counter(prompt=prompt, told=told, total=prompt + told, cached=cached, thought=thought)
        usd = self.rng.randint(1, 1000) / 1024
        self.usd += usd
        usage = Usage(
            prompt_tokens=prompt,
            completion_tokens=told,
            total_tokens=prompt + told,
            prompt_tokens_details=PromptTokens(cached_tokens=cached),
            completion_tokens_details=CompletionTokens(reasoning_tokens=thought),
        )
        return usage, Meta(usage=Spent(usd_spent=usd))

    def say(self, peer: Peer, content: str | None = None, **said: Any) -> None:
        usage, meta = self.spend()
        peer.send(answer(Completion(content=content, usage=usage, meta=meta, **said).to_json()))


def right(request: ChatRequest) -> Any:
    asked = parts_of(request)
    found = ((name, look_up(GOLD, to_keys(path)), after) for name, path, after in asked)
    return {name: value[after:] if after else value for name, value, after in found} if asked else GOLD


def good(model: Counting, peer: Peer, request: ChatRequest) -> None:
    model.say(peer, json.dumps(right(request)))


def fenced(model: Counting, peer: Peer, request: ChatRequest) -> None:
    model.say(peer, f"Here it is:\n```json\n{json.dumps(right(request))}\n```")


def wrong(model: Counting, peer: Peer, request: ChatRequest) -> None:
    said = json.dumps(right(request)).replace('"kg"', '"parsec"', 1).replace('"SKU-2"', "null")
    model.say(peer, said)


def cut(model: Counting, peer: Peer, request: ChatRequest) -> None:
    said = json.dumps(right(request))
    model.say(peer, said[: model.rng.randrange(1, len(said))], finish_reason=model.rng.choice(["length", "stop"]))


def called(model: Counting, peer: Peer, request: ChatRequest) -> None:
    call = ToolCall(id="1", type="function", function=FunctionCall(name="give", arguments=json.dumps(right(request))))
    usage, meta = model.spend()
    message = AnswerMessage(content=None, tool_calls=(call,))
    peer.send(answer(Completion(choices=[Choice(message=message)], usage=usage, meta=meta).to_json()))


def refused(model: Counting, peer: Peer, request: ChatRequest) -> None:
    model.say(peer, refusal="I cannot help with that.")


def no_mode(model: Counting, peer: Peer, request: ChatRequest) -> None:
    peer.send(answer(b'{"error":{"message":"response_format json_schema or json_object is not supported"}}', 400))


def limited(model: Counting, peer: Peer, request: ChatRequest) -> None:
    peer.send(answer(b'{"error":{"message":"slow down"}}', 429, retry_after_ms="1"))


def failing(model: Counting, peer: Peer, request: ChatRequest) -> None:
    peer.send(answer(b"oops", 500))


def no_choices(model: Counting, peer: Peer, request: ChatRequest) -> None:
    usage, meta = model.spend()
    body = json.loads(Completion(content="", usage=usage, meta=meta).to_json())
    peer.send(answer(json.dumps({**body, "choices": []}).encode()))


def broken(model: Counting, peer: Peer, request: ChatRequest) -> None:
    """It did the work, and the answer does not arrive."""
    model.lost += 1
    whole = answer(Completion(content=json.dumps(right(request))).to_json())
    peer.send(whole[: -model.rng.randrange(1, 40)])
    peer.close()


MIX = {
    good: 30,
    fenced: 8,
    wrong: 30,
    cut: 15,
    called: 6,
    refused: 2,
    no_mode: 5,
    limited: 6,
    failing: 4,
    no_choices: 1,
    broken: 5,
}
WAYS, WEIGHTS = list(MIX), list(MIX.values())


def spent(extractor: Extractor, **options: Any) -> tuple[Ledger, ExtractorError | None]:
    try:
        return extractor.extract(Order, TEXT, max_attempts=5, **options).ledger, None
    except ExtractorError as error:
        return error.ledger or Ledger(), error


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    modes.forget()
    yield
    modes.forget()


@pytest.mark.parametrize("seed", range(80))
def test_the_ledger_is_the_endpoints_own_count(seed: int) -> None:
    model = Counting(random.Random(seed))
    timing = Timing(sleep=lambda seconds: None)
    with serve(model) as server, PoolTransport() as pool:
        transport = RetryTransport(pool, tries=2, timing=timing)
        ledger, _ = spent(Extractor("m", base_url=f"{server.url}/v1", transport=transport))
    assert len(ledger.calls) + ledger.retries == model.requests == len(server.requests)
    unread = sum(call.error == "ModelUnreachableError" for call in ledger.calls)
    assert ledger.lost + unread == model.lost
    if unread:
        assert ledger.total_tokens is None
        ledger = Ledger(ledger.calls[:-1])
    if not model.counts:
        assert ledger.total_tokens is None
        return
    assert ledger.prompt_tokens == model.counts["prompt"]
    assert ledger.completion_tokens == model.counts["told"]
    assert ledger.total_tokens == model.counts["total"]
    assert ledger.cached_tokens == model.counts["cached"]
    assert ledger.reasoning_tokens == model.counts["thought"]
    assert ledger.usd == pytest.approx(model.usd)


def test_await_counts_the_same() -> None:
    async def run(seed: int) -> Ledger:
        with serve(Counting(random.Random(seed))) as server:
            async with PoolTransport() as pool:
                transport = RetryTransport(pool, tries=2, timing=Timing(async_sleep=_at_once))
                extractor = AsyncExtractor("m", base_url=f"{server.url}/v1", transport=transport)
                try:
                    return (await extractor.extract(Order, TEXT, max_attempts=5)).ledger
                except ExtractorError as error:
                    return error.ledger or Ledger()

    for seed in range(10):
        with serve(Counting(random.Random(seed))) as server, PoolTransport() as pool:
            transport = RetryTransport(pool, tries=2, timing=Timing(sleep=lambda seconds: None))
            ledger, _ = spent(Extractor("m", base_url=f"{server.url}/v1", transport=transport))
        modes.forget()
        assert [timeless(call) for call in asyncio.run(run(seed)).calls] == [timeless(call) for call in ledger.calls]
        modes.forget()


async def _at_once(seconds: float) -> None: ...


def timeless(call: Call) -> Call:
    return replace(call, took=call.took and replace(call.took, seconds=0.0, waited=0.0))


def test_every_kind_of_request_is_among_them() -> None:
    """Else the test above would show nothing."""
    purposes: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    with PoolTransport() as pool:
        for seed in range(80):
            modes.forget()
            with serve(Counting(random.Random(seed))) as server:
                transport = RetryTransport(pool, tries=2, timing=Timing(sleep=lambda seconds: None))
                ledger, error = spent(Extractor("m", base_url=f"{server.url}/v1", transport=transport))
            purposes.update(call.purpose for call in ledger.calls)
            errors[type(error).__name__] += 1
    assert purposes.keys() >= {"extract", "patch", "continue", "longer", "re-ask"}
    assert errors.keys() >= {"NoneType", "RefusalError", "ModelStatusError", "InvalidOutputError"}


def test_what_was_retried_and_why_is_told() -> None:
    model = Counting(random.Random(0))
    model.ways = iter([limited, failing, broken, good])
    with serve(model) as server:
        transport = RetryTransport(PoolTransport(), timing=Timing(sleep=lambda seconds: None))
        with transport:
            ledger, _ = spent(Extractor("m", base_url=f"{server.url}/v1", transport=transport))
    (call,) = ledger.calls
    assert call.took is not None
    assert call.took.reasons == ("HTTP 429", "HTTP 500", "RemoteProtocolError")
    assert (call.lost, ledger.retries, ledger.total_tokens) == (1, 3, model.counts["total"])
    assert "1 answer lost" in str(ledger)


@pytest.mark.parametrize("mode", ["json_schema", "loose", "json_object", "tool", "words"])
@pytest.mark.parametrize("way", [good, called])
def test_each_mode_over_http_with_a_patch_whether_the_answer_is_content_or_a_call(mode: Mode, way: Any) -> None:
    model = Counting(random.Random(0))
    model.ways = iter([wrong, way])
    with serve(model) as server, Extractor("m", base_url=f"{server.url}/v1", mode=mode) as extractor:
        result = extractor.extract(Order, TEXT)
    assert result.value == Order(**GOLD)
    assert [(call.purpose, call.mode) for call in result.ledger.calls] == [("extract", mode), ("patch", mode)]
    assert result.ledger.total_tokens == model.counts["total"]


def test_no_connection_costs_nothing_and_a_lost_answer_is_unknown() -> None:
    with serve(b"") as server:
        url = f"{server.url}/v1"
    with Extractor("m", base_url=url, transport=PoolTransport()) as extractor:
        ledger, _ = spent(extractor)
    assert [(call.error, call.unsent, call.charged) for call in ledger.calls] == [
        ("ModelUnreachableError", True, False)
    ]
    model = Counting(random.Random(0))
    with serve(model) as server, PoolTransport() as pool:
        model.ways = iter([broken])
        ledger, _ = spent(Extractor("m", base_url=f"{server.url}/v1", transport=pool))
    assert [(call.error, call.unsent, call.charged) for call in ledger.calls] == [
        ("ModelUnreachableError", False, True)
    ]
    assert ledger.total_tokens is None

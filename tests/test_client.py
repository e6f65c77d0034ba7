"""The front door: settings, drivers, errors, keys."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import re
import traceback
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from extractor import (
    AsyncExtractor,
    ChatRequest,
    Completion,
    Extractor,
    ExtractorError,
    ModelProtocolError,
    ModelStatusError,
    ModelUnreachableError,
    SetupError,
    Timeouts,
    extract,
)
from extractor.chat import DONE, Usage, chunks_of, event
from extractor.options import VARIABLES
from extractor.testing import FakeModel, Reply

from .contract.check import check_request
from .endpoint import endpoint
from .transports.server import nobody

KEY = "sk-very-secret-4711"
GOOD = '{"number":"17","total":42.5}'
URL = "https://models.example.com/v1"


class Invoice(BaseModel):
    number: str
    total: float


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


class Held(FakeModel):
    """Holds every request to the contract."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_request(request.read())
        return super().handle_request(request)


def over(*replies: Any, **keywords: Any) -> tuple[Extractor, FakeModel]:
    model = Held(*replies)
    return Extractor("m", base_url=URL, transport=model, **keywords), model


class Wire(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Keeps HTTP requests and answers each in the same way."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer, self.requests = answer, list[httpx.Request]()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def failing(answer: httpx.Response | Exception, **keywords: Any) -> Any:
    with pytest.raises(ExtractorError) as caught:
        Extractor("m", base_url=URL, transport=Wire(answer), **keywords).extract(Invoice, "text")
    return caught.value


def test_a_type_and_a_text_in_a_typed_instance_out() -> None:
    extractor, model = over(GOOD)
    result = extractor.extract(Invoice, "Invoice 17: 42.50")
    assert result.value == Invoice(number="17", total=42.5)
    assert [request.model for request in model.requests] == ["m"]


def test_the_same_for_those_who_await() -> None:
    async def run() -> Invoice:
        async with AsyncExtractor("m", base_url=URL, transport=FakeModel("{}", GOOD)) as extractor:
            return (await extractor.extract(Invoice, "text")).value

    assert asyncio.run(run()) == Invoice(number="17", total=42.5)


def test_over_a_real_socket_from_several_loops_threads_and_inside_a_loop() -> None:
    with endpoint(lambda _: Completion(content=GOOD)) as base:
        waiting, plain = AsyncExtractor("m", base_url=base), Extractor("m", base_url=base)

        async def await_two() -> list[Invoice]:
            both = await asyncio.gather(*(waiting.extract(Invoice, "text") for _ in range(2)))
            return [result.value for result in both] + [plain.extract(Invoice, "text").value]

        values = asyncio.run(await_two()) + asyncio.run(await_two())
        threads = [Thread(target=lambda: values.append(plain.extract(Invoice, "t").value)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        plain.close()
        gc.collect()
    assert values == [Invoice(number="17", total=42.5)] * 10


def test_a_request_as_it_is() -> None:
    extractor, model = over(
        Completion(content="hello", usage=Usage(prompt_tokens=1, completion_tokens=2, total_tokens=3))
    )
    request = ChatRequest(model="other", messages=[{"role": "user", "content": "hi"}], n=1, seed=3)
    completion = extractor.complete(request)
    assert (completion.content, completion.usage.total_tokens if completion.usage else None) == ("hello", 3)
    assert completion.took is not None
    assert model.requests == [request]


def test_a_streamed_request_is_folded_into_its_completion() -> None:
    extractor, _ = over(Completion(content="héllo", reasoning="so"))
    request = ChatRequest(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
    completion = extractor.complete(request)
    assert (completion.content, completion.reasoning) == ("héllo", "so")


# ---------------------------------------------------------------- settings


def test_without_settings_the_three_ways_are_named() -> None:
    with pytest.raises(SetupError) as caught:
        extract(Invoice, "text")
    for way in ("Extractor(", "EXTRACTOR_MODEL", "Extractor.local()"):
        assert way in str(caught.value)


def test_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[ChatRequest] = []
    with endpoint(lambda request: seen.append(request) or Completion(content=GOOD)) as base:  # type: ignore[func-returns-value]
        monkeypatch.setenv("EXTRACTOR_MODEL", "from-env")
        monkeypatch.setenv("EXTRACTOR_BASE_URL", base)
        assert extract(Invoice, "text").value == Invoice(number="17", total=42.5)
        monkeypatch.setenv("EXTRACTOR_MODEL", "changed")
        extract(Invoice, "text")
    assert [request.model for request in seen] == ["from-env", "changed"]


@pytest.mark.parametrize(
    ("environment", "base_url", "sent_to", "sent"),
    [
        ({"EXTRACTOR_API_KEY": "a"}, "https://one.example/v1", "one.example", "Bearer a"),
        ({"AIMLAPI_API_KEY": "b"}, None, "api.aimlapi.com", "Bearer b"),
        ({"OPENAI_API_KEY": "c"}, None, "api.openai.com", "Bearer c"),
        ({"AIMLAPI_API_KEY": "b", "OPENAI_API_KEY": "c"}, "https://api.openai.com/v1", "api.openai.com", "Bearer c"),
        ({"AIMLAPI_API_KEY": "b", "OPENAI_API_KEY": "c"}, "https://one.example/v1", "one.example", None),
        ({"OPENAI_API_KEY": "c"}, "https://api.openai.com.evil.example/v1", "api.openai.com.evil.example", None),
        ({"EXTRACTOR_API_KEY": "a", "OPENAI_API_KEY": "c"}, "https://api.openai.com/v1", "api.openai.com", "Bearer a"),
    ],
)
def test_each_key_goes_to_its_own_host(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], base_url: str | None, sent_to: str, sent: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    Extractor("m", base_url=base_url, transport=wire).extract(Invoice, "text")
    (request,) = wire.requests
    assert (request.url.host, request.headers.get("authorization")) == (sent_to, sent)


@pytest.mark.parametrize(
    ("base_url", "sent_to"),
    [
        ("https://a.example/v1", "https://a.example/v1/chat/completions"),
        ("https://a.example/v1/", "https://a.example/v1/chat/completions"),
        ("https://a.example/v1/chat/completions", "https://a.example/v1/chat/completions"),
        ("http://a.example:8080?api-version=3", "http://a.example:8080/chat/completions?api-version=3"),
    ],
)
def test_base_urls(base_url: str, sent_to: str) -> None:
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    Extractor("m", base_url=base_url, transport=wire, headers={"x-team": "7"}).extract(Invoice, "text")
    assert (str(wire.requests[0].url), wire.requests[0].headers["x-team"]) == (sent_to, "7")


@pytest.mark.parametrize("base_url", ["a.example/v1", "ftp://a.example", "https://", "/v1"])
def test_a_bad_base_url_is_a_setup_error(base_url: str) -> None:
    with pytest.raises(SetupError, match="base_url is no"):
        Extractor("m", base_url=base_url)


def test_limits_travel_with_the_request() -> None:
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    Extractor("m", base_url=URL, transport=wire).extract(Invoice, "text", timeout=Timeouts(1, 2, 3, 4))
    limits = {"connect": 1, "read": 2, "write": 3, "pool": 4, "first_byte": 2, "between": 3, "whole": 4}
    assert wire.requests[0].extensions["timeout"] == limits


# ---------------------------------------------------------------- what endpoints do


FAILURES = [
    (httpx.Response(401, json={"error": {"message": "no key"}}), ModelStatusError, "401 Unauthorized: no key. Check"),
    (httpx.Response(404, text="nope"), ModelStatusError, "nope. Check base_url"),
    (httpx.Response(302, headers={"location": "https://b.example"}), ModelStatusError, "Redirects are not followed"),
    (httpx.Response(500), ModelStatusError, r"answered 500 Internal Server Error: \(empty body\)"),
    (
        httpx.Response(502, text="<html><style>p {}</style><title>502 Bad Gateway</title><!-- x --><hr>nginx</html>"),
        ModelStatusError,
        "answered 502 Bad Gateway: 502 Bad Gateway nginx[.]",
    ),
    (httpx.Response(200, text="<html>Welcome</html>"), ModelProtocolError, "<html>Welcome</html>"),
    (httpx.Response(200, json={"error": {"message": "overloaded"}}), ModelProtocolError, "overloaded"),
    (httpx.Response(200, json={"choices": []}), ModelProtocolError, "choices"),
    (httpx.Response(200, json={}), ModelProtocolError, "choices"),
    (httpx.Response(200, content=b""), ModelProtocolError, "empty"),
    (httpx.Response(200, content=b"\x1f\x8bgarbage"), ModelProtocolError, "no JSON"),
    (httpx.ConnectError("refused"), ModelUnreachableError, "models.example.com: refused. Check base_url"),
    (httpx.ReadTimeout("30 s without a byte"), ModelUnreachableError, "a byte[.] timeout= gives it longer[.]"),
]


@pytest.mark.parametrize(("response", "kind", "said"), FAILURES)
def test_each_failure_has_its_error_and_its_bill(response: Any, kind: type[Exception], said: str) -> None:
    error = failing(response)
    assert type(error) is kind
    assert error.ledger.calls[0].error == kind.__name__
    with pytest.raises(kind, match=said):
        raise error


@pytest.mark.parametrize(("key", "said"), [("key", "no such key"), ("s3cret-k3y", "no such [key]")])
def test_a_key_as_short_as_a_word_is_not_cut_from_what_is_said(key: str, said: str) -> None:
    model = FakeModel(Reply(401, {}, {"error": {"message": f"no such {key}"}}))
    asked = Extractor("m", base_url="http://h:8000/v1", api_key=key, transport=model)
    with pytest.raises(ModelStatusError, match=re.escape(f"h:8000 answered 401 Unauthorized: {said}. Check")):
        asked.extract(str, "text")


def test_every_exception_of_httpx_is_mapped() -> None:
    def below(kind: type) -> Iterator[type]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    kinds = {kind for kind in below(httpx.HTTPError) if kind.__module__ == "httpx"} - {httpx.HTTPStatusError}
    assert len(kinds) > 15
    for kind in kinds:
        error = failing(kind("gone"))
        assert type(error) is ModelUnreachableError
        assert isinstance(error.__cause__, kind)


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_an_extractor_is_not_copied_and_says_what_to_do(copied: Callable[[object], object]) -> None:
    extractor = Extractor("m", base_url="https://a.example/v1", api_key=KEY)
    with pytest.raises(TypeError, match=r"Extractor holds a key and connections, .*: make one in each process"):
        copied(extractor)


def test_an_event_loop_that_is_not_of_asyncio_is_told() -> None:
    extractor = AsyncExtractor("m", base_url="https://a.example/v1")
    waits: list[Coroutine[Any, Any, object]] = [
        extractor.extract(Invoice, "text"),
        anext(extractor.stream(Invoice, "text").__aiter__()),
        anext(extractor.batch(Invoice, ["text"])),
    ]
    for wait in waits:
        with pytest.raises(SetupError, match="needs an event loop of asyncio"):
            wait.send(None)


def test_errors_survive_a_pickle() -> None:
    error = failing(httpx.Response(429, text="slow down"))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.status_code, again.body) == (ModelStatusError, str(error), 429, "slow down")
    assert again.ledger == error.ledger


# ---------------------------------------------------------------- keys


def everything_said(error: BaseException) -> str:
    """The traceback as the chattiest logger prints it, with the locals of every frame but the test's own."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    texts = [str(error), repr(error), repr(vars(error))]
    link: traceback.TracebackException | None = shown
    while link is not None:
        texts += [repr(frame.locals) for frame in link.stack if frame.filename != __file__]
        link = link.__cause__ or link.__context__
    return "\n".join(texts)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(401, text=f"Incorrect key: {KEY}"),
        httpx.Response(200, text=f"<html>{KEY}"),
        httpx.ConnectError(f"refused with {KEY}"),
    ],
)
def test_a_key_is_in_no_error_and_no_local_of_its_traceback(answer: Any) -> None:
    error = failing(answer, api_key=KEY)
    assert KEY not in everything_said(error)


def test_a_key_is_in_no_local_when_the_connection_fails_for_real() -> None:
    with nobody() as url:
        extractor = Extractor("m", base_url=f"{url}/v1", api_key=KEY, timeout=1)
        with pytest.raises(ModelUnreachableError) as caught:
            extractor.extract(Invoice, "text")
    assert KEY not in everything_said(caught.value)
    assert KEY not in repr(extractor) + repr(vars(extractor))


@pytest.mark.parametrize("keywords", [{"base_url": "nonsense"}, {"model": None}, {"max_attempts": 0}, {"tools": []}])
def test_a_key_is_in_no_error_of_the_setup(keywords: dict[str, Any]) -> None:
    with pytest.raises((SetupError, TypeError, ValueError)) as caught:
        Extractor(**{"model": "m", "base_url": URL, "api_key": KEY, **keywords})
    assert KEY not in everything_said(caught.value)


def test_a_key_that_no_header_takes_is_refused_without_being_shown() -> None:
    with pytest.raises(SetupError, match="The key holds characters that no HTTP header takes") as caught:
        Extractor("m", base_url=URL, api_key=f"{KEY}\u2026")
    assert KEY not in everything_said(caught.value)


def test_blanks_around_a_key_are_not_part_of_it() -> None:
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    Extractor("m", base_url=URL, transport=wire, api_key=f" {KEY}\n").extract(Invoice, "text")
    assert wire.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_usage_of_a_status_is_no_spending() -> None:
    extractor, _ = over("{}", Reply(status=503, body=b"busy"))
    with pytest.raises(ModelStatusError) as caught:
        extractor.extract(Invoice, "text")
    assert caught.value.ledger is not None
    assert caught.value.ledger.total_tokens is not None


@pytest.mark.parametrize("source", [Path("missing.pdf"), ""])
def test_a_bad_document_costs_no_call(source: Any) -> None:
    extractor, model = over()
    with pytest.raises(ExtractorError):
        extractor.extract(Invoice, source)
    assert model.requests == []


@pytest.mark.parametrize("headers", [{"a": 3}, [("a", "b")]])
def test_headers_that_are_no_dict_of_texts(headers: Any) -> None:
    with pytest.raises(TypeError, match="headers are a dict of texts"):
        Extractor("m", base_url="http://fake/v1", headers=headers)


@pytest.mark.parametrize("transport", [3, httpx.Client])
def test_a_transport_that_is_none_is_told_at_once(transport: Any) -> None:
    with pytest.raises(
        TypeError, match=r"transport is an httpx\.BaseTransport or AsyncBaseTransport, or 'aiohttp', not "
    ):
        Extractor("m", base_url="http://fake/v1", transport=transport)


def test_a_certificate_that_is_not_trusted_is_told_with_the_way_out() -> None:
    refused = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate")
    extractor = Extractor("m", base_url="https://fake/v1", transport=FakeModel(refused))
    with pytest.raises(ModelUnreachableError, match=r"self-signed certificate\. If it is yours, name its"):
        extractor.extract(int, "1")


def test_headers_of_the_caller_replace_ours() -> None:
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    own = {"Authorization": "Basic abc", "Content-Type": "application/json; charset=utf-8"}
    Extractor("m", base_url=URL, transport=wire, api_key=KEY, headers=own).extract(Invoice, "text")
    (request,) = wire.requests
    assert request.headers.get_list("authorization") == ["Basic abc"]
    assert request.headers.get_list("content-type") == ["application/json; charset=utf-8"]


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"headers": {"Content-Length": "3"}}, ValueError, "headers: Content-Length is made for each request"),
    ({"headers": {"x": "a\nb"}}, ValueError, "headers: 'x' or its value holds characters"),
    ({"api_key": 5}, TypeError, "api_key is a text, not int"),
    ({"base_url": "http://127.0.0.1:99999/v1"}, SetupError, "base_url has no port 99999"),
    ({"base_url": "http://user:secret@host/v1"}, SetupError, "base_url holds a user or password"),
    ({"temperature": "hot"}, TypeError, "temperature"),
    ({"temperature": 3}, ValueError, "temperature"),
    ({"locale": "german"}, ValueError, "locale"),
    ({"dialect": "klingon"}, ValueError, "dialect is one of openai, .*, not 'klingon'"),
]


@pytest.mark.parametrize(("keywords", "kind", "said"), WRONG)
def test_a_wrong_setting_is_told_at_once(keywords: dict[str, Any], kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        Extractor(**{"model": "m", "base_url": URL, **keywords})
    assert "secret" not in str(caught.value)


def test_a_blank_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXTRACTOR_API_KEY", " ")
    monkeypatch.setenv("AIMLAPI_API_KEY", "b")
    wire = Wire(httpx.Response(200, content=Completion(content=GOOD).to_json()))
    Extractor("m", transport=wire, api_key="  ").extract(Invoice, "text")
    assert (wire.requests[0].url.host, wire.requests[0].headers["authorization"]) == ("api.aimlapi.com", "Bearer b")


def test_complete_takes_a_request() -> None:
    with pytest.raises(TypeError, match=r"complete takes a ChatRequest\(model=…, messages=\[…\]\), not str"):
        over()[0].complete("hi")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["Text/Event-Stream; charset=utf-8", "application/json"])
def test_a_stream_that_nobody_asked_for_is_read(kind: str) -> None:
    body = b"".join(map(event, chunks_of(Completion(content=GOOD)))) + DONE
    wire = Wire(httpx.Response(200, content=body, headers={"content-type": kind}))
    result = Extractor("m", base_url=URL, transport=wire).extract(Invoice, "text")
    assert result.value == Invoice(number="17", total=42.5)


def test_the_wait_that_an_endpoint_asks_for_is_told() -> None:
    error = failing(httpx.Response(429, text="slow down", headers={"retry-after": "100"}))
    assert "It asks to wait 100 (Retry-After)." in str(error)


def test_a_transport_of_the_other_kind_is_told_with_the_way_out() -> None:
    sync, later = httpx.HTTPTransport(verify=False), httpx.AsyncHTTPTransport(verify=False)
    with pytest.raises(SetupError, match=r"AsyncHTTPTransport is an async transport\. Use it with AsyncExtractor"):
        Extractor("m", base_url=URL, transport=later).extract(Invoice, "Invoice 17")  # type: ignore[arg-type]
    with pytest.raises(SetupError, match=r"HTTPTransport is a sync transport\. Use it with Extractor"):
        asyncio.run(AsyncExtractor("m", base_url=URL, transport=sync).extract(Invoice, "Invoice 17"))  # type: ignore[arg-type]
    with (
        pytest.raises(SetupError, match="is an async transport"),
        Extractor("m", base_url=URL, transport=later).stream(Invoice, "Invoice 17") as stream,  # type: ignore[arg-type]
    ):
        list(stream)

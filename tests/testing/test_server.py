"""``FakeServer``: a real endpoint that holds requests to the rules, and goes wrong as it is told to."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, replace
from threading import Event
from typing import Any, Literal

import httpx
import pytest
from pydantic import BaseModel, Field

from extractor import AsyncExtractor, ChatRequest, Completion, Extractor, ExtractorError, ModelStatusError, Schema
from extractor.schema.dialects import DIALECTS
from extractor.testing import FakeModel, FakeServer, Faults, Reply
from extractor.testing.strict import complaint
from extractor.transports import Cassette, PoolTransport, RetryTransport

from ..contract.check import check_completion, check_stream
from ..schema.test_constructs import ROWS, closed


class Order(BaseModel):
    number: str = Field(pattern="^A-[0-9]+$")
    lines: list[int]
    unit: Literal["kg", "m"]


USER: Any = {"role": "user", "content": "Order A-17"}
ASK: dict[str, Any] = {"model": "m", "messages": [USER]}
STRICT = {"name": "Order", "schema": Schema.of(Order).strict, "strict": True}


def post(server: FakeServer, body: object = ASK, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.post(f"{server.base_url}/chat/completions", content=content, headers=headers)


def asked(server: FakeServer, **options: Any) -> Extractor:
    return Extractor("m", base_url=server.base_url, **options)


def test_it_answers_at_random_with_nothing_else_said() -> None:
    with FakeServer(seed=7) as server, asked(server) as extractor:
        result = extractor.extract(Order, "Order A-17")
        again = extractor.extract(Order, "Order A-17")
        assert (server.asked, server.refusals) == (2, [])
        assert isinstance(server.model, FakeModel)
        assert server.model.spent.total_tokens == result.ledger.total_tokens + again.ledger.total_tokens
    assert (
        result.value
        == Extractor("m", base_url="http://x", transport=FakeModel.random(7)).extract(Order, "Order A-17").value
    )


def test_what_goes_over_the_wire_is_on_the_contract() -> None:
    body = {**ASK, "response_format": {"type": "json_schema", "json_schema": STRICT}, "n": 2}
    with FakeServer() as server:
        check_completion(post(server, body).content)
        streamed = post(server, {**body, "stream": True, "stream_options": {"include_usage": True}})
        listed = httpx.get(f"{server.base_url}/models").json()
    check_stream(streamed.content)
    assert streamed.headers["content-type"] == "text/event-stream"
    assert b'"usage":{' in streamed.content.splitlines()[-4]
    assert [each["id"] for each in listed["data"]] == ["fake"]


def test_async_streams_and_batches() -> None:
    async def run(base_url: str) -> list[str]:
        async with AsyncExtractor("m", base_url=base_url) as extractor:
            async with extractor.stream(Order, "A-1") as stream:
                async for _ in stream:
                    pass
            items = [item async for item in extractor.batch(Order, map(str, range(20)), concurrency=8)]
            return [stream.result.value.number, *(item.status for item in items)]

    with FakeServer() as server:
        number, *statuses = asyncio.run(run(server.base_url))
        assert (number[:2], statuses, server.asked) == ("A-", ["ok"] * 20, 21)


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def form(schema: object, **more: object) -> dict[str, object]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "T", "schema": schema, **more}}}


def image(url: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}


FORMAT, LENGTH = "response_format", "context_length_exceeded"
BAD_SCHEMA = "Invalid schema for response_format 'T': "
REQUIRED = "'required' is required to be supplied and to be an array including every key in properties."
REFUSED: list[tuple[dict[str, object], str, str | None, str | None]] = [
    ({"messages": None}, "Invalid type for 'messages'", "messages", "invalid_type"),
    ({"temperature": "hot"}, "Invalid type for 'temperature'", "temperature", "invalid_type"),
    ({"temperature": 3}, "Invalid 'temperature'", "temperature", "invalid_value"),
    ({"messages": []}, "Invalid 'messages'", "messages", "invalid_value"),
    (
        {"messages": [{"role": "user"}]},
        "Missing required parameter: 'messages[0].content'.",
        "messages[0].content",
        "missing_required_parameter",
    ),
    ({"messages": [{"role": "bot", "content": ""}]}, "Invalid 'messages[0].role'", "messages[0].role", "invalid_value"),
    (
        {"response_format": {"type": "text", "schema": {}}},
        "Unknown parameter: 'response_format.schema'.",
        "response_format.schema",
        "unknown_parameter",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}},
        "Invalid 'response_format.json_schema.name'",
        "response_format.json_schema.name",
        "invalid_value",
    ),
    ({"response_format": {"type": "json_object"}}, "must contain the word 'json'", "messages", None),
    (
        form({"type": "array"}),
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
        FORMAT,
        None,
    ),
    (form({**SCHEMA, "required": []}, strict=True), f"In context=(), {REQUIRED} Missing 'a'.", FORMAT, None),
    (
        {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": True}}]},
        "Invalid schema for function 'f': In context=(), 'additionalProperties' is required",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    ({"tool_choice": "auto"}, "'tool_choice' is only allowed when 'tools' are specified.", "tool_choice", None),
    (
        {
            "tools": [{"type": "function", "function": {"name": "f"}}],
            "tool_choice": {"type": "function", "function": {"name": "g"}},
        },
        "Tool choice 'g' not found in 'tools' parameter.",
        "tool_choice",
        None,
    ),
    (
        {"messages": [{"role": "tool", "content": "", "tool_call_id": "1"}]},
        "must be a response to a preceding message with 'tool_calls'",
        "messages[0].role",
        None,
    ),
    (image("cat.png"), "Expected a valid URL", "messages[0].content[0].image_url.url", "invalid_value"),
    (image("data:application/pdf;base64,AAAA"), "unsupported MIME type 'application/pdf'", None, "invalid_value"),
    (image("data:image/png;base64,A"), "is no base64", None, "invalid_value"),
    (image("data:image/png;base64,AAAA"), "The data is no image/png", None, "invalid_value"),
    (
        {"messages": [{"role": "user", "content": "x" * 5000}]},
        "maximum context length is 1000 tokens",
        "messages",
        LENGTH,
    ),
    ({"model": "other"}, "The model `other` does not exist", None, "model_not_found"),
]


@pytest.mark.parametrize(("change", "message", "param", "code"), REFUSED, ids=lambda value: str(value)[:50])
def test_what_is_off_is_refused_as_endpoints_do(
    change: dict[str, object], message: str, param: str | None, code: str | None
) -> None:
    with FakeServer(models=["m"], context=1000) as server:
        response = post(server, {**ASK, **change})
    error = response.json()["error"]
    assert response.status_code == (404 if code == "model_not_found" else 400)
    assert message in error["message"]
    assert (error["type"], error["code"]) == ("invalid_request_error", code)
    assert param is None or error["param"] == param
    assert [each.message for each in server.refusals] == [error["message"]]


def test_what_is_no_request() -> None:
    with FakeServer(api_key="secret") as server:
        statuses = [
            httpx.get(f"{server.base_url}/nothing").status_code,
            httpx.get(f"{server.base_url}/chat/completions").status_code,
            post(server).status_code,
            post(server, authorization="Bearer wrong").status_code,
            post(server, b"{", authorization="Bearer secret").status_code,
            post(server, authorization="Bearer secret").status_code,
        ]
    assert statuses == [404, 405, 401, 401, 400, 200]
    assert [each.code for each in server.refusals] == ["unknown_url", None, None, "invalid_api_key", None]


def inside(rule: object, **more: object) -> dict[str, object]:
    return {**closed(a=rule), **more}


NODE = {"$ref": "#/$defs/Node"}
COMPLAINTS: list[tuple[str, dict[str, object], str | None]] = [
    ("openai", SCHEMA, None),
    ("openai", inside({}), "In context=('properties', 'a'), schema must have a 'type' key."),
    ("openai", inside({"type": "date"}), "In context=('properties', 'a'), 'date' is not a valid type."),
    ("openai", inside({"type": "array"}), "In context=('properties', 'a'), array schema missing items."),
    (
        "openai",
        inside({"type": "string", "format": "uri"}),
        "In context=('properties', 'a'), 'uri' is not a valid format.",
    ),
    ("llguidance", inside({"type": "string", "format": "uri"}), None),
    ("openai", inside({"oneOf": [], "type": "null"}), "In context=('properties', 'a'), 'oneOf' is not permitted."),
    (
        "openai",
        inside({"type": "null", "default": None}),
        "In context=('properties', 'a'), 'default' is not permitted.",
    ),
    (
        "openai",
        inside({"type": "array", "items": {"type": "object", "additionalProperties": False}}),
        "In context=('properties', 'a', 'items'), object schema missing properties.",
    ),
    ("openai", {**SCHEMA, "required": ["a", "b"]}, f"In context=(), {REQUIRED} Extra required key 'b' supplied."),
    (
        "openai",
        inside(NODE),
        "In context=('properties', 'a'), reference to component '#/$defs/Node' which was not found",
    ),
    (
        "openai",
        inside({**NODE, "description": "x"}, **{"$defs": {"Node": {"type": "null"}}}),
        "In context=('properties', 'a'), $ref cannot have keywords {'description'}.",
    ),
    (
        "openai",
        inside({"$ref": "https://x.org/y"}),
        "In context=('properties', 'a'), reference 'https://x.org/y' is not",
    ),
    ("openai", {"anyOf": [SCHEMA], "type": "object"}, "schema must be a JSON Schema of"),
    ("openai", inside({"anyOf": []}), "In context=('properties', 'a'), 'anyOf' must be an array that is not empty."),
    (
        "openai",
        inside({"anyOf": [{"type": "null"}, {}]}),
        "In context=('properties', 'a', 'anyOf', '1'), schema must have a 'type' key.",
    ),
    (
        "openai",
        inside({"type": "string", "enum": [1]}),
        "In context=('properties', 'a'), enum value 1 does not validate",
    ),
    ("openai", inside({"type": "string", "enum": []}), "In context=('properties', 'a'), 'enum' must be an array"),
    (
        "openai",
        inside({"type": "boolean", "const": 1}),
        "In context=('properties', 'a'), enum value 1 does not validate",
    ),
    (
        "openai",
        inside({"type": "string", "pattern": "(?=a)"}),
        "In context=('properties', 'a'), pattern '(?=a)' has look-",
    ),
    (
        "openai",
        inside({"type": "string", "pattern": r"(a)\1"}),
        "In context=('properties', 'a'), pattern '(a)\\\\1' has",
    ),
    (
        "openai",
        inside({"type": "string", "minLength": -1}),
        "In context=('properties', 'a'), 'minLength' must be a whole",
    ),
    (
        "openai",
        inside({"type": "number", "maximum": "9"}),
        "In context=('properties', 'a'), 'maximum' must be a number",
    ),
    (
        "core",
        inside({"type": "string", "minLength": 1}),
        "In context=('properties', 'a'), 'minLength' is not permitted.",
    ),
    ("core", inside({"type": ["string", "null"]}), "In context=('properties', 'a'), 'type' must be one type"),
    (
        "core",
        inside({"anyOf": [SCHEMA, SCHEMA]}),
        "In context=('properties', 'a'), Objects provided via 'anyOf' must not",
    ),
    ("openai", inside({"anyOf": [SCHEMA, SCHEMA]}), None),
    (
        "xai",
        inside({"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        "In context=('properties', 'a', 'anyOf', '0'), circular",
    ),
    ("llama.cpp", inside({"type": "string", "pattern": "a"}), "In context=('properties', 'a'), pattern 'a' must begin"),
    (
        "llama.cpp",
        inside({"type": "number", "minimum": 1}),
        "In context=('properties', 'a'), 'minimum' is not permitted for",
    ),
    (
        "xgrammar",
        inside({"type": "string", "pattern": "a", "minLength": 1}),
        "In context=('properties', 'a'), 'minLength' and 'maxLength' are not permitted beside",
    ),
    ("core", closed(**{f"p{at}": {"type": "null"} for at in range(101)}), "101 properties, and core takes 100."),
    (
        "openai",
        inside({"type": "string", "enum": [f"{at:0>60}" for at in range(251)]}),
        "In context=('properties', 'a'), enum of 251 values has 15060 characters. Limit: 15000.",
    ),
]


@pytest.mark.parametrize(("dialect", "schema", "said"), COMPLAINTS, ids=lambda value: str(value)[:60])
def test_complaints(dialect: str, schema: dict[str, object], said: str | None) -> None:
    found = complaint(schema, DIALECTS[dialect])
    assert found == said if said is None else (found or "").startswith(said)


@pytest.mark.parametrize("kind", [row[0] for row in ROWS[::3]], ids=str)
def test_what_is_compiled_is_never_refused(kind: Any) -> None:
    assert complaint(Schema.of(kind).strict, DIALECTS["openai"]) is None


LACKS: list[tuple[Any, Any]] = [
    (["json_schema"], "json_object"),
    (["json_schema", "json_object"], "tool"),
    (["json_schema", "json_object", "tools"], "words"),
]


@pytest.mark.parametrize(("lacks", "mode"), LACKS)
def test_what_an_endpoint_lacks_is_met_by_the_next_mode(lacks: Any, mode: str) -> None:
    with FakeServer(lacks=lacks) as server, asked(server) as extractor:
        result = extractor.extract(Order, "Order A-17")
    assert (result.ledger.calls[-1].mode, {each.status for each in server.refusals}) == (mode, {400})


def test_what_is_ignored_is_not_heeded() -> None:
    with FakeServer(ignores=["n", "response_format"]) as server:
        said = Completion.from_json(post(server, {**ASK, "n": 3, **form(SCHEMA)}).content)
    assert (len(said.choices), (said.content or "")[:1] == "{") == (1, False)


def fault_of(name: str) -> Faults:
    return replace(Faults(retry_after=0), **{name: 1.0})


ANSWER_FAULTS = ("fence", "prose", "think", "wrong_type", "missing", "extra", "null", "half", "empty", "refusal")


def said_with(name: str, **fields: Any) -> Completion:
    model = FakeModel({"a": "text", "b": [1, 2]}, faults=fault_of(name))
    with httpx.Client(transport=model) as client:
        return Completion.from_json(client.post("http://x/v1", json={**ASK, **fields}).content)


def test_faults_of_the_answer() -> None:
    said = {name: said_with(name) for name in ANSWER_FAULTS}
    contents = {name: completion.content for name, completion in said.items()}
    whole = '{"a":"text","b":[1,2]}'
    assert contents["fence"] == f"```json\n{whole}\n```"
    assert contents["prose"] == f"Here is the answer:\n\n{whole}\n\nLet me know if you need anything else."
    assert contents["think"] == f"<think>The document says {{something}} about it.</think>\n{whole}"
    assert json.loads(contents["extra"] or "") == {"a": "text", "b": [1, 2], "remark": "nobody asked for this"}
    assert json.loads(contents["missing"] or "") in ({"a": "text"}, {"b": [1, 2]})
    assert json.loads(contents["null"] or "") in ({"a": None, "b": [1, 2]}, {"a": "text", "b": None})
    assert json.loads(contents["wrong_type"] or "") in (
        {"a": {"is": "unclear"}, "b": [1, 2]},
        {"a": "text", "b": "unclear"},
    )
    assert whole.startswith(contents["half"] or "-")
    assert (said["half"].finish_reason, contents["empty"], contents["refusal"]) == ("length", "", None)
    assert said["refusal"].refusal == "I'm sorry, I cannot help with that."


@pytest.mark.parametrize("fault", ["status_429", "status_500", "status_503", "garbage", "cut", "stall"])
def test_faults_of_http(fault: str) -> None:
    ends = {"status_429": 429, "status_500": 500, "status_503": 503, "garbage": "<!DOCTYPE html>"}
    with FakeServer(faults=fault_of(fault), stall=0.01) as server:
        if fault in ("cut", "stall"):
            with pytest.raises(httpx.RemoteProtocolError):
                post(server)
            return
        response = post(server)
        assert ends[fault] in (response.status_code, response.text[:15])
        assert ("retry-after" in response.headers) == (fault == "status_429")


def test_faults_in_process_and_in_streams() -> None:
    def end(fault: str, **fields: Any) -> object:
        model = FakeModel("text", faults=fault_of(fault), size=1)
        with httpx.Client(transport=model) as client:
            try:
                return client.post("http://x/v1", json={**ASK, **fields}).status_code, model.left
            except httpx.TransportError as error:
                return type(error), model.left

    assert [end("status_429"), end("stall"), end("cut"), end("cut", stream=True)] == [
        (429, 1),
        (httpx.ReadTimeout, 1),
        (httpx.ReadError, 0),
        (httpx.ReadError, 0),
    ]


def ends_of(seed: int, texts: list[str]) -> dict[str, str]:
    rates = Faults(status_500=0.2, garbage=0.1, fence=0.2, refusal=0.2, half=0.1)
    extractor = Extractor("m", base_url="http://x", transport=FakeModel.random(seed, faults=rates), max_attempts=1)

    def end(text: str) -> str:
        try:
            return str(extractor.extract(Order, text).value)
        except ExtractorError as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as threads:
        return dict(zip(texts, threads.map(end, texts), strict=True))


def test_the_seed_decides_which_request_meets_what() -> None:
    texts = [str(number) for number in range(100)]
    ends = ends_of(1, texts)
    assert ends == ends_of(1, texts[::-1]) != ends_of(2, texts)
    counted = Counter("ok" if "number" in end else end for end in ends.values())
    assert 35 <= counted["ok"] <= 65
    assert 10 <= counted["RefusalError"] <= 30
    assert 10 <= counted["ModelStatusError"] <= 30


def test_a_batch_ends_well_over_a_bad_endpoint() -> None:
    rates = {"status_429": 0.1, "status_500": 0.05, "cut": 0.05, "fence": 0.1, "wrong_type": 0.1}
    with FakeServer(faults=Faults(**rates, retry_after=0), seed=3) as server, asked(server) as extractor:
        items = list(extractor.batch(Order, map(str, range(60)), concurrency=8, max_attempts=5))
        assert [item.status for item in items if item.status != "ok"] == []
        assert server.asked > 60


@pytest.mark.parametrize("rates", [{"cut": -0.1}, {"cut": 1.1}, {"cut": 0.6, "stall": 0.6}])
def test_rates_that_cannot_be(rates: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="rate"):
        Faults(**rates)
    assert {each.name for each in fields(Faults)} >= rates.keys()


def test_scripts_cassettes_and_exceptions_are_served(tmp_path: Any) -> None:
    model = FakeModel(Reply(418, {"x-tea": "pot"}, "short"), httpx.ConnectError("gone"), '{"number": "A-1"}')
    with FakeServer(Cassette(tmp_path, model)) as server:
        first = post(server)
        assert (first.status_code, first.text) == (418, "short")
        with pytest.raises(httpx.RemoteProtocolError):
            post(server, {**ASK, "n": 1})
        assert post(server, {**ASK, "seed": 1}).json()["choices"][0]["message"]["content"] == '{"number": "A-1"}'
    with FakeServer(Cassette(tmp_path)) as server:
        assert post(server).status_code == 418
    assert len(list(tmp_path.iterdir())) == 2


def test_a_script_that_is_at_its_end_is_told_and_not_retried() -> None:
    with FakeServer(FakeModel("{}")) as server:
        post(server)
        with pytest.raises(ModelStatusError, match="has given all its replies"):
            Extractor("m", base_url=server.base_url, transport=RetryTransport(PoolTransport())).complete(
                ChatRequest(model="m", messages=[USER])
            )
        assert server.asked == 2


def test_what_a_script_raises_is_raised_at_the_end() -> None:
    def script(request: ChatRequest) -> str:
        assert request.messages == [], "it is told here"
        return ""

    server = FakeServer(FakeModel(script))
    with pytest.raises(AssertionError, match="it is told here"), server, suppress(httpx.RemoteProtocolError):
        post(server)


def test_it_stops_at_once_and_leaves_nothing_open() -> None:
    heard = Event()

    def script(request: ChatRequest) -> httpx.TimeoutException:
        heard.set()
        return httpx.ReadTimeout("nothing is said")

    with FakeServer(FakeModel(script)) as server, ThreadPoolExecutor(1) as threads:
        base_url, port = server.base_url, int(httpx.URL(server.base_url).port or 0)
        waiting = threads.submit(httpx.post, f"{base_url}/chat/completions", json=ASK, timeout=60)
        assert heard.wait(60)
        server.close()
        assert isinstance(waiting.exception(30), httpx.TransportError)
    with pytest.raises(RuntimeError, match="does not run"):
        _ = server.base_url
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 5)


def test_faults_with_a_model_of_your_own_are_refused() -> None:
    with pytest.raises(TypeError, match="give them to FakeModel"):
        FakeServer(FakeModel("{}"), faults=Faults(cut=1))
    with pytest.raises(ValueError, match="dialect is one of"):
        FakeServer(dialect="klingon")


def test_it_runs_from_the_command_line() -> None:
    command = [
        sys.executable,
        "-m",
        "extractor.testing",
        "--seed",
        "7",
        "--lacks",
        "json_schema",
        "--fault",
        "fence=0.5",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        try:
            with Extractor("m", base_url=base_url) as extractor:
                assert extractor.extract(Order, "A-17").value.number[:2] == "A-"
        finally:
            process.terminate()
            _, told = process.communicate(timeout=30)
    lines = told.splitlines()
    assert "POST /v1/chat/completions 400" in lines[0]
    assert "'response_format' of type 'json_schema' is not supported" in lines[0]
    assert lines[-1] == "POST /v1/chat/completions 200"

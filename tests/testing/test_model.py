"""FakeModel: scripted answers over the real wire."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest

from extractor.chat import (
    AnswerMessage,
    ChatRequest,
    Choice,
    Completion,
    EventReader,
    Fold,
    FunctionCall,
    Meta,
    Spent,
    ToolCall,
    Usage,
)
from extractor.testing import CREATED, FakeModel, OutOfReplies, Reply, Script

from ..contract.check import check_completion, check_stream

URL = "http://fake/v1/chat/completions"
ASK = ChatRequest(model="m", messages=[{"role": "user", "content": "12345"}])


def post(model: FakeModel, request: ChatRequest = ASK) -> httpx.Response:
    with httpx.Client(transport=model) as client:
        return client.post(URL, content=request.to_json())


async def post_async(model: FakeModel, request: ChatRequest = ASK) -> httpx.Response:
    async with httpx.AsyncClient(transport=model) as client:
        return await client.post(URL, content=request.to_json())


def answer(model: FakeModel, request: ChatRequest = ASK) -> Completion:
    body = post(model, request).content
    check_completion(body)
    return Completion.from_json(body)


def streamed(model: FakeModel, **fields: Any) -> Completion:
    body = post(model, replace(ASK, stream=True, **fields)).content
    check_stream(body)
    reader, fold = EventReader(), Fold()
    for chunk in (*reader.feed(body), *reader.close()):
        fold.add(chunk)
    return fold.completion()


def finished(completion: Completion, number: int = 1, **more: Any) -> Completion:
    return replace(completion, id=f"fake-{number}", created=CREATED, model="m", **more)


HELLO = finished(Completion(content="Hello"), usage=Usage(prompt_tokens=2, completion_tokens=2, total_tokens=4))


def test_a_string_is_the_content_of_an_answer_on_the_contract() -> None:
    model = FakeModel("Hello")
    assert answer(model) == HELLO
    assert model.requests == [ASK]
    assert [str(request.url) for request in model.http] == [URL]
    assert model.left == 0


def test_an_async_client_is_answered_alike() -> None:
    response = asyncio.run(post_async(FakeModel("Hello")))
    assert Completion.from_json(response.content) == HELLO


def test_objects_and_arrays_are_sent_as_their_json() -> None:
    model = FakeModel({"total": 4.5, "name": "Zoë"}, [1])
    assert [answer(model).content, answer(model).content] == ['{"total":4.5,"name":"Zoë"}', "[1]"]


def test_a_completion_is_sent_as_it_is_and_what_it_lacks_is_added() -> None:
    call = ToolCall(id="1", type="function", function=FunctionCall(name="f", arguments="{}"))
    own = Completion(
        choices=[Choice(message=AnswerMessage(tool_calls=(call,)), finish_reason="tool_calls")],
        id="x",
        created=5,
        model="y",
        usage=Usage(prompt_tokens=7, completion_tokens=8, total_tokens=15),
        meta=Meta(usage=Spent(credits_used=1, usd_spent=0.5)),
    )
    assert answer(FakeModel(own)) == own
    bare = Completion(content=None, refusal="No.", finish_reason="content_filter")
    assert answer(FakeModel(bare, usage=False)) == finished(bare)


@pytest.mark.parametrize("split", [None, 1, 7])
def test_a_stream_carries_the_same_answer(split: int | None) -> None:
    options: dict[str, Any] = {"stream_options": {"include_usage": True}}
    assert streamed(FakeModel("Hello", size=2, split=split), **options) == HELLO
    assert streamed(FakeModel("Hello", split=split)) == replace(HELLO, usage=None)


def test_each_choice_takes_the_next_answer_and_the_last_repeats() -> None:
    model = FakeModel("a", "b", Reply(503), "c", lambda request: f"{request.n}")
    three = replace(ASK, n=3)
    assert [choice.message.content for choice in answer(model, three).choices] == ["a", "b", "b"]
    assert post(model, three).status_code == 503
    made = streamed(model, n=3)
    assert [(choice.index, choice.message.content) for choice in made.choices] == [(0, "c"), (1, "3"), (2, "3")]


def test_a_completion_of_several_choices_serves_them_all() -> None:
    two = Completion(choices=[Choice(message=AnswerMessage(content=text), index=at) for at, text in enumerate("ab")])
    model = FakeModel(two, "c")
    assert [choice.message.content for choice in answer(model, replace(ASK, n=2)).choices] == ["a", "b"]
    assert model.left == 1


def test_an_http_answer_goes_out_as_it_is() -> None:
    model = FakeModel(
        Reply(429, {"retry-after": "1"}, b"slow down"), Reply(402, body={"error": {"message": "pay"}}), Reply(body="hi")
    )
    first, second, third = post(model), post(model), post(model)
    assert (first.status_code, first.headers["retry-after"], first.text) == (429, "1", "slow down")
    assert (second.status_code, second.headers["content-type"]) == (402, "application/json")
    assert second.json() == {"error": {"message": "pay"}}
    assert (third.status_code, third.text) == (200, "hi")


def test_an_answer_may_break_off() -> None:
    model = FakeModel(*[Reply(body=[b"half", httpx.ReadError("gone")])] * 2, split=3)
    with pytest.raises(httpx.ReadError, match="gone"):
        post(model)
    with pytest.raises(httpx.ReadError, match="gone"):
        asyncio.run(post_async(model))


@pytest.mark.parametrize("failure", [httpx.ConnectError("no route"), httpx.ConnectError])
def test_exceptions_are_raised_with_the_request(failure: Script) -> None:
    with pytest.raises(httpx.ConnectError) as caught:
        post(FakeModel(failure))
    assert str(caught.value.request.url) == URL


def test_a_function_answers_for_the_request() -> None:
    model = FakeModel(lambda request: {"asked": request.messages[-1]["content"]}, lambda request: Reply(500))
    assert answer(model).content == '{"asked":"12345"}'
    assert post(model).status_code == 500


def test_the_last_reply_may_serve_for_ever_and_several_threads() -> None:
    model = FakeModel("first", lambda request: request.messages[0]["content"], repeat=True)
    assert answer(model).content == "first"
    asked = [replace(ASK, messages=[{"role": "user", "content": str(number)}]) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda request: answer(model, request).content, asked))
    assert given == [str(number) for number in range(40)]
    assert len(model.requests) == 41


def test_a_model_that_is_asked_too_often_says_so() -> None:
    model = FakeModel("a")
    post(model)
    with pytest.raises(OutOfReplies) as caught:
        post(model)
    assert str(caught.value) == (
        "FakeModel has given all its replies (1) and was asked again; the last message was:"
        ' {"role":"user","content":"12345"}. Give it one more reply, or repeat=True.'
    )


def test_a_request_off_the_contract_is_refused() -> None:
    body = orjson.dumps({"model": "m", "messages": [], "n": 0})
    with httpx.Client(transport=FakeModel("a")) as client, pytest.raises(ValueError, match="messages has 0 items"):
        client.post(URL, content=body)


def test_tokens_are_estimated_from_texts_and_images() -> None:
    parts: Any = [{"type": "text", "text": "12345"}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    request = replace(ASK, messages=[{"role": "system", "content": "1234"}, {"role": "user", "content": parts}])
    reply = Completion(content="123", reasoning="456")
    assert answer(FakeModel(reply), request).usage == Usage(prompt_tokens=88, completion_tokens=2, total_tokens=90)

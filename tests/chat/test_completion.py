"""Answers: what is read, what is forgiven, and what is no completion at all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from extractor.chat import (
    Annotation,
    AnswerMessage,
    Audio,
    Choice,
    Completion,
    CompletionTokens,
    CustomCall,
    FunctionCall,
    Logprobs,
    Meta,
    PromptTokens,
    ReasoningDetail,
    Spent,
    TokenLogprob,
    Took,
    ToolCall,
    TopLogprob,
    UrlCitation,
    Usage,
)
from extractor.errors import ModelProtocolError
from tests.contract.check import check_completion

from .strategies import completions, json_values

SAMPLE: dict[str, Any] = {
    "id": "gen-17",
    "object": "chat.completion",
    "created": 1780385293,
    "model": "stepfun/step-3.7-flash-20260528",
    "system_fingerprint": None,
    "service_tier": None,
    "choices": [
        {
            "index": 0,
            "logprobs": {
                "content": [
                    {
                        "token": "Hi",
                        "logprob": -0.25,
                        "bytes": [72, 105],
                        "top_logprobs": [{"token": "Yo", "logprob": -9999.0, "bytes": None}],
                    }
                ],
                "refusal": None,
            },
            "finish_reason": "stop",
            "native_finish_reason": "eos",
            "message": {
                "role": "assistant",
                "content": "Hi",
                "refusal": None,
                "reasoning": "A greeting.",
                "reasoning_details": [
                    {"type": "reasoning.text", "text": "A greeting.", "format": "unknown", "index": 0}
                ],
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {"url": "https://host", "title": "Host", "start_index": 0, "end_index": 1},
                    }
                ],
                "audio": {"id": "a", "data": "AAAA", "transcript": "hi", "expires_at": 1780385999},
                "tool_calls": [
                    {"id": "1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}},
                    {"id": "2", "type": "custom", "custom": {"name": "say", "input": "hi"}},
                ],
            },
        }
    ],
    "usage": {
        "completion_tokens": 9,
        "prompt_tokens": 21,
        "total_tokens": 30,
        "completion_tokens_details": {"reasoning_tokens": 4, "image_tokens": 0, "audio_tokens": 0},
        "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 2, "audio_tokens": 0, "video_tokens": 0},
    },
    "meta": {"usage": {"credits_used": 3955, "usd_spent": 0.0019775}},
}
READ = Completion(
    id="gen-17",
    created=1780385293,
    model="stepfun/step-3.7-flash-20260528",
    choices=[
        Choice(
            index=0,
            finish_reason="stop",
            native_finish_reason="eos",
            logprobs=Logprobs(
                content=(
                    TokenLogprob(
                        token="Hi",
                        logprob=-0.25,
                        bytes=(72, 105),
                        top_logprobs=(TopLogprob(token="Yo", logprob=-9999.0),),
                    ),
                )
            ),
            message=AnswerMessage(
                content="Hi",
                reasoning="A greeting.",
                reasoning_details=(
                    ReasoningDetail(type="reasoning.text", text="A greeting.", format="unknown", index=0),
                ),
                annotations=(
                    Annotation(
                        type="url_citation",
                        url_citation=UrlCitation(url="https://host", title="Host", start_index=0, end_index=1),
                    ),
                ),
                audio=Audio(id="a", data="AAAA", transcript="hi", expires_at=1780385999),
                tool_calls=(
                    ToolCall(id="1", type="function", function=FunctionCall(name="look", arguments='{"at": 1}')),
                    ToolCall(id="2", type="custom", custom=CustomCall(name="say", input="hi")),
                ),
            ),
        )
    ],
    usage=Usage(
        prompt_tokens=21,
        completion_tokens=9,
        total_tokens=30,
        completion_tokens_details=CompletionTokens(reasoning_tokens=4, image_tokens=0, audio_tokens=0),
        prompt_tokens_details=PromptTokens(cached_tokens=3, cache_write_tokens=2, audio_tokens=0, video_tokens=0),
    ),
    meta=Meta(usage=Spent(credits_used=3955, usd_spent=0.0019775)),
)


def answer(message: dict[str, Any] | None = None, **fields: Any) -> Completion:
    choice = {"index": 0, "message": message or {"content": "x"}, "finish_reason": "stop"}
    return Completion.from_json(orjson.dumps({"choices": [choice], **fields}))


def test_every_field_of_an_answer_is_read() -> None:
    body = orjson.dumps(SAMPLE)
    check_completion(body)
    assert Completion.from_json(body) == READ
    check_completion(READ.to_json())


def test_the_first_choice_is_read_from_the_completion() -> None:
    second = replace(READ.choices[0], index=1, finish_reason="length", message=AnswerMessage(refusal="No."))
    both = replace(READ, choices=(*READ.choices, second))
    first = both.choices[0]
    assert (both.content, both.refusal, both.finish_reason, both.reasoning, both.tool_calls, both.logprobs) == (
        "Hi", None, "stop", "A greeting.", first.message.tool_calls, first.logprobs,
    )  # fmt: skip
    assert both.usage is not None
    assert (both.usage.cached_tokens, both.usage.reasoning_tokens) == (3, 4)
    assert (Usage().cached_tokens, Usage().reasoning_tokens) == (None, None)


def test_a_completion_of_one_choice_has_a_short_form() -> None:
    message = AnswerMessage(content="x", refusal="no", reasoning="hm")
    made = Completion(content="x", refusal="no", reasoning="hm", finish_reason="length")
    assert made == Completion(choices=(Choice(message=message, finish_reason="length"),))
    with pytest.raises(TypeError, match="not both"):
        Completion(choices=READ.choices, content="x")
    with pytest.raises(ValueError, match="at least one"):
        Completion(choices=())


def test_what_a_call_took_is_kept_beside_the_answer_and_not_compared() -> None:
    timed = replace(READ, took=Took(1.5, tries=2, waited=0.5))
    assert timed.took == Took(1.5, 2, 0.5)
    assert timed == READ
    assert timed.to_json() == READ.to_json()


@given(completions)
def test_what_goes_out_comes_back(made: Completion) -> None:
    assert Completion.from_json(made.to_json()) == made


def test_what_is_missing_null_or_odd_is_none_and_the_odd_is_kept() -> None:
    body = b'{"choices": [{"message": {}}], "id": 5, "model": null, "usage": {"prompt_tokens": "7"}, "meta": []}'
    assert Completion.from_json(body) == Completion(
        finish_reason=None, usage=Usage(extra={"prompt_tokens": "7"}), extra={"id": 5, "meta": []}
    )


def test_less_than_nothing_is_spent_by_nobody() -> None:
    usage = {"prompt_tokens": -5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": -1}}
    made = answer({"content": "x"}, usage=usage, meta={"usage": {"usd_spent": -0.1, "credits_used": 3}})
    assert made.usage is not None
    assert (made.usage.prompt_tokens, made.usage.completion_tokens, made.usage.cached_tokens) == (None, 2, None)
    assert made.meta is not None
    assert made.meta.usage == Spent(credits_used=3, extra={"usd_spent": -0.1})


def test_unknown_fields_are_kept_at_every_level() -> None:
    made = answer({"content": "x", "mood": "good"}, provider="P", usage={"cost": 0.1, "total_tokens": 3.0})
    assert made.extra == {"provider": "P"}
    assert made.choices[0].message.extra == {"mood": "good"}
    assert made.usage == Usage(total_tokens=3, extra={"cost": 0.1})


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"content": [{"type": "text", "text": "a"}, "b", {"text": "c"}]}, AnswerMessage(content="abc")),
        ({"content": []}, AnswerMessage(content="")),
        (
            {"content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}]},
            AnswerMessage(content="a", extra={"content_parts": [{"type": "thinking", "thinking": "hm"}]}),
        ),
        ({"content": [{"type": "image"}]}, AnswerMessage(extra={"content": [{"type": "image"}]})),
        ({"reasoning_content": "hm"}, AnswerMessage(reasoning="hm")),
        ({"reasoning": "hm", "reasoning_content": "hm"}, AnswerMessage(reasoning="hm")),
        (
            {"reasoning": "hm", "reasoning_content": "oh"},
            AnswerMessage(reasoning="hm", extra={"reasoning_content": "oh"}),
        ),
        (
            {"tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}, None]},
            AnswerMessage(tool_calls=(ToolCall(function=FunctionCall(name="f", arguments='{"a":1}')),)),
        ),
        ({"role": None, "tool_calls": None, "annotations": 5}, AnswerMessage(extra={"annotations": 5})),
    ],
)
def test_the_ways_of_other_endpoints_are_read(message: dict[str, Any], expected: AnswerMessage) -> None:
    assert answer(message) == Completion(choices=[Choice(message=expected, finish_reason="stop")])


def test_choices_without_an_index_have_that_of_their_place() -> None:
    made = Completion.from_json(b'{"choices": [{"message": {"content": "a"}}, {"message": {"content": "b"}}]}')
    assert [(choice.index, choice.message.content) for choice in made.choices] == [(0, "a"), (1, "b")]


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"choices": [{"message": {"content": "a\\ufffd"}}]}',
        b'{"choices": [{"message": {"content": "a\\ud83d"}}]}',
        b'{"choices": [{"message": {"content": "a\xff"}}]}',
        b'{"choices": [{"message": {"content": "a\\ufffd"}}], "created": NaN}',
        '{"choices": [{"message": {"content": "a\ufffd"}}]}',
    ],
)
def test_json_that_is_a_little_off_is_read(body: bytes | str) -> None:
    assert Completion.from_json(body) == Completion(content="a\ufffd", finish_reason=None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The answer is no JSON: it is empty."),
        (b"upstream timed out", "The answer is no JSON. It begins: upstream timed out"),
        (b"\n<!DOCTYPE html>\n<p>Hi", "The answer is HTML, no JSON (is base_url right?). It begins: <!DOCTYPE html>"),
        (b"[1]", "The answer is JSON, but no object. It begins: [1]"),
        (
            b'{"error": {"message": "No credit.", "code": 402}}',
            'The answer reports an error: No credit. (402). It begins: {"error": {"message": "No',
        ),
        (b'{"error": "busy"}', 'The answer reports an error: busy. It begins: {"error": "busy"}'),
        (b'{"object": "error", "message": "bad"}', "The answer reports an error: bad."),
        (b'{"detail": "x"}', "The answer is no chat completion: it has no list of choices. It begins: {"),
        (b'{"choices": {}}', "it has no list of choices"),
        (b'{"choices": []}', "The answer is no chat completion: its choices are empty"),
        (b'{"choices": [null]}', "its choices are empty"),
        (b'{"choices": [' + b"[" * 100_000, "The answer is no JSON"),
        (b'{"choices": [{"message": {"content": "{', "The answer is half of a JSON object, which breaks off"),
    ],
)  # fmt: skip
def test_what_is_no_completion_is_a_protocol_error_that_quotes_it(body: bytes, said: str) -> None:
    with pytest.raises(ModelProtocolError) as caught:
        Completion.from_json(body)
    assert said in str(caught.value)
    assert caught.value.body == body[: 64 * 1024].decode()


def test_a_quote_is_short_and_a_body_is_kept_to_64_kb() -> None:
    with pytest.raises(ModelProtocolError) as caught:
        Completion.from_json(b"x" * 100_000)
    assert len(str(caught.value)) < 300
    assert len(caught.value.body) == 65_536


@given(json_values, st.data())
def test_whatever_stands_in_an_answer_it_is_read_and_written_again(odd: object, data: st.DataObject) -> None:
    body = _with(SAMPLE, odd, data)
    assume(isinstance(body.get("choices"), list) and any(isinstance(choice, dict) for choice in body["choices"]))
    made = Completion.from_json(orjson.dumps(body))
    assert Completion.from_json(made.to_json()) == made


@given(json_values | st.dictionaries(st.sampled_from(["choices", "error", "id"]), json_values), st.binary(max_size=3))
def test_whatever_comes_is_a_completion_or_a_protocol_error(body: object, noise: bytes) -> None:
    for sent in (orjson.dumps(body), orjson.dumps(body) + noise, noise):
        with suppress(ModelProtocolError):
            Completion.from_json(sent)


def _with(value: Any, odd: object, data: st.DataObject) -> Any:
    """The value with another in one place of it."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not keys or data.draw(st.integers(0, 5)) == 0:
        return odd if value is not SAMPLE else value
    key = data.draw(st.sampled_from(keys))
    changed = value.copy()
    changed[key] = _with(value[key], odd, data)
    return changed


def test_content_that_is_json_and_no_text_is_kept_as_its_text() -> None:
    body = b'{"choices":[{"message":{"role":"assistant","content":{"number":"17"}},"finish_reason":"stop"}]}'
    assert Completion.from_json(body).content == '{"number":"17"}'

"""Requests: what is taken, what is refused and how, and the way to JSON and back."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from copy import deepcopy
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import jsonschema
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.chat import ChatRequest, Encoded
from tests.contract.check import check_request

from .strategies import json_values, requests

HELLO: dict[str, Any] = {"role": "user", "content": "Hello"}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "Answer", "schema": {"type": "object"}, "strict": True}}


def request(**fields: Any) -> ChatRequest:
    return ChatRequest(**{"model": "m", "messages": [HELLO], **fields})


def user(part: object) -> dict[str, Any]:
    return {"messages": [HELLO, {"role": "user", "content": [part]}]}


FULL: dict[str, Any] = {
    "model": "stepfun/step-3.7-flash",
    "messages": (
        {"role": "developer", "content": "Be short."},
        {"role": "system", "content": [{"type": "text", "text": "Really."}], "name": "boss"},
        {
            "role": "user",
            "name": "Ada",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "high"}},
                {"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AAAA"}},
            ],
        },
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                {"id": "2", "type": "custom", "custom": {"name": "think", "input": "hard"}},
            ],
        },
        {"role": "tool", "content": "A cat.", "tool_call_id": "1", "name": None},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No cats."}], "refusal": None},
        {"role": "assistant", "content": None},
    ),
    "max_completion_tokens": 900,
    "max_tokens": 800,
    "stream": True,
    "stream_options": {"include_usage": True},
    "n": 2,
    "temperature": 0.5,
    "top_p": 0.01,
    "stop": ("a", "b", "c", "d"),
    "frequency_penalty": -2,
    "presence_penalty": 2.0,
    "seed": 1,
    "response_format": SCHEMA,
    "tools": (
        {"type": "function", "function": {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}},
        {"type": "custom", "custom": {"name": "think", "format": {"type": "text"}}},
        {
            "type": "custom",
            "custom": {
                "name": "say",
                "format": {"type": "grammar", "grammar": {"definition": "a+", "syntax": "regex"}},
            },
        },
        {"type": "web_search", "depth": 2},
    ),
    "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "function"}]}},
    "normalize_tool_schemas": True,
    "parallel_tool_calls": False,
    "logprobs": True,
    "top_logprobs": 20,
    "reasoning": {"effort": "low", "exclude": True},
}


def test_every_field_of_the_contract_goes_onto_the_wire_as_it_is() -> None:
    body = ChatRequest(**FULL, extra_body={"top_k": 40}).to_json()
    expected = {**FULL, "top_k": 40, **{name: list(FULL[name]) for name in ("messages", "stop", "tools")}}
    assert orjson.loads(body) == expected
    check_request(body)


def test_fields_that_are_none_are_left_out() -> None:
    assert request(n=None, stop=None).to_json() == b'{"model":"m","messages":[{"role":"user","content":"Hello"}]}'


@given(requests)
def test_what_goes_out_comes_back_and_is_on_the_contract(made: ChatRequest) -> None:
    body = made.to_json()
    check_request(body)
    assert ChatRequest.from_json(body) == made


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"model": 5}, TypeError, "model is 5 (int): it must be a string"),
    ({"model": None}, TypeError, "model is None (NoneType): it must be given"),
    ({"model": ""}, ValueError, "model is '': it must be a string that is not empty"),
    ({"messages": []}, ValueError, "messages has 0 items: it must have at least 1"),
    ({"messages": "hi"}, TypeError, "messages is 'hi' (str): it must be an array (a list or tuple)"),
    ({"messages": ["hi"]}, TypeError, "messages[0] is 'hi' (str): it must be an object (a dict)"),
    ({"messages": [{"content": ""}]}, ValueError, "messages[0].role is missing: it is required"),
    ({"messages": [{"role": "user"}]}, ValueError, "messages[0].content is missing: it is required"),
    ({"messages": [{"role": "assistant"}]}, ValueError, "messages[0].content is missing: it is required"),
    (
        {"messages": [HELLO, {"role": "bot", "content": ""}]},
        ValueError,
        "messages[1].role is 'bot': it must be one of 'user', 'system', 'developer', 'assistant', 'tool'",
    ),
    (
        {"messages": [{"role": ["user"], "content": ""}]},
        TypeError,
        "messages[0].role is ['user'] (list): it must be one of 'user', 'system', 'developer', 'assistant', 'tool'",
    ),
    (
        {"messages": [{"role": "user", "content": None}]},
        TypeError,
        "messages[0].content is None (NoneType): it must be a string or an array (a list or tuple)",
    ),
    (
        {"messages": [{"role": "user", "content": "", 7: ""}]},
        TypeError,
        "a key of messages[0] is 7 (int): it must be a string (a plain str)",
    ),
    (
        user({"type": "image_url", "image_url": {"url": "", "detail": "max"}}),
        ValueError,
        "messages[1].content[0].image_url.detail is 'max': it must be one of 'low', 'high', 'auto'",
    ),
    (
        user({"type": "image_url", "image_url": "https://host/a.png"}),
        TypeError,
        "messages[1].content[0].image_url is 'https://host/a.png' (str): it must be an object (a dict)",
    ),
    (
        user({"type": "refusal", "refusal": "no"}),
        ValueError,
        "messages[1].content[0].type is 'refusal': it must be one of 'text', 'image_url', 'video_url'",
    ),
    (
        {
            "messages": [
                {"role": "assistant", "content": [{"type": "refusal", "refusal": ""}, {"type": "text", "text": ""}]}
            ]
        },
        ValueError,
        "messages[0].content has parts ['refusal', 'text']: it must be one or more of type text, or one refusal",
    ),
    ({"max_completion_tokens": 0}, ValueError, "max_completion_tokens is 0: it must be an integer >= 1"),
    ({"max_completion_tokens": 1.5}, TypeError, "max_completion_tokens is 1.5 (float): it must be an integer >= 1"),
    ({"max_tokens": 0.5}, ValueError, "max_tokens is 0.5: it must be a number >= 1"),
    ({"stream": 1}, TypeError, "stream is 1 (int): it must be true or false (a bool)"),
    ({"stream_options": {"include_usage": True}}, ValueError, "it must be left out unless stream is true"),
    ({"stream": True, "stream_options": {}}, ValueError, "stream_options.include_usage is missing: it is required"),
    ({"n": True}, TypeError, "n is True (bool): it must be an integer >= 1"),
    ({"n": 0}, ValueError, "n is 0: it must be an integer >= 1"),
    ({"temperature": 2.1}, ValueError, "temperature is 2.1: it must be a number from 0 to 2"),
    ({"temperature": float("nan")}, ValueError, "temperature is nan: it must be a number from 0 to 2"),
    ({"temperature": "1"}, TypeError, "temperature is '1' (str): it must be a number from 0 to 2"),
    ({"temperature": True}, TypeError, "temperature is True (bool): it must be a number from 0 to 2"),
    ({"max_tokens": float("inf")}, ValueError, "max_tokens is inf: it must be a number >= 1"),
    ({"top_p": 0}, ValueError, "top_p is 0: it must be a number from 0.01 to 1"),
    ({"stop": list("abcde")}, ValueError, "stop has 5 items: it must have at most 4"),
    ({"stop": ["a", 1]}, TypeError, "stop[1] is 1 (int): it must be a string"),
    ({"stop": 1}, TypeError, "stop is 1 (int): it must be a string or an array (a list or tuple)"),
    ({"frequency_penalty": -2.5}, ValueError, "frequency_penalty is -2.5: it must be a number from -2 to 2"),
    ({"presence_penalty": 3}, ValueError, "presence_penalty is 3: it must be a number from -2 to 2"),
    ({"seed": 0}, ValueError, "seed is 0: it must be an integer >= 1"),
    ({"seed": 2**64}, ValueError, "seed is 18446744073709551616: it must be an integer >= 1 (of at most 64 bits)"),
    ({"top_logprobs": 5}, ValueError, "top_logprobs is 5: it must be left out unless logprobs is true"),
    ({"logprobs": True, "top_logprobs": 21}, ValueError, "top_logprobs is 21: it must be an integer from 0 to 20"),
    ({"reasoning": {"effort": "max"}}, ValueError, "reasoning.effort is 'max': it must be one of 'low', 'medium'"),
    (
        {"reasoning": {"effort": "low", "max_tokens": 5}},
        ValueError,
        "reasoning has effort and max_tokens: it may have one of them",
    ),
    ({"reasoning": {"max_tokens": 0}}, ValueError, "reasoning.max_tokens is 0: it must be an integer >= 1"),
    ({"response_format": "json"}, TypeError, "response_format is 'json' (str): it must be an object (a dict)"),
    ({"response_format": {"type": "xml"}}, ValueError, "response_format.type is 'xml': it must be one of 'text'"),
    (
        {"response_format": {"type": "json_object", "schema": {}}},
        ValueError,
        "response_format has the key 'schema': it may have type and no other",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}},
        ValueError,
        "response_format.json_schema.name is 'a b': it must be 1 to 64 of the characters a-z, A-Z, 0-9, _ and -",
    ),
    (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"x": [float("inf")]}}}},
        ValueError,
        "response_format.json_schema.schema.x[0] is inf: it must be a finite number",
    ),
    ({"tools": [{"type": "web"}] * 129}, ValueError, "tools has 129 items: it must have at most 128"),
    ({"tools": [{"type": ""}]}, ValueError, "tools[0].type is '': it must be a string that is not empty"),
    ({"tools": [{"type": "function"}]}, ValueError, "tools[0].function is missing: it is required"),
    (
        {"tools": [{"type": "function", "function": {"name": "x" * 65}}]},
        ValueError,
        "it must be 1 to 64 of the characters a-z, A-Z, 0-9, _ and -",
    ),
    ({"tool_choice": "any"}, ValueError, "tool_choice is 'any': it must be one of 'none', 'auto', 'required'"),
    (
        {"tool_choice": {"type": "function", "function": {}}},
        ValueError,
        "tool_choice.function.name is missing: it is required",
    ),
    ({"extra_body": None}, TypeError, "extra_body is None (NoneType): it must be an object (a dict)"),
    ({"extra_body": []}, TypeError, "extra_body is [] (list): it must be an object (a dict)"),
    ({"extra_body": {"seed": 5}}, ValueError, "extra_body has 'seed', a field of the contract: give it as the keyword"),
    ({"extra_body": {"top_k": {5}}}, TypeError, "extra_body.top_k is {5} (set): it must be JSON"),
    ({"extra_body": {"min_p": float("nan")}}, ValueError, "extra_body.min_p is nan: it must be a finite number"),
]


@pytest.mark.parametrize(("fields", "kind", "said"), BAD, ids=[case[2][:50] for case in BAD])
def test_what_is_off_the_contract_is_refused_with_its_path_and_range(
    fields: dict[str, Any], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind) as caught:
        request(**fields)
    assert said in str(caught.value)


@given(requests.map(lambda made: orjson.loads(made.to_json())), json_values, st.data())
def test_the_checks_and_the_contract_agree(body: dict[str, Any], odd: object, data: st.DataObject) -> None:
    broken = _changed(body, odd, data)
    text = orjson.dumps(broken)
    try:
        check_request(text)
    except jsonschema.ValidationError:
        with pytest.raises(ValueError, match=r"."):
            ChatRequest.from_json(text)
    else:
        assert orjson.loads(ChatRequest.from_json(text).to_json()) == _without_nulls(broken)


def _changed(value: Any, odd: object, data: st.DataObject) -> Any:
    """The value with one thing in it replaced, added or taken away."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    action = data.draw(st.sampled_from(["in"] * 5 + ["replace", "drop", "add"]) if keys else st.just("replace"))
    if action == "replace":
        return odd
    key = data.draw(st.sampled_from(keys))
    changed = value.copy()
    if action == "drop":
        del changed[key]
    elif action == "add" and isinstance(value, dict):
        changed[data.draw(st.sampled_from(["name", "type", "content", "stream", "logprobs", "seed"]))] = odd
    else:
        changed[key] = _changed(value[key], odd, data)
    return changed


def _without_nulls(body: dict[str, Any]) -> dict[str, Any]:
    nullable = {"n", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs"}
    return {key: value for key, value in body.items() if value is not None or key not in nullable}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the request is no JSON"),
        (b"[]", "the request is [] (list): it must be an object"),
        (b'{"model": "m"}', "messages is missing: it is required"),
        (b'{"model": "m", "messages": null}', "messages is None (NoneType): it must be left out, or not null"),
        (b'{"model": "m", "messages": [{"role": "user", "content": 5}]}', "messages[0].content is 5 (int)"),
    ],
)
def test_a_body_off_the_contract_is_a_value_error(body: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        ChatRequest.from_json(body)
    assert said in str(caught.value)


def test_fields_beyond_the_contract_become_the_extra_body() -> None:
    made = ChatRequest.from_json(b'{"model": "m", "top_k": 4, "messages": [{"role": "user", "content": "Hello"}]}')
    assert made == request(extra_body={"top_k": 4})


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"messages": [{"role": "user", "content": "ab\ud83d"}]}, "messages[0].content"),
        ({"extra_body": {"\ud800": 1}}, "a key of "),
    ],
)
def test_a_lone_surrogate_is_a_value_error_with_the_way_out(fields: dict[str, Any], path: str) -> None:
    with pytest.raises(ValueError, match="surrogatepass") as caught:
        request(**fields).to_json()
    assert str(caught.value).startswith(f"{path} holds the lone surrogate U+D8")


def test_a_cycle_is_a_value_error() -> None:
    loop: dict[str, object] = {}
    loop["loop"] = loop
    with pytest.raises(ValueError, match="levels deep"):
        request(extra_body=loop)


def test_subclasses_and_mappings_are_written_as_what_they_are() -> None:
    class Word(StrEnum):
        LOW = "low"

    class Text(str):
        __slots__ = ()

    made = request(
        messages=[OrderedDict(role="user", content=Text("Hello"))],
        reasoning=MappingProxyType({"effort": Word.LOW}),
    )
    assert ChatRequest.from_json(made.to_json()) == request(reasoning={"effort": "low"})


def test_what_is_given_is_not_changed_and_not_kept_open() -> None:
    given_messages = [HELLO]
    made = request(messages=given_messages)
    given_messages.append(HELLO)
    assert made.messages == (HELLO,)
    assert replace(made, messages=given_messages) == request(messages=[HELLO, HELLO])


def test_an_encoded_object_is_spliced_in_as_its_own_bytes() -> None:
    encoded = Encoded(SCHEMA)
    assert encoded == SCHEMA
    assert encoded.json == orjson.dumps(SCHEMA)
    assert request(response_format=encoded) == request(response_format=SCHEMA)
    assert request(response_format=encoded).to_json() == request(response_format=SCHEMA).to_json()
    nested = {"messages": [Encoded(HELLO)], "extra_body": {"deep": [encoded]}}
    assert orjson.loads(request(**nested).to_json())["deep"] == [SCHEMA]


def test_an_encoded_object_is_checked_like_any_other() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match=r"response_format\.type"):
            request(response_format=Encoded({"type": "xml"}))
    with pytest.raises(ValueError, match=r"\$\.a is nan"):
        Encoded({"a": float("nan")})


def test_an_encoded_object_cannot_change_but_can_be_copied() -> None:
    encoded = Encoded(SCHEMA)
    with pytest.raises(TypeError, match="make a new one"):
        encoded["type"] = "text"
    with pytest.raises(TypeError, match="make a new one"):
        encoded.update(type="text")
    for copy in (pickle.loads(pickle.dumps(encoded)), deepcopy(encoded)):
        assert (copy, copy.json) == (encoded, encoded.json)

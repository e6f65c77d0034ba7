"""The contract of a request, field by field, as checks.

The open objects of the contract stay open: an endpoint may take more in a message than is written here. Where the
contract says a rule in words (at most 4, not both), it is held too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from .checks import (
    Check,
    array,
    filled,
    flag,
    integer,
    json_object,
    name,
    nullable,
    number,
    once,
    one_of,
    record,
    tagged,
    text,
)
from .wrong import missing, wrong_value


def _parts(*names: str) -> Mapping[str, Check]:
    return {each: _PARTS[each] for each in names}


def _assistant(value: object, path: str) -> None:
    message = cast("Mapping[str, object]", value)
    if "content" not in message and "tool_calls" not in message and "function_call" not in message:
        raise missing(f"{path}.content")
    parts = message.get("content")
    if parts is None or isinstance(parts, str):
        return
    kinds = [part["type"] for part in cast("list[Mapping[str, object]]", parts)]
    if not kinds or (len(kinds) > 1 and "refusal" in kinds):
        raise ValueError(f"{path}.content has parts {kinds}: it must be one or more of type text, or one refusal")


def _one_limit(value: object, path: str) -> None:
    if cast("Mapping[str, object]", value).keys() >= {"effort", "max_tokens"}:
        raise ValueError(f"{path} has effort and max_tokens: it may have one of them")


_PARTS: Mapping[str, Check] = {
    "text": record({"type": text, "text": text}),
    "image_url": record({"type": text, "image_url": record({"url": text}, {"detail": one_of("low", "high", "auto")})}),
    "video_url": record({"type": text, "video_url": record({"url": text})}),
    "refusal": record({"type": text, "refusal": text}),
}
_TEXT_CONTENT = array(tagged("type", _parts("text")), or_text=True)
_USER_CONTENT = array(tagged("type", _parts("text", "image_url", "video_url")), or_text=True)
_ASSISTANT_CONTENT = nullable(array(tagged("type", _parts("text", "refusal")), or_text=True))

_TOOL_CALL = tagged(
    "type",
    {
        "function": record({"id": text, "type": text, "function": record({"name": text, "arguments": text})}),
        "custom": record({"id": text, "type": text, "custom": record({"name": text, "input": text})}),
    },
)
MESSAGE = tagged(
    "role",
    {
        "user": record({"role": text, "content": _USER_CONTENT}, {"name": text}),
        "system": record({"role": text, "content": _TEXT_CONTENT}, {"name": text}),
        "developer": record({"role": text, "content": _TEXT_CONTENT}, {"name": text}),
        "assistant": record(
            {"role": text},
            {
                "content": _ASSISTANT_CONTENT,
                "name": text,
                "tool_calls": array(_TOOL_CALL),
                "refusal": nullable(text),
            },
            also=_assistant,
        ),
        "tool": record({"role": text, "content": _TEXT_CONTENT, "tool_call_id": text}, {"name": nullable(text)}),
    },
)

_GRAMMAR = record({"definition": text, "syntax": one_of("lark", "regex")})
_CUSTOM_FORMAT = tagged(
    "type", {"text": record({"type": text}), "grammar": record({"type": text, "grammar": _GRAMMAR})}
)
_FUNCTION = record({"name": name}, {"description": text, "parameters": json_object, "strict": nullable(flag)})
TOOL = tagged(
    "type",
    {
        "function": record({"type": text, "function": _FUNCTION}),
        "custom": record(
            {"type": text, "custom": record({"name": text, "format": _CUSTOM_FORMAT}, {"description": text})}
        ),
    },
    other=json_object,
)

_CHOICE_WORD = one_of("none", "auto", "required")
_NAMED = record({"name": text})
_NAME_WORD = one_of("name")


def _chosen_function(value: object, path: str) -> None:
    (_NAME_WORD if isinstance(value, str) else _NAMED)(value, path)


_CHOICE = tagged(
    "type",
    {
        "function": record({"type": text, "function": _chosen_function}),
        "custom": record({"type": text, "custom": one_of("name")}),
        "allowed_tools": record(
            {
                "type": text,
                "allowed_tools": record({"mode": one_of("auto", "required"), "tools": array(json_object)}),
            }
        ),
    },
)


def tool_choice(value: object, path: str) -> None:
    (_CHOICE_WORD if isinstance(value, str) else _CHOICE)(value, path)


RESPONSE_FORMAT = tagged(
    "type",
    {
        "text": record({"type": text}, closed=True),
        "json_object": record({"type": text}, closed=True),
        "json_schema": record(
            {
                "type": text,
                "json_schema": record(
                    {"name": name},
                    {"description": text, "schema": json_object, "strict": nullable(flag)},
                    closed=True,
                ),
            },
            closed=True,
        ),
    },
)
REASONING = record(
    {}, {"effort": one_of("low", "medium", "high"), "max_tokens": integer(1), "exclude": flag}, also=_one_limit
)

FIELDS: Mapping[str, Check] = {
    "model": filled,
    "messages": array(once(MESSAGE), 1),
    "max_completion_tokens": integer(1),
    "max_tokens": number(1),
    "stream": flag,
    "stream_options": record({"include_usage": flag}),
    "n": integer(1),
    "temperature": number(0, 2),
    "top_p": number(0.01, 1),
    "stop": array(text, 0, 4, or_text=True),
    "frequency_penalty": number(-2, 2),
    "presence_penalty": number(-2, 2),
    "seed": integer(1),
    "response_format": once(RESPONSE_FORMAT),
    "tools": array(once(TOOL), 0, 128),
    "tool_choice": tool_choice,
    "normalize_tool_schemas": flag,
    "parallel_tool_calls": flag,
    "logprobs": flag,
    "top_logprobs": integer(0, 20),
    "reasoning": REASONING,
}
"""The check of each top-level field, in the order of the contract."""

NULLABLE = frozenset({"n", "stop", "frequency_penalty", "presence_penalty", "logprobs", "top_logprobs"})
"""The fields that may be null on the wire."""


def extra_body(value: object, path: str) -> None:
    """What an endpoint takes beyond the contract: any JSON object that names no field of the contract."""
    json_object(value, path)
    for key in cast("Mapping[str, object]", value):
        if key in FIELDS:
            raise ValueError(f"{path} has {key!r}, a field of the contract: give it as the keyword {key}=")


def needs_logprobs(top_logprobs: object, logprobs: object) -> None:
    if logprobs is not True:
        raise wrong_value(top_logprobs, "top_logprobs", "left out unless logprobs is true")


def needs_stream(options: object, stream: object) -> None:
    if stream is not True:
        raise wrong_value(options, "stream_options", "left out unless stream is true")

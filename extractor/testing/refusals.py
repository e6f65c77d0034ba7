"""What an endpoint refuses before a model is asked, as the error objects that OpenAI's endpoints send."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

from ..chat import ChatRequest
from ..schema.dialects import Dialect
from .model import estimated_prompt
from .strict import complaint

Feature: TypeAlias = Literal[
    "json_schema", "json_object", "tools", "images", "videos", "streaming", "stream_options", "n", "logprobs"
]
"""What an endpoint may lack."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it is sent: ``{"error": {"message": …, "type": …, "param": …, "code": …}}``."""

    status: int
    message: str
    param: str | None = None
    code: str | None = None
    type: str = "invalid_request_error"

    def to_json(self) -> bytes:
        error = {"message": self.message, "type": self.type, "param": self.param, "code": self.code}
        return orjson.dumps({"error": error})


@dataclass(frozen=True, slots=True)
class Rules:
    """What an endpoint holds requests to. ``models`` is empty where any is known; ``context`` is in tokens."""

    dialect: Dialect
    lacks: frozenset[Feature] = frozenset()
    models: tuple[str, ...] = ()
    api_key: str | None = None
    context: int | None = None


def read(body: bytes) -> ChatRequest | Refusal:
    """The request in a body, or what is wrong with it."""
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError:
        hint = "(HINT: This likely means you aren't using your HTTP library correctly.)"
        return Refusal(400, f"We could not parse the JSON body of your request. {hint}")
    try:
        return ChatRequest.from_json(orjson.dumps(fields))
    except ValueError as error:
        return _off_the_contract(str(error))


def _off_the_contract(said: str) -> Refusal:
    """A refusal for a message that begins with the path of what is wrong."""
    param = said.split(" ", 1)[0]
    rest = said.removeprefix(f"{param} ")
    if rest.startswith("is missing"):
        return Refusal(400, f"Missing required parameter: '{param}'.", param, "missing_required_parameter")
    if found := re.match(r"has the key '([^']*)'", rest):
        param = f"{param}.{found[1]}"
        return Refusal(400, f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    if found := re.match(r"is (.*) \((\w+)\): it must be (.*)", rest, re.S):
        wanted = f"expected {found[3]}, but got {found[1]} ({found[2]}) instead"
        return Refusal(400, f"Invalid type for '{param}': {wanted}.", param, "invalid_type")
    return Refusal(400, f"Invalid '{param}': {rest}.", param, "invalid_value")


def refusal(chat: ChatRequest, rules: Rules) -> Refusal | None:
    """The first thing in a request that the endpoint does not take."""
    return next((found for look in _LOOKS_AT for found in look(chat, rules)), None)


Found: TypeAlias = Iterator[Refusal]


def _model(chat: ChatRequest, rules: Rules) -> Found:
    if rules.models and chat.model not in rules.models:
        said = f"The model `{chat.model}` does not exist or you do not have access to it."
        yield Refusal(404, said, None, "model_not_found")


def _features(chat: ChatRequest, rules: Rules) -> Found:
    for feature in sorted(rules.lacks):
        if param := _USED[feature](chat):
            said = _LACKING.get(feature, f"Unsupported parameter: '{param}' is not supported with this model.")
            yield Refusal(400, said, param, "unsupported_parameter")


def _format(kind: str) -> Callable[[ChatRequest], str | None]:
    return lambda chat: "response_format" if _wanted(chat).get("type") == kind else None


def _wanted(chat: ChatRequest) -> Mapping[str, Any]:
    return chat.response_format or {}


def _field(name: str) -> Callable[[ChatRequest], str | None]:
    return lambda chat: name if getattr(chat, name) else None


def _part(kind: str) -> Callable[[ChatRequest], str | None]:
    return lambda chat: next((where for where, part in _parts(chat) if part["type"] == kind), None)


_LACKING: Mapping[Feature, str] = {
    "json_schema": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    "json_object": "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.",
    "images": "Invalid content type. image_url is only supported by certain models.",
    "videos": "Invalid content type. video_url is only supported by certain models.",
}
_USED: Mapping[Feature, Callable[[ChatRequest], str | None]] = {
    "json_schema": _format("json_schema"),
    "json_object": _format("json_object"),
    "tools": _field("tools"),
    "images": _part("image_url"),
    "videos": _part("video_url"),
    "streaming": _field("stream"),
    "stream_options": _field("stream_options"),
    "n": lambda chat: "n" if (chat.n or 1) > 1 else None,
    "logprobs": _field("logprobs"),
}
"""The parameter by which a request uses a feature, None where it does not."""


def _parts(chat: ChatRequest) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The parts of all messages, each with where it stands."""
    for at, message in enumerate(chat.messages):
        content: Any = message.get("content")
        for number, part in enumerate(content if isinstance(content, list | tuple) else ()):
            yield f"messages[{at}].content[{number}]", part


def _schemas(chat: ChatRequest, rules: Rules) -> Found:
    form = _wanted(chat).get("json_schema")
    if form is not None:
        said = _told(form.get("schema"), form.get("strict"), rules.dialect)
        if said:
            message = f"Invalid schema for response_format '{form['name']}': {said}"
            yield Refusal(400, message, "response_format")
    for at, tool in enumerate(chat.tools or ()):
        function: Any = tool.get("function")
        said = function and _told(function.get("parameters", _EMPTY), function.get("strict"), rules.dialect)
        if said:
            message = f"Invalid schema for function '{function['name']}': {said}"
            yield Refusal(400, message, f"tools[{at}].function.parameters", "invalid_function_parameters")


_EMPTY: Mapping[str, object] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def _told(schema: object, strict: bool | None, dialect: Dialect) -> str | None:
    """What is wrong with a schema. Where it is not strict, it has to be one of an object and no more."""
    if schema is None:
        return "schema is missing." if strict else None
    said = complaint(schema, dialect)
    return said if strict or (said or "").startswith("schema must be a JSON Schema") else None


def _tools(chat: ChatRequest, rules: Rules) -> Found:
    choice: Any = chat.tool_choice
    if choice is not None and not chat.tools:
        yield Refusal(400, "'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
    named = choice.get("function") if isinstance(choice, Mapping) else None
    names = [tool["function"]["name"] for tool in chat.tools or () if "function" in tool]  # type: ignore[typeddict-item]
    if isinstance(named, Mapping) and named["name"] not in names:
        yield Refusal(400, f"Tool choice '{named['name']}' not found in 'tools' parameter.", "tool_choice")


def _conversation(chat: ChatRequest, rules: Rules) -> Found:
    """Each answer of a tool stands behind the call that it answers."""
    called = set[str]()
    for at, message in enumerate(chat.messages):
        if message["role"] == "assistant":
            called = {call["id"] for call in message.get("tool_calls", ())}
        elif message["role"] == "tool" and message["tool_call_id"] not in called:
            said = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            yield Refusal(400, f"Invalid parameter: {said}.", f"messages[{at}].role")


def _json(chat: ChatRequest, rules: Rules) -> Found:
    if _wanted(chat).get("type") == "json_object" and "json" not in str(chat.messages).casefold():
        said = "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        yield Refusal(400, said, "messages")


_DATA = re.compile(r"data:([^;,]*);base64,(.*)", re.S)
_MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/jpg": re.compile(rb"\xff\xd8\xff"),
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.S),
}


def _images(chat: ChatRequest, rules: Rules) -> Found:
    for where, part in _parts(chat):
        if part["type"] == "image_url" and (said := _bad_image(part["image_url"]["url"])):
            param = f"{where}.image_url.url"
            yield Refusal(400, f"Invalid '{param}'. {said}", param, "invalid_value")


def _bad_image(url: str) -> str | None:
    if re.match(r"https?://[^/]", url):
        return None
    found = _DATA.fullmatch(url)
    if found is None:
        return "Expected a valid URL, but got a value with an invalid format."
    if found[1] not in _MAGIC:
        return (
            "Expected a base64-encoded data URL with an image MIME type"
            f" (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got unsupported MIME type '{found[1]}'."
        )
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return "Expected a base64-encoded data URL, but got a value that is no base64."
    taken = "Please make sure your image is of one of the following formats: ['png', 'jpeg', 'gif', 'webp']."
    return None if _MAGIC[found[1]].match(data) else f"The data is no {found[1]}. {taken}"


def _context(chat: ChatRequest, rules: Rules) -> Found:
    tokens = estimated_prompt(chat)
    if rules.context is not None and tokens > rules.context:
        said = f"This model's maximum context length is {rules.context} tokens. However, your messages resulted in"
        way = "Please reduce the length of the messages."
        yield Refusal(400, f"{said} {tokens} tokens. {way}", "messages", "context_length_exceeded")


_LOOKS_AT: tuple[Callable[[ChatRequest, Rules], Found], ...] = (
    _model,
    _features,
    _tools,
    _schemas,
    _conversation,
    _json,
    _images,
    _context,
)

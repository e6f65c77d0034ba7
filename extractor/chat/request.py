"""One request of ``POST …/chat/completions``, held to the contract when it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import orjson

from ..brief import brief_fields
from ..deferred import Deferred
from .encode import encode
from .messages import Message, Reasoning, ResponseFormat, StreamOptions, Tool, ToolChoice
from .rules import FIELDS, NULLABLE, extra_body, needs_logprobs, needs_stream
from .wrong import missing, wrong_type

_REQUIRED = ("model", "messages")
_NAMES = tuple(FIELDS)
_CHECKS = tuple(FIELDS.items())
_values = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ChatRequest:
    """What is sent. A field that is None is left out, so that the endpoint's own default holds.

    A wrong type is a ``TypeError``, a wrong value a ``ValueError``, each with the path and the range. ``messages``,
    ``tools`` and ``stop`` are kept as tuples.
    """

    model: str
    messages: Sequence[Message]
    """At least one."""
    max_completion_tokens: int | None = None
    """The most tokens of the answer, reasoning included; from 1."""
    max_tokens: float | None = None
    """The same under its older name; from 1."""
    stream: bool | None = None
    """The answer comes as server-sent events."""
    stream_options: StreamOptions | None = None
    """Only beside ``stream``: whether the last event tells the usage."""
    n: int | None = None
    """How many choices; from 1. All of them are paid for."""
    temperature: float | None = None
    """0 to 2: higher is more varied."""
    top_p: float | None = None
    """0.01 to 1: the share of probability that tokens are drawn from."""
    stop: str | Sequence[str] | None = None
    """Up to 4 texts at which the answer ends; they are not part of it."""
    frequency_penalty: float | None = None
    """-2 to 2: against a token by how often it came."""
    presence_penalty: float | None = None
    """-2 to 2: against a token that came at all."""
    seed: int | None = None
    """From 1: the same seed and request should give the same answer."""
    response_format: ResponseFormat | Mapping[str, object] | None = None
    """Free text, any JSON object, or JSON by a schema."""
    tools: Sequence[Tool] | None = None
    """Up to 128 tools that the model may call."""
    tool_choice: ToolChoice | None = None
    """Whether, and which, tools are called."""
    normalize_tool_schemas: bool | None = None
    """The endpoint may rewrite the tools' schemas into what the model takes."""
    parallel_tool_calls: bool | None = None
    """Several tools may be called in one answer."""
    logprobs: bool | None = None
    """The answer comes with the log probability of each token."""
    top_logprobs: int | None = None
    """0 to 20, only beside ``logprobs``: how many likely tokens are told at each position."""
    reasoning: Reasoning | None = None
    """How much the model thinks: ``effort`` or ``max_tokens``; and whether the thoughts are told."""
    extra_body: Mapping[str, object] = field(default_factory=dict)
    """What your endpoint takes beyond the contract (``{"top_k": 40}``): further top-level fields, sent as they are."""

    def __post_init__(self) -> None:
        for (name, check), value in zip(_CHECKS, _values(self), strict=True):
            if value is not None:
                check(value, name)
                if type(value) is list:
                    object.__setattr__(self, name, tuple(value))
        if self.model is None or self.messages is None:
            raise wrong_type(None, "model" if self.model is None else "messages", "given")
        if self.extra_body != {}:
            extra_body(self.extra_body, "extra_body")
        if self.top_logprobs is not None:
            needs_logprobs(self.top_logprobs, self.logprobs)
        if self.stream_options is not None:
            needs_stream(self.stream_options, self.stream)

    @property
    def takes_long(self) -> bool:
        """Whether pictures have to be drawn to write it."""
        return any(_is_drawn(part) for message in self.messages for part in _parts(message))

    def to_json(self) -> bytes:
        """The body, in which pictures of pages are drawn. ValueError, with a path, where a string cannot be written in
        UTF-8."""
        body = {name: value for name, value in zip(_NAMES, _values(self), strict=True) if value is not None}
        body.update(self.extra_body)
        return encode(body)

    @classmethod
    def from_json(cls, body: bytes | str) -> ChatRequest:
        """The request in a body. ValueError, with a path, for anything off the contract."""
        try:
            fields = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ValueError(f"the request is no JSON: {error}") from None
        try:
            return cls._of(fields)
        except TypeError as error:
            raise ValueError(str(error)) from None

    @classmethod
    def _of(cls, fields: object) -> ChatRequest:
        if not isinstance(fields, dict):
            raise wrong_type(fields, "the request", "an object")
        for name in _REQUIRED:
            if name not in fields:
                raise missing(name)
        known: dict[str, Any] = {name: fields.pop(name) for name in _NAMES if name in fields}
        for name, value in known.items():
            if value is None and name not in NULLABLE:
                raise wrong_type(None, name, "left out, or not null")
        return cls(**known, extra_body=fields)

    def __repr__(self) -> str:
        return brief_fields(self)


def _parts(message: Message) -> Sequence[Any]:
    content = message.get("content")
    return content if isinstance(content, list | tuple) else ()


def _is_drawn(part: Any) -> bool:
    picture = part.get("image_url") if isinstance(part, Mapping) else None
    return isinstance(picture, Mapping) and isinstance(picture.get("url"), Deferred)

"""One decoded answer, with all that the endpoint said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..brief import brief_fields
from .answer import (
    CALL,
    MESSAGE,
    Annotation,
    Audio,
    Logprobs,
    ReasoningDetail,
    ToolCall,
    read_logprobs,
)
from .encode import encode
from .loose import fields, integer, json_text, load, number, protocol_error, record, several, text
from .plain import ALWAYS, plain
from .usage import Meta, Took, Usage, read_meta, read_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMessage:
    """What the model said. ``reasoning`` is what it thought, where the endpoint tells it."""

    role: str = field(default="assistant", metadata=ALWAYS)
    content: str | None = field(default=None, metadata=ALWAYS)
    refusal: str | None = None
    reasoning: str | None = None
    reasoning_details: tuple[ReasoningDetail, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    audio: Audio | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of ``n`` answers. ``finish_reason`` is stop, length, content_filter, tool_calls, or the endpoint's own."""

    index: int = field(default=0, metadata=ALWAYS)
    message: AnswerMessage = field(default=AnswerMessage(), metadata=ALWAYS)
    finish_reason: str | None = field(default=None, metadata=ALWAYS)
    native_finish_reason: str | None = None
    logprobs: Logprobs | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Completion:
    """An answer of one or more choices. What the endpoint did not say is None; what we do not know is in ``extra``.

    ``Completion(content="…")`` is short for one choice. ``created`` is a Unix time in seconds. ``took`` is ours and not
    on the wire, and does not count when two completions are compared.
    """

    choices: tuple[Choice, ...] = field(metadata=ALWAYS)
    id: str | None = None
    created: float | None = None
    model: str | None = None
    usage: Usage | None = None
    meta: Meta | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    took: Took | None = field(default=None, compare=False)

    def __init__(
        self,
        *,
        choices: Sequence[Choice] | None = None,
        content: str | None = None,
        finish_reason: str | None = "stop",
        refusal: str | None = None,
        reasoning: str | None = None,
        id: str | None = None,
        created: float | None = None,
        model: str | None = None,
        usage: Usage | None = None,
        meta: Meta | None = None,
        system_fingerprint: str | None = None,
        service_tier: str | None = None,
        extra: Mapping[str, object] | None = None,
        took: Took | None = None,
    ) -> None:
        if choices is None:
            message = AnswerMessage(content=content, refusal=refusal, reasoning=reasoning)
            choices = (Choice(message=message, finish_reason=finish_reason),)
        elif (content, finish_reason, refusal, reasoning) != (None, "stop", None, None):
            raise TypeError("give choices, or content, finish_reason, refusal and reasoning of one choice; not both")
        elif not choices:
            raise ValueError("choices is empty: a completion has at least one")
        put = object.__setattr__
        put(self, "choices", tuple(choices))
        put(self, "id", id)
        put(self, "created", created)
        put(self, "model", model)
        put(self, "usage", usage)
        put(self, "meta", meta)
        put(self, "system_fingerprint", system_fingerprint)
        put(self, "service_tier", service_tier)
        put(self, "extra", {} if extra is None else extra)
        put(self, "took", took)

    @property
    def content(self) -> str | None:
        """The text of the first choice."""
        return self.choices[0].message.content

    @property
    def refusal(self) -> str | None:
        """Why the first choice refuses, in the model's words."""
        return self.choices[0].message.refusal

    @property
    def finish_reason(self) -> str | None:
        """Why the first choice ended, such as ``stop`` or ``length``."""
        return self.choices[0].finish_reason

    @property
    def reasoning(self) -> str | None:
        """What the model thought before the first choice, where it is told."""
        return self.choices[0].message.reasoning

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Those of the first choice."""
        return self.choices[0].message.tool_calls

    @property
    def logprobs(self) -> Logprobs | None:
        """Those of the first choice, where they were asked for."""
        return self.choices[0].logprobs

    @classmethod
    def from_json(cls, body: bytes | str) -> Completion:
        """The completion in a body, read leniently. ModelProtocolError where it is none."""
        answer = load(body, "The answer")
        choices = answer.get("choices")
        if not isinstance(choices, list):
            raise protocol_error("The answer is no chat completion: it has no list of choices", body)
        if not any(isinstance(choice, dict) for choice in choices):
            raise protocol_error("The answer is no chat completion: its choices are empty", body)
        answer.pop("object", None)
        return cls(**fields(answer, _COMPLETION))

    def to_json(self) -> bytes:
        """The answer as an endpoint sends it."""
        return encode({"object": "chat.completion", **plain(self)})

    def __repr__(self) -> str:
        return brief_fields(self)


def joined(value: object) -> str | None:
    """Content: a string, an array whose text parts are joined, or JSON that was meant to be text."""
    if not isinstance(value, list):
        return json_text(value)
    texts = [part_text for part_text in map(_part_text, value) if part_text is not None]
    return "".join(texts) if texts or not value else None


def _part_text(part: object) -> str | None:
    return text(part.get("text")) if isinstance(part, dict) else text(part)


def message_fields(value: Mapping[str, object], readers: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a message or delta. ``reasoning_content`` is another name of ``reasoning``."""
    known = fields(value, readers)
    thought = known.pop("reasoning_content", None)
    if thought is not None and known.setdefault("reasoning", thought) != thought:
        known["extra"]["reasoning_content"] = thought
    parts = value.get("content")
    if isinstance(parts, list) and known.get("content") is not None:
        others = [part for part in parts if _part_text(part) is None]
        known["extra"].update({"content_parts": others} if others else {})
    return known


def indexed(read: Any) -> Any:
    """An array of choices; one that has no index of its own has that of its place."""

    def read_all(value: object) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            return None
        return tuple(read(item, place) for place, item in enumerate(value) if isinstance(item, dict))

    return read_all


def _message(value: object) -> AnswerMessage | None:
    return AnswerMessage(**message_fields(value, _MESSAGE)) if isinstance(value, dict) else None


def _choice(value: Mapping[str, object], place: int) -> Choice:
    known = fields(value, _CHOICE)
    known.setdefault("index", place)
    return Choice(**known)


_MESSAGE = {**MESSAGE, "content": joined, "tool_calls": several(record(ToolCall, CALL))}
FINISH = {
    "index": integer,
    "finish_reason": text,
    "native_finish_reason": text,
    "logprobs": read_logprobs,
}
_CHOICE = {**FINISH, "message": _message}
ENVELOPE = {
    "id": text,
    "created": number,
    "model": text,
    "usage": read_usage,
    "meta": read_meta,
    "system_fingerprint": text,
    "service_tier": text,
}
_COMPLETION = {**ENVELOPE, "choices": indexed(_choice)}

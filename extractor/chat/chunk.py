"""One event of a streamed answer, and its increments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .answer import CALL, MESSAGE, Annotation, Audio, CustomCall, FunctionCall, Logprobs, ReasoningDetail
from .completion import ENVELOPE, FINISH, indexed, joined, message_fields
from .encode import encode
from .loose import fields, integer, load, record, several
from .plain import ALWAYS, plain
from .usage import Meta, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallDelta:
    """More of the tool call at ``index``; ``id``, ``type`` and name come with its first."""

    index: int | None = None
    id: str | None = None
    type: str | None = None
    function: FunctionCall | None = None
    custom: CustomCall | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What is to be added to the message so far."""

    role: str | None = None
    content: str | None = None
    refusal: str | None = None
    reasoning: str | None = None
    reasoning_details: tuple[ReasoningDetail, ...] = ()
    tool_calls: tuple[ToolCallDelta, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    audio: Audio | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkChoice:
    """The increment of one choice; ``finish_reason`` comes with its last."""

    index: int = field(default=0, metadata=ALWAYS)
    delta: Delta = field(default=Delta(), metadata=ALWAYS)
    finish_reason: str | None = field(default=None, metadata=ALWAYS)
    native_finish_reason: str | None = None
    logprobs: Logprobs | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionChunk:
    """One event. ``usage`` comes with the last one, whose ``choices`` may be empty."""

    choices: tuple[ChunkChoice, ...] = field(default=(), metadata=ALWAYS)
    id: str | None = None
    created: float | None = None
    model: str | None = None
    usage: Usage | None = None
    meta: Meta | None = None
    system_fingerprint: str | None = None
    service_tier: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: bytes | str) -> CompletionChunk:
        """The chunk in an event's data, read leniently. ModelProtocolError where it is none.

        Its texts may end within a surrogate pair whose other half comes with the next one.
        """
        return cls.of(load(data, "An event of the stream", whole=False))

    @classmethod
    def of(cls, event: dict[str, object]) -> CompletionChunk:
        """The chunk that the JSON of an event says."""
        return cls(**fields({key: value for key, value in event.items() if key != "object"}, _CHUNK))

    def to_json(self) -> bytes:
        """The chunk as an endpoint sends it, less the framing of the event."""
        return encode({"object": "chat.completion.chunk", **plain(self)})


def _delta(value: object) -> Delta | None:
    return Delta(**message_fields(value, _DELTA)) if isinstance(value, dict) else None


def _choice(value: Mapping[str, object], place: int) -> ChunkChoice:
    known = fields(value, _CHOICE)
    known.setdefault("index", place)
    return ChunkChoice(**known)


_DELTA = {**MESSAGE, "content": joined, "tool_calls": several(record(ToolCallDelta, {**CALL, "index": integer}))}
_CHOICE = {**FINISH, "delta": _delta}
_CHUNK = {**ENVELOPE, "choices": indexed(_choice)}

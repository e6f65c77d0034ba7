"""The parts of an answer that completions and stream chunks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .loose import integer, integers, json_text, number, record, several, text


@dataclass(frozen=True, slots=True, kw_only=True)
class TopLogprob:
    """One token that could have stood at a position."""

    token: str | None = None
    logprob: float | None = None
    bytes: tuple[int, ...] | None = None
    """The token in UTF-8; a character may lie across tokens."""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLogprob:
    """A token that was written. ``logprob`` is -9999.0 where it is not among the 20 likeliest."""

    token: str | None = None
    logprob: float | None = None
    bytes: tuple[int, ...] | None = None
    top_logprobs: tuple[TopLogprob, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logprobs:
    content: tuple[TokenLogprob, ...] = ()
    refusal: tuple[TokenLogprob, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionCall:
    name: str | None = None
    arguments: str | None = None
    """JSON text as the model wrote it: it may be broken."""
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomCall:
    name: str | None = None
    input: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call of a ``function``, or of a ``custom`` tool."""

    id: str | None = None
    type: str | None = None
    function: FunctionCall | None = None
    custom: CustomCall | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlCitation:
    """``start_index`` and ``end_index`` are the first and last character that it stands for."""

    url: str | None = None
    title: str | None = None
    start_index: int | None = None
    end_index: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    type: str | None = None
    url_citation: UrlCitation | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio:
    """Speech: ``data`` is base64, ``expires_at`` a Unix time in seconds."""

    id: str | None = None
    data: str | None = None
    transcript: str | None = None
    expires_at: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningDetail:
    """A piece of what the model thought."""

    type: str | None = None
    text: str | None = None
    format: str | None = None
    index: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


_TOKEN = {"token": text, "logprob": number, "bytes": integers}
_tokens = several(record(TokenLogprob, {**_TOKEN, "top_logprobs": several(record(TopLogprob, _TOKEN))}))
read_logprobs = record(Logprobs, {"content": _tokens, "refusal": _tokens})
FUNCTION = record(FunctionCall, {"name": text, "arguments": json_text})
CUSTOM = record(CustomCall, {"name": text, "input": json_text})
CALL = {"id": text, "type": text, "function": FUNCTION, "custom": CUSTOM}
_CITATION = {"url": text, "title": text, "start_index": integer, "end_index": integer}
_ANNOTATION = {"type": text, "url_citation": record(UrlCitation, _CITATION)}
_AUDIO = {"id": text, "data": text, "transcript": text, "expires_at": integer}
_DETAIL = {"type": text, "text": text, "format": text, "index": integer}
MESSAGE = {
    "role": text,
    "refusal": text,
    "reasoning": text,
    "reasoning_content": text,
    "reasoning_details": several(record(ReasoningDetail, _DETAIL)),
    "annotations": several(record(Annotation, _ANNOTATION)),
    "audio": record(Audio, _AUDIO),
}
"""What the message of a completion and the delta of a chunk have in common; content and tool_calls differ."""

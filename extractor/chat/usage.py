"""What a completion cost. None is unknown, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import ModelProtocolError
from .loose import amount, count, load, record


@dataclass(frozen=True, slots=True)
class Took:
    """What a call cost in time: ``seconds`` from request to answer, ``waited`` of them between its ``tries``.

    ``reasons`` say why each try but the last failed: ``HTTP 429``, or the name of httpx's exception. ``received`` are
    the characters that came of an answer that broke off, was left or was cut: its tokens are not known. ``streamed``:
    the answer came as events.
    """

    seconds: float
    tries: int = 1
    waited: float = 0.0
    reasons: tuple[str, ...] = ()
    received: int | None = None
    streamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTokens:
    """What kinds of tokens the prompt had."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None
    video_tokens: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionTokens:
    """What kinds of tokens the completion had."""

    reasoning_tokens: int | None = None
    audio_tokens: int | None = None
    image_tokens: int | None = None
    accepted_prediction_tokens: int | None = None
    rejected_prediction_tokens: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens, over all choices."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    prompt_tokens_details: PromptTokens | None = None
    completion_tokens_details: CompletionTokens | None = None
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def cached_tokens(self) -> int | None:
        return self.prompt_tokens_details.cached_tokens if self.prompt_tokens_details else None

    @property
    def reasoning_tokens(self) -> int | None:
        return self.completion_tokens_details.reasoning_tokens if self.completion_tokens_details else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Money, as the endpoint reports it."""

    credits_used: float | None = None
    usd_spent: float | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    usage: Spent | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


_PROMPT = dict.fromkeys(("cached_tokens", "cache_write_tokens", "audio_tokens", "image_tokens", "video_tokens"), count)
_COMPLETION = dict.fromkeys(
    (
        "reasoning_tokens",
        "audio_tokens",
        "image_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    ),
    count,
)
read_usage = record(
    Usage,
    {
        "prompt_tokens": count,
        "completion_tokens": count,
        "total_tokens": count,
        "prompt_tokens_details": record(PromptTokens, _PROMPT),
        "completion_tokens_details": record(CompletionTokens, _COMPLETION),
    },
)
read_meta = record(Meta, {"usage": record(Spent, {"credits_used": amount, "usd_spent": amount})})


def costs_in(body: bytes) -> tuple[Usage | None, Meta | None]:
    """What an answer that is no completion says that it cost."""
    try:
        said = load(body, "The answer")
    except ModelProtocolError:
        return None, None
    return read_usage(said.get("usage")), read_meta(said.get("meta"))

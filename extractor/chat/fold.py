"""Chunks → the completion that the plain answer would have been."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from .answer import Annotation, Audio, CustomCall, FunctionCall, Logprobs, ReasoningDetail, TokenLogprob, ToolCall
from .chunk import ChunkChoice, CompletionChunk, Delta, ToolCallDelta
from .completion import AnswerMessage, Choice, Completion
from .loose import mended, protocol_error

_ENVELOPE = ("id", "created", "model", "usage", "meta", "system_fingerprint", "service_tier")
T = TypeVar("T")


class Fold:
    """Takes chunks in, gives a completion out. Adding costs what the chunk holds, not what came before."""

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._envelope: dict[str, object] = {}
        self._extra: dict[str, object] = {}

    @property
    def begun(self) -> bool:
        """Whether a choice has come."""
        return bool(self._choices)

    def add(self, chunk: CompletionChunk) -> None:
        for name in _ENVELOPE:
            value = getattr(chunk, name)
            if value is not None:
                self._envelope[name] = value
        self._extra.update(chunk.extra)
        for choice in chunk.choices:
            folded = self._choices.get(choice.index)
            if folded is None:
                folded = self._choices[choice.index] = _Choice(choice.index)
            folded.add(choice)

    def more(self, content: str) -> None:
        """More content of the first choice, which has begun."""
        self._choices[0].texts["content"].add(content)

    def completion(self) -> Completion:
        """The completion so far. ModelProtocolError where no choice has come."""
        if not self._choices:
            raise protocol_error("The stream is no chat completion: no choice came", b"")
        choices = tuple(self._choices[index].made() for index in sorted(self._choices))
        return Completion(choices=choices, extra=dict(self._extra), **self._envelope)  # type: ignore[arg-type]


class _Text:
    """Pieces of a string; None where none came."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def add(self, piece: str | None) -> None:
        if piece is not None:
            self.pieces.append(piece)

    def made(self) -> str | None:
        return mended("".join(self.pieces)) if self.pieces else None


class _Extra:
    """Unknown fields of deltas: strings grow, anything else is replaced."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def add(self, extra: Iterable[tuple[str, object]]) -> None:
        for key, value in extra:
            held = self.values.get(key)
            if isinstance(value, str) and isinstance(held, _Text):
                held.add(value)
            elif isinstance(value, str):
                text = self.values[key] = _Text()
                text.add(value)
            else:
                self.values[key] = value

    def made(self) -> dict[str, object]:
        return {key: value.made() if isinstance(value, _Text) else value for key, value in self.values.items()}


class _Choice:
    def __init__(self, index: int) -> None:
        self.index = index
        self.role = "assistant"
        self.finish: dict[str, str] = {}
        self.texts = {name: _Text() for name in ("content", "refusal", "reasoning")}
        self.details: list[_Detail] = []
        self.calls: list[_Call] = []
        self.current: dict[int | None, _Call] = {}
        self.annotations: list[Annotation] = []
        self.audio: _Audio | None = None
        self.logprobs: _Logprobs | None = None
        self.extra: dict[str, object] = {}
        self.message_extra = _Extra()

    def add(self, choice: ChunkChoice) -> None:
        if choice.finish_reason is not None:
            self.finish["finish_reason"] = choice.finish_reason
        if choice.native_finish_reason is not None:
            self.finish["native_finish_reason"] = choice.native_finish_reason
        if choice.logprobs is not None:
            self.logprobs = self.logprobs or _Logprobs()
            self.logprobs.add(choice.logprobs)
        self.extra.update(choice.extra)
        self._add_delta(choice.delta)

    def _add_delta(self, delta: Delta) -> None:
        self.role = delta.role or self.role
        self.texts["content"].add(delta.content)
        self.texts["refusal"].add(delta.refusal)
        self.texts["reasoning"].add(delta.reasoning)
        self.annotations.extend(delta.annotations)
        if delta.extra:
            self.message_extra.add(delta.extra.items())
        if delta.audio is not None:
            self.audio = self.audio or _Audio()
            self.audio.add(delta.audio)
        for detail in delta.reasoning_details:
            self._add_detail(detail)
        for call in delta.tool_calls:
            self._add_call(call)

    def _add_detail(self, detail: ReasoningDetail) -> None:
        if not (self.details and self.details[-1].goes_on_with(detail)):
            self.details.append(_Detail(detail))
        self.details[-1].add(detail)

    def _add_call(self, delta: ToolCallDelta) -> None:
        """By its index; where endpoints send none, or one for all, a new id with a name begins a call."""
        call = self.current.get(delta.index)
        if call is None or call.is_another(delta):
            call = self.current[delta.index] = _Call()
            self.calls.append(call)
        call.add(delta)

    def made(self) -> Choice:
        message = AnswerMessage(
            role=self.role,
            reasoning_details=tuple(detail.made() for detail in self.details),
            tool_calls=tuple(call.made() for call in self.calls),
            annotations=tuple(self.annotations),
            audio=self.audio.made() if self.audio else None,
            extra=self.message_extra.made(),
            **{name: text.made() for name, text in self.texts.items()},
        )
        logprobs = self.logprobs.made() if self.logprobs else None
        return Choice(index=self.index, message=message, logprobs=logprobs, extra=dict(self.extra), **self.finish)


class _Logprobs:
    def __init__(self) -> None:
        self.content: list[TokenLogprob] = []
        self.refusal: list[TokenLogprob] = []
        self.extra: dict[str, object] = {}

    def add(self, more: Logprobs) -> None:
        self.content.extend(more.content)
        self.refusal.extend(more.refusal)
        self.extra.update(more.extra)

    def made(self) -> Logprobs:
        return Logprobs(content=tuple(self.content), refusal=tuple(self.refusal), extra=dict(self.extra))


class _Detail:
    def __init__(self, first: ReasoningDetail) -> None:
        self.first = self.last = first
        self.text = _Text()
        self.extra = _Extra()

    def goes_on_with(self, detail: ReasoningDetail) -> bool:
        return detail.index is not None and detail.index == self.first.index and detail.type in (None, self.first.type)

    def add(self, detail: ReasoningDetail) -> None:
        self.last = detail
        self.text.add(detail.text)
        self.extra.add(detail.extra.items())

    def made(self) -> ReasoningDetail:
        form = self.first.format if self.first.format is not None else self.last.format
        return replace(self.first, text=self.text.made(), format=form, extra=self.extra.made())


class _Audio:
    def __init__(self) -> None:
        self.last = Audio()
        self.data = _Text()
        self.transcript = _Text()
        self.extra: dict[str, object] = {}

    def add(self, audio: Audio) -> None:
        self.data.add(audio.data)
        self.transcript.add(audio.transcript)
        self.extra.update(audio.extra)
        id, expires_at = _newer(audio.id, self.last.id), _newer(audio.expires_at, self.last.expires_at)
        self.last = Audio(id=id, expires_at=expires_at)

    def made(self) -> Audio:
        return replace(self.last, data=self.data.made(), transcript=self.transcript.made(), extra=dict(self.extra))


class _Call:
    """A tool call. Its id, type and name are taken once: some endpoints repeat them in each delta."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.type: str | None = None
        self.function: _Called | None = None
        self.custom: _Called | None = None
        self.extra: dict[str, object] = {}

    def is_another(self, delta: ToolCallDelta) -> bool:
        named = delta.function or delta.custom
        return bool(self.id and delta.id and self.id != delta.id and named and named.name)

    def add(self, call: ToolCallDelta) -> None:
        self.id = self.id or _newer(call.id, self.id)
        self.type = self.type or _newer(call.type, self.type)
        self.extra.update(call.extra)
        if call.function is not None:
            self.function = self.function or _Called()
            self.function.add(call.function.name, call.function.arguments, call.function.extra.items())
        if call.custom is not None:
            self.custom = self.custom or _Called()
            self.custom.add(call.custom.name, call.custom.input, call.custom.extra.items())

    def made(self) -> ToolCall:
        function = _made(self.function, lambda name, text, extra: FunctionCall(name=name, arguments=text, extra=extra))
        custom = _made(self.custom, lambda name, text, extra: CustomCall(name=name, input=text, extra=extra))
        return ToolCall(id=self.id, type=self.type, function=function, custom=custom, extra=dict(self.extra))


class _Called:
    def __init__(self) -> None:
        self.name: str | None = None
        self.text = _Text()
        self.extra: dict[str, object] = {}

    def add(self, name: str | None, text: str | None, extra: Iterable[tuple[str, object]]) -> None:
        self.name = self.name or _newer(name, self.name)
        self.text.add(text)
        self.extra.update(extra)


def _made(called: _Called | None, make: Callable[[str | None, str | None, dict[str, object]], T]) -> T | None:
    return None if called is None else make(called.name, called.text.made(), dict(called.extra))


def _newer(new: T | None, old: T | None) -> T | None:
    return old if new is None else new

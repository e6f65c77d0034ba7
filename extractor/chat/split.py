"""A completion → the chunks that a stream of it is made of: for fakes, and for an engine that writes streams."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from .answer import CustomCall, FunctionCall, Logprobs, TokenLogprob, ToolCall
from .chunk import ChunkChoice, CompletionChunk, Delta, ToolCallDelta
from .completion import Choice, Completion


def chunks_of(completion: Completion, size: int = 16) -> list[CompletionChunk]:
    """Chunks of ``size`` characters each, choice after choice; usage, meta and what else was unknown come last.

    ``Fold`` makes the same completion of them (but for ``took``, which is not on the wire).
    """
    if size < 1:
        raise ValueError(f"size is {size}: it must be an integer >= 1")
    blank = CompletionChunk(
        id=completion.id,
        created=completion.created,
        model=completion.model,
        system_fingerprint=completion.system_fingerprint,
        service_tier=completion.service_tier,
    )
    chunks = [replace(blank, choices=(part,)) for choice in completion.choices for part in _parts(choice, size)]
    if completion.usage is not None or completion.meta is not None or completion.extra:
        chunks.append(replace(blank, usage=completion.usage, meta=completion.meta, extra=completion.extra))
    return chunks


def _parts(choice: Choice, size: int) -> Iterator[ChunkChoice]:
    message = choice.message
    yield _part(choice, Delta(role=message.role, extra=message.extra))
    for detail in message.reasoning_details:
        yield _part(choice, Delta(reasoning_details=(detail,)))
    yield from (_part(choice, Delta(reasoning=piece)) for piece in _pieces(message.reasoning, size))
    yield from _content(choice, size)
    yield from (_part(choice, Delta(refusal=piece)) for piece in _pieces(message.refusal, size))
    for place, call in enumerate(message.tool_calls):
        yield from (_part(choice, Delta(tool_calls=(delta,))) for delta in _call(place, call, size))
    if message.annotations or message.audio:
        yield _part(choice, Delta(annotations=message.annotations, audio=message.audio))
    yield ChunkChoice(
        index=choice.index,
        finish_reason=choice.finish_reason,
        native_finish_reason=choice.native_finish_reason,
        logprobs=choice.logprobs and replace(choice.logprobs, content=()),
        extra=choice.extra,
    )


def _part(choice: Choice, delta: Delta) -> ChunkChoice:
    return ChunkChoice(index=choice.index, delta=delta)


def _content(choice: Choice, size: int) -> Iterator[ChunkChoice]:
    """Content with its tokens' log probabilities, an even share of them with each piece."""
    pieces = _pieces(choice.message.content, size)
    tokens = choice.logprobs.content if choice.logprobs else ()
    share = max(1, -(-len(tokens) // max(1, len(pieces))))
    shares = [tokens[at : at + share] for at in range(0, len(tokens), share)]
    for piece, some in zip_longest(pieces, shares):
        yield replace(_part(choice, Delta(content=piece)), logprobs=_logprobs(some))


def _logprobs(tokens: tuple[TokenLogprob, ...] | None) -> Logprobs | None:
    return Logprobs(content=tokens) if tokens else None


def _call(place: int, call: ToolCall, size: int) -> Iterator[ToolCallDelta]:
    function = call.function and replace(call.function, arguments=None)
    custom = call.custom and replace(call.custom, input=None)
    yield ToolCallDelta(index=place, id=call.id, type=call.type, function=function, custom=custom, extra=call.extra)
    for piece in _pieces(call.function.arguments if call.function else None, size):
        yield ToolCallDelta(index=place, function=FunctionCall(arguments=piece))
    for piece in _pieces(call.custom.input if call.custom else None, size):
        yield ToolCallDelta(index=place, custom=CustomCall(input=piece))


def _pieces(text: str | None, size: int) -> list[str]:
    if not text:
        return [] if text is None else [""]
    return [text[at : at + size] for at in range(0, len(text), size)]

"""Streams: events from bytes however they were cut, chunks folded into the plain answer, and the way out."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.chat import (
    DONE,
    AnswerMessage,
    Choice,
    ChunkChoice,
    Completion,
    CompletionChunk,
    CustomCall,
    Delta,
    EventReader,
    Fold,
    FunctionCall,
    Logprobs,
    ReasoningDetail,
    TokenLogprob,
    ToolCall,
    Usage,
    chunks_of,
    event,
)
from extractor.errors import ModelProtocolError
from tests.contract.check import check_stream

from .strategies import completions
from .test_completion import READ, SAMPLE

HI = b'{"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}'
HI_READ = CompletionChunk(choices=(ChunkChoice(delta=Delta(content="Hi"), finish_reason="stop"),))


def read(*pieces: bytes) -> list[CompletionChunk]:
    reader = EventReader()
    return [*(chunk for piece in pieces for chunk in reader.feed(piece)), *reader.close()]


def folded(*deltas: dict[str, Any], **last: Any) -> Completion:
    """The completion of a stream whose chunks hold these deltas of one choice."""
    fold = Fold()
    for delta in deltas:
        fold.add(CompletionChunk.from_json(orjson.dumps({"choices": [{"index": 0, "delta": delta}]})))
    fold.add(CompletionChunk.from_json(orjson.dumps({"choices": [{"index": 0, "finish_reason": "stop"}], **last})))
    return fold.completion()


@pytest.mark.parametrize(
    "stream",
    [
        b"data: " + HI + b"\n\ndata: [DONE]\n\n",
        b"data: " + HI + b"\r\n\r\ndata: [DONE]\r\n\r\n",
        b"data: " + HI + b"\r\rdata: [DONE]\r\r",
        b"\xef\xbb\xbfdata:" + HI + b"\n\n",
        b": ping\n\n: ping\nid: 7\nretry: 5\nevent: message\ndata: " + HI + b"\n\n: ping",
        b"data: " + HI.replace(b", ", b",\ndata: ") + b"\n\n",
        b"data: " + HI + b"\n",
        b"data: " + HI,
        b"data\n\ndata:\n\ndata: " + HI + b"\n\ndata: [DONE]\n\ndata: not read\n\n",
    ],
)
def test_events_are_read_however_they_are_framed_and_cut(stream: bytes) -> None:
    assert read(stream) == [HI_READ]
    for size in (1, 2, 3, 7):
        assert read(*(stream[at : at + size] for at in range(0, len(stream), size))) == [HI_READ]


@given(completions, st.integers(1, 20), st.integers(1, 40), st.sampled_from([b"\n", b"\r", b"\r\n"]))
def test_a_stream_folds_into_the_plain_answer(made: Completion, size: int, cut: int, end: bytes) -> None:
    stream = b"".join(map(event, chunks_of(made, size))).replace(b"\n", end) + DONE
    fold, reader = Fold(), EventReader()
    for at in range(0, len(stream), cut):
        for chunk in reader.feed(stream[at : at + cut]):
            fold.add(chunk)
    assert reader.close() == []
    assert reader.done
    assert fold.completion() == made


def test_the_stream_of_an_answer_is_on_the_contract() -> None:
    check_stream(b"".join(map(event, chunks_of(READ, 1))) + DONE)


def test_a_piece_is_as_long_as_was_asked_and_carries_its_share_of_the_tokens() -> None:
    tokens = tuple(TokenLogprob(token=letter, logprob=-1.0) for letter in "abcd")
    made = Completion(
        choices=[Choice(message=AnswerMessage(content="abcd"), logprobs=Logprobs(content=tokens), finish_reason="stop")]
    )
    parts = [chunk.choices[0] for chunk in chunks_of(made, 2)]
    assert [part.delta.content for part in parts] == [None, "ab", "cd", None]
    assert [part.logprobs for part in parts] == [
        None, Logprobs(content=tokens[:2]), Logprobs(content=tokens[2:]), Logprobs(),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="size is 0"):
        chunks_of(made, 0)


def test_several_choices_are_told_apart_and_sorted() -> None:
    fold = Fold()
    for index, text in ((1, "b"), (0, "a"), (1, "B"), (0, "A")):
        fold.add(CompletionChunk(choices=(ChunkChoice(index=index, delta=Delta(content=text)),)))
    assert [(choice.index, choice.message.content) for choice in fold.completion().choices] == [(0, "aA"), (1, "bB")]


def test_the_completion_so_far_does_not_change_when_more_comes() -> None:
    fold = Fold()
    fold.add(CompletionChunk(choices=(ChunkChoice(delta=Delta(content="a", extra={"x": 1}), extra={"y": 1}),)))
    before = fold.completion()
    fold.add(CompletionChunk(choices=(ChunkChoice(delta=Delta(content="b"), extra={"y": 2}),), extra={"z": 3}))
    assert before == Completion(choices=[Choice(message=AnswerMessage(content="a", extra={"x": 1}), extra={"y": 1})])
    assert fold.completion().content == "ab"


def test_usage_comes_in_a_last_chunk_without_choices() -> None:
    fold = Fold()
    fold.add(HI_READ)
    fold.add(CompletionChunk.from_json(b'{"choices": [], "usage": {"total_tokens": 3}}'))
    assert fold.completion() == Completion(content="Hi", usage=Usage(total_tokens=3))


def called(*calls: ToolCall) -> Completion:
    return Completion(choices=[Choice(message=AnswerMessage(tool_calls=calls), finish_reason="stop")])


def function(id: str, name: str, arguments: str | None) -> ToolCall:
    return ToolCall(id=id, type="function", function=FunctionCall(name=name, arguments=arguments))


def first(id: str, name: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}, **more}


CALLS: list[tuple[list[dict[str, Any]], Completion]] = [
    (
        [
            {"tool_calls": [first("1", "f", "", index=0)]},
            {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
            {"tool_calls": [first("2", "g", "{}", index=1), {"index": 0, "function": {"arguments": ":1}"}}]},
        ],
        called(function("1", "f", '{"a":1}'), function("2", "g", "{}")),
    ),
    (
        [
            {"tool_calls": [first("1", "f", "{", index=0)]},
            {"tool_calls": [first("1", "f", "}", index=0)]},
            {"tool_calls": [first("", "", "", index=0)]},
        ],
        called(function("1", "f", "{}")),
    ),
    (
        [
            {"tool_calls": [first("1", "f", "{")]},
            {"tool_calls": [{"function": {"arguments": "}"}}]},
            {"tool_calls": [first("2", "f", {"a": 1})]},
        ],
        called(function("1", "f", "{}"), function("2", "f", '{"a":1}')),
    ),
    (
        [{"tool_calls": [first("1", "f", "{}", index=0)]}, {"tool_calls": [first("2", "g", "{}", index=0)]}],
        called(function("1", "f", "{}"), function("2", "g", "{}")),
    ),
    (
        [
            {"tool_calls": [{"index": 0, "id": "1", "type": "custom", "custom": {"name": "say", "input": "a"}}]},
            {"tool_calls": [{"index": 0, "custom": {"input": "b"}}]},
        ],
        called(ToolCall(id="1", type="custom", custom=CustomCall(name="say", input="ab"))),
    ),
]


@pytest.mark.parametrize(("deltas", "expected"), CALLS)
def test_tool_calls_are_put_together_by_index_or_by_id(deltas: list[dict[str, Any]], expected: Completion) -> None:
    assert folded(*deltas) == expected


def test_reasoning_refusal_and_unknown_text_grow() -> None:
    made = folded(
        {"role": "assistant", "reasoning_content": "h", "thinking": "a", "mood": 1},
        {"reasoning": "m", "thinking": "b", "mood": 2, "refusal": "N"},
        {"reasoning_details": [{"type": "reasoning.text", "text": "h", "index": 0}]},
        {"reasoning_details": [{"text": "m", "index": 0}, {"type": "reasoning.summary", "text": "s", "index": 0}]},
        {"refusal": "o"},
        provider="P",
    )
    message = AnswerMessage(
        reasoning="hm",
        refusal="No",
        reasoning_details=(
            ReasoningDetail(type="reasoning.text", text="hm", index=0),
            ReasoningDetail(type="reasoning.summary", text="s", index=0),
        ),
        extra={"thinking": "ab", "mood": 2},
    )
    assert made == Completion(choices=[Choice(message=message, finish_reason="stop")], extra={"provider": "P"})


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (b'data: {"error": {"message": "Overloaded", "code": 529}}\n\n', "reports an error: Overloaded (529)"),
        (b'event: error\ndata: {"message": "Overloaded"}\n\n', "The stream reports an error"),
        (b"data: {oops\n\n", "An event of the stream is no JSON. It begins: {oops"),
        (b"data: 5\n\n", "An event of the stream is JSON, but no object. It begins: 5"),
        (b'data: {"choices": [{"delta": {"conte', "An event of the stream is half of a JSON object"),
        (b'data: {"choices": [{"delta": {"content": "x"}}]}\n\n', "The stream broke off: neither a finish_reason nor"),
        (b"<html>no stream</html>", "The stream held no event. It begins: <html>no stream</html>"),
        (b"", "The stream held no event: it is empty."),
    ],
)
def test_a_stream_that_is_none_or_breaks_off_is_a_protocol_error(stream: bytes, said: str) -> None:
    with pytest.raises(ModelProtocolError) as caught:
        read(stream)
    assert said in str(caught.value)


def test_a_stream_without_a_choice_is_a_protocol_error() -> None:
    fold = Fold()
    for chunk in read(b'data: {"choices": null, "id": "x"}\n\ndata: [DONE]\n\n'):
        fold.add(chunk)
    with pytest.raises(ModelProtocolError, match="no choice came"):
        fold.completion()


@given(st.binary(max_size=60), st.integers(1, 9))
def test_any_bytes_are_chunks_or_a_protocol_error(noise: bytes, size: int) -> None:
    stream = b"data: " + HI + b"\n\n" + noise
    with suppress(ModelProtocolError):
        assert read(*(stream[at : at + size] for at in range(0, len(stream), size)))[0] == HI_READ


def test_the_cost_is_linear_in_the_bytes() -> None:
    def seconds(characters: int) -> float:
        answer = {"choices": [{"index": 0, "delta": {"content": "x" * characters}, "finish_reason": "stop"}]}
        stream = b"data: " + orjson.dumps(answer) + b"\n\n"
        started = time.process_time()
        fold = Fold()
        for chunk in read(*(stream[at : at + 16] for at in range(0, len(stream), 16))):
            fold.add(chunk)
        assert len(fold.completion().content or "") == characters
        return time.process_time() - started

    small, large = min(seconds(100_000) for _ in range(3)), min(seconds(1_600_000) for _ in range(2))
    assert large < 16 * 4 * max(small, 0.001)


def test_a_chunk_is_written_as_endpoints_write_it() -> None:
    chunk = CompletionChunk.from_json(orjson.dumps({**SAMPLE, "choices": [{"index": 0, "delta": {"content": "H"}}]}))
    assert CompletionChunk.from_json(chunk.to_json()) == chunk
    assert orjson.loads(chunk.to_json())["choices"] == [{"index": 0, "delta": {"content": "H"}, "finish_reason": None}]


@given(completions, st.integers(1, 40), st.integers(1, 300))
def test_what_is_heard_is_what_is_fed(completion: Completion, size: int, split: int) -> None:
    """A text alone is an event that says no more than that."""
    body = b"".join([*map(event, chunks_of(completion, size)), DONE])
    heard, reader = Fold(), EventReader()
    for at in range(0, len(body), split):
        for each in reader.hear(body[at : at + split]):
            heard.more(each) if isinstance(each, str) else heard.add(each)
    for chunk in reader.close():
        heard.add(chunk)
    fed = Fold()
    for chunk in EventReader().feed(body):
        fed.add(chunk)
    assert heard.completion() == fed.completion()

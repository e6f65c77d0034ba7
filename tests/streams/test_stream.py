"""Streams over the wire: the JSON so far, items, reasoning, the result, and what may go wrong on the way."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Iterator, Sequence
from typing import Any, Self

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, model_validator

from extractor import (
    AsyncExtractor,
    Completion,
    Extractor,
    Guards,
    InvalidOutputError,
    ModelProtocolError,
    ModelUnreachableError,
    Partial,
    StreamLeftError,
    Timeouts,
    TruncatedError,
    UnsupportedTypeError,
)
from extractor.chat import DONE, FunctionCall, ToolCall, chunks_of, event
from extractor.chat.completion import AnswerMessage, Choice
from extractor.flow.modes import forget
from extractor.testing import FakeModel, Reply
from extractor.transports import PoolTransport

from ..transports.server import CHUNKED, Peer, chunk, serve

EVENTS = {"content-type": "text/event-stream"}


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)


class Invoice(BaseModel):
    number: str
    lines: list[Line] = []
    note: str | None


LINES: list[dict[str, object]] = [{"text": f"line {at}", "amount": at / 2} for at in range(5)]
INVOICE = {"number": "A-17", "lines": LINES, "note": None}


def extractor(*replies: Any, size: int = 4, **options: Any) -> tuple[Extractor, FakeModel]:
    model = FakeModel(*replies, size=size)
    return Extractor("any", base_url="http://fake/v1", transport=model, **options), model


def pieces(text: str, size: int = 8) -> list[bytes | BaseException]:
    return [*map(event, chunks_of(Completion(content=text), size))]


def broken(text: str, error: BaseException) -> Reply:
    """A stream that says so much, and then breaks off."""
    return Reply(200, EVENTS, [*pieces(text)[:-1], error])


@pytest.fixture(autouse=True)
def _nothing_is_learnt() -> Iterator[None]:
    yield
    forget()


# the JSON so far


def test_partials_grow_and_are_kept() -> None:
    asked, model = extractor(INVOICE)
    with asked.stream(Invoice, "Invoice A-17") as stream:
        partials = list(stream)
    assert model.requests[0].stream is True
    assert model.requests[0].stream_options == {"include_usage": True}
    assert partials[0].data == {}
    numbers = [partial.data["number"] for partial in partials if "number" in partial.data]  # type: ignore[index,operator]
    assert numbers[:2] == ["A", "A-17"]
    assert partials[-1].data == INVOICE
    assert partials[-1].complete >= {"$", "$.number", "$.lines[4].amount"}
    assert stream.result.value == Invoice.model_validate(INVOICE)
    assert stream.result.ledger == stream.ledger
    assert stream.ledger.total_tokens is not None


def test_what_is_final_and_what_has_changed() -> None:
    asked, _ = extractor(INVOICE, size=1)
    seen: set[str] = set()
    before: dict[str, object] = {}
    with asked.stream(Invoice, "Invoice A-17") as stream:
        for partial in stream:
            assert seen <= partial.complete
            seen |= set(partial.complete)
            now = leaves(partial.data)
            assert partial.changed == {path for path in now if path not in before or before[path] != now[path]}
            before = now
            for path in partial.complete & final.keys() if (final := leaves(INVOICE)) else ():
                assert now[path] == final[path]
    assert "$.lines[0]" in partial.complete
    assert "$.nowhere" not in partial.complete
    assert "no path" not in partial.complete


def leaves(value: object, path: str = "$") -> dict[str, object]:
    """The leaves of a value by path; an object or a list is one while it is empty."""
    if isinstance(value, dict) and value:
        return {at: leaf for key, held in value.items() for at, leaf in leaves(held, f"{path}.{key}").items()}
    if isinstance(value, list) and value:
        return {at: leaf for key, held in enumerate(value) for at, leaf in leaves(held, f"{path}[{key}]").items()}
    return {path: value}


CASES: list[tuple[Any, object]] = [
    (Invoice, INVOICE),
    (list[Line], LINES),
    (list[Line] | None, LINES),
    (dict[str, Line], {"a": LINES[0], "b": LINES[1]}),
    (dict[str, list[int]], {"x y": [1, 2], "": [], "é": [3]}),
    (list[tuple[str, int]], [["a", 1], ["b", 2]]),
    (list[Line | str], [LINES[0], "word", LINES[1]]),
    (str, 'a "text" of \\ some 😀 length'),
    (int, 42),
    ({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}}, {"a": [1, 2, 3]}),
]


@settings(max_examples=60)
@given(st.sampled_from(CASES), st.integers(1, 30), st.integers(1, 200), st.booleans())
def test_any_split_of_the_bytes_gives_the_same(case: tuple[Any, object], size: int, split: int, spaced: bool) -> None:
    kind, value = case
    wire = Extractor("any", base_url="http://fake/v1", transport=FakeModel()).settings
    from extractor import Schema

    text = json.dumps(Schema.of(kind, dialect=wire.dialect).encode(value), indent=2 if spaced else None)
    model = FakeModel(text, size=size, split=split)
    asked = Extractor("any", base_url="http://fake/v1", transport=model)
    with asked.stream(kind, "text") as stream:
        partials = list(stream)
    assert stream.result.data == value
    assert partials[-1].complete >= {"$"}
    if not isinstance(value, str | int):
        assert partials[-1].data == value
    plain = Extractor("any", base_url="http://fake/v1", transport=FakeModel(text)).extract(kind, "text")
    assert plain.value == stream.result.value


def test_partials_some_time_apart_still_end_with_the_last() -> None:
    asked, _ = extractor(INVOICE)
    with asked.stream(Invoice, "Invoice A-17", every=3600) as stream:
        partials = list(stream)
    assert [partials[0].data, partials[-1].data, len(partials)] == [{}, INVOICE, 2]


@pytest.mark.parametrize("every", ["1", -1, True])
def test_the_time_between_partials_is_checked(every: Any) -> None:
    asked, _ = extractor()
    with pytest.raises((TypeError, ValueError), match="every is"):
        asked.stream(Invoice, "text", every=every)


def test_prose_fences_and_faults_are_read_while_they_come() -> None:
    text = "Here it is:\n```json\n" + json.dumps(INVOICE, indent=1).replace('"A-17"', "'A-17'") + "\n```\nDone."
    asked, _ = extractor(text)
    with asked.stream(Invoice, "Invoice A-17") as stream:
        partials = list(stream)
    assert {"number": "A-17"} in [partial.data for partial in partials]
    assert stream.result.value == Invoice.model_validate(INVOICE)
    assert {fix.name for fix in stream.result.fixes} >= {"fence", "quote"}


# items


def test_items_are_typed_and_come_as_they_close() -> None:
    asked, _ = extractor({"value": LINES}, size=1)
    with asked.stream(list[Line], "text") as stream:
        items = stream.items()
        assert next(items) == Line(text="line 0", amount=0)
        assert len(stream.ledger.calls) == 0
        assert [item.text for item in items] == ["line 1", "line 2", "line 3", "line 4"]
        assert stream.result.value == [Line.model_validate(line) for line in LINES]


def test_items_of_a_field_and_of_any_list() -> None:
    asked, _ = extractor(INVOICE, {"value": ["a", "b"]}, {"items": [1, 2]})
    with asked.stream(Invoice, "text") as stream:
        assert list(stream.items("$.lines")) == [Line.model_validate(line) for line in LINES]
    with asked.stream(tuple[str, ...], "text") as words:
        assert list(words.items()) == ["a", "b"]
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "integer"}}}}
    with asked.stream(schema, "text") as raw:
        assert list(raw.items("$.items")) == [1, 2]


@pytest.mark.parametrize("path", ["$", "$.number", "$.nowhere", "$.lines[0].text"])
def test_where_no_list_is_there_are_no_items(path: str) -> None:
    asked, model = extractor(INVOICE)
    with asked.stream(Invoice, "text") as stream, pytest.raises(UnsupportedTypeError, match="no list at"):
        stream.items(path)
    assert model.left == 1


def test_an_invalid_item_comes_after_its_patch_and_in_order() -> None:
    wrong = [LINES[0], {"text": "line 1", "amount": -4}, LINES[2]]
    asked, model = extractor({"value": wrong}, {"p0": 4})
    given_, calls = [], []
    with asked.stream(list[Line], "text") as stream:
        for item in stream.items():
            given_.append(item.amount)
            calls.append(len(model.requests))
    assert (given_, calls) == ([0, 4, 1], [1, 2, 2])
    assert [call.purpose for call in stream.ledger.calls] == ["extract", "patch"]


def test_an_item_that_can_be_mended_here_is_given_at_once() -> None:
    asked, model = extractor({"value": [{"text": "a", "amount": "1.50 EUR"}, LINES[1]]})
    with asked.stream(list[Line], "text") as stream:
        assert next(stream.items()) == Line(text="a", amount=1.5)
    assert len(model.requests) == 1


class Numbered(Invoice):
    @model_validator(mode="after")
    def _is_no_draft(self) -> Self:
        if self.number == "draft":
            raise ValueError("a draft is no invoice")
        return self


def test_what_was_given_is_pinned_whatever_comes_later() -> None:
    first = {"number": "draft", "lines": LINES[:2], "note": None}
    second = {"number": "A-17", "lines": [{"text": "other", "amount": 1}] * 3, "note": None}
    asked, _ = extractor(first, second)
    with asked.stream(Numbered, "text") as stream:
        items = list(stream.items("$.lines"))
    assert [item.text for item in items] == ["line 0", "line 1", "other"]
    assert (stream.result.value.number, stream.result.value.lines) == ("A-17", items)
    assert [call.purpose for call in stream.ledger.calls] == ["extract", "re-ask"]


def test_items_may_be_asked_for_at_the_end() -> None:
    asked, _ = extractor(INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert stream.result.value.number == "A-17"
        assert [line.amount for line in stream.items("$.lines")] == [0, 0.5, 1, 1.5, 2]


def test_a_text_whose_quote_was_not_its_end_is_no_item_yet() -> None:
    asked, _ = extractor('{"value": ["he said "hi" to me", "b"]}', size=1)
    with asked.stream(list[str], "text") as stream:
        assert list(stream.items()) == ['he said "hi" to me', "b"]


# reasoning, tools, choices


def test_reasoning_comes_before_the_answer() -> None:
    asked, _ = extractor(Completion(content=json.dumps(INVOICE), reasoning="First I look, then I write."))
    with asked.stream(Invoice, "text") as stream:
        thoughts = list(stream.reasoning)
        assert "".join(thoughts) == "First I look, then I write."
        assert len(thoughts) > 3
        assert next(iter(stream)).data in ({}, {"number": ""})
    assert "".join(stream.reasoning) == "First I look, then I write."


def test_the_answer_may_stand_in_a_tool_call() -> None:
    call = ToolCall(id="1", type="function", function=FunctionCall(name="Invoice", arguments=json.dumps(INVOICE)))
    message = AnswerMessage(content='Let me call {"number": "no"}.', tool_calls=(call,))
    asked, model = extractor(Completion(choices=(Choice(message=message, finish_reason="tool_calls"),)))
    with asked.stream(Invoice, "text", mode="tool") as stream:
        partials = list(stream)
    assert model.requests[0].tools is not None
    assert partials[-1].data == INVOICE
    assert stream.result.value.number == "A-17"


def test_the_first_of_several_choices_is_shown() -> None:
    other = {**INVOICE, "number": "B"}
    asked, _ = extractor(
        Completion(
            choices=[
                Choice(index=at, message=AnswerMessage(content=json.dumps(each)), finish_reason="stop")
                for at, each in enumerate((INVOICE, other))
            ]
        )
    )
    with asked.stream(Invoice, "text") as stream:
        partials = list(stream)
    assert partials[-1].data == INVOICE
    assert len(stream.result.attempts[0].completion.choices) == 2


# what endpoints do


def test_every_way_to_write_events() -> None:
    data = [each for each in pieces(json.dumps(INVOICE)) if isinstance(each, bytes)]
    odd = b": keep-alive\r\n\r\n".join(each.replace(b"\n\n", b"\r\n\r\n") for each in data)
    cut = odd.replace(b'{"object"', b'{\r\ndata: "object"', 3)
    asked, _ = extractor(
        Reply(200, EVENTS, [b"\xef\xbb\xbf: hello\n\n", *(cut[at : at + 7] for at in range(0, len(cut), 7))])
    )
    with asked.stream(Invoice, "text") as stream:
        assert [partial.data for partial in stream][-1] == INVOICE
    assert stream.ledger.total_tokens is None
    assert stream.ledger.calls[0].received == len(json.dumps(INVOICE))


def test_halves_of_a_surrogate_pair_may_come_in_two_events() -> None:
    halves = ['{"value": "', "\\ud83d", "\\ude00", '"}']
    body = [
        b'data: {"choices":[{"index":0,"delta":{"content":%b}}]}\n\n'
        % json.dumps(half).replace("\\\\u", "\\u").encode()
        for half in halves
    ]
    asked, _ = extractor(
        Reply(200, EVENTS, [*body, b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n', DONE])
    )
    with asked.stream(str, "text") as stream:
        assert [partial.data for partial in stream][-1] == "😀"
    assert stream.result.value == "😀"


def test_an_endpoint_that_does_not_stream() -> None:
    asked, _ = extractor(lambda _: Reply(200, {}, json.loads(Completion(content=json.dumps(INVOICE)).to_json())))
    with asked.stream(Invoice, "text") as stream:
        assert list(stream.items("$.lines")) == [Line.model_validate(line) for line in LINES]
        assert [partial.data for partial in stream] == [INVOICE]
    assert stream.result.value.number == "A-17"


def test_step_down_on_a_400() -> None:
    refusal = Reply(400, {}, {"error": {"message": "response_format json_schema is not supported"}})
    asked, model = extractor(refusal, INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert [partial.data for partial in stream][-1] == INVOICE
    assert [call.mode for call in stream.ledger.calls] == ["json_schema", "loose"]
    assert [request.stream for request in model.requests] == [True, True]


def test_an_endpoint_that_takes_no_stream_options() -> None:
    refusal = Reply(422, {}, {"error": {"message": "unknown field: stream_options"}})
    asked, model = extractor(refusal, INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert [partial.data for partial in stream][-1] == INVOICE
    assert [request.stream_options for request in model.requests] == [{"include_usage": True}, None]
    assert {call.mode for call in stream.ledger.calls} == {"json_schema"}
    assert stream.ledger.total_tokens is None


def test_an_error_in_the_stream() -> None:
    error = b'data: {"error": {"message": "overloaded", "code": 529}}\n\n'
    asked, model = extractor(Reply(200, EVENTS, [*pieces(json.dumps(INVOICE))[:9], error]))
    seen: list[Partial] = []
    with pytest.raises(ModelProtocolError, match="overloaded"), asked.stream(Invoice, "text") as stream:
        seen.extend(stream)
    assert seen[-1].data != {}
    assert len(model.requests) == 1
    assert stream.ledger.calls[0].error == "ModelProtocolError"
    assert stream.ledger.calls[0].received
    with pytest.raises(ModelProtocolError):
        _ = stream.result
    with pytest.raises(ModelProtocolError):
        list(stream)


# streams that break off


def test_what_was_whole_is_kept_where_a_stream_breaks_off() -> None:
    text = json.dumps({"value": LINES})
    asked, model = extractor(broken(text[: text.index("line 3") + 3], httpx.ReadError("gone")), {"p0": LINES[3:]})
    with asked.stream(list[Line], "text", max_attempts=1) as stream:
        items = list(stream.items())
    assert items == [Line.model_validate(line) for line in LINES] == stream.result.value
    assert [call.purpose for call in stream.ledger.calls] == ["extract", "continue"]
    assert [call.error for call in stream.ledger.calls] == ["ModelUnreachableError", None]
    assert stream.ledger.calls[0].received == text.index("line 3") + 3
    assert stream.ledger.total_tokens is None
    assert "line 2" in str(model.requests[1].messages[-1]["content"])


def test_where_nothing_was_whole_the_same_is_asked_again() -> None:
    asked, model = extractor(broken('{"num', httpx.ReadError("gone")), INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert [partial.data for partial in stream][-1] == INVOICE
    assert model.requests[0] == model.requests[1]
    assert [call.purpose for call in stream.ledger.calls] == ["extract", "again"]


def test_a_stream_that_ends_without_saying_so_broke_off() -> None:
    asked, model = extractor(Reply(200, EVENTS, pieces(json.dumps(INVOICE))[:4]), INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert stream.result.value.number == "A-17"
    assert len(model.requests) == 2


def test_a_stream_breaks_off_so_often_and_no_oftener() -> None:
    asked, model = extractor(*[broken('{"number": "A-17", "li', httpx.ReadError("gone"))] * 5)
    with pytest.raises(ModelUnreachableError, match="gone"), asked.stream(Invoice, "text", max_attempts=1) as stream:
        list(stream)
    assert len(model.requests) == 4
    assert [call.error for call in stream.ledger.calls] == ["ModelUnreachableError"] * 4


def test_an_answer_that_was_whole_when_its_stream_broke_off_is_taken() -> None:
    asked, model = extractor(broken(json.dumps(INVOICE), httpx.ReadError("gone")))
    with asked.stream(Invoice, "text") as stream:
        assert stream.result.value.number == "A-17"
    assert len(model.requests) == 1
    assert stream.ledger.calls[0].received == len(json.dumps(INVOICE))


def events(peer: Peer, data: Sequence[bytes | BaseException]) -> None:
    peer.send(CHUNKED.replace(b"application/json", b"text/event-stream"))
    for each in data:
        assert isinstance(each, bytes)
        peer.send(chunk(each))


def test_a_stream_that_stalls_is_asked_again() -> None:
    def stall(peer: Peer) -> None:
        events(peer, pieces(json.dumps(INVOICE))[:6])
        peer.wait(30)

    def whole(peer: Peer) -> None:
        events(peer, [*pieces(json.dumps({"p0": LINES, "p1": None})), DONE, b""])

    with serve(stall, whole) as server, Extractor("any", base_url=f"{server.url}/v1") as asked:
        limits = Timeouts(between=0.3)
        with asked.stream(Invoice, "text", timeout=limits) as stream:
            assert [partial.data for partial in stream][-1] == INVOICE
    assert "within 0.3 s" in str(stream.result.attempts[0].completion.took) or stream.ledger.calls[0].error
    assert stream.ledger.calls[0].error == "ModelUnreachableError"


# streams that are left


def test_to_leave_early_closes_the_connection_and_keeps_the_bill() -> None:
    closed: queue.Queue[bytes] = queue.Queue()

    def slow(peer: Peer) -> None:
        peer.socket.settimeout(20)
        try:
            events(peer, pieces(json.dumps(INVOICE))[:9])
            closed.put(peer.socket.recv(1))
        except ConnectionError:  # closed with something unread in it, or before all of it was sent
            closed.put(b"")

    with serve(slow) as server, Extractor("any", base_url=f"{server.url}/v1") as asked:
        with asked.stream(Invoice, "text") as stream:
            for partial in stream:
                if partial.data != {}:
                    break
        assert closed.get(timeout=30) == b""
    assert str(stream.ledger).startswith("1 call, tokens unknown (")
    assert stream.ledger.calls[0].error == "StreamLeftError"
    assert stream.ledger.calls[0].received
    assert list(stream) == []
    with pytest.raises(StreamLeftError, match="left before its end") as left:
        _ = stream.result
    assert left.value.ledger == stream.ledger
    assert left.value.completion is not None


def test_a_stream_that_nobody_reads_sends_nothing() -> None:
    asked, model = extractor(INVOICE)
    with asked.stream(Invoice, "text") as stream:
        pass
    assert model.left == 1
    assert stream.ledger.calls == ()
    with pytest.raises(StreamLeftError):
        _ = stream.result


def test_an_exception_of_the_caller_leaves_the_stream() -> None:
    asked, _ = extractor(INVOICE)
    stream = asked.stream(Invoice, "text")
    with pytest.raises(KeyError), stream:
        next(iter(stream)).data["nothing"]  # type: ignore[index]
    assert stream.ledger.calls[0].error == "StreamLeftError"


# guards


def test_white_space_alone_is_cut_and_gone_on_with() -> None:
    text = json.dumps(INVOICE)
    cut = text[: text.index(', {"text": "line 3"')] + "\n " * 5000
    asked, _ = extractor(cut, {"p0": LINES[3:], "p1": None}, size=64)
    with asked.stream(Invoice, "text") as stream:
        assert list(stream.items("$.lines")) == [Line.model_validate(line) for line in LINES]
    first, second = stream.ledger.calls
    assert (first.usage, first.purpose, second.purpose) == (None, "extract", "continue")
    assert first.received is not None
    assert 1024 < first.received - len(cut.rstrip()) <= 1024 + 64
    assert stream.result.attempts[0].completion.finish_reason == "white_space"


def test_what_repeats_itself_is_cut() -> None:
    text = '{"number": "A-17", "lines": [' + '{"text": "the same", "amount": 1.0}, ' * 3000
    asked, _ = extractor(text, {"p0": [], "p1": None}, size=64)
    with asked.stream(Invoice, "text", guards=Guards(repeated=2000)) as stream:
        list(stream)
    received = stream.ledger.calls[0].received
    assert received is not None
    assert 2000 < received < 3000
    assert stream.result.value.lines


def test_reasoning_that_repeats_itself_is_cut() -> None:
    asked, _ = extractor(Completion(content="", reasoning="Wait, no. " * 5000), INVOICE)
    with asked.stream(Invoice, "text") as stream:
        assert stream.result.value.number == "A-17"
    assert [call.purpose for call in stream.ledger.calls] == ["extract", "again"]
    assert stream.result.attempts[0].completion.finish_reason == "repetition"


def test_guards_can_be_taken_away() -> None:
    asked, model = extractor(json.dumps(INVOICE)[:-1] + " " * 5000 + "}", size=64)
    with asked.stream(Invoice, "text", guards=Guards(None, None)) as stream:
        assert stream.result.value.number == "A-17"
    assert len(model.requests) == 1
    with pytest.raises(ValueError, match=r"guards\.repeated is a whole number of at least 64, or None, not 3"):
        Guards(repeated=3)


def test_white_space_for_ever_is_told() -> None:
    asked, _ = extractor(*["{" + " " * 5000] * 3, size=64)
    with pytest.raises(TruncatedError, match="nothing but white space any more"), asked.stream(Invoice, "x") as stream:
        list(stream)
    assert len(stream.ledger.calls) == 3


# the end


def test_what_stays_wrong_is_raised_with_all_that_came() -> None:
    asked, _ = extractor(*[{"number": "A-17", "lines": [{"text": "a", "amount": -1}]}] * 3)
    given_: list[object] = []
    with pytest.raises(InvalidOutputError) as failed, asked.stream(Invoice, "text") as stream:
        given_.extend(stream.items("$.lines"))
    assert given_ == []
    assert len(failed.value.attempts) == 3
    assert stream.ledger == failed.value.ledger


def test_the_last_partial_is_the_result_where_it_was_mended() -> None:
    asked, _ = extractor({"number": "A-17", "lines": [{"text": "a", "amount": -1}], "note": None}, {"p0": 1})
    with asked.stream(Invoice, "text") as stream:
        last = list(stream)[-1]
    assert last.data == {"number": "A-17", "lines": [{"text": "a", "amount": 1}], "note": None}
    assert last.changed == {"$.lines[0].amount"}
    assert "$" in last.complete


def test_two_who_read_share_what_comes() -> None:
    asked, model = extractor(INVOICE)
    with asked.stream(Invoice, "text") as stream:
        items, partials = stream.items("$.lines"), iter(stream)
        assert next(items).text == "line 0"
        assert next(partials).data["number"] == "A-17"  # type: ignore[index]
        assert len(list(items)) == 4
        assert [partial.data for partial in partials][-1] == INVOICE
    assert len(model.requests) == 1


def test_split_is_no_option_of_streams() -> None:
    asked, _ = extractor()
    with pytest.raises(ValueError, match="split= takes a bundle apart"):
        asked.stream(list[Invoice], "text", split=True)


# the same for await


def test_async_streams() -> None:
    async def read() -> None:
        model = FakeModel(
            Completion(content=json.dumps(INVOICE), reasoning="I think."), INVOICE, {"value": LINES}, size=4
        )
        asked = AsyncExtractor("any", base_url="http://fake/v1", transport=model)
        async with asked.stream(Invoice, "text") as stream:
            assert "".join([piece async for piece in stream.reasoning]) == "I think."
            assert [partial.data async for partial in stream][-1] == INVOICE
        assert stream.result.value == Invoice.model_validate(INVOICE)
        async with asked.stream(Invoice, "text") as stream:
            with pytest.raises(StreamLeftError, match="not at its end yet"):
                _ = stream.result
            assert (await stream.finish()).value.number == "A-17"
        async with asked.stream(list[Line], "text") as lines:
            async for item in lines.items():
                assert item == Line(text="line 0", amount=0)
                break
        assert lines.ledger.calls[0].error == "StreamLeftError"
        assert [item async for item in lines.items()] == []

    asyncio.run(read())


def test_an_async_stream_that_breaks_off_and_one_that_is_cancelled() -> None:
    async def read() -> None:
        text = json.dumps({"value": LINES})
        model = FakeModel(broken(text[:100], httpx.ReadError("gone")), {"p0": LINES[2:]})
        asked = AsyncExtractor("any", base_url="http://fake/v1", transport=model)
        async with asked.stream(list[Line], "text") as stream:
            assert [item.amount async for item in stream.items()] == [0, 0.5, 1, 1.5, 2]

        def stall(peer: Peer) -> None:
            events(peer, pieces(text)[:6])
            peer.wait(30)

        with serve(stall) as server:
            async with AsyncExtractor("any", base_url=f"{server.url}/v1") as slow:
                stream = slow.stream(list[Line], "text")
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.5), stream:
                        await stream.finish()
        assert stream.ledger.calls[0].usage is None
        assert stream.ledger.calls[0].received

    asyncio.run(read())


def test_an_event_stream_may_be_larger_than_an_answer_that_comes_at_once() -> None:
    def whole(peer: Peer) -> None:
        events(peer, [*pieces(json.dumps(INVOICE)), DONE, b""])

    with serve(whole) as server, PoolTransport(max_response_bytes=1000) as pool:
        asked = Extractor("any", base_url=f"{server.url}/v1", transport=pool)
        assert sum(len(piece) for piece in pieces(json.dumps(INVOICE)) if isinstance(piece, bytes)) > 3000
        with asked.stream(Invoice, "text") as stream:
            assert stream.result.value.number == "A-17"

"""Answers that end too soon: more room once, then what is missing alone, stitched to what is whole."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field

from extractor.chat import ChatRequest, Completion, Usage
from extractor.document import Document
from extractor.errors import ExtractionError, TruncatedError
from extractor.flow import Flow, extraction
from extractor.issues import Fix
from extractor.options import Options, Settings
from extractor.paths import look_up, to_keys
from extractor.result import Result
from extractor.schema import Schema

from .test_flow import drive


class Line(BaseModel):
    text: str
    amount: float
    unit: str = "piece"


class Order(BaseModel):
    number: str
    lines: list[Line]
    prices: dict[str, int] = {}
    buyer: Line | None = None
    paid: bool = False


TEXT = "Order 17: nails 3, boards 4"
ORDER = Order(
    number="17",
    lines=[Line(text=text, amount=at) for at, text in enumerate(["nails", "boards", "glue", "boards"])],
    prices={"nails": 2, "glue": 30},
    buyer=Line(text="Ada", amount=1),
    paid=True,
)
SCHEMA = Schema.of(Order)
SOURCE: Any = SCHEMA.dump(ORDER)
WIRE = json.dumps(SCHEMA.encode(SOURCE))


def flow(schema: Schema[Any] = SCHEMA, **options: Any) -> Flow[Result[Any]]:
    return extraction(schema, Document.of(TEXT), Settings.of("m", Options(**options)))


def cut(text: str, tokens: int | None = None) -> Completion:
    usage = Usage(prompt_tokens=1, completion_tokens=tokens, total_tokens=1) if tokens else None
    return Completion(content=text, finish_reason="length", usage=usage)


def test_a_limit_that_the_caller_did_not_set_is_raised_once() -> None:
    (first, longer), result = drive(flow(), cut('{"num', tokens=50), Completion(content=WIRE))
    assert longer.request == replace(first.request, max_completion_tokens=200)
    assert result.value == ORDER
    assert [call.purpose for call in result.ledger.calls] == ["extract", "longer"]


def test_what_is_missing_has_more_room_as_well() -> None:
    at = WIRE.index('"boards"')
    rest = json.dumps(gold({"$.lines": 1}))
    asks, result = drive(
        flow(max_attempts=4), cut(WIRE[:at], tokens=50), cut(rest[:-5]), Completion(content='{"p0":true}')
    )
    assert [ask.request.max_completion_tokens for ask in asks] == [None, 200, 200]
    assert result.value == ORDER


def test_an_empty_answer_whose_tokens_went_into_reasoning_has_more_room_once() -> None:
    spent = Completion(content=None, reasoning="hm", finish_reason="length", usage=Usage(completion_tokens=500))
    asks, error = drive(flow(), spent, spent)
    assert [ask.request.max_completion_tokens for ask in asks] == [None, 2000]
    assert isinstance(error, TruncatedError)
    assert "All tokens went into reasoning" in error.issues[0].message


def test_the_callers_own_limit_is_kept_and_the_answer_goes_on_after_its_whole_items() -> None:
    at = WIRE.index('"boards"') + 5
    asks, result = drive(
        flow(max_completion_tokens=20), cut(WIRE[:at]), Completion(content=json.dumps(gold({"$.lines": 1})))
    )
    first, tail = asks
    assert tail.request.max_completion_tokens == 20
    assert tail.request.messages == (
        first.request.messages[0],
        {
            "role": "user",
            "content": f"{TEXT}\n\n"
            "An answer to this ended too soon. What it says so far is accepted, this is missing:\n"
            '- p0 stands for $.lines: the items after #1 alone. #1 is {"text":"nails","amount":0.0,"unit":"piece"}\n'
            "- p1 stands for $.prices\n"
            "- p2 stands for $.buyer\n"
            "- p3 stands for $.paid\n"
            "Answer with what is missing alone.",
        },
    )
    assert list(tail.request.response_format["json_schema"]["schema"]["properties"]) == ["p0", "p1", "p2", "p3"]
    assert result.value == ORDER
    assert [call.purpose for call in result.ledger.calls] == ["extract", "continue"]


def gold(places: dict[str, int]) -> dict[str, Any]:
    """The right answer to a request for the rest of the lists from these items on, and for all after them."""
    paths = ["$.lines", "$.prices", "$.buyer", "$.paid"]
    form = SCHEMA.narrow(paths)
    values = {path: look_up(SOURCE, to_keys(path)) for path in paths}
    return form.encode(
        {path: value[places.get(path, 0) :] if path in places else value for path, value in values.items()}
    )  # type: ignore[return-value]


def parts_of(request: ChatRequest) -> list[tuple[str, str, int]]:
    """The parts that a request asks for: name, path, and after how many items."""
    content = str(request.messages[-1]["content"])
    found = re.findall(r"^- (p\d+) stands for ([^\s:]+)(?:: the items after #(\d+))?", content, re.M)
    return [(name, path, int(after or 0)) for name, path, after in found]


def model(request: ChatRequest, source: Any, schema: Schema[Any]) -> str:
    """What a model that makes no mistake writes for any request."""
    rule: Any = request.response_format
    parts = [(path, after) for _, path, after in parts_of(request)]
    if not rule["json_schema"]["name"].endswith("_parts"):
        return json.dumps(schema.encode(source))
    form = schema.narrow([path for path, _ in parts])
    values = {path: look_up(source, to_keys(path)) for path, _ in parts}
    return json.dumps(form.encode({path: values[path][after:] if after else values[path] for path, after in parts}))


def ended(schema: Schema[Any], source: Any, size: int, **options: Any) -> Result[Any]:
    """The result where each answer is cut after ``size`` characters, and how often it was asked."""
    loop = flow(schema, max_attempts=40, **options)
    (ask,) = next(loop)
    while True:
        text = model(ask.request, source, schema)
        limited = len(text) > size
        try:
            (ask,) = loop.send((cut(text[:size]) if limited else Completion(content=text),))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


@pytest.mark.parametrize("size", range(40, len(WIRE), 5))
def test_wherever_an_answer_is_cut_it_comes_out_whole(size: int) -> None:
    longest = max(len(json.dumps(line)) for line in SOURCE["lines"]) + 60
    size = max(size, longest)
    assert ended(SCHEMA, SOURCE, size, max_tokens=99).value == ORDER


def test_a_list_alone_goes_on_as_well() -> None:
    numbers = list(range(100, 160))
    result = ended(Schema.of(list[int]), numbers, 70, max_tokens=99)
    assert result.value == numbers
    assert {call.purpose for call in result.ledger.calls[1:]} == {"continue"}
    assert len(result.ledger.calls) < 12


def test_what_a_tail_leaves_out_is_never_taken_for_a_default() -> None:
    at = WIRE.index('"boards"')
    answer = {name: value for name, value in gold({"$.lines": 1}).items() if name != "p3"}
    asks, _ = drive(flow(max_tokens=9), cut(WIRE[:at]), Completion(content=json.dumps(answer)))
    assert "- p0 stands for $.paid\n" in str(asks[2].request.messages[-1]["content"])


def test_a_tail_that_begins_the_list_anew_is_taken_for_the_whole_list() -> None:
    at = WIRE.index('"boards"')
    answer = gold({"$.lines": 0})
    _, result = drive(flow(max_tokens=9), cut(WIRE[:at]), Completion(content=json.dumps(answer)))
    assert result.value == ORDER


def test_a_whole_answer_to_a_request_for_the_rest_is_taken() -> None:
    _, result = drive(flow(max_tokens=9), cut(WIRE[: len(WIRE) // 2]), Completion(content=WIRE))
    assert result.value == ORDER


def test_an_answer_that_ends_too_soon_without_a_limit_goes_on() -> None:
    at = WIRE.index('"boards"')
    (_, tail), result = drive(
        flow(), Completion(content=WIRE[:at]), Completion(content=json.dumps(gold({"$.lines": 1})))
    )
    assert "ended too soon" in str(tail.request.messages[-1]["content"])
    assert result.value == ORDER


def test_a_tuple_that_was_cut_is_asked_for_as_a_whole() -> None:
    schema = Schema.of(tuple[int, Line])
    (_, again), result = drive(
        flow(schema),
        Completion(content='{"item_0":3,"item_1":{"text":"na'),
        Completion(content='{"item_0":3,"item_1":{"text":"nails","amount":1,"unit":null}}'),
    )
    assert again.request.messages[-2]["role"] == "assistant"
    assert result.value == (3, Line(text="nails", amount=1))


def test_where_nothing_is_whole_the_cut_is_told() -> None:
    _, error = drive(flow(max_tokens=9), cut('{"num'))
    assert isinstance(error, TruncatedError)
    assert "max_completion_tokens=" in str(error)


def test_what_never_gets_on_is_told_with_all_that_is_whole() -> None:
    at = WIRE.index('"boards"')
    _, error = drive(flow(max_tokens=9, max_attempts=5), cut(WIRE[:at]), cut('{"p0":[{"te'), cut(""))
    assert isinstance(error, ExtractionError)
    assert error.best == {"number": "17", "lines": [SOURCE["lines"][0], {}]}


class Few(BaseModel):
    rows: list[Line] = Field(min_length=2, max_length=9)


def test_a_list_that_has_to_have_some_items_goes_on_as_any_other() -> None:
    rows = [{"text": text, "amount": 1.0, "unit": "m"} for text in ("nails", "boards", "glue")]
    (_, tail), result = drive(
        flow(Schema.of(Few)),
        Completion(content=json.dumps({"rows": rows})[:-20]),
        Completion(content=json.dumps({"p0": rows[2:]})),
    )
    assert "the items after #2 alone" in str(tail.request.messages[-1]["content"])
    asked = tail.request.response_format["json_schema"]["schema"]["properties"]["p0"]
    assert (asked["maxItems"], "minItems" in asked) == (9, False)
    assert result.value == Few(rows=[Line(**row) for row in rows])


def test_what_is_missing_may_come_under_its_own_name() -> None:
    at = WIRE.index('"paid"')
    _, result = drive(flow(), cut(WIRE[:at], tokens=200), Completion(content='{"paid": true}'))
    assert result.value == ORDER
    assert [fix for fix in result.attempts[-1].fixes if fix.name == "key"] == [Fix("$.paid", "key", "paid", "p0", 0.1)]

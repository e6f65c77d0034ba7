"""What becomes of a value that is still wrong after the last attempt."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from extractor import InvalidOutputError, OnInvalid, RefusalError
from extractor.chat import Completion
from extractor.document import Document
from extractor.flow import extraction
from extractor.options import Options, Settings
from extractor.schema import Schema

from .test_flow import drive


class Plain(BaseModel):
    text: str
    amount: float = Field(ge=0)
    note: str | None = None
    unit: str = "piece"


class Order(BaseModel):
    number: str
    lines: list[Plain] = []


class Line(BaseModel):
    text: str
    amount: Annotated[float | None, OnInvalid.null]
    unit: Annotated[str, OnInvalid.default] = "piece"


class Kept(BaseModel):
    number: Annotated[str, OnInvalid.raise_]
    lines: list[Annotated[Line, OnInvalid.drop]]
    prices: dict[str, Annotated[int, OnInvalid.drop]] = {}


def ended(type: Any, answer: object, **options: Any) -> Any:
    flow = extraction(
        Schema.of(type),
        Document.of("text"),
        Settings.of("m", Options(**{"max_attempts": 1, "repair": "strict", **options})),
    )
    return drive(flow, Completion(content=answer if isinstance(answer, str) else json.dumps(answer)))[1]


def line(**changes: Any) -> dict[str, Any]:
    return {"text": "nails", "amount": 3.0, **changes}


def entries(**prices: Any) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in prices.items()]


@pytest.mark.parametrize(
    ("answer", "value", "paths"),
    [
        (
            {"lines": [line(amount="?"), line()]},
            {"lines": [line(amount=None), line()]},
            ["$.lines[0].amount"],
        ),
        ({"lines": [line(unit=3)]}, {"lines": [line()]}, ["$.lines[0].unit"]),
        (
            {"lines": [line(text=1), line(text="glue"), line(text=2)]},
            {"lines": [line(text="glue")]},
            ["$.lines[0].text", "$.lines[2].text"],
        ),
        (
            {"lines": [], "prices": entries(nails=1, glue="?")},
            {"lines": [], "prices": {"nails": 1}},
            ["$.prices.glue"],
        ),
    ],
)
def test_each_part_has_its_own_policy(answer: dict[str, Any], value: dict[str, Any], paths: list[str]) -> None:
    result = ended(Kept, {"number": "17", **answer})
    assert result.value == Kept(number="17", **value)
    assert [issue.path for issue in result.issues] == paths
    assert result.attempts[0].issues == result.issues


def test_a_part_that_must_be_right_raises_whatever_the_call_says() -> None:
    for options in ({}, {"on_invalid": "best"}):
        error = ended(Kept, {"number": 17, "lines": []}, **options)
        assert isinstance(error, InvalidOutputError)


def test_without_a_policy_it_raises() -> None:
    assert isinstance(ended(Order, {"number": "17", "lines": [line(amount=-1)]}), InvalidOutputError)


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        ([line(unit=3)], [line()]),
        ([line(note=3)], [line()]),
        ([line(amount=-1), line()], [line()]),
        ([{"amount": 1}, line()], [line()]),
        ("none", []),
    ],
)
def test_the_best_there_is_holds_to_the_type(lines: object, left: list[dict[str, Any]]) -> None:
    result = ended(Order, {"number": "17", "lines": lines}, on_invalid="best")
    assert result.value == Order(number="17", lines=[Plain(**each) for each in left])
    assert result.issues != ()


def test_where_the_type_allows_nothing_it_raises_all_the_same() -> None:
    assert isinstance(ended(Order, {"number": 17}, on_invalid="best"), InvalidOutputError)
    assert isinstance(ended(Order, "no JSON", on_invalid="best"), InvalidOutputError)


def test_a_refusal_is_no_value() -> None:
    flow = extraction(Schema.of(Order), Document.of("text"), Settings.of("m", {"on_invalid": "best"}))
    _, error = drive(flow, Completion(content='{"lines":[]}'), Completion(refusal="No."))
    assert isinstance(error, RefusalError)


def test_a_cut_answer_is_kept_only_where_the_best_is_wanted() -> None:
    text = json.dumps({"number": "17", "lines": [line(), line()]})[:-12]
    assert isinstance(ended(Kept, text), InvalidOutputError)
    assert isinstance(ended(Kept, text, repair="full"), InvalidOutputError)
    result = ended(Order, text, on_invalid="best", repair="full")
    assert result.value == Order(number="17", lines=[Plain(**line())])
    assert result.issues != ()


def test_the_policy_is_not_sent() -> None:
    assert "x-on-invalid" not in json.dumps(Schema.of(Kept).strict)


def test_on_invalid_has_three_values() -> None:
    with pytest.raises(ValueError, match="on_invalid is one of raise, best, keep, not 'ignore'"):
        Settings.of("m", {"on_invalid": "ignore"})  # type: ignore[typeddict-item]

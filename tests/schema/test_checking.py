"""What validation says: paths of the source form, the nearest branch of a union, the words of a user's validator."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, field_validator, model_validator

from extractor.issues import Issue
from extractor.schema import Checked, Schema


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


class Total(BaseModel):
    net: float
    gross: float

    @model_validator(mode="after")
    def _grows(self) -> Total:
        if self.gross < self.net:
            raise ValueError("gross is less than net")
        return self


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even")
    return value


class Box(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    counts: dict[int, Annotated[int, AfterValidator(_even)]] = {}
    items: list[Total | str] = []
    size: Literal["small", "large"] | None = None
    when: date | None = None


@pytest.mark.parametrize(
    ("value", "issues"),
    [
        (
            {"pet": {"kind": "dog", "tricks": [1]}},
            [Issue("$.pet.tricks[0]", "Input should be a valid string", 1, "string_type")],
        ),
        (
            {"pet": {"kind": "cow"}},
            [
                Issue(
                    "$.pet",
                    "Input tag 'cow' found using 'kind' does not match any of the expected tags: 'cat', 'dog'",
                    {"kind": "cow"},
                    "union_tag_invalid",
                )
            ],
        ),
        ({"counts": {"1": 3}}, [Issue("$.counts['1']", "must be even", 3, "value_error")]),
        (
            {"counts": {"x": 2}},
            [
                Issue(
                    "$.counts.x",
                    "The key: Input should be a valid integer, unable to parse string as an integer",
                    "x",
                    "int_parsing",
                )
            ],
        ),
        (
            {"items": [{"net": 2, "gross": 1}]},
            [Issue("$.items[0]", "gross is less than net", {"net": 2, "gross": 1}, "value_error")],
        ),
        ({"items": ["x", {"net": 2}]}, [Issue("$.items[1].gross", "Field required", None, "missing")]),
        ({"size": "tiny"}, [Issue("$.size", "Input should be 'small' or 'large'", "tiny", "literal_error")]),
    ],
)
def test_issues(value: object, issues: list[Issue]) -> None:
    assert Schema.of(Box).validate(value) == Checked(None, tuple(issues))


def test_a_users_other_exceptions_are_not_ours_to_catch() -> None:
    class Broken(BaseModel):
        a: int

        @field_validator("a")
        @classmethod
        def _look(cls, value: int) -> int:
            raise LookupError("no table")

    with pytest.raises(LookupError, match="no table"):
        Schema.of(Broken).validate({"a": 1})


def test_values_are_read_as_json_is() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(strict=True)
        when: date
        parts: tuple[int, ...]
        data: bytes

    value = Schema.of(Strict).validate({"when": "2026-01-02", "parts": [1], "data": "abc"}).value
    assert value == Strict(when=date(2026, 1, 2), parts=(1,), data=b"abc")


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[1", '{"a": 1} x'])
def test_text_that_is_no_json_is_an_issue(text: str | bytes) -> None:
    (issue,) = Schema.of(Cat).validate_json(text).issues
    assert (issue.path, issue.kind) == ("$", "json_invalid")
    assert [issue.path for issue in Schema.of({"type": "object"}).validate_json(text).issues] == ["$"]


@pytest.mark.parametrize("value", [float("nan"), "\ud800", {1: 2}, {"a": object()}])
def test_values_that_are_no_json_are_issues(value: Any) -> None:
    assert Schema.of(Cat).validate(value).issues


def test_what_nests_without_end_is_an_issue() -> None:
    value: object = 1
    for _ in range(5_000):
        value = [value]
    schema: Schema[Any] = Schema.of(dict[str, Any])
    assert schema.validate(schema.decode(value)).issues


def test_lists_of_permitted_values_are_cut_short() -> None:
    schema: Schema[Any] = Schema.of(Literal[tuple(f"value{at}" for at in range(1200))])
    (issue,) = schema.validate("none").issues
    assert len(issue.message) <= 400


def test_the_order_of_issues_is_that_of_the_type() -> None:
    class Mixed(BaseModel):
        a: int | list[int]
        b: int

    assert [issue.path for issue in Schema.of(Mixed).validate({"a": ["x"], "b": "y"}).issues] == ["$.a[0]", "$.b"]


class Lazy(BaseModel):
    items: Iterable[int]


class Holder(BaseModel):
    lazy: Lazy
    more: list[Iterable[PositiveInt]] = []


def test_items_that_pydantic_reads_late_are_validated_at_once() -> None:
    schema = Schema.of(Holder)
    checked = schema.validate_json('{"lazy": {"items": [1, 2]}, "more": [[3]]}')
    assert checked.value is not None
    for _ in range(2):  # Pydantic alone gives the items once
        assert [list(checked.value.lazy.items), *map(list, checked.value.more)] == [[1, 2], [3]]
        assert schema.dump(checked.value) == {"lazy": {"items": [1, 2]}, "more": [[3]]}
        assert checked.value.model_dump_json() == '{"lazy":{"items":[1,2]},"more":[[3]]}'
    assert pickle.loads(pickle.dumps(checked.value)) == checked.value
    text = '{"lazy": {"items": [1, "many"]}, "more": [[3, -1]]}'
    for found in (schema.validate_json(text), schema.within({"a": 1}).validate(json.loads(text))):
        assert [issue.path for issue in found.issues] == ["$.lazy.items[1]", "$.more[0][1]"]

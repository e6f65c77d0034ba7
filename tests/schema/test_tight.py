"""What a type says of its values is in the strict schema too: what it takes fits there, what it refuses does not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Interface
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import (
    UUID4,
    AfterValidator,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    Field,
    NaiveDatetime,
    PastDate,
    TypeAdapter,
    UrlConstraints,
    ValidationError,
    model_validator,
)
from pydantic.color import Color

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema, patterns


class Rate(Enum):
    LOW = Decimal("0.25")
    HIGH = Decimal("2.5")
    MOST = 3


def same(value: Any) -> Any:
    return value


ROWS: list[tuple[Any, list[object], list[object]]] = [
    (Annotated[int, AfterValidator(same), Field(le=5)], [5], [6]),
    (Annotated[int, BeforeValidator(same), Field(ge=1)], [1], [0]),
    (Annotated[int | float, Field(gt=1)], [2, 1.5], [1]),
    (Annotated[int | None, BeforeValidator(same), Field(multiple_of=3)], [3], [4]),
    (Annotated[list[int] | set[str], Field(min_length=2)], [[1, 2], ["a", "b"]], [[1], ["a"]]),
    (Annotated[str, AfterValidator(same), Field(pattern="^a", max_length=3)], ["ab"], ["b", "abcd"]),
    (NaiveDatetime, ["2024-02-29T10:00:00", "2024-12-31 23:59"], ["2024-01-01T10:00:00Z", "2024-04-31T10:00", "x"]),
    (UUID4, ["2640c6ab-e26b-41ee-9959-af27fc6fc602"], ["2640c6ab-e26b-11ee-9959-af27fc6fc602"]),
    (IPv4Interface, ["192.0.2.1/24", "192.0.2.1"], ["192.0.2.256", "192.0.2.1/33"]),
    (Annotated[AnyUrl, UrlConstraints(host_required=True)], ["s3://bucket/key"], ["mailto:someone"]),
    (Annotated[Decimal, Field(ge=0, le=100)], ["0", "99.5", "100.0"], ["100.1", "101", "-1"]),
    (Annotated[Decimal, Field(gt=0, max_digits=5, decimal_places=2)], ["0.01", "999.99"], ["0.00", "1000", "0.001"]),
    (Annotated[Decimal, Field(lt=Decimal("-0.5"))], ["-0.75", "-12"], ["12"]),
    (dict[Annotated[int, Field(ge=1, le=12)], int], [{"1": 1, "12": 2}], [{"0": 1}, {"13": 1}]),
    (dict[Annotated[int, Field(gt=-3)], int], [{"-2": 1, "40": 2}], [{"-3": 1}]),
    (Rate, [0.25, 2.5, 3], [0.5, 1]),
]


@pytest.mark.parametrize(("kind", "taken", "refused"), ROWS, ids=str)
def test_takes_what_the_type_takes(kind: Any, taken: list[object], refused: list[object]) -> None:
    schema: Schema[Any] = Schema.of(kind)
    fits = Draft202012Validator(schema.strict).is_valid
    assert [fits(schema.encode(value)) for value in taken] == [True] * len(taken)
    assert [fits(schema.encode(value)) for value in refused] == [False] * len(refused)
    assert [bool(schema.validate(value).issues) for value in taken + refused] == [False] * len(taken) + [True] * len(
        refused
    )


@pytest.mark.filterwarnings("ignore:The `Color` class is deprecated")
@pytest.mark.parametrize(
    ("text", "taken"), [("red", True), ("#0aF", True), ("rgba(1, 2, 3, 0.5)", True), ("reddish", False), ("#12", False)]
)
def test_colors(text: str, taken: bool) -> None:
    schema = Schema.of(Color)
    assert Draft202012Validator(schema.strict).is_valid(schema.encode(text)) is taken
    assert (schema.validate(text).issues == ()) is taken


class Api(BaseModel):
    url: Annotated[
        AnyUrl, UrlConstraints(allowed_schemes=["https"]), Field(json_schema_extra={"pattern": "^.+/v[0-9]$"})
    ]


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://example.com/v1", True),
        ("https://example.com/api/v2", True),
        ("http://example.com/v1", False),
        ("example.com/v1", False),
        ("https://example.com/", False),
    ],
)
def test_what_is_told_of_a_url_stands_beside_its_scheme(url: str, fits: bool) -> None:
    assert Draft202012Validator(Schema.of(Api).strict).is_valid({"url": url}) is fits


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PastDate, "Before now"),
        (Annotated[date, Field(ge=date(2020, 1, 31))], "From 2020-01-31 on"),
        (Annotated[timedelta, Field(gt=timedelta(hours=1), le=timedelta(days=1))], "At most P1D. Longer than PT1H."),
    ],
)
def test_bounds_in_words(kind: Any, words: str) -> None:
    assert Schema.of(kind).strict["properties"]["value"]["description"] == words  # type: ignore[index]


BOUNDS = st.none() | st.integers(-1200, 1200)
NUMBERS = (st.integers(-1500, 1500) | st.integers(-150000, 150000).map(lambda cents: Decimal(cents) / 100)).map(Decimal)


@given(st.sampled_from(["ge", "gt"]), BOUNDS, st.sampled_from(["le", "lt"]), BOUNDS, NUMBERS)
def test_decimals_within_bounds(low: str, least: int | None, high: str, most: int | None, number: Decimal) -> None:
    if least is not None and most is not None and least >= most:
        least, most = most - 1, least + 1
    bounds = {key: bound for key, bound in ((low, least), (high, most)) if bound is not None}
    kind = TypeAdapter(Annotated[Decimal, Field(**bounds)])  # type: ignore[call-overload]
    text = format(number, "f")
    try:
        kind.validate_python(text)
        taken = True
    except ValidationError:
        taken = False
    assert bool(re.search(patterns.decimal(bounds), text)) is taken


class Shape(BaseModel, ABC):
    area: int

    @abstractmethod
    def describe(self) -> str: ...


class Square(Shape):
    def describe(self) -> str:
        return "square"


class Drawing(BaseModel):
    name: str
    shape: Shape | None = None


class Sketch(Drawing):
    @model_validator(mode="before")
    @classmethod
    def named(cls, value: Any) -> Any:
        return {"name": "sketch", **value}


class Loose(BaseModel):
    shape: Annotated[Shape, BeforeValidator(lambda value: Square(**value))]
    others: list[Shape] = []


def test_nothing_is_asked_for_that_cannot_be_made() -> None:
    with pytest.raises(UnsupportedTypeError, match="Shape is abstract"):
        Schema.of(Shape)
    for kind in (Drawing, Sketch):
        fits = Draft202012Validator(Schema.of(kind).strict).is_valid
        assert fits({"name": "a", "shape": None})
        assert not fits({"name": "a", "shape": {"area": 1}})


def test_a_function_may_make_what_is_abstract() -> None:
    schema = Schema.of(Loose)
    value = {"shape": {"area": 1}}
    assert schema.decode(schema.encode(value)) == value
    assert Draft202012Validator(schema.strict).is_valid(schema.encode(value))
    assert isinstance(schema.validate(value).value, Loose)


class Either(BaseModel):
    role: Annotated[Literal["user", "bot"] | str, Field(pattern="^(user|agent/[a-z]+)$")]


def test_a_pattern_beside_a_union_holds_for_its_texts() -> None:
    fits = Draft202012Validator(Schema.of(Either).strict).is_valid
    roles = ("user", "agent/a", "bot", "other")
    assert [fits({"role": role}) for role in roles] == [True, True, False, False]

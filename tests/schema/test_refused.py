"""Types that cannot be asked for are refused before anything is paid."""

import enum
import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial, reduce
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, WithJsonSchema, create_model, v1
from pydantic_core import core_schema

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema


class Endless(BaseModel):
    me: "Endless"


class Ping(BaseModel):
    pong: "Pong"


class Pong(BaseModel):
    pings: tuple[Ping, Ping]


class Chain(BaseModel):
    name: str
    following: "Chain | None"


class Tree(BaseModel):
    children: list["Tree"]


class Nan(enum.Enum):
    A = math.nan


class Days(enum.Enum):
    NEW_YEAR = date(2020, 1, 1)


class Rates(enum.Enum):
    FULL = Decimal("0.19")


class Pairs(enum.Enum):
    TEXT = "a text"
    PAIR = (1, 2)


class Things(enum.Enum):
    THING = object()


class Reachable(enum.Enum):
    NOTHING = None
    HALF = 0.5
    LIST = [1, 2]  # noqa: RUF012


@pytest.mark.parametrize("kind", [Days, Rates, Pairs, Things, Literal[b"bytes"]])
def test_a_choice_that_pydantic_reads_no_json_as(kind: Any) -> None:
    with pytest.raises(
        UnsupportedTypeError, match=r"Pydantic reads no JSON as .*, so the choices are texts or numbers"
    ):
        Schema.of(kind)


def test_a_choice_of_odd_values_that_json_can_say() -> None:
    assert [Schema.of(Reachable).validate(value).value for value in (None, 0.5, [1, 2])] == list(Reachable)


@pytest.mark.parametrize("kind", [tuple[int, int], frozenset[int], None])
def test_a_dict_whose_keys_no_text_can_be(kind: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match="the keys of a JSON object are texts, which Pydantic reads as no"):
        Schema.of(dict[kind, int])


@pytest.mark.parametrize("kind", [Endless, Ping, Pong])
def test_a_type_that_holds_itself_without_an_end(kind: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match="no finite value fits this type"):
        Schema.of(kind)


@pytest.mark.parametrize("kind", [Chain, Tree, list[Endless], Endless | None])
def test_a_type_that_comes_to_an_end(kind: Any) -> None:
    assert Schema.of(kind).strict["type"] == "object"


@pytest.mark.parametrize("schema", [{"name": "string"}, {"foo": 1}, {1: 2}])
def test_a_dict_that_is_no_json_schema(schema: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match="the dict is no JSON Schema: none of its keys is a keyword"):
        Schema.of(schema)


@pytest.mark.parametrize("schema", [{}, {"description": "anything"}, {"$comment": "anything"}])
def test_a_json_schema_that_takes_anything(schema: Any) -> None:
    assert Schema.of(schema).validate({"a": [1]}).value == {"a": [1]}


@pytest.mark.parametrize(
    ("kind", "said"), [(Nan, "cannot be asked for"), (BaseModel, "is no type"), (print, "no type")]
)
def test_what_no_json_fits(kind: Any, said: str) -> None:
    with pytest.raises(UnsupportedTypeError, match=said):
        Schema.of(kind)


class Unborn(BaseModel):
    child: "list[Nowhere]"  # type: ignore[name-defined]  # noqa: F821


class Plain: ...


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Unborn, "Unborn names 'Nowhere', which is not defined there; define it beside the class"),
        (dict[str, Unborn], "Unborn] names 'Nowhere', which is not defined there; define it"),
        ([Tree], r"^\[<class '.*Tree'>\] is no type; write list\[Tree\]$"),
        ((Tree, int), r"is no type; write tuple\[Tree, int\]$"),
        (Tree(children=[]), r"^Tree\(children=\[\]\) is no type; it is an instance: give its class, Tree$"),
        (Plain, "^Plain is no type that Pydantic takes; make it a BaseModel, a dataclass or a TypedDict$"),
        ("name, age int", r"^'name, age int' is no type; give a type, .*; fields in a line are schema_of\('name, age"),
    ],
)
def test_what_is_no_type_is_told_the_way_out(kind: Any, said: str) -> None:
    with pytest.raises(UnsupportedTypeError, match=said):
        Schema.of(kind)


class Old(v1.BaseModel):
    number: str


class Handle:
    number: str


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    handle: Handle


class Read:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.of)

    @classmethod
    def of(cls, value: object) -> "Read":
        return cls()


class ReadInPart:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(partial(Read.of))


@pytest.mark.filterwarnings("ignore:Mixing V1 models and V2 models")
@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Old, "$ cannot be asked for: Old is a model of pydantic.v1: derive it from pydantic.BaseModel; "),
        (
            Holder,
            "$.handle cannot be asked for: Pydantic knows Handle only by its instances, and JSON holds none; ",
        ),
        (
            Read,
            "$ cannot be asked for: only its function Read.of knows what it reads: WithJsonSchema(…) beside it",
        ),
        (dict[str, ReadInPart], "only its function functools.partial("),
    ],
)
def test_what_has_no_json_form_is_told_the_way_out(kind: Any, said: str) -> None:
    with pytest.raises(UnsupportedTypeError) as refused:
        Schema.of(kind)
    assert said in str(refused.value)


def test_what_only_a_function_reads_is_asked_for_where_its_json_is_told() -> None:
    told: Any = Annotated[Read, WithJsonSchema({"type": "integer"})]
    checked = Schema.of(dict[str, told]).validate({"a": 1})
    assert checked.value is not None
    assert isinstance(checked.value["a"], Read)


def nested_type(depth: int) -> Any:
    kind: Any = int
    for level in range(depth):
        kind = create_model(f"Level{level}", inner=(kind, ...))
    return kind


@pytest.mark.parametrize("kind", [nested_type(200), reduce(lambda inner, _: list[inner], range(400), int)])  # type: ignore[valid-type, arg-type, return-value]
def test_a_type_nested_deeper_than_python_follows(kind: Any) -> None:
    with pytest.raises(UnsupportedTypeError, match=r"nested too deeply .*sys[.]setrecursionlimit"):
        Schema.of(kind)


def inside_itself() -> dict[str, object]:
    schema: dict[str, object] = {"type": "object"}
    schema["properties"] = {"a": schema}
    return schema


def nested(depth: int) -> dict[str, object]:
    schema: dict[str, object] = {"type": "integer"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


@pytest.mark.parametrize("schema", [inside_itself(), nested(400), nested(4000)])
def test_a_dict_without_an_end_is_no_json(schema: Mapping[str, object]) -> None:
    with pytest.raises(UnsupportedTypeError, match="the JSON Schema is no JSON"):
        Schema.of(schema)


@pytest.mark.parametrize("around", ["allOf", "anyOf", "oneOf"])
def test_a_reference_that_leads_round_in_a_circle(around: str) -> None:
    circle = {around: [{"$ref": "#/$defs/a"}, {"type": "integer"}]}
    with pytest.raises(UnsupportedTypeError, match="refers to itself without an end"):
        Schema.of({"$ref": "#/$defs/a", "$defs": {"a": circle}})

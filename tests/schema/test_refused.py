"""Types that cannot be asked for are refused before anything is paid."""

import enum
import math
from typing import Any

import pytest
from pydantic import BaseModel

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

"""What each dialect takes, and what is done where it takes less."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, create_model

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema
from extractor.schema.dialects import DIALECTS
from extractor.schema.plan import Source, planned


class Tree(BaseModel):
    value: int = Field(ge=0, le=9)
    name: str | None = Field(pattern="^[a-z]+$", min_length=2)
    kids: list[Tree] = []


class Cat(BaseModel):
    name: str
    lives: int


class Dog(BaseModel):
    name: str
    tricks: list[str]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_values_come_back_in_every_dialect(dialect: str) -> None:
    source = {"value": 1, "name": "abc", "kids": [{"value": 2, "name": None}]}
    schema = Schema.of(Tree, dialect=dialect)
    assert schema.decode(schema.encode(source)) == source


@pytest.mark.parametrize("dialect", [name for name, dialect in DIALECTS.items() if not dialect.recursion])
def test_recursion_is_unrolled_where_it_is_not_taken(dialect: str) -> None:
    strict = json.loads(json.dumps(Schema.of(Tree, dialect=dialect).strict))
    names = list(strict["$defs"])
    assert "#" not in _refs(strict, [])
    for at, name in enumerate(names):
        assert not set(_refs(strict["$defs"][name], [])) & {f"#/$defs/{one}" for one in names[: at + 1]}


def test_core_says_bounds_in_words() -> None:
    properties = Schema.of(Tree, dialect="core").strict["properties"]
    assert properties["value"] == {"type": "integer", "description": "At least 0. At most 9."}  # type: ignore[index]
    assert properties["name"] == {  # type: ignore[index]
        "anyOf": [
            {"type": "string", "description": "At least 2 characters. Must match the pattern ^[a-z]+$."},
            {"type": "null"},
        ],
    } or "At least 2 characters" in str(properties["name"])  # type: ignore[index]


def test_core_names_branches_that_begin_alike() -> None:
    schema: Schema[Any] = Schema.of(Cat | Dog, dialect="core")
    wire = schema.encode({"name": "Rex", "tricks": []})
    assert wire == {"value": {"kind": "2 Dog", "name": "Rex", "tricks": []}}
    assert schema.decode(wire) == {"name": "Rex", "tricks": []}


def test_xgrammar_takes_a_pattern_or_a_length() -> None:
    name = Schema.of(Tree, dialect="xgrammar").strict["properties"]["name"]  # type: ignore[index]
    assert "minLength" not in str(name)


def nested(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"type": "integer"}
    for _ in range(levels):
        rule = {"type": "object", "properties": {"n": rule}, "required": ["n"], "additionalProperties": False}
    return rule


def test_what_nests_too_deep_is_json_text_in_core() -> None:
    schema = Schema.of(nested(7), dialect="core")
    value: Any = {"n": {"n": {"n": {"n": {"n": {"n": {"n": 1}}}}}}}
    wire: Any = schema.encode(value)
    assert wire["n"]["n"]["n"]["n"] == {"n": '{"n":{"n":1}}'}
    assert schema.decode(wire) == value
    assert "The JSON text of what fits the JSON Schema {" in str(schema.strict)
    assert [(change.path, change.name) for change in schema.explain()] == [("$.n.n.n.n.n", "text")]
    (issue,) = schema.validate(schema.decode({"n": {"n": {"n": {"n": {"n": '{"n":{"n":"a"}}'}}}}})).issues
    assert issue.path == "$.n.n.n.n.n.n.n"


def test_what_is_too_much_is_json_text_in_core() -> None:
    class Item(BaseModel):
        names: list[str]
        size: dict[str, Annotated[int, Field(ge=0)]]

    fields: dict[str, Any] = {f"f{at}": (Item | list[Item] | None, None) for at in range(60)}
    schema = Schema.of(create_model("Much", **fields), dialect="core")
    value = {"f1": {"names": ["a"], "size": {"b": 1}}, "f2": [], "f3": None}
    assert schema.decode(schema.encode(value)) == value
    assert len(schema.strict["properties"]) == 60  # type: ignore[arg-type]


def test_limits_name_the_count_and_the_place() -> None:
    small = replace(DIALECTS["openai"], properties=100)

    def fields(count: int) -> dict[str, Any]:
        return {"type": "object", "properties": {f"f{at}": {"type": "integer", "minimum": at} for at in range(count)}}

    two = {"type": "object", "properties": {"a": {"type": "integer"}, "b": fields(70), "c": fields(40)}}
    with pytest.raises(
        UnsupportedTypeError, match=r"114 properties, and openai takes 100, most of it at \$\[0\]\.b;"
    ) as caught:
        planned(Source({"type": "array", "items": two}, typed=False), small)
    assert caught.value.path == "$[0].b"
    deep = replace(DIALECTS["openai"], depth=5, depth_through_refs=True)
    with pytest.raises(UnsupportedTypeError, match="7 levels of nesting, and openai takes 5") as caught:
        planned(Source(nested(7), typed=False), deep)
    assert caught.value.path == "$.n.n.n.n.n.n.n"


def test_entries_whose_values_begin_alike_are_told_apart_in_core() -> None:
    kinds = {
        key: {"type": "object", "properties": {"n": {"type": kind}}, "required": ["n"], "additionalProperties": False}
        for key, kind in (("^a", "integer"), ("^b", "string"))
    }
    schema = Schema.of({"type": "object", "patternProperties": kinds, "additionalProperties": False}, dialect="core")
    source = {"a1": {"n": 1}, "b1": {"n": "x"}}
    wire = schema.encode(source)
    assert [one["value"]["kind"] for one in wire["value"]] == ["1", "2"]  # type: ignore[index]
    assert schema.decode(wire) == source


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match="openai, core"):
        Schema.of(Tree, dialect="klingon")


def _refs(schema: Any, found: list[str]) -> list[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            found.append(schema["$ref"])
        for value in schema.values():
            _refs(value, found)
    elif isinstance(schema, list):
        for value in schema:
            _refs(value, found)
    return found


def test_a_fixed_first_value_beside_a_free_one_does_not_tell_branches_apart() -> None:
    def branch(rule: dict[str, Any], more: str) -> dict[str, Any]:
        properties = {"a": rule, more: {"type": "string"}}
        return {"type": "object", "properties": properties, "required": ["a", more], "additionalProperties": False}

    raw = {"anyOf": [branch({"const": "x"}, "b"), branch({"type": "string"}, "c")]}
    schema = Schema.of(raw, dialect="core")
    branches: Any = schema.strict["properties"]["value"]["anyOf"]  # type: ignore[index]
    assert [list(one["properties"]) for one in branches] == [["kind", "a", "b"], ["kind", "a", "c"]]
    assert schema.decode(schema.encode({"a": "x", "c": "y"})) == {"a": "x", "c": "y"}

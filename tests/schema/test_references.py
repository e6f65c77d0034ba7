"""References of raw schemas: what they lead to, by whatever name, is compiled and validated alike."""

from __future__ import annotations

import re
from typing import Any

import pytest

from extractor.errors import UnsupportedTypeError
from extractor.schema import Schema

OLD = "http://json-schema.org/draft-04/schema#"


def obj(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def holding(schema: Any, **more: Any) -> dict[str, Any]:
    return obj({"x": schema}, required=["x"], **more)


TARGET = {"type": "object", "definitions": {"n": {"type": "integer"}, "m": {"$ref": "#/definitions/n"}}}
NAMED: list[Any] = [
    {"$defs": {"y": {"$id": "https://example.org/y.json", **TARGET}}},
    {"$id": "https://example.org/x.json", "$defs": {"y": {"$id": "y.json", **TARGET}}},
    {"id": "https://example.org/x.json", "definitions": {"y": {"id": "https://example.org/y.json", **TARGET}}},
    {"$schema": OLD, "id": "https://example.org/x.json", "definitions": {"y": {"$id": "y.json", **TARGET}}},
    {"$schema": OLD, "$defs": {"y": {"id": "https://example.org/y.json", **TARGET}}},
    {"$schema": OLD.replace("04", "07"), "$defs": {"y": {"$id": "https://example.org/y.json", **TARGET}}},
]


@pytest.mark.parametrize("raw", NAMED)
def test_a_reference_leads_where_it_was_compiled_when_an_answer_is_validated(raw: Any) -> None:
    schema = Schema.of(holding({"$ref": "https://example.org/y.json#/definitions/m"}, **raw))
    assert schema.validate({"x": 1}).issues == ()
    assert [issue.path for issue in schema.validate({"x": "one"}).issues] == ["$.x"]


def test_a_reference_beside_a_name_is_meant_from_the_root() -> None:
    rule = {"$id": "/properties/x", "$ref": "#/definitions/n"}
    for draft in ("http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"):
        schema = Schema.of(holding(rule, **{"$schema": draft}, definitions={"n": {"type": "integer"}}))
        assert [len(schema.validate({"x": value}).issues) for value in (1, "one")] == [0, 1]


@pytest.mark.parametrize(("draft", "room", "name"), [("04", "definitions", "id"), ("07", "definitions", "$id")])
def test_the_way_out_of_a_reference_that_leads_out_works(draft: str, room: str, name: str) -> None:
    raw = holding({"$ref": "y.json#/definitions/n"}, **{"$schema": OLD.replace("04", draft)})
    text = f'copy what it leads to into {room} as a schema with "{name}": "y.json"'
    with pytest.raises(UnsupportedTypeError, match=re.escape(text)):
        Schema.of(raw)
    schema = Schema.of({**raw, room: {"y": {name: "y.json", **TARGET}}})
    assert [len(schema.validate({"x": value}).issues) for value in (1, "one")] == [0, 1]


def test_dependencies_hold_in_every_draft() -> None:
    schema = Schema.of(obj({"a": {}, "b": {}}, dependencies={"a": ["b"]}))
    assert [len(schema.validate(value).issues) for value in ({"a": 1, "b": 1}, {"b": 1}, {"a": 1})] == [0, 0, 1]


def test_parts_that_are_combined_ever_deeper_are_asked_for_by_one_of_them() -> None:
    names = [f"n{at}" for at in range(30)]
    following = zip(names, [*names[1:], "n0"], strict=True)
    defs = {name: obj({"deep": {"$ref": f"#/$defs/{after}"}}) for name, after in following}
    schema = Schema.of(holding({"allOf": [{"$ref": "#/$defs/n0"}, {"$ref": "#/$defs/n1"}]}, **{"$defs": defs}))
    assert any(change.name == "one of all" for change in schema.explain())
    value = {"x": {"deep": {"deep": {"deep": {}}}}}
    assert schema.decode(schema.encode(value)) == value

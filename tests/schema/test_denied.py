"""What a raw schema denies is denied on the wire too, where any further property may be written."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from extractor.schema import Schema


def obj(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **more}


def holding(schema: Any, **more: Any) -> dict[str, Any]:
    return obj({"x": schema}, required=["x"], **more)


OPEN: list[tuple[str, Any, list[Any], list[Any]]] = [
    (
        "one of some",
        obj({"a": {}, "b": {}}, oneOf=[{"required": ["a"]}, {"required": ["b"]}]),
        [{"a": 1}, {"b": 1, "c": 2}],
        [{}, {"a": 1, "b": 1}],
    ),
    (
        "one of some pairs",
        obj({}, oneOf=[{"required": ["a", "b"]}, {"required": ["c", "d"]}]),
        [{"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}],
        [{"a": 1, "c": 1}, {"a": 1, "b": 1, "c": 1, "d": 1}],
    ),
    (
        "what needs another",
        obj({"a": {"type": "integer"}, "b": {}}, dependentRequired={"a": ["b"]}),
        [{"b": 1}, {"a": 1, "b": 1}],
        [{"a": 1}, {"a": "x", "b": 1}],
    ),
    ("a denied property", obj({"a": {}, "x-y]": {"not": {}}}), [{"a": 1, "x": 1}, {"x-y]z": 1}], [{"x-y]": 1}]),
    (
        "any key",
        {"type": "object", "patternProperties": {"^.*$": {"type": "integer"}}},
        [{"a": 1}],
        [{"a": "x"}],
    ),
    (
        "a tag of free text",
        obj(
            {"type": {"type": "string"}},
            required=["type"],
            **{"if": obj({"type": {"const": "ab"}}), "then": obj({"n": {"type": "integer"}}, required=["n"])},
        ),
        [{"type": "ab", "n": 1}, {"type": "abc"}, {"type": "a"}, {"type": ""}, {"type": "c", "n": "x"}],
        [{"type": "ab"}, {"type": "ab", "n": "x"}],
    ),
    (
        "none of some texts",
        holding({"type": "string", "not": {"anyOf": [{"const": "a"}, {"enum": ["ab", "b"]}]}}),
        [{"x": "abc"}, {"x": "\n"}],
        [{"x": "a"}, {"x": "ab"}, {"x": "b"}],
    ),
    (
        "one at most",
        obj({"a": {"type": "string"}, "b": {}}, maxProperties=1, additionalProperties=False),
        [{}, {"a": "x"}, {"b": None}],
        [{"a": "x", "b": 1}, {"c": 1}],
    ),
    (
        "one of two by name",
        obj({"a": {}, "b": {}}, maxProperties=1, minProperties=1, additionalProperties=False),
        [{"a": 1}],
        [{}],
    ),
    (
        "a map with counts of a list",
        holding({"minItems": 1, "additionalProperties": {"type": "integer"}}),
        [{"x": {"a": 1}}, {"x": {}}],
        [{"x": {"a": "x"}}],
    ),
    (
        "letters of all scripts",
        holding({"type": "string", "pattern": r"^\p{L}+[\p{L}\p{N}-]?$"}),
        [{"x": "Zürich-"}],
        [{"x": "1"}, {"x": "a b"}],
    ),
]


@pytest.mark.parametrize(("raw", "taken", "refused"), [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_what_a_schema_denies_is_denied_where_objects_are_open(raw: Any, taken: list[Any], refused: list[Any]) -> None:
    schema = Schema.of(raw, open_objects=True)
    fits = Draft202012Validator(schema.strict).is_valid
    for value in taken:
        wire = schema.encode(value)
        assert (fits(wire), schema.decode(wire), schema.validate(value).issues) == (True, value, ())
    assert [value for value in refused if fits(schema.encode(value)) or not schema.validate(value).issues] == []

"""The schema of some paths alone, the paths of both forms, what is explained, and the size."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from extractor.schema import Schema


class Line(BaseModel):
    text: str = Field(description="What was sold.")
    amount: float = 0


class Card(BaseModel):
    number: int


class Invoice(BaseModel):
    lines: list[Line]
    totals: dict[str, float]
    paid: Card | Line | None = None
    extra: Any = None


def test_narrow_asks_for_each_path_by_itself() -> None:
    narrowed = Schema.of(Invoice).narrow(["$.lines[3].text", "$.lines[0].amount", "$.totals.net"])
    assert narrowed.paths == ("$.lines[3].text", "$.lines[0].amount", "$.totals.net")
    assert narrowed.strict == {
        "type": "object",
        "properties": {
            "p0": {"type": "string", "description": "$.lines[3].text: What was sold."},
            "p1": {"type": ["number", "null"], "description": "$.lines[0].amount. Default: 0."},
            "p2": {"type": "number", "description": "$.totals.net"},
        },
        "required": ["p0", "p1", "p2"],
        "additionalProperties": False,
    }
    assert narrowed.decode({"p0": "Pen", "p1": None, "p2": 4.5}) == {"$.lines[3].text": "Pen", "$.totals.net": 4.5}
    assert narrowed.encode({"$.lines[3].text": "Pen", "$.totals.net": 4.5}) == {"p0": "Pen", "p1": None, "p2": 4.5}


def test_narrow_goes_up_to_what_the_type_has() -> None:
    narrowed = Schema.of(Invoice).narrow(["$.lines[0].colour", "$.paid.number", "$.extra.any[0]"])
    assert narrowed.paths == ("$.lines[0]", "$.paid.number", "$.extra.any[0]")
    assert narrowed.decode({"p0": {"text": "Pen", "amount": None}, "p1": 3}) == {
        "$.lines[0]": {"text": "Pen"},
        "$.paid.number": 3,
    }


def test_narrow_follows_recursion_and_raw_pointers() -> None:
    raw = {
        "type": "object",
        "properties": {"kid": {"$ref": "#"}, "n": {"type": "integer"}, "m": {"$ref": "#/properties/n"}},
    }
    narrowed = Schema.of(raw).narrow(["$.kid.kid.m", "$.kid"])
    assert narrowed.decode({"p0": 1, "p1": {"kid": None, "n": 2, "m": None}}) == {"$.kid.kid.m": 1, "$.kid": {"n": 2}}


@pytest.mark.parametrize(
    ("source", "wire"),
    [
        ("$.lines[1].amount", "$.lines[1].amount"),
        ("$.totals.net", "$.totals[1].value"),
        ("$.extra.a[0].b", "$.extra.entries[0].value[0].entries[0].value"),
    ],
)
def test_paths_are_told_in_both_forms(source: str, wire: str) -> None:
    schema = Schema.of(Invoice)
    value = schema.encode(
        {"lines": [], "totals": {"gross": 2, "net": 1}, "extra": {"a": [{"b": 1}]}},
    )
    assert schema.to_wire(source, value) == wire
    assert schema.to_source(wire, value) == source


def test_a_boxed_root_is_the_root() -> None:
    schema: Schema[list[int]] = Schema.of(list[int])
    assert schema.to_wire("$[3]") == "$.value[3]"
    assert schema.to_source("$.value[3]") == "$[3]"


def test_each_change_is_explained() -> None:
    changes = {(change.path, change.name) for change in Schema.of(Invoice).explain()}
    assert changes >= {("$.totals", "entries"), ("$.lines[*].amount", "optional")}
    (boxed,) = Schema.of(list[int]).explain()
    assert str(boxed) == "$: the value stands alone in an object, because the root of a strict schema must be an object"
    assert all(
        change.why for kind in (Invoice, dict[str, Any], tuple[int, str]) for change in Schema.of(kind).explain()
    )


def test_the_size_of_a_schema_is_estimated() -> None:
    assert 20 < Schema.of(Card).strict_tokens() < Schema.of(Invoice).strict_tokens() < 400


def test_paths_in_a_value_that_came_in_source_form_are_those_of_the_source() -> None:
    schema = Schema.of(Invoice)
    assert schema.to_source("$.totals.net", {"totals": {"net": 1}}) == "$.totals.net"
    assert schema.to_wire("$.totals.net", {"totals": {"net": 1}}) == "$.totals.net"
    boxed: Schema[dict[str, int]] = Schema.of(dict[str, int])
    assert boxed.to_source("$.a", {"a": 1}) == "$.a"
    assert boxed.to_source("$.value[0].value", {"value": [{"key": "a", "value": 1}]}) == "$.a"


@pytest.mark.parametrize("path", ["$", "$.totals", "$.totals[9].value", "$.nowhere[3].x", "$.extra.entries[0]"])
def test_paths_that_lead_nowhere_are_told_as_far_as_they_lead(path: str) -> None:
    schema = Schema.of(Invoice)
    for wire in (None, [], {"totals": 3}, {"totals": [{"key": "a", "value": 1}], "extra": {"entries": 1}}):
        assert schema.to_source(path, wire).startswith("$")
        assert schema.to_wire(path, wire).startswith("$")

"""What a type becomes on the wire, and what comes back from there."""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from extractor.errors import UnsupportedTypeError
from extractor.issues import Issue
from extractor.schema import Checked, Schema


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)


class Invoice(BaseModel):
    """An invoice."""

    number: str = Field(description="As printed.")
    issued: date | None = None
    currency: Literal["EUR", "CHF"] = "EUR"
    lines: list[Line]


class Plain(BaseModel):
    name: str
    age: int | None


class Tree(BaseModel):
    value: int
    kids: list[Tree] = []


class Cat(BaseModel):
    lives: int
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    tricks: list[str]
    kind: Literal["dog"] = "dog"


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


def test_objects_are_closed_required_and_in_declared_order() -> None:
    schema = Schema.of(Invoice)
    assert schema.name == "Invoice"
    assert schema.strict == {
        "description": "An invoice.",
        "type": "object",
        "properties": {
            "number": {"description": "As printed.", "type": "string"},
            "issued": {
                "anyOf": [{"type": ["string", "null"], "format": "date"}, {"type": "string", "const": "<null>"}]
            },
            "currency": {"description": 'Default: "EUR"', "type": ["string", "null"], "enum": ["EUR", "CHF", None]},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
        },
        "required": ["number", "issued", "currency", "lines"],
        "additionalProperties": False,
        "$defs": {
            "Line": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "amount": {"type": "number", "minimum": 0}},
                "required": ["text", "amount"],
                "additionalProperties": False,
            }
        },
    }


def test_null_that_means_not_stated_is_dropped_so_that_the_default_applies() -> None:
    schema = Schema.of(Invoice)
    wire = {"number": "17", "issued": None, "currency": None, "lines": []}
    source = {"number": "17", "lines": []}
    assert schema.decode(wire) == source
    assert schema.encode(source) == wire
    checked = schema.validate(source)
    assert checked == Checked(Invoice(number="17", lines=[]))
    assert checked.value is not None
    assert checked.value.model_fields_set == {"number", "lines"}


def test_a_type_with_nothing_to_decode_is_direct() -> None:
    schema = Schema.of(Plain)
    assert schema.direct
    assert schema.validate_json('{"name": "A", "age": null}') == Checked(Plain(name="A", age=None))
    assert not Schema.of(Invoice).direct


def test_an_answer_that_states_everything_is_direct_though_it_need_not() -> None:
    schema = Schema.of(Invoice)
    assert schema.is_direct('{"number": "17", "issued": "2024-01-02", "currency": "EUR", "lines": []}')
    assert not schema.is_direct('{"number": "17", "issued": null, "currency": "EUR", "lines": []}')
    assert not schema.is_direct('{"number": "17", "issued": "<null>", "currency": "EUR", "lines": []}')
    assert not Schema.of(dict[str, Invoice]).is_direct('{"value": []}')


@pytest.mark.parametrize(
    ("kind", "source", "wire"),
    [
        (list[int], [1, 2], {"value": [1, 2]}),
        (Size, "s", {"value": "s"}),
        (int | None, None, {"value": None}),
        (dict[str, int], {"a": 1}, {"value": [{"key": "a", "value": 1}]}),
        (Any, {"a": [1]}, {"value": {"entries": [{"key": "a", "value": [1]}]}}),
        (tuple[int, str], [1, "a"], {"item_0": 1, "item_1": "a"}),
        (Tree, {"value": 1, "kids": [{"value": 2}]}, {"value": 1, "kids": [{"value": 2, "kids": None}]}),
        (Cat | Dog, {"kind": "dog", "tricks": []}, {"value": {"kind": "dog", "tricks": []}}),
    ],
)
def test_encode_and_decode_are_inverse(kind: Any, source: object, wire: object) -> None:
    schema: Schema[object] = Schema.of(kind)
    assert schema.encode(source) == wire
    assert schema.decode(wire) == source


def test_a_tag_comes_first_in_each_branch_and_only_there() -> None:
    class Owner(BaseModel):
        pet: Annotated[Cat | Dog, Field(discriminator="kind")]

    schema = Schema.of(Owner)
    assert [list(schema.strict["$defs"][name]["properties"]) for name in ("Cat", "Dog")] == [  # type: ignore[index]
        ["kind", "lives"],
        ["kind", "tricks"],
    ]


def test_recursion_at_the_root_refers_to_the_root() -> None:
    assert Schema.of(Tree).strict == {
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "kids": {
                "description": "Default: []",
                "anyOf": [{"type": "array", "items": {"$ref": "#"}}, {"type": "null"}],
            },
        },
        "required": ["value", "kids"],
        "additionalProperties": False,
    }


def test_decode_leaves_what_is_not_in_wire_form() -> None:
    assert Schema.of(dict[str, int]).decode({"a": 1}) == {"a": 1}
    assert Schema.of(list[int]).decode([1]) == [1]
    assert Schema.of(Invoice).decode("no") == "no"


def test_issues_have_paths_of_the_source_form() -> None:
    value = {"number": 17, "lines": [{"text": "a", "amount": -1}, {"amount": 2}]}
    assert Schema.of(Invoice).validate(value).issues == (
        Issue("$.number", "Input should be a valid string", 17, "string_type"),
        Issue("$.lines[0].amount", "Input should be greater than or equal to 0", -1, "greater_than_equal"),
        Issue("$.lines[1].text", "Field required", None, "missing"),
    )


def test_of_an_untagged_union_the_nearest_branch_is_told() -> None:
    class Book(BaseModel):
        title: str
        pages: int

    class Holder(BaseModel):
        held: int | Book | Line

    assert Schema.of(Holder).validate({"held": {"title": "x", "pages": "many"}}).issues == (
        Issue(
            "$.held.pages",
            "Input should be a valid integer, unable to parse string as an integer",
            "many",
            "int_parsing",
        ),
    )


def test_raw_schemas_are_validated_against_the_original() -> None:
    raw = {"type": "object", "properties": {"a": {"type": "integer", "not": {"const": 3}}}, "required": ["a"]}
    schema = Schema.of(raw)
    assert schema.validate({"a": 4}) == Checked({"a": 4})
    assert [issue.path for issue in schema.validate({"a": 3}).issues] == ["$.a"]


def test_schemas_are_compiled_once() -> None:
    assert Schema.of(Invoice) is Schema.of(Invoice)
    assert Schema.of(list[Invoice]) is Schema.of(list[Invoice])
    assert Schema.of({"type": "string"}) is Schema.of({"type": "string"})
    assert Schema.of(int | str) is not Schema.of(str | int)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (3, "$"),
        ({"type": "objekt"}, "$.type"),
        ({"$ref": "https://example.org/far.json"}, "$"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/none"}}}, "$"),
    ],
)
def test_what_has_no_schema_says_where(kind: Any, path: str) -> None:
    with pytest.raises(UnsupportedTypeError) as caught:
        Schema.of(kind)
    assert caught.value.path == path

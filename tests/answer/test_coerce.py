"""Values of another make than the schema wants."""

from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, Field

from extractor.answer import Repaired, repair
from extractor.issues import Fix, Issue
from extractor.schema import Schema

COLOURS = {"enum": ["RED", "dark blue", "GRÜN", "NOT_SET", "中式"]}


def wrapped(inner: dict[str, object], name: str = "v") -> dict[str, object]:
    return {"type": "object", "properties": {name: inner}, "required": [name], "additionalProperties": False}


def value_of(written: str, inner: dict[str, object], name: str = "v", locale: str | None = None) -> object:
    """What the one member of an object becomes; the issue's message where it is open."""
    repaired = repair(f'{{"{name}": {written}}}', wrapped(inner, name), locale=locale)
    if repaired.issues:
        return repaired.issues[0].message
    assert isinstance(repaired.value, dict)
    return repaired.value[name]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"1,234.50 €"', 1234.5),
        ('"-$1,234"', -1234),
        ('"1.234.567,89"', 1234567.89),
        ('"1\'234.50"', 1234.5),
        ('"1 234,50 zł"', 1234.5),
        ('"(1,234.50)"', -1234.5),
        ('"1,234.50-"', -1234.5),
        ('"₹12,34,567"', 1234567),
        ('"３，０００"', 3000),
        ('"٣٠"', 30),
        ('"3 1/2"', 3.5),
        ('"½"', 0.5),
        ('"1.2 × 10^3"', 1200),
        ('"3.5 million"', 3500000),
        ('"12 kg"', 12),
        ('"**42**"', 42),
        ("-2,000.00", -2000),
        ("12 EUR", 12),
        ('"5-10"', "5-10"),
        ('"<5"', "<5"),
        ('"4 out of 5"', "4 out of 5"),
        ('"1.23.456"', "1.23.456"),
        ('"$1.234.567"', "$1.234.567"),
        ('"five"', "five"),
        ('"5+"', "5+"),
        ('"1.5M"', "1.5M"),
    ],
)
def test_numbers(written: str, value: object) -> None:
    assert value_of(written, {"type": "number"}) == value


def test_numbers_that_could_be_two() -> None:
    assert value_of('"3,14"', {"type": "number"}) == "'3,14' could be read as 3.14 or 314"
    assert value_of('"€1.234"', {"type": "number"}) == "'€1.234' could be read as 1.234 or 1234"
    assert value_of('"5%"', {"type": "number"}) == "'5%' could be read as 5 or 0.05"
    assert value_of('"5%"', {"type": "number", "maximum": 1}) == 0.05
    assert value_of('"5%"', {"type": "number"}, name="percentage") == 5
    assert value_of('"3,14"', {"type": "number"}, locale="de") == 3.14
    assert value_of('"1.234"', {"type": "number"}, locale="de-AT") == 1234
    assert value_of('"1,234"', {"type": "number"}, locale="en-US") == 1234
    assert value_of('"1.5"', {"type": "integer"}) == "1.5"
    assert value_of("2.0", {"type": "integer"}) == 2


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"red"', "RED"),
        ('"Dark-Blue"', "dark blue"),
        ('"darkblue"', "dark blue"),
        ('"grun"', "GRÜN"),
        ('"not set"', "NOT_SET"),
        ('"**RED**, of course"', "RED"),
        ('"我选中式吧"', "中式"),
        ('"infrared"', "infrared"),
        ('"not red"', "not red"),
    ],
)
def test_choices(written: str, value: object) -> None:
    assert value_of(written, COLOURS) == value


def test_two_choices_are_none() -> None:
    assert value_of('"red or dark blue"', COLOURS) == "'red or dark blue' could be read as 'dark blue' or 'RED'"
    assert repair("2 or 3", {"enum": [2, 3]}).issues[0].kind == "ambiguous"
    assert repair("A fine one, so B", {"enum": ["A", "B"]}).issues[0].kind == "ambiguous"
    assert repair("The grade is B.", {"enum": ["A", "B"]}).value == "B"


@pytest.mark.parametrize(
    ("written", "value"),
    [('"Yes"', True), ('"FALSE"', False), ("1", True), ('"nein"', False), ('"maybe"', "maybe"), ("2", 2)],
)
def test_truths(written: str, value: object) -> None:
    assert value_of(written, {"type": "boolean"}) == value


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("The answer is 42.", {"type": "integer"}, 42),
        ("```\n42\n```", {"type": "integer"}, 42),
        ("<answer>42</answer>", {"type": "integer"}, 42),
        ("<think>41? no</think> 42", {"type": "integer"}, 42),
        ('{"answer": 42}', {"type": "integer"}, 42),
        ("That is true.", {"type": "boolean"}, True),
        ("No, it is not.", {"type": "boolean"}, False),
        ("None", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, None),
        ("any text {at} all", {"type": "string"}, "any text {at} all"),
        ('"a text"', {"type": "string"}, "a text"),
    ],
)
def test_answers_without_json(text: str, schema: dict[str, object], value: object) -> None:
    repaired = repair(text, schema)
    assert (repaired.value, repaired.issues) == (value, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"result": {"a": 1, "b": ["x"]}}', {"a": 1, "b": ["x"]}),
        ('[{"a": 1, "b": ["x"]}]', {"a": 1, "b": ["x"]}),
        ('"{\\"a\\": 1, \\"b\\": [\\"x\\"]}"', {"a": 1, "b": ["x"]}),
        ('{"a": [1], "b": "x"}', {"a": 1, "b": ["x"]}),
        ('{"a": "1", "b": "[\\"x\\", \\"y\\"]"}', {"a": 1, "b": ["x", "y"]}),
        ('{"A": 1, " B ": [1.50, 007]}', {"a": 1, "b": ["1.50", "007"]}),
        ('{"a": 1, "b": [], "note": "more"}', {"a": 1, "b": []}),
        ('{"a": 1, "b": [], "c": null}', {"a": 1, "b": []}),
    ],
)
def test_shapes(text: str, value: object) -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "integer"},
            "b": {"type": "array", "items": {"type": "string"}},
            "c": {"type": "integer", "default": 3},
        },
        "required": ["a", "b"],
        "additionalProperties": False,
    }
    repaired = repair(text, schema)
    assert (repaired.value, repaired.issues) == (value, ())


def test_a_listing_is_no_list_of_one() -> None:
    texts = {"type": "array", "items": {"type": "string"}}
    assert value_of('"red, blue"', texts) == "'red, blue' could be read as ['red, blue'] or ['red', 'blue']"
    assert value_of('"1, 2"', {"type": "array", "items": {"type": "integer"}}) == [1, 2]


def test_what_is_missing_stays_missing() -> None:
    schema = wrapped({"type": "array", "items": {"type": "integer"}})
    assert repair("{}", schema).value == {}
    assert repair('{"v": null}', schema).value == {"v": None}
    assert repair('{"v": [1, "bad", 3]}', schema).value == {"v": [1, "bad", 3]}
    assert repair('{"w": 1}', schema).value == {"w": 1}


def test_every_correction_is_told() -> None:
    repaired = repair('{"V": "1,234",}', wrapped({"type": "integer"}))
    assert repaired == Repaired(
        {"v": 1234},
        (
            Fix("$", "comma", ",", ""),
            Fix("$.v", "key", "V", "v", 0.1),
            Fix("$.v", "number", "1,234", 1234, 0.2),
        ),
        partial={"v": 1234},
    )


def test_unions_take_what_fits_best() -> None:
    cat = wrapped({"const": "cat"}, "kind") | {"title": "cat"}
    dog = {
        "type": "object",
        "properties": {"kind": {"const": "dog"}, "age": {"type": "integer"}},
        "required": ["kind", "age"],
        "additionalProperties": False,
    }
    either = {"anyOf": [cat, dog, {"type": "number"}, {"type": "string"}]}
    assert repair('{"kind": "Dog", "age": "3"}', either).value == {"kind": "dog", "age": 3}
    assert repair('{"kind": "CAT"}', either).value == {"kind": "cat"}
    assert value_of('"1,000"', either) == "1,000"


def test_recursive_schemas_end() -> None:
    tree = {"type": "array", "items": {"$ref": "#"}}
    assert repair("[[], [[]],]", tree).value == [[], [[]]]
    assert repair('{"a": {"a": 1}}', {"$ref": "#"}).value == {"a": {"a": 1}}
    repair('["a", {"b": 1}]', tree)


class Line(BaseModel):
    text: str
    price: float


class Bill(BaseModel):
    number: str
    issued: date
    state: Literal["paid", "open"]
    lines: list[Line]
    rates: dict[str, float] = Field(default_factory=dict)


@pytest.mark.parametrize(
    "text",
    [
        '{"Number": 17, "issued": "3 May 2024", "state": "PAID", "lines": {"text": "x", "price": "1,5 €"}}',
        "{number: 17, issued: 2024/5/3, state: it is paid, lines: [{text: x, price: 1.5}],}",
    ],
)
def test_a_type_of_pydantic(text: str) -> None:
    schema = Schema.of(Bill)
    repaired = repair(text, schema)
    assert repaired.issues == ()
    bill = Bill(number="17", issued=date(2024, 5, 3), state="paid", lines=[Line(text="x", price=1.5)])
    assert schema.validate(repaired.value).value == bill


def test_wire_and_source_form_are_read_alike() -> None:
    schema = Schema.of(Bill)
    source = {"number": "17", "issued": "2024-05-03", "state": "open", "lines": [], "rates": {"a": 1.5, "b": 2.0}}
    wire = str(schema.encode(source))
    assert repair(wire, schema).value == source
    assert repair(str(source), schema).value == source


def test_the_cut_is_a_path_of_the_source_form() -> None:
    boxed = Schema.of(list[Line])
    text = '{"items": [{"text": "a", "price": 1}, {"text": "b'
    wire = text.replace('"items"', f'"{next(iter(_properties(boxed)))}"')
    repaired = repair(wire, boxed)
    assert (repaired.value, repaired.cut) == ([{"text": "a", "price": 1}, {}], "$[1].text")
    assert repaired.issues == (Issue("$[1].text", "the answer ends in the middle of this value", None, "truncated"),)


def _properties(schema: Schema[list[Line]]) -> dict[str, object]:
    properties = schema.strict["properties"]
    assert isinstance(properties, dict)
    return properties

"""``infer``: from examples or a JSON Schema to a type that takes them all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from extractor import SetupError
from extractor.cli.commands import app
from extractor.infer import Inferred, infer
from extractor.infer.code import tried
from extractor.infer.samples import Sample, is_schema, read
from extractor.infer.shape import schema_of_values

quick = settings(max_examples=12, suppress_health_check=list(HealthCheck))

ORDERS = [
    {"number": "A-1", "issued": "2024-01-02", "lines": [{"item": "nails", "price": 2.5}], "note": None, "total": 1},
    {"number": "A-2", "issued": "2024-01-03", "lines": [], "note": "x", "class": "b", "total": 2.5, "vat-id": "CH1"},
]
CODE = """\
# Made by: extractor infer orders.jsonl

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field


class Line(BaseModel):
    item: str
    price: float


class Order(BaseModel):
    number: str
    issued: date
    lines: list[Line]
    note: str | None = None
    total: float
    class_: str | None = Field(None, alias="class")
    vat_id: str | None = Field(None, alias="vat-id")
"""


def lines(values: list[Any]) -> bytes:
    return "\n".join(map(json.dumps, values)).encode()


def inferred(values: list[Any]) -> Inferred:
    return infer({"records.jsonl": lines(values)})


def test_the_code_is_what_a_person_would_write() -> None:
    found = infer({"orders.jsonl": lines(ORDERS)})
    assert (found.code, found.name, found.examples, found.refused) == (CODE, "Order", 2, [])
    assert found.schema.validate(ORDERS[0]).value.issued.year == 2024


def test_lists_single_values_and_tables_are_examples_too() -> None:
    said = json.dumps(ORDERS).encode()
    assert infer({"orders.json": said}).code == CODE.replace("jsonl", "json")
    table = (
        "\ufeffnumber;issued;total;paid;rate;zip\nA-1;2024-01-02;1;true;2.5;0049\n\nA-2;2024-01-03;2;;3;8001\n".encode()
    )
    found = infer({"orders.csv": table})
    assert found.schema.source["properties"] == {
        "number": {"type": "string"},
        "issued": {"format": "date", "type": "string"},
        "total": {"type": "integer"},
        "paid": {"anyOf": [{"type": "boolean"}, {"type": "null"}], "default": None},
        "rate": {"type": "number"},
        "zip": {"type": "string"},
    }
    assert [sample.place for sample in read("o.csv", b"a\n1\n\n2\n")] == ["o.csv:2", "o.csv:4"]  # type: ignore[union-attr]


SHAPES: list[tuple[list[Any], dict[str, Any]]] = [
    ([{"a": 1}, {"a": 2.5}], {"a": {"type": "number"}}),
    ([{"a": 1}, {"a": "x"}], {"a": {"type": ["integer", "string"]}}),
    ([{"a": "2024-02-30"}], {"a": {"type": "string"}}),
    ([{"a": "2024-02-28T10:00:00Z"}, {"a": "2024-02-28 10:00"}], {"a": {"type": "string", "format": "date-time"}}),
    ([{"a": "10:30"}], {"a": {"type": "string", "format": "time"}}),
    ([{"a": "10:30"}, {"a": "noon"}], {"a": {"type": "string"}}),
    ([{"a": "https://example.com/x?y=1"}], {"a": {"type": "string", "format": "uri"}}),
    ([{"a": "0b5c0a52-0d3c-4d53-8f43-3a4c1c1a2b3c"}], {"a": {"type": "string", "format": "uuid"}}),
    ([{"a": word} for word in ["kg", "m"] * 5], {"a": {"type": "string", "enum": ["kg", "m"]}}),
    ([{"a": word} for word in ["kg", "m"] * 3], {"a": {"type": "string"}}),
    ([{"a": word} for word in ["kg"] * 9 + ["m"]], {"a": {"type": "string"}}),
    ([{"a": "kg"}] * 20, {"a": {"type": "string"}}),
    ([{"a": word} for word in ["8001", "8002"] * 5], {"a": {"type": "string"}}),
    ([{"a": f"name {at}"} for at in range(20)], {"a": {"type": "string"}}),
    (
        [{"a": {f"k{at}": at, f"k{at + 1}": 1}} for at in range(10)],
        {"a": {"type": "object", "additionalProperties": {"type": "integer"}}},
    ),
]


@pytest.mark.parametrize(("values", "properties"), SHAPES, ids=str)
def test_what_values_have_in_common(values: list[Any], properties: dict[str, Any]) -> None:
    assert schema_of_values(values) == {"type": "object", "properties": properties, "required": ["a"]}


def test_what_is_null_or_left_out_is_optional() -> None:
    values = [
        {"a": 1, "b": None, "c": {"x": 1}},
        {"a": 1, "b": "y"},
        *[{"a": 1, "b": "y"}] * 3,
        *[{"a": 1, "b": "z"}] * 5,
    ]
    found = schema_of_values(values)
    assert found["required"] == ["a"]
    assert found["properties"]["b"] == {"type": ["null", "string"], "enum": ["y", "z", None]}
    assert [inferred(values).schema.validate(value).issues for value in values] == [()] * 10


SCHEMA = {
    "title": "Trip",
    "description": "One way",
    "type": "object",
    "properties": {"to": {"type": "string", "description": "The town"}, "day": {"$ref": "#/$defs/day"}},
    "required": ["to"],
    "$defs": {"day": {"enum": ["mo", "tu"]}},
}


def test_a_schema_is_made_classes_and_examples_beside_it_are_tried() -> None:
    found = infer({"s.json": json.dumps(SCHEMA).encode(), "t.jsonl": lines([{"to": "Rome"}, {"to": 1}, {"day": "su"}])})
    assert "class Trip(BaseModel):\n    " in found.code
    assert 'description="The town"' in found.code
    assert [each.split(":")[:2] for each in found.refused] == [["t.jsonl", "2"], ["t.jsonl", "3"]]
    assert "$.to" in found.refused[0]
    assert infer({"s.json": json.dumps(SCHEMA).encode()}, name="Journey").name == "Journey"


_keys = st.text("abcdeé-_ 1", min_size=1, max_size=5)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(_keys, _values, max_size=4), min_size=1, max_size=4))
@quick
def test_all_examples_fit_whatever_they_are(values: list[dict[str, Any]]) -> None:
    found = inferred(values)
    assert (found.refused, found.examples) == ([], len(values))


UNREADABLE = [
    ("a.json", b"", "a.json is empty"),
    ("a.json", b"{]", "a.json holds no JSON"),
    ("a.jsonl", b'{"a": 1}\n{"a"\n', "a.jsonl:2 holds no JSON"),
    ("a.json", b'{"a": "\xff"}', "a.json is no UTF-8 text"),
    ("a.csv", b"a,a\n1,2\n", "more than once"),
    ("a.csv", b"a,b\n1,2,3\n", "a.csv:2 has 3 cells, and there are 2 columns"),
    ("a.csv", b'a,b\n"1,2\n', "is no CSV"),
    ("a.json", b"[]", "no example"),
    ("a.json", b'{"$schema": "x", "type": "object", "$ref": "https://example.com/y.json"}', "No classes can be made"),
]


@pytest.mark.parametrize(("name", "data", "said"), UNREADABLE, ids=str)
def test_what_cannot_be_read_is_told(name: str, data: bytes, said: str) -> None:
    with pytest.raises(SetupError) as caught:
        infer({name: data})
    assert said in str(caught.value)


def test_a_schema_is_told_from_an_example() -> None:
    assert [is_schema(value) for value in (SCHEMA, {"type": "object", "properties": {}}, {"$schema": "x"})] == [
        True
    ] * 3
    examples = ({"type": "invoice"}, {"type": "invoice", "items": []}, {"items": {}, "type": "order"}, {})
    assert [is_schema(value) for value in examples] == [False] * 4
    assert read("x.txt", b"7\n8") == [Sample("x.txt:2", {"7": 8})]
    assert read("x.jsonl", b"[7]") == [Sample("x.jsonl:1", [7])]


@pytest.mark.parametrize(
    "code",
    [
        "import os",
        "from os import system",
        "from pydantic import BaseModel\nclass A(BaseModel):\n    a: int = open('/etc/passwd')",
        "from typing import Any\nx = Any.__class__",
        "def f():\n    pass",
    ],
)
def test_code_that_is_no_type_does_not_run(code: str) -> None:
    with pytest.raises(SetupError, match="is not taken: line"):
        tried(code, "A")


def test_a_schema_cannot_bring_its_own_code() -> None:
    schema = {**SCHEMA, "properties": {"to": {"type": "string", "customTypePath": "os.system"}}}
    with pytest.raises(SetupError, match=r"line \d+ holds 'from os import system'"):
        infer({"s.json": json.dumps(schema).encode()})


def run(*words: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    ran = CliRunner().invoke(app, ["infer", *words], input=stdin)
    return ran.exit_code, ran.stdout, ran.stderr


def test_the_command(tmp_path: Path) -> None:
    orders, out = tmp_path / "orders.jsonl", tmp_path / "order.py"
    orders.write_bytes(lines(ORDERS))
    assert run(str(orders), "-o", str(out)) == (0, "", f"{out}: Order; 2 of 2 examples fit.\n")
    assert out.read_text() == CODE
    assert run("-", "--name", "Order", stdin=lines(ORDERS)) == (
        0,
        CODE.replace("orders.jsonl", "-"),
        "stdout: Order; 2 of 2 examples fit.\n",
    )
    code, _, told = run(str(orders), "-o", str(out))
    assert (code, "is there already. Name another one, or replace it with --force." in told) == (2, True)
    orders.write_bytes(lines([{"a": 1}]))
    assert run(str(orders), "-o", str(out), "--force")[0] == 0
    schema = tmp_path / "s.json"
    schema.write_text(json.dumps(SCHEMA))
    code, _, told = run(str(schema), str(orders))
    assert (code, told.splitlines()[-1]) == (1, "stdout: Trip; 0 of 1 examples fit.")
    assert run(str(tmp_path / "none.json"))[0] == 2


def test_what_it_writes_is_a_type_for_the_other_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.jsonl").write_bytes(lines(ORDERS))
    assert run("orders.jsonl", "-o", "order.py")[2].splitlines() == ["order.py: Order; 2 of 2 examples fit."]
    assert "types.py hides Python's own module types" in run("orders.jsonl", "-o", "types.py")[2]
    made = CliRunner().invoke(app, ["schema", "types.py:Order"])
    assert json.loads(made.stdout)["properties"]["vat-id"] == {"type": ["string", "null"]}

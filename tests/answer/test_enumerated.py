"""Strict schemas in which the document's candidates are a choice."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import jsonschema
from pydantic import BaseModel, Field

from extractor import Schema
from extractor.answer.enumerated import enumerated
from extractor.answer.finding import Finder
from extractor.schema.dialects import DIALECTS

TEXT = "Invoice A-17 of 3 March 2020\nNails 9.00\nTotal due: EUR 1,042.50"


class Line(BaseModel):
    text: str
    amount: float


class Bill(BaseModel):
    code: Annotated[str, Field(pattern=r"^[A-Z]-\d+$")]
    issued: date
    paid: date | None
    total: Annotated[float, Field(ge=5)]
    lines: list[Line]


def schema_of(kind: Any, text: str = TEXT, dialect: str = "openai", free: bool = False) -> Any:
    strict = Schema.of(kind, dialect=dialect).strict
    return enumerated(strict, Finder(text), lambda keys: free, DIALECTS[dialect])


def test_days_numbers_and_codes_are_those_of_the_document() -> None:
    properties = schema_of(Bill)["properties"]
    assert properties["code"]["enum"] == ["A-17"]
    assert properties["issued"] == {"type": "string", "enum": ["2020-03-03"]}
    assert 1042.5 in properties["total"]["enum"]
    assert 3 not in properties["total"]["enum"]
    assert "enum" not in str(properties["lines"]["items"].get("properties", {}).get("text"))


def test_what_the_document_says_is_valid_null_too_and_nothing_else() -> None:
    validator = jsonschema.Draft202012Validator(schema_of(Bill))
    right = {
        "code": "A-17",
        "issued": "2020-03-03",
        "paid": None,
        "total": 1042.5,
        "lines": [{"text": "Nails", "amount": 9}],
    }
    assert validator.is_valid(right)
    for wrong in (
        {"code": "A-18"},
        {"issued": "2020-03-04"},
        {"paid": "2021-01-01"},
        {"total": 1042},
        {"lines": [{"text": "Nails", "amount": 8}]},
    ):
        assert not validator.is_valid({**right, **wrong})


def test_the_schema_stays_where_there_is_nothing_to_choose_among() -> None:
    plain = Schema.of(Bill, dialect="openai").strict
    assert schema_of(Bill, "no values") == plain
    assert schema_of(Bill, free=True) == plain
    many = " ".join(f"{number}.25" for number in range(200))
    assert schema_of(Bill, many)["properties"]["total"] == plain["properties"]["total"]


def test_a_dialect_s_limit_of_choices_is_kept() -> None:
    kind = {"type": "object", "properties": {f"n{at}": {"type": "number"} for at in range(60)}}
    text = " ".join(f"{number}.25" for number in range(40))
    given = schema_of(kind, text, "core")["properties"].values()
    counts = [len(rule["anyOf"][0].get("enum", ())) for rule in given]
    most = DIALECTS["core"].enums // 40
    assert counts == [40] * most + [0] * (60 - most)


class Tree(BaseModel):
    weight: int
    parts: list[Tree] = []


def test_types_that_hold_themselves() -> None:
    validator = jsonschema.Draft202012Validator(schema_of(Tree, "3 and 4"))
    assert validator.is_valid({"weight": 3, "parts": [{"weight": 4, "parts": []}]})
    assert not validator.is_valid({"weight": 3, "parts": [{"weight": 5, "parts": []}]})

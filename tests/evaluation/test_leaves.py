"""What is right, wrong, missing, invented or absent, for every kind of leaf and part of a type."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from extractor import Evaluation, Merge, Metric, SetupError, evaluate


def held(kind: Any, gold: Any, value: Any, **options: Any) -> Evaluation:
    return evaluate(kind, [("a", gold)], [("a", value)], **options)


def states(kind: Any, gold: Any, value: Any, **options: Any) -> dict[str, str]:
    """By field, how many leaves ended how: ``R``, ``W``, ``M``, ``I``, ``A``, each as often as it is."""
    fields = held(kind, gold, value, **options).fields.values()
    return {
        score.path: "".join(
            name[0].upper() * getattr(score.counts, name)
            for name in ("right", "wrong", "missing", "invented", "absent")
        )
        for score in fields
    }


def state(kind: Any, gold: Any, value: Any, **options: Any) -> str:
    """Of a type that is one leaf."""
    return states(dict[str, kind], {"x": gold}, {"x": value}, **options)["$[*]"]


@pytest.mark.parametrize(
    ("kind", "gold", "value", "ended"),
    [
        (str, "Ada  Lovelace", " Ada Lovelace", "R"),
        (str, "Ada", "ada", "W"),
        (str, "Zoe\u0308", "Zoë", "R"),
        (str, "7", "07", "W"),
        (Annotated[str, Metric.text], "Müller “Söhne”", 'MULLER "sohne"', "R"),
        (Annotated[str, Metric.text], "Miller", "Muller", "W"),
        (Annotated[str, Metric.similar(0.9)], "Acme Corporation", "Acme Corporatoin", "R"),
        (Annotated[str, Metric.similar(0.9)], "Acme", "Ackme!", "W"),
        (Annotated[str, Metric.by(lambda gold, value: gold[0] == value[0])], "Ada", "Alan", "R"),
        (Annotated[str, Metric.by(lambda gold, value: 0.5, least=0.6)], "Ada", "Alan", "W"),
        (float, 0.1 + 0.2, 0.3, "R"),
        (float, 1000000.0, 1000000.01, "W"),
        (float, 2, 2.0, "R"),
        (float, math.inf, math.inf, "R"),
        (int, 2**60, 2**60 + 1, "W"),
        (Annotated[float, Metric.number(0.05)], 42.5, 42.55, "R"),
        (Annotated[float, Metric.number(0.05)], 42.5, 42.56, "W"),
        (Annotated[float, Metric.number(share=0.01)], 100, 101, "R"),
        (Annotated[float, Metric.number(share=0.01)], -100, -101.5, "W"),
        (Decimal, Decimal("42.50"), "42.5", "R"),
        (Decimal, Decimal("0.1"), 0.1, "R"),
        (Decimal, Decimal("0.1"), "0.11", "W"),
        (Annotated[Decimal, Metric.number(0.01)], Decimal("0.1"), "0.11", "R"),
        (date, date(2031, 4, 5), "2031-04-05", "R"),
        (date, "2031-04-05", "2031-04-06", "W"),
        (Annotated[date, Metric.date(1)], "2031-04-05", "2031-04-06", "R"),
        (Annotated[date, Metric.date(1)], "2031-04-05", "2031-04-07", "W"),
        (datetime, "2031-04-05T10:00:00+02:00", "2031-04-05T08:00:00Z", "R"),
        (datetime, "2031-04-05T10:00:00", "2031-04-05T10:00:01", "W"),
        (Annotated[datetime, Metric.date(1 / 24)], "2031-04-05T10:00:00", "2031-04-05T10:30:00", "R"),
        (bool, True, True, "R"),
        (bool, False, True, "W"),
        (Literal["EUR", "CHF"], "EUR", "CHF", "W"),
        (int | str, 7, 7, "R"),
        (int | str, 7, "7", "W"),
        (Any, True, 1, "W"),
    ],
)
def test_both_state_it(kind: Any, gold: Any, value: Any, ended: str) -> None:
    assert state(kind, gold, value) == ended


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_empty_states_nothing(nothing: Any) -> None:
    assert state(str | None, "x", nothing) == "M"
    assert state(str | None, nothing, "x") == "I"
    assert state(str | None, nothing, None) == "A"


def test_not_a_number_states_nothing_and_zero_and_false_do() -> None:
    assert state(float, math.nan, 1.0) == "I"
    assert state(float, math.nan, math.nan) == "A"
    assert state(float, 0.0, 0.0) == "R"
    assert state(bool | None, False, None) == "M"


class Line(BaseModel):
    text: str
    amount: float | None = None
    tags: list[str] = []


class Seller(BaseModel):
    name: str
    town: str | None = None


class Bill(BaseModel):
    number: str
    seller: Seller | None = None
    lines: list[Line] = []


def test_null_and_absent_are_alike_and_an_object_that_is_not_there_is_all_its_leaves() -> None:
    gold = {"number": "1", "seller": {"name": "Acme", "town": None}}
    assert states(Bill, gold, {"number": "1", "seller": None}) == {
        "$.number": "R",
        "$.seller.name": "M",
        "$.seller.town": "A",
    }
    assert states(Bill, {"number": "1"}, gold) == {"$.number": "R", "$.seller.name": "I", "$.seller.town": "A"}
    assert states(Bill, {"number": "1"}, {"number": "1"}) == {
        "$.number": "R",
        "$.seller.name": "A",
        "$.seller.town": "A",
    }


def test_items_are_paired_as_fits_best_also_within_items() -> None:
    gold = {"number": "1", "lines": [{"text": "a", "amount": 1, "tags": ["x", "y"]}, {"text": "b", "amount": 2}]}
    value = {
        "number": "1",
        "lines": [{"text": "b", "amount": 3}, {"text": "c"}, {"text": "a", "amount": 1, "tags": ["y"]}],
    }
    evaluation = held(Bill, gold, value)
    assert {path: score.counts for path, score in evaluation.fields.items() if "lines" in path} == {
        "$.lines[*].text": counts(right=2, invented=1),
        "$.lines[*].amount": counts(right=1, wrong=1, absent=1),
        "$.lines[*].tags[*]": counts(right=1, missing=1),
    }
    assert [str(fault) for fault in evaluation.documents[0].faults] == [
        "$.lines[0].tags[0]: missing: no 'x'",
        "$.lines[1].amount: wrong: 3.0 for 2.0",
        "$.lines[1].text: invented: 'c'",
    ]


def counts(**given: int) -> Any:
    from extractor.evaluation import Counts

    return Counts(**given)


def test_lists_by_place_and_by_key() -> None:
    assert states(list[str], ["a", "b"], ["b", "a"]) == {"$[*]": "RR"}
    assert states(Annotated[list[str], Metric.ordered], ["a", "b"], ["b", "a", "c"]) == {"$[*]": "WWI"}
    gold = [{"text": "a", "amount": 1}, {"text": "a", "amount": 2}, {"text": "b", "amount": 2}]
    value = [{"text": "b", "amount": 1}, {"text": "a", "amount": 2}]
    for kind in (Annotated[list[Line], Metric.keyed("text")], Annotated[list[Line], Merge.union(key="text")]):
        found = states(kind, gold, value)
        assert (found["$[*].text"], found["$[*].amount"]) == ("RRM", "WWM")
    assert held(list[Line], gold, value).counts.right == 3


def test_what_has_no_leaf_in_common_is_missing_and_invented() -> None:
    assert states(list[str], ["a"], ["b"]) == {"$[*]": "MI"}
    assert states(list[str], ["a", "a", "b"], ["a"]) == {"$[*]": "RMM"}
    assert states(set[str], {"a", "b"}, {"b", "a"}) == {"$[*]": "RR"}


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str
    bark: str


def test_a_union_shares_what_its_branches_share() -> None:
    cat, dog = {"kind": "cat", "name": "Tom", "lives": 7}, {"kind": "dog", "name": "Tom", "bark": "wow"}
    assert states(Cat | Dog, cat, dog) == {"$.kind": "W", "$.name": "R", "$.lives": "M", "$.bark": "I"}
    kind = dict[str, Annotated[Cat | Dog, Field(discriminator="kind")] | int]
    assert states(kind, {"a": cat, "b": 3}, {"a": cat, "b": dog, "c": 4}) == {
        "$[*].kind": "RI",
        "$[*].name": "RI",
        "$[*].lives": "RA",
        "$[*].bark": "IA",
        "$[*]": "MI",
    }


class Tree(BaseModel):
    name: str
    best: Tree | None = None
    kids: list[Tree] = []


def test_a_type_may_hold_itself_and_tuples_have_places() -> None:
    gold = {"name": "a", "best": {"name": "b"}, "kids": [{"name": "c", "kids": [{"name": "d"}]}]}
    value = {"name": "a", "best": {"name": "x"}, "kids": [{"name": "c"}]}
    assert states(Tree, gold, value) == {
        "$.name": "R",
        "$.best.name": "W",
        "$.kids[*].name": "R",
        "$.kids[*].kids[*].name": "M",
    }
    assert states(tuple[str, int], ["a", 1], ["a", 2]) == {"$[0]": "R", "$[1]": "W"}


def test_a_raw_schema_may_hold_anything() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "number", "x-metric": {"number": {"within": 1}}}, "b": {}}}
    gold = {"a": 1, "b": {"c": [1, "x"]}}
    assert states(schema, gold, {"a": 2, "b": {"c": [1, "y"], "d": None}}) == {
        "$.a": "R",
        "$.b[*][*]": "RMI",
    }


def test_metrics_by_path_go_before_those_of_the_type_and_hold_below() -> None:
    gold = {"number": "a-1", "lines": [{"text": "Nails", "amount": 1.0}]}
    value = {"number": "A-1", "lines": [{"text": "NAILS", "amount": 1.5}]}
    assert states(Bill, gold, value)["$.lines[*].text"] == "MI"
    chosen = states(Bill, gold, value, metrics={"$": Metric.text, "lines[*].amount": Metric.number(0.5)})
    assert (chosen["$.number"], chosen["$.lines[*].text"], chosen["$.lines[*].amount"]) == ("R", "R", "R")
    assert states(Bill, gold, value, metrics={"lines": Metric.skip, "number": Metric.skip}) == {
        "$.seller.name": "A",
        "$.seller.town": "A",
    }
    assert states(Bill, gold, value, fields=["lines[*].amount", "number"]) == {
        "$.number": "W",
        "$.lines[*].amount": "MI",
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fields": ["totl"]}, r"\$\.totl is no field of the type. There are: \$\.number, \$\.seller, \$\.lines"),
        ({"metrics": {"lines.text": Metric.text}}, r"\$\.lines\.text is no field .* There are: \$\.lines\[\*\]"),
        ({"metrics": {"number": Metric.keyed("x")}}, r"\$\.number is no list, and so Metric.keyed says nothing"),
    ],
)
def test_paths_that_are_none_are_told_with_those_that_are(options: Any, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        held(Bill, {"number": "1"}, {"number": "1"}, **options)


def test_metrics_say_what_they_take() -> None:
    for wrong in (
        lambda: Metric.similar(2),
        lambda: Metric.number(-1),
        lambda: Metric("fuzzy"),
        Metric.keyed,
    ):
        with pytest.raises(ValueError, match=r"metric|Metric"):
            wrong()
    with pytest.raises(TypeError, match="a Metric, such as"):
        held(Bill, {"number": "1"}, {"number": "1"}, metrics={"number": str.lower})
    with pytest.raises(SetupError, match="x-metric holds no metric"):
        held({"type": "object", "properties": {"a": {"x-metric": 7}}}, {"a": 1}, {"a": 1})


def test_lists_that_are_too_long_to_be_paired_are_told() -> None:
    evaluation = held(list[int], list(range(4_001)), list(range(4_001, 8_002)))
    (note,) = evaluation.notes
    assert note.startswith("1 lists are too long to be paired as fits best, and were paired by place")


def test_older_drafts_have_tuples_and_references_of_their_own() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "id": "http://example.com/bill",
        "properties": {
            "pair": {"type": "array", "items": [{"type": "string"}, {"type": "number"}]},
            "part": {"$ref": "http://example.com/bill#/definitions/part"},
        },
        "definitions": {"part": {"type": "object", "properties": {"size": {"type": "number"}}}},
    }
    gold = {"pair": ["x", 1], "part": {"size": 1}}
    assert states(schema, gold, {"pair": ["x", 2], "part": {"size": 1.0}}) == {
        "$.pair[0]": "R",
        "$.pair[1]": "W",
        "$.part.size": "R",
    }

"""Grammars of a type and a document: what a model may write, and what it cannot."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, create_model

from extractor import Schema
from extractor.answer.finding import Finder
from extractor.answer.grammar import grammar
from extractor.answer.offers import offered
from extractor.transports.local_grammar import Follower

TEXT = """Invoice "A-17" of 3 March 2020, 9:30 am
Seller: Söhne & Nagel, call 0171 555
Nails  2 x 4,50   9,00
Total due: EUR 1.042,50
mail to bill@nagel.example, IBAN DE89 3704 0044 0532 0130 00"""


def accepts(kind: Any, text: str, *answers: object, free: bool = False) -> list[bool]:
    made = grammar(Schema.of(kind, dialect="llguidance").strict, Finder(text), lambda keys: free)
    return [_accepted(made, json.dumps(answer, ensure_ascii=False, separators=(",", ":"))) for answer in answers]


def _accepted(made: str, answer: str) -> bool:
    follower = Follower(made)
    return follower.follow(answer) and follower.complete


class Bill(BaseModel):
    number: str
    total: float
    day: date
    paid: bool
    kind: Literal["invoice", "letter"]
    buyer: str | None = None


RIGHT: dict[str, Any] = {
    "number": "A-17", "total": 1042.5, "day": "2020-03-03", "paid": True, "kind": "letter", "buyer": None,
}  # fmt: skip


def test_only_the_document_s_own_values_can_be_written() -> None:
    assert accepts(
        Bill,
        TEXT,
        RIGHT,
        {**RIGHT, "number": "A-18"},
        {**RIGHT, "number": ""},
        {**RIGHT, "number": "Invoice "},
        {**RIGHT, "total": 1042.0},
        {**RIGHT, "day": "2020-03-04"},
        {**RIGHT, "kind": "memo"},
        {**RIGHT, "buyer": "Söhne & Nagel"},
        {**RIGHT, "buyer": "Nagel & Söhne"},
        {"total": 1042.5, **{key: value for key, value in RIGHT.items() if key != "total"}},
    ) == [True, False, False, False, False, False, False, True, False, False]


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (str, ['"A-17" of 3', "Nagel, call 0171 555 Nails"], ["Nagel  call", "A-17 of", "xyz"]),
        (int, [2, 17], [5, 450]),
        (Annotated[float, Field(ge=100)], [1042.5], [4.5]),
        (Decimal, ["1042.50"], ["1042.51"]),
        (date, ["2020-03-03"], ["2020-03-01"]),
        (time, ["09:30:00"], ["10:30:00"]),
        (datetime, ["2020-03-03T09:30:00"], ["2020-03-03T00:00:00"]),
        (
            Annotated[str, Field(pattern=r"^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$")],
            ["DE89370400440532013000"],
            ["DE0012345678901"],
        ),
        (list[float], [[], [9, 1042.5]], [[9, 1]]),
        (Annotated[list[str], Field(min_length=2, max_length=2)], [["Nails", "Total"]], [["Nails"], ["Total"] * 3]),
        (dict[str, float], [[{"key": "Nails", "value": 9}]], [[{"key": "Screws", "value": 9}]]),
        (bool | None, [True, None], ["true"]),
    ],
)
def test_each_kind_of_leaf(kind: Any, right: list[Any], wrong: list[Any]) -> None:
    boxed = [{"value": value} for value in (*right, *wrong)]
    assert accepts(kind, TEXT, *boxed) == [True] * len(right) + [False] * len(wrong)


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


def test_types_that_hold_themselves() -> None:
    right = {"name": "Nails", "children": [{"name": "Total", "children": [{"name": "due", "children": []}]}]}
    wrong = {"name": "Nails", "children": [{"name": "Screws", "children": []}]}
    assert accepts(Tree, TEXT, right, wrong) == [True, False]


def test_what_is_free_is_as_the_schema_says() -> None:
    assert accepts(str, TEXT, {"value": "anything at all"}, free=True) == [True]


def test_a_document_that_offers_nothing_leaves_the_schema() -> None:
    assert accepts(float, "no number here", {"value": 3.5}, {"value": "x"}) == [True, False]


def test_a_day_that_the_document_does_not_write_is_null() -> None:
    day = {"value": "2026-03-01"}
    assert accepts(date | None, "Invoice A-17", {"value": None}, day) == [True, False]
    assert accepts(date | None, "Invoice of March 2026", {"value": None}, day) == [True, True]
    assert accepts(date | None, "Invoice A-17", day, free=True) == [True]
    assert accepts(date, "Invoice A-17", day) == [True]
    assert accepts(date | str, "Invoice A-17", {"value": "A-17"}, day) == [True, False]


def test_numbers_are_those_beside_the_field_s_name_where_there_are_such() -> None:
    finder = Finder("Nails 4.50\nTotal 9.00\nIn words: nine 9 of 77")
    assert offered(finder, {"type": "number"}, "total") == [9]
    assert offered(finder, {"type": "number"}, "price") == [4.5, 9]
    assert offered(finder, {"type": "integer"}, "count") == [9, 77]
    assert offered(finder, {"type": "number"}) == [4.5, 9, 77]


WORD = st.text(
    st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"]) | st.sampled_from('"\\/{}'), min_size=1, max_size=6
)
SPACE = st.sampled_from([" ", "\n", "\t", "  ", "\r\n"])


@given(st.lists(st.tuples(WORD, SPACE), min_size=1, max_size=12), st.data())
@example([('say "no\\"', "\n"), ("東京都", " "), ("مرحبا", " "), ("é", "\n")], None)
def test_every_run_of_words_can_be_written_and_nothing_else(
    pairs: list[tuple[str, str]], data: st.DataObject | None
) -> None:
    text = "".join(word + space for word, space in pairs)
    words = text.split()
    assume(words)
    first = data.draw(st.integers(0, len(words) - 1)) if data else 0
    last = data.draw(st.integers(first, len(words) - 1)) if data else len(words) - 1
    run = " ".join(words[first : last + 1])
    assert accepts(str, text, {"value": run}, {"value": run + "Ω≠"}, {"value": ""}, {"value": f" {run}"}) == [
        True,
        False,
        False,
        False,
    ]


NAMES = st.text(min_size=1, max_size=6)


@given(st.lists(NAMES, min_size=1, max_size=3, unique=True))
def test_keys_of_any_make_can_be_written(names: list[str]) -> None:
    fields: Any = {f"f{at}": (str, Field(alias=name)) for at, name in enumerate(names)}
    kind = create_model("Odd", **fields)
    wire = Schema.of(kind, dialect="llguidance").strict["properties"]
    assert accepts(kind, "a b", dict.fromkeys(wire, "a b")) == [True]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("least", "most", "right", "wrong"),
    [
        (0, 5, ["Nails", "due"], ["Total due"]),
        (8, None, ["Total due"], ["Nails", "due"]),
        (1, 2, ["2", "x"], ["Nails"]),
    ],
)
def test_texts_keep_their_lengths(least: int, most: int | None, right: list[str], wrong: list[str]) -> None:
    kind = Annotated[str, Field(min_length=least, max_length=most)]
    boxed = [{"value": value} for value in (*right, *wrong)]
    assert accepts(kind, TEXT, *boxed) == [True] * len(right) + [False] * len(wrong)


def test_a_length_that_no_word_has_leaves_the_schema() -> None:
    assert accepts(Annotated[str, Field(max_length=2)], "abcdef", {"value": "xy"}) == [True]


def likely(kind: Any, text: str, *answers: object) -> list[bool]:
    made = grammar(Schema.of(kind, dialect="llguidance").strict, Finder(text), lambda keys: False, likely=True)
    return [_accepted(made, json.dumps(answer, ensure_ascii=False, separators=(",", ":"))) for answer in answers]


class Shop(BaseModel):
    company: str
    address: str | None
    tax_id: str
    first_name: str


def test_likely_texts_are_what_the_layout_sets_apart() -> None:
    text = 'Corner "Blue" Books\n4 Mill Lane,\nLeeds LS1\nTax id: 77-B\nAda Byron'
    right = {
        "company": 'Corner "Blue" Books',
        "address": "4 Mill Lane, Leeds LS1",
        "tax_id": "77-B",
        "first_name": "Ada",
    }
    wrong = ({"company": "Blue"}, {"company": "77-B"}, {"address": "Mill"}, {"tax_id": "Leeds"}, {"first_name": "Eve"})
    given = [right, {**right, "address": None}, *({**right, **each} for each in wrong)]
    assert likely(Shop, text, *given) == [True, True, *[False] * len(wrong)]


def test_words_of_prose_are_likely_in_any_run_beside_what_is_set_apart() -> None:
    text = "Police report\nIn the capital a night guard was attacked with a car bomb last night by nobody."
    runs = ("Police report", "a night guard", "In", "Police guard", "night", "a")
    assert likely(list[str], text, *({"value": [run]} for run in runs)) == [True, True, True, False, True, False]


@pytest.mark.parametrize(
    "text", ["\x00a\x1b b\x7f", "東京都\u3000千代田区", "مرحبا بالعالم", '"\\" {x}', "👩‍👩‍👧 family 🎉", "a\u2028b c"]
)
@pytest.mark.parametrize("kind", [Any, dict[str, str], str | int, tuple[str, float | None], list[str | None]])
def test_documents_of_any_make_give_a_grammar_for_types_of_any_make(kind: Any, text: str) -> None:
    strict = Schema.of(kind, dialect="llguidance").strict
    for only_likely in (False, True):
        assert Follower(grammar(strict, Finder(text), lambda keys: False, likely=only_likely)).follow("{")


def test_a_pattern_that_no_strict_schema_takes_leaves_runs_of_words() -> None:
    code = {"type": "string", "pattern": r"^(\w+)\1$"}
    kind = {"type": "object", "properties": {"code": code}, "required": ["code"]}
    assert accepts(kind, TEXT, {"code": "A-17"}, {"code": "Total due"}, {"code": "B-17"}) == [True, True, False]

"""The patch rung: only what is wrong is asked for again, and nothing else can move."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from extractor import prompt
from extractor.chat import Completion
from extractor.document import Document, Image
from extractor.errors import InvalidOutputError, RefusalError
from extractor.flow import Flow, extraction
from extractor.flow.again import read_again
from extractor.flow.patch import patch_of, read_patch, with_items
from extractor.flow.reading import read
from extractor.issues import Fix
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema

from .document.pictures import png
from .test_flow import drive


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)
    tags: list[str] = []
    unit: str = "piece"


class Order(BaseModel):
    number: str
    lines: list[Line]
    prices: dict[str, int] = {}
    paid: bool = False


TEXT = "Order 17: nails 3, boards 4"
SOUND: dict[str, Any] = {
    "number": "17",
    "lines": [{"text": "nails", "amount": 3}, {"text": "boards", "amount": 4, "tags": ["wood"]}],
    "prices": {"nails": 2},
    "paid": True,
}
BOARDS = SOUND["lines"][1]


def wrong(**changes: Any) -> str:
    """The sound order with ``amount`` of its second line, and what else is named, changed."""
    lines = [SOUND["lines"][0], {**SOUND["lines"][1], "amount": changes.pop("amount", 4)}]
    return json.dumps({**SOUND, "lines": lines, **changes})


def orders(**options: Any) -> Flow[Result[Order]]:
    return extraction(Schema.of(Order), Document.of(TEXT), Settings.of("m", Options(**options)))


def said(content: object) -> Completion:
    return Completion(content=content if isinstance(content, str) else json.dumps(content))


def last(ask: Any) -> str:
    content = ask.request.messages[-1]["content"]
    assert isinstance(content, str)
    return content


def test_only_the_failing_path_is_asked_for_after_the_same_opening() -> None:
    (first, patch), result = drive(orders(), said(wrong(amount=-4)), said({"p0": 4}))
    assert patch.request.messages == (
        first.request.messages[0],
        {
            "role": "user",
            "content": f"{TEXT}\n\n"
            "An answer to this is accepted but for these parts:\n"
            "- p0 stands for $.lines[1].amount: Input should be greater than or equal to 0. Now it says -4."
            ' Beside it stands {"text":"boards"}.\n'
            "Answer with these parts alone, corrected by what the document says.",
        },
    )
    assert patch.request.response_format == {
        "type": "json_schema",
        "json_schema": {
            "name": "Order_parts",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {"p0": {"type": "number", "minimum": 0, "description": "$.lines[1].amount"}},
                "required": ["p0"],
                "additionalProperties": False,
            },
        },
    }
    assert result.value == Order(**SOUND)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch"]


def test_what_is_missing_is_told_as_missing() -> None:
    answer = {key: value for key, value in SOUND.items() if key != "number"}
    (_, patch), result = drive(orders(), said(answer), said({"p0": "17"}))
    assert "- p0 stands for $.number: Field required. Now nothing stands there.\n" in last(patch)
    assert result.value == Order(**SOUND)


def test_a_wrong_form_is_asked_for_without_the_document() -> None:
    (_, patch), result = drive(orders(repair="strict"), said(wrong(amount="4 pieces")), said({"p0": 4}))
    assert patch.request.messages == (
        prompt.form()[0],
        {
            "role": "user",
            "content": "These values are not accepted as they are written:\n"
            "- p0 stands for $.lines[1].amount: "
            "Input should be a valid number, unable to parse string as a number."
            ' Now it says "4 pieces". Beside it stands {"text":"boards"}.\n'
            "Answer with these values alone.",
        },
    )
    assert result.value == Order(**SOUND)


def test_a_value_that_says_nothing_is_asked_for_with_the_document() -> None:
    (_, patch), _ = drive(orders(), said(wrong(amount="many")))
    assert last(patch).startswith(TEXT)


def test_a_patch_goes_on_after_pictures() -> None:
    flow = extraction(Schema.of(Order), Document.of(["front", Image(png())]), Settings())
    (first, patch), _ = drive(flow, said(wrong(amount=-4)))
    *parts, added = patch.request.messages[1]["content"]
    assert parts == first.request.messages[1]["content"]
    assert added["text"].startswith("An answer to this is accepted but for")


def test_engines_that_do_not_show_the_schema_have_that_of_the_patch_in_words() -> None:
    (_, patch), _ = drive(orders(dialect="llguidance"), said(wrong(amount=-4)))
    assert '{"type":"object","properties":{"p0":' in last(patch)


def test_a_patch_that_helped_in_part_is_kept_and_patched_again() -> None:
    answer = wrong(amount=-4, number=None)
    (_, _, again), result = drive(orders(), said(answer), said({"p0": "17", "p1": -5}), said({"p0": BOARDS}))
    assert last(again).endswith(
        "- p0 stands for $.lines[1]: amount: Input should be greater than or equal to 0."
        ' Now it says {"text":"boards","amount":-5,"tags":["wood"]}.\n'
        "Answer with these parts alone, corrected by what the document says."
    )
    assert result.value == Order(**SOUND)


def test_a_patch_that_is_wrong_in_another_way_is_patched_again() -> None:
    unclosed = json.dumps({"p0": {**BOARDS, "amount": "4"}})[:-1]
    (_, _, again), result = drive(orders(), said(wrong(amount=-4)), said({"p0": "many"}), said(unclosed))
    assert '"amount":"many"' in last(again)
    assert result.value == Order(**SOUND)


def test_of_an_item_that_is_asked_for_only_what_was_wrong_is_taken() -> None:
    moved = {"text": "boards", "amount": 4, "tags": ["steel"], "unit": "m"}
    _, result = drive(orders(), said(wrong(amount=-4)), said({"p0": "many"}), said({"p0": moved}))
    assert result.value == Order(**SOUND)


def test_another_item_than_the_one_that_was_asked_for_is_not_taken() -> None:
    other = {"text": "nails", "amount": 3, "tags": [], "unit": "m"}
    asks, _ = drive(orders(max_attempts=4), said(wrong(amount=-4)), said({"p0": "many"}), said({"p0": other}))
    assert last(asks[3]).startswith("This answer is not accepted:\n- $.lines[1].amount: ")


def test_the_whole_again_mends_what_was_wrong_even_where_it_is_wrong_elsewhere() -> None:
    again = {**SOUND, "number": None}
    _, result = drive(orders(), said(wrong(amount=-4)), said({"p0": -5}), said(again))
    assert result.value == Order(**SOUND)


def test_a_whole_answer_that_was_cut_after_what_was_wrong_mends_it() -> None:
    cut = Completion(content=json.dumps(SOUND)[:-9], finish_reason="length")
    _, result = drive(orders(), said(wrong(amount=-4)), said({"p0": -5}), cut)
    assert result.value == Order(**SOUND)


def test_a_whole_answer_with_other_items_mends_nothing() -> None:
    fewer = {**SOUND, "number": None, "lines": [{"text": "nails", "amount": 1}, {"text": "screws", "amount": 4}]}
    _, error = drive(orders(), said(wrong(amount=-4)), said({"p0": -5}), said(fewer))
    assert isinstance(error, InvalidOutputError)
    fewer["lines"] = [BOARDS]
    _, error = drive(orders(), said(wrong(amount=-4)), said({"p0": -5}), said(fewer))
    assert isinstance(error, InvalidOutputError)


def test_a_patch_that_did_not_help_is_followed_by_the_whole() -> None:
    answer = wrong(amount=-4)
    asks, result = drive(orders(), said(answer), said({"p0": -5}), said(SOUND))
    opening = asks[0].request.messages
    assert asks[2].request.messages == prompt.again(opening, answer, result.attempts[0].issues)
    assert asks[2].request.response_format == asks[0].request.response_format
    assert result.value == Order(**SOUND)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch", "re-ask"]


def test_the_whole_after_a_patch_that_helped_in_part_begins_with_the_patched_answer() -> None:
    answer = wrong(amount=-4, number=None)
    asks, _ = drive(orders(max_attempts=4), said(answer), said({"p0": "17", "p1": -5}), said({"p0": -5}))
    assert json.loads(asks[3].request.messages[-2]["content"]) == {
        **SOUND,
        "lines": [
            {"text": "nails", "amount": 3, "tags": None, "unit": None},
            {"text": "boards", "amount": -5, "tags": ["wood"], "unit": None},
        ],
        "prices": [{"key": "nails", "value": 2}],
    }


def test_a_whole_answer_to_a_patch_gives_the_open_parts_alone() -> None:
    moved = {**SOUND, "number": "18", "paid": False}
    _, result = drive(orders(), said(wrong(amount=-4)), said(moved))
    assert result.value == Order(**SOUND)


def test_a_default_may_be_left_to_the_type() -> None:
    answer = json.loads(wrong())
    answer["lines"][1]["unit"] = ["?"]
    _, result = drive(orders(repair="strict"), said(answer), said({"p0": None}))
    assert result.value == Order(**SOUND)


def test_an_answer_without_the_part_leaves_the_wrong_value_to_be_asked_again() -> None:
    answer = json.loads(wrong())
    answer["lines"][1]["unit"] = ["?"]
    asks, _ = drive(orders(repair="strict"), said(answer), said({}))
    assert len(asks) == 3


def test_a_refused_patch_is_told_at_once_with_what_there_is() -> None:
    _, error = drive(orders(), said(wrong(amount=-4)), Completion(refusal="No."))
    assert isinstance(error, RefusalError)
    assert error.best["lines"][1]["amount"] == -4


def test_what_no_patch_mends_is_told() -> None:
    _, error = drive(orders(max_attempts=2), said(wrong(amount=-4)), said("no idea"))
    assert isinstance(error, InvalidOutputError)
    assert [issue.path for issue in error.issues] == ["$.lines[1].amount"]
    assert [issue.kind for issue in error.attempts[1].issues] == ["syntax"]


LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "17", "$.number", "4,00"])
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["p0", "p1", "number", "lines", "text", "amount", "prices", "paid", "key", "value"]), inner
        )
    ),
    max_leaves=12,
)
HOSTILE = JSON.map(json.dumps) | st.text(max_size=40) | JSON.map(lambda value: json.dumps({"p0": value, "number": "0"}))


@given(HOSTILE, st.sampled_from(["strict", "syntax", "full"]), st.booleans(), st.booleans())
def test_nothing_that_is_pinned_changes_under_any_answer(answer: str, level: Any, items: bool, partly: bool) -> None:
    schema = Schema.of(Order)
    base = json.loads(wrong(amount=-4, prices={"nails": 2, "boards": "?"}))
    patch = patch_of(schema, base, schema.validate(base).issues)
    assert patch is not None
    assert patch.open == (("lines", 1, "amount"), ("prices", "boards"))
    if items:
        patch = with_items(schema, patch)
        assert patch.open == (("lines", 1), ("prices", "boards"))
    reading = read_patch(schema, patch, said(answer), settings=Settings(repair=level), partly=partly)
    if reading.best is not None:
        assert pinned(reading.best) == pinned(base)
    if not reading.issues:
        assert reading.value == schema.validate(reading.best).value
    assert base == json.loads(wrong(amount=-4, prices={"nails": 2, "boards": "?"}))


@given(JSON.map(json.dumps) | st.text(max_size=40))
def test_the_whole_again_is_valid_by_itself_or_moves_nothing_that_is_pinned(answer: str) -> None:
    schema = Schema.of(Order)
    base = json.loads(wrong(amount=-4, prices={"nails": 2, "boards": "?"}))
    patch = patch_of(schema, base, schema.validate(base).issues)
    reading = read_again(schema, patch, said(answer), settings=Settings())
    alone = read(schema, said(answer), Settings())
    assert repr(reading) == repr(alone) or (not reading.issues and pinned(reading.best) == pinned(base))


def pinned(value: Any) -> Any:
    """The order without what was asked for again."""
    first, second = value["lines"]
    rest = {key: each for key, each in second.items() if key != "amount"}
    prices = {key: each for key, each in value["prices"].items() if key != "boards"}
    return {**value, "lines": [first, rest], "prices": prices}


@pytest.mark.parametrize("name", ["amount", "$.lines[1].amount", "lines[1].amount"])
def test_a_patch_may_call_a_place_by_its_own_name(name: str) -> None:
    _, result = drive(orders(), Completion(content=wrong(amount=-4)), Completion(content=json.dumps({name: 4})))
    assert result.value == Order.model_validate(SOUND)
    assert Fix("$.lines[1].amount", "key", name, "p0", 0.1) in result.attempts[-1].fixes


def test_a_name_of_two_places_is_neither_of_them() -> None:
    lines = [{**line, "amount": -1} for line in SOUND["lines"]]
    answers = [json.dumps({**SOUND, "lines": lines}), '{"amount": 4}', json.dumps(SOUND)]
    _, result = drive(orders(max_attempts=3), *(Completion(content=answer) for answer in answers))
    assert result.value == Order.model_validate(SOUND)
    assert result.attempts[1].issues != ()

"""Bringing a value that is known up to date: what changes is named, then asked for alone; all else is pinned."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import pytest
from hypothesis import given
from pydantic import BaseModel, Field

from extractor import Extractor
from extractor.chat import Completion
from extractor.document import Document
from extractor.errors import InvalidOutputError, RefusalError
from extractor.flow import Flow, extraction
from extractor.issues import Fix
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema
from extractor.testing import FakeModel

from .contract.check import check_request
from .test_flow import drive
from .test_flow_patch import HOSTILE, said
from .test_flow_votes import Sum

URL = "https://models.example.com/v1"
TEXT = "Order 17: boards are 5 now, nails are cancelled, and 2 pots of paint are new. Delivery on 1 March 2024."


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)


class Order(BaseModel):
    number: str
    delivery: date | None = None
    lines: list[Line]
    prices: dict[str, int] = {}


KNOWN: dict[str, Any] = {
    "number": "17",
    "lines": [{"text": "nails", "amount": 3}, {"text": "boards", "amount": 4}],
    "prices": {"nails": 2, "boards": 9},
}
NEW: dict[str, Any] = {
    "number": "17",
    "delivery": "2024-03-01",
    "lines": [{"text": "boards", "amount": 5}, {"text": "paint", "amount": 2}],
    "prices": {"boards": 9},
}


def names(changed: list[str] = [], removed: list[str] = [], longer: list[str] = []) -> Completion:  # noqa: B006
    return said({"changed": changed, "removed": removed, "lists_with_new_items": longer})


def orders(existing: object = KNOWN, **options: Any) -> Flow[Result[Order]]:
    settings = Settings.of("m", Options(existing=existing, **options))
    return extraction(Schema.of(Order), Document.of(TEXT), settings)


def test_what_changes_is_named_in_a_strict_schema() -> None:
    asks, _ = drive(orders())
    request = asks[0].request
    paths = {"type": "array", "items": {"type": "string"}}
    assert request.response_format["json_schema"] == {
        "name": "changes",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"changed": paths, "removed": paths, "lists_with_new_items": paths},
            "required": ["changed", "removed", "lists_with_new_items"],
            "additionalProperties": False,
        },
    }
    assert request.messages[-1]["content"] == (
        f"{TEXT}\n\n"
        "This was known before:\n"
        '{"number":"17","delivery":null,"lines":[{"text":"nails","amount":3.0},{"text":"boards","amount":4.0}],'
        '"prices":{"nails":2,"boards":9}}\n'
        "Say what of it the document changes, by paths such as $.items[3].total: what has another value now, or is "
        "stated for the first time (changed); items and entries that are gone (removed); and lists that get new items. "
        "What the document does not speak of stays as it is."
    )


def test_where_nothing_changes_one_small_answer_is_enough() -> None:
    (_,), result = drive(orders(), names())
    assert result.value == Order(**KNOWN)
    assert [call.purpose for call in result.ledger.calls] == ["update"]


def test_changes_additions_and_removals_are_asked_for_alone() -> None:
    named = names(["$.lines[1].amount", "$.delivery"], ["$.lines[0]", "$.prices.nails"], ["$.lines"])
    answer = said({"p0": 5, "p1": "2024-03-01", "p2": [{"text": "paint", "amount": 2}]})
    (first, second), result = drive(orders(), named, answer)
    assert second.request.messages[0] == first.request.messages[0]
    assert second.request.messages[-1]["content"] == (
        f"{TEXT}\n\n"
        "By the document, these parts of what was known before are other now:\n"
        "- p0 stands for $.lines[0].amount: the document says otherwise. Now it says 4.\n"
        "- p1 stands for $.delivery: the document says otherwise. Now nothing stands there.\n"
        '- p2 stands for $.lines: the items after #1 alone. #1 is {"text":"boards","amount":4}\n'
        "Answer with these parts alone."
    )
    assert set(second.request.response_format["json_schema"]["schema"]["properties"]) == {"p0", "p1", "p2"}
    assert result.value == Order(**NEW)
    assert [call.purpose for call in result.ledger.calls] == ["update", "patch"]
    assert result.attempts[0].fixes == (
        Fix("$.lines[0]", "removed", {"text": "nails", "amount": 3}, None),
        Fix("$.prices.nails", "removed", 2, None),
    )
    assert result.attempts[1].fixes == (
        Fix("$.lines[0].amount", "changed", 4, 5),
        Fix("$.delivery", "changed", None, "2024-03-01"),
        Fix("$.lines[1]", "added", None, {"text": "paint", "amount": 2}),
    )
    assert [(issue.path, issue.kind) for issue in result.attempts[0].issues] == [
        ("$.lines[0].amount", "changed"),
        ("$.delivery", "changed"),
        ("$.lines", "added"),
    ]


def test_what_is_only_removed_takes_one_answer() -> None:
    (_,), result = drive(orders(), names(removed=["lines[0]", "$.prices['nails']"]))
    assert result.value == Order(number="17", lines=[Line(text="boards", amount=4)], prices={"boards": 9})


@pytest.mark.parametrize("path", ["lines.1.amount", "$.lines.1.amount", "lines[1].amount", " $.lines[1].amount "])
def test_paths_are_read_as_they_are_written(path: str) -> None:
    _, result = drive(orders(), names([path]), said({"p0": 5}))
    assert result.value.lines[1].amount == 5


def test_a_path_that_names_nothing_is_asked_for_again() -> None:
    (first, again, _), result = drive(orders(), names(["$.lines[7].amount"]), names(["$.number"]), said({"p0": "18"}))
    assert again.request.messages == (
        *first.request.messages,
        {
            "role": "assistant",
            "content": '{"changed": ["$.lines[7].amount"], "removed": [], "lists_with_new_items": []}',
        },
        {
            "role": "user",
            "content": "This answer is not accepted:\n- $: $.lines[7].amount is no path in what was known before\n"
            "Answer again with the whole JSON object. "
            "Change only what is named here, by what the document says.",
        },
    )
    assert result.value.number == "18"


def test_an_answer_that_names_nothing_readable_is_asked_for_again() -> None:
    asks, result = drive(orders(), said("Let me see."), names())
    assert asks[1].request.response_format == asks[0].request.response_format
    assert result.value == Order(**KNOWN)


def test_a_refusal_is_told_at_once() -> None:
    _, error = drive(orders(), Completion(refusal="No."))
    assert isinstance(error, RefusalError)


def test_a_change_that_is_wrong_is_patched() -> None:
    (_, _, third), result = drive(orders(), names(["$.lines[1].amount"]), said({"p0": -5}), said({"p0": 5}))
    assert (
        "- p0 stands for $.lines[1].amount: Input should be greater than or equal to 0. Now it says -5.\n"
    ) in third.request.messages[-1]["content"]
    assert result.value.lines == [Line(text="nails", amount=3), Line(text="boards", amount=5)]


def test_an_answer_without_the_parts_is_asked_for_again() -> None:
    asks, result = drive(orders(), names(["$.number"]), said("?"), said({"p0": "18"}))
    assert asks[2].request.messages == asks[1].request.messages
    assert result.value.number == "18"


def test_new_items_that_were_cut_are_asked_for_again() -> None:
    longer = names(longer=["$.lines"])
    both = [{"text": "paint", "amount": 2}, {"text": "glue", "amount": 1}]
    for cut in ('{"p0": [{"text": "paint", "amount": 2}, {"text": "gl', '{"p0": [{"text": "paint", "amount": 2}'):
        asks, result = drive(orders(), longer, said(cut), said({"p0": both}))
        assert asks[2].request.messages == asks[1].request.messages
        assert result.value.lines[2:] == [Line(**line) for line in both]
    _, result = drive(orders(), longer, said(json.dumps({"p0": both})[:-1]))
    assert result.value.lines[2:] == [Line(**line) for line in both]


def test_what_is_not_brought_up_to_date_is_never_taken_for_it() -> None:
    for on_invalid in ("raise", "best"):
        _, error = drive(orders(max_attempts=1, on_invalid=on_invalid), names(["$.number"]), said("?"))
        assert isinstance(error, InvalidOutputError)
        assert error.best == KNOWN


def test_parts_that_do_not_go_together_are_named_again() -> None:
    settings = Settings(existing=Sum(a=1, b=2, total=3))
    flow = extraction(Schema.of(Sum), Document.of("a is 2"), settings)
    answers = (names(["$.a"]), said({"p0": 2}), names(["$.total"]), said({"p0": 4}))
    asks, result = drive(flow, *answers)
    assert "a and b are not the total" in asks[2].request.messages[-1]["content"]
    assert result.value == Sum(a=2, b=2, total=4)


def test_a_list_with_a_least_length_is_asked_for_as_a_whole() -> None:
    kind = Annotated[list[str], Field(min_length=2)]
    flow = extraction(Schema.of(kind), Document.of("and green"), Settings(existing=["red", "blue"]))
    asks, result = drive(flow, names(longer=["$"]), said({"p0": ["red", "blue", "green"]}))
    assert "- p0 stands for $: the document says otherwise" in asks[1].request.messages[-1]["content"]
    assert result.value == ["red", "blue", "green"]


@pytest.mark.parametrize(
    "existing",
    [
        Order(**NEW),
        NEW,
        json.dumps(NEW),
        json.dumps(NEW).encode(),
    ],
)
def test_what_is_known_may_be_an_instance_or_its_json(existing: object) -> None:
    _, result = drive(orders(existing), names())
    assert result.value == Order(**NEW)


def test_an_older_record_that_lacks_a_field_is_asked_for_it() -> None:
    asks, result = drive(orders({"lines": []}), names(), said({"p0": "17"}))
    assert "p0 stands for $.number" in asks[1].request.messages[-1]["content"]
    assert result.value == Order(number="17", lines=[])


def test_what_is_no_value_of_the_type_costs_nothing() -> None:
    model = FakeModel()
    extractor = Extractor("m", base_url=URL, transport=model)
    for existing, why in (([1], "existing= is no Order"), ("?", "existing= is no JSON")):
        with pytest.raises(ValueError, match=why):
            extractor.extract(Order, TEXT, existing=existing)
    for options in ({"n": 2}, {"style": "completion"}):
        with pytest.raises(ValueError, match="existing= goes with"):
            extractor.extract(Order, TEXT, existing=KNOWN, **options)
    assert model.requests == []


def test_what_was_known_need_not_stand_in_the_document() -> None:
    flow = orders({"number": "99", "lines": [], "prices": {"glue": 3}}, grounding="require")
    answers = (names(["$.number"], longer=["$.lines"]), said({"p0": "18", "p1": []}), said({"p0": "17"}))
    _, result = drive(flow, *answers)
    assert result.value == Order(number="17", lines=[], prices={"glue": 3})
    assert [issue.path for issue in result.attempts[1].issues] == ["$.number"]


def test_updates_over_the_wire() -> None:
    model = FakeModel({"changed": ["$.number"], "removed": [], "lists_with_new_items": []}, {"p0": "18"})
    result = Extractor("m", base_url=URL, transport=model).extract(Order, TEXT, existing=Order(**KNOWN))
    assert result.value == Order(**{**KNOWN, "number": "18"})
    for request in model.http:
        check_request(request.content)


@given(HOSTILE, HOSTILE)
def test_nothing_changes_that_was_not_named(first: str, second: str) -> None:
    flow = orders(max_attempts=3)
    next(flow)
    flow.send((names(["$.lines[1].amount"], longer=["$.lines"]),))
    value: Any = None
    try:
        for answer in (first, second, "{}"):
            flow.send((said(answer),))
    except StopIteration as end:
        value = Schema.of(Order).dump(end.value.value)
    except InvalidOutputError as error:
        value = error.best
    assert (value["number"], value["prices"], value["lines"][0]) == ("17", KNOWN["prices"], KNOWN["lines"][0])
    assert value["lines"][1]["text"] == "boards"

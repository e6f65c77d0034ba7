"""Where a patch shows the lines that matter, and when it shows the whole document."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from extractor.document import Document, Image
from extractor.flow import Flow, extraction
from extractor.flow.near import near
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema

from .document.pictures import png
from .test_flow import drive
from .test_flow_patch import last, said


class Line(BaseModel):
    sku: str
    amount: float = Field(ge=0)
    note: str | None = None


class Order(BaseModel):
    number: str
    lines: list[Line]


def row(at: int) -> str:
    return f"Item SKU-{at:03} costs {at}.50 a piece, and is sent as soon as it is there."


TEXT = "Order 17\n" + "\n".join(map(row, range(40)))
SOUND: dict[str, Any] = {"number": "17", "lines": [{"sku": f"SKU-{at:03}", "amount": at + 0.5} for at in range(40)]}
WHERE = ("lines", 7, "amount")
ASKED = "- p0 stands for $.lines[7].amount: Input should be greater than or equal to 0. Now it says -1."


def wrong(**changes: Any) -> dict[str, Any]:
    lines = [{**line, **changes} if at == 7 else line for at, line in enumerate(SOUND["lines"])]
    return {**SOUND, "lines": lines}


def orders(**options: Any) -> Flow[Result[Order]]:
    return extraction(Schema.of(Order), Document.of(TEXT), Settings.of("m", Options(**options)))


def test_a_patch_of_an_item_shows_its_lines_alone() -> None:
    (_, patch), result = drive(orders(), said(wrong(amount=-1)), said({"p0": 7.5}))
    shown = "\n".join(map(row, range(5, 10)))
    assert patch.request.messages == (
        {
            "role": "user",
            "content": f"A part of a document:\n{shown}\n\nRead from it, this is not accepted:\n"
            f'{ASKED} Beside it stands {{"sku":"SKU-007"}}.\n'
            "Give this alone anew, null where this part does not state it.",
        },
    )
    assert result.value == Order(**SOUND)


def test_the_callers_own_words_go_with_them() -> None:
    (_, patch), _ = drive(orders(instructions="Amounts are net."), said(wrong(amount=-1)))
    assert patch.request.messages[0] == {
        "role": "system",
        "content": "Instructions for this extraction:\nAmounts are net.",
    }


def test_then_more_lines_are_shown_with_the_item_and_then_the_whole_document() -> None:
    item = {"sku": "SKU-007", "amount": -1, "note": None}
    asks, _ = drive(
        orders(max_attempts=5), said(wrong(amount=-1)), said({"p0": -2}), said({"p0": item}), said({"p0": item})
    )
    assert last(asks[2]).startswith("A part of a document:\n" + "\n".join(map(row, range(1, 14))))
    assert "- p0 stands for $.lines[7]: amount: " in last(asks[2])
    assert last(asks[3]).startswith(TEXT)
    assert "This answer is not accepted" in last(asks[4])


def test_the_last_attempt_has_the_whole_document() -> None:
    asks, _ = drive(orders(max_attempts=3), said(wrong(amount=-1)), said({"p0": -2}))
    assert last(asks[2]).startswith(TEXT)


def test_that_lines_state_nothing_says_nothing_of_the_document() -> None:
    (_, _, again), result = drive(
        orders(repair="strict"), said(wrong(note=["?"])), said({"p0": None}), said({"p0": SOUND["lines"][7]})
    )
    assert [(issue.path, issue.kind) for issue in result.attempts[1].issues] == [("$.lines[7].note", "unseen")]
    assert last(again).startswith(TEXT)
    assert result.value == Order(**SOUND)


@pytest.mark.parametrize(
    ("document", "places"),
    [
        (Document.of("\n".join(map(row, range(7, 12)))), [WHERE]),
        (Document.of([TEXT, Image(png())]), [WHERE]),
        (Document.of(TEXT), [("number",)]),
        (Document.of(TEXT), [("lines", 7)]),
        (Document.of(TEXT), [("lines", at, "amount") for at in range(5)]),
        (Document.of(TEXT.replace("SKU-007", "SKU-7")), [WHERE]),
        (Document.of(f"{TEXT}\nNot SKU-007."), [WHERE]),
        (Document.of("\n".join(map(row, range(12)))), [("lines", at, "amount") for at in (1, 6, 10)]),
    ],
    ids=["short", "image", "root", "item", "many", "not there", "twice", "most of it"],
)
def test_where_it_is_not_sure_or_spares_little_the_whole_is_shown(document: Document, places: Any) -> None:
    assert near(document, wrong(amount=-1), places, wider=False) is None


def test_a_row_that_has_all_that_is_known_is_shown_alone() -> None:
    base = wrong(amount=-1, note="as soon as it is there")
    found = near(Document.of(TEXT), base, [WHERE], wider=False)
    assert found is not None
    assert (found.text, found.beside) == (row(7), {WHERE: {}})


def test_several_rows_are_told_apart_by_what_stands_once() -> None:
    places = [("lines", 3, "amount"), ("lines", 15, "note")]
    found = near(Document.of(TEXT), SOUND, places, wider=False)
    assert found is not None
    assert found.text == "\n…\n".join(("\n".join(map(row, range(1, 6))), row(15)))
    assert found.beside == {places[0]: {"sku": "SKU-003"}, places[1]: {"sku": "SKU-015", "amount": 15.5}}


def test_numbers_are_found_in_the_usual_ways_to_write_them() -> None:
    for written in ("1234.5", "1234.50", "1,234.50", "1.234,50", "1 234,50", "1234,50"):
        text = "Nothing here.\n" * 40 + f"Rate {written} for 17\n" + "Nor here.\n" * 40
        base = {"lines": [{"amount": -1, "rate": 1234.5, "count": 17}]}
        found = near(Document.of(text), base, [("lines", 0, "amount")], wider=False)
        assert found is not None
        assert f"Rate {written} for 17" in found.text
    assert near(Document.of(text.replace("1234,50", "91234,507")), base, [("lines", 0, "amount")], wider=False) is None


def test_one_number_alone_may_stand_in_another_row_by_chance() -> None:
    base = {"lines": [{"amount": -1, "rate": 31.5, "unit": "kg"}]}
    assert near(Document.of(TEXT), base, [("lines", 0, "amount")], wider=False) is None


def test_a_huge_document_is_no_hindrance() -> None:
    text = "\n".join(f"Row {at} has {at * 7}.25 of it" for at in range(20_000))
    base = {"lines": [{"amount": -1, "rate": 70.25 * 7, "text": "Row 70 has"}]}
    found = near(Document.of(text), base, [("lines", 0, "amount")], wider=True)
    assert found is not None
    assert len(found.text) < 1000


def test_an_answer_to_lines_goes_in_the_mode_that_holds() -> None:
    (_, patch), _ = drive(orders(mode="words"), said(wrong(amount=-1)))
    assert '"properties":{"p0":' in last(patch)

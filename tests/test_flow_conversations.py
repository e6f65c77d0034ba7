"""Whole conversations, message for message: one for each way in which an answer is asked for again.

They stand in ``tests/conversations``, to be read. After a change that is meant to change them:
``python -m tests.test_flow_conversations`` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from extractor import Extractor, ExtractorError, Judge, Options, Result
from extractor.chat import ChatRequest, Completion, Usage
from extractor.flow import modes, votes
from extractor.testing import FakeModel, Reply

FOLDER = Path(__file__).parent / "conversations"
URL = "https://models.example.com/v1"
TEXT = "Order 17 of 3 May 2024: nails 3, boards 4. Paid."
LONG = "\n".join(["Order 17", *(f"{number}: item no. {number}, price {number}.50" for number in range(1, 40)), "Paid"])


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)
    kind: Annotated[str, Judge("is a material")] = "wood"


class Order(BaseModel):
    number: str
    lines: list[Line]
    paid: bool


class Item(BaseModel):
    text: str
    price: float = Field(ge=0)


class Prices(BaseModel):
    number: str
    items: list[Item]


def order(amount: object = 4, **changes: object) -> dict[str, Any]:
    lines = [{"text": "nails", "amount": 3, "kind": None}, {"text": "boards", "amount": amount, "kind": None}]
    return {"number": "17", "lines": lines, "paid": True, **changes}


def cut(content: str) -> Completion:
    usage = Usage(prompt_tokens=90, completion_tokens=30, total_tokens=120)
    return Completion(content=content, finish_reason="length", usage=usage)


def prices(wrong: object) -> dict[str, Any]:
    items = [{"text": f"item no. {number}", "price": number + 0.5} for number in range(1, 40)]
    return {"number": "17", "items": [*items[:20], {**items[20], "price": wrong}, *items[21:]]}


BEGUN = '{"number":"17","lines":[{"text":"nails","amount":3,"kind":null},{"text":"boa'
NO = {"fits": False, "reason": "A tree is no material."}
YES = {"fits": True, "reason": None}
SAME = {"changed": [], "removed": [], "lists_with_new_items": []}
REFUSED = Reply(400, {}, "response_format is not supported")
Scenario = tuple[Any, str, list[Any], Options]
CONVERSATIONS: dict[str, Scenario] = {
    "valid": (Order, TEXT, [order()], {"instructions": "Amounts are in pieces."}),
    "patch": (Order, TEXT, [order(-4), {"p0": 4}], {}),
    "patch of what is missing": (Order, TEXT, [{"number": "17", "lines": []}, {"p0": True}], {}),
    "patch of a form": (Order, TEXT, [order("4 boards"), {"p0": 4}], {"repair": "strict"}),
    "patch by some lines": (Prices, LONG, [prices(-1), {"p0": 21.5}], {"count_rows": False}),
    "patch that does not help": (Order, TEXT, [order(-4), {"p0": -5}, order()], {}),
    "whole": (Order, TEXT, [{"number": None, "lines": -1, "paid": "?"}, order()], {}),
    "whole again": (
        Order,
        TEXT,
        [{"number": None, "lines": 1, "paid": "?"}, {"number": None, "lines": -1}, order()],
        {},
    ),
    "nothing": (Order, TEXT, ["", order()], {}),
    "prose": (Order, TEXT, ["Let me see.", order()], {}),
    "longer": (Order, TEXT, [cut(""), order()], {}),
    "continue": (Order, TEXT, [cut(BEGUN), {"p0": [order()["lines"][1]], "p1": True}], {}),
    "different": (
        Order,
        TEXT,
        [order(-4, number=None), *[{"p0": None, "p1": -4}] * 2, order()],
        {"temperature": 0.7, "escalate": "large", "max_attempts": 4},
    ),
    "step down": (Order, TEXT, [REFUSED, REFUSED, REFUSED, order()], {}),
    "judge": (
        Order,
        TEXT,
        [order(lines=[{"text": "oak", "amount": 1, "kind": "tree"}]), {"v0": NO}, {"p0": "wood"}, {"v0": YES}],
        {},
    ),
    "votes": (Order, TEXT, [order(), order(9), {"p0": 4}], {"n": 2}),
    "update": (
        Order,
        TEXT,
        [
            {**SAME, "changed": ["$.paid"], "lists_with_new_items": ["$.lines"]},
            {"p0": True, "p1": order()["lines"][1:]},
        ],
        {"existing": Order(number="17", lines=[Line(text="nails", amount=3)], paid=False)},
    ),
    "update of nothing": (Order, TEXT, [SAME], {"existing": Order(number="17", lines=[], paid=False)}),
    "refusal": (Order, TEXT, [Completion(refusal="I will not.")], {}),
}


def conversation(name: str) -> str:
    """All that was sent and answered, and what came of it."""
    kind, document, replies, options = CONVERSATIONS[name]
    modes.forget()
    votes.forget()
    model = FakeModel(*replies)
    extractor = Extractor("m", base_url=URL, transport=model)
    try:
        ended: Result[Any] | ExtractorError = extractor.extract(kind, document, **options)
    except ExtractorError as error:
        ended = error
    finally:
        modes.forget()
        votes.forget()
    assert model.left == 0
    assert ended.ledger is not None
    purposes = [call.purpose for call in ended.ledger.calls]
    told = [f"# {name}\n", *(part for pair in zip(purposes, model.requests, strict=True) for part in shown(*pair))]
    what = str(ended.data) if isinstance(ended, Result) else f"{type(ended).__name__}: {ended}"
    return "\n".join((*told, f"== {what}\n"))


def shown(purpose: str, request: ChatRequest) -> Iterator[str]:
    sent = json.loads(request.to_json())
    messages, model = sent.pop("messages"), sent.pop("model")
    rest = {key: schemaless(value) for key, value in sent.items()}
    yield f"== {purpose}: {model} {json.dumps(rest)}"
    for message in messages:
        yield f"-- {message['role']}\n{message['content']}"
    yield ""


def schemaless(value: Any) -> Any:
    """Schemas are compared elsewhere: their names and properties are enough here."""
    if isinstance(value, list):
        return [schemaless(held) for held in value]
    if not isinstance(value, dict):
        return value
    schemas = {key: sorted(value[key]["properties"]) for key in ("schema", "parameters") if key in value}
    return {key: schemas.get(key, schemaless(held)) for key, held in value.items()}


def file_of(name: str) -> Path:
    return FOLDER / f"{name.replace(' ', '_')}.txt"


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversation(name: str) -> None:
    assert conversation(name) == file_of(name).read_text(encoding="utf-8")


def test_every_file_is_a_conversation() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {file_of(name).name for name in CONVERSATIONS}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in CONVERSATIONS:
        file_of(each).write_text(conversation(each), encoding="utf-8")

"""Values that must stand in the document: what is asked again, and what becomes of what stays unsupported."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel

from extractor import ChatRequest, Extractor, Free, InvalidOutputError, OnInvalid, Result, Verbatim
from extractor.testing import FakeModel

TEXT = "Invoice A-17 of 5 June 2018\nSeller: Nagel & Söhne\nTotal: 1.234,50 EUR"


class Bill(BaseModel):
    number: str
    seller: str
    day: date
    total: float
    kind: Literal["invoice", "letter"]
    about: Annotated[str, Free]
    buyer: str | None = None


RIGHT: dict[str, Any] = {
    "number": "A-17", "seller": "Nagel & Söhne", "day": "2018-06-05", "total": 1234.5, "kind": "invoice",
    "about": "nails", "buyer": None,
}  # fmt: skip


def asked(kind: Any, *replies: Any, **options: Any) -> tuple[Result[Any], list[ChatRequest]]:
    model = FakeModel(*replies)
    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=model)
    return extractor.extract(kind, TEXT, **options), model.requests


def test_every_value_is_placed_and_costs_no_call() -> None:
    result, requests = asked(Bill, RIGHT)
    assert {path: (leaf.status, leaf.quote) for path, leaf in result.evidence.items()} == {
        "$.number": ("exact", "A-17"),
        "$.seller": ("exact", "Nagel & Söhne"),
        "$.day": ("normalized", "5 June 2018"),
        "$.total": ("normalized", "1.234,50"),
        "$.kind": ("normalized", "Invoice"),
        "$.about": ("not_sought", ""),
        "$.buyer": ("null", ""),
    }
    assert result.evidence is result.evidence
    assert len(requests) == 1


def test_what_is_invented_is_asked_for_again_with_the_nearest_words() -> None:
    wrong = {**RIGHT, "seller": "Nagel and Sons Ltd", "total": 1234.9}
    result, requests = asked(Bill, wrong, {"p0": "Nagel & Söhne", "p1": 1234.5}, grounding="require")
    assert result.value == Bill.model_validate(RIGHT)
    assert [(issue.path, issue.kind, issue.value) for issue in result.attempts[0].issues] == [
        ("$.seller", "not_found", "Nagel and Sons Ltd"),
        ("$.total", "not_found", 1234.9),
    ]
    said = str(requests[1].messages[-1]["content"])
    assert 'the document does not say this anywhere; the nearest that it says is "Nagel & Söhne"' in said
    assert TEXT in said
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch"]


def test_without_require_only_verbatim_values_are_held_to_the_document() -> None:
    class Named(BaseModel):
        seller: Annotated[str, Verbatim]
        buyer: str

    result, _ = asked(Named, {"seller": "Nagel", "buyer": "Nobody"})
    assert result.evidence["$.buyer"].status == "not_found"
    with pytest.raises(InvalidOutputError, match=r"\$\.seller: the document does not say this anywhere"):
        asked(Named, {"seller": "Hammer", "buyer": "Nobody"}, max_attempts=1)
    assert asked(Named, {"seller": "Hammer", "buyer": "Nobody"}, grounding="off")[0].value.seller == "Hammer"


def test_a_number_or_a_date_is_verbatim_in_any_writing() -> None:
    class Facts(BaseModel):
        day: Annotated[date, Verbatim]
        total: Annotated[float, Verbatim]

    result, requests = asked(Facts, {"day": "2018-06-05", "total": 1234.5})
    assert (result.value, len(requests)) == (Facts(day=date(2018, 6, 5), total=1234.5), 1)


def test_what_stays_unsupported_is_null_kept_or_an_error() -> None:
    class Policies(BaseModel):
        number: str
        seller: Annotated[str | None, OnInvalid.null] = None
        buyer: Annotated[str, OnInvalid.keep] = ""

    invented = {"number": "A-17", "seller": "Hammer Ltd", "buyer": "Tongs Ltd"}
    result, _ = asked(Policies, invented, grounding="require", max_attempts=1)
    assert result.value == Policies(number="A-17", seller=None, buyer="Tongs Ltd")
    assert [issue.path for issue in result.issues] == ["$.seller", "$.buyer"]

    wrong = {**RIGHT, "buyer": "Tongs Ltd"}
    best, _ = asked(Bill, wrong, grounding="require", max_attempts=1, on_invalid="best")
    assert (best.value.buyer, best.issues[0].kind) == (None, "not_found")
    kept, _ = asked(Bill, wrong, grounding="require", max_attempts=1, on_invalid="keep")
    assert (kept.value.buyer, [issue.path for issue in kept.issues]) == ("Tongs Ltd", ["$.buyer"])
    with pytest.raises(InvalidOutputError) as raised:
        asked(Bill, wrong, grounding="require", max_attempts=1)
    assert raised.value.best == {**wrong, "day": "2018-06-05"}


def test_keep_keeps_nothing_that_the_type_refuses() -> None:
    with pytest.raises(InvalidOutputError):
        asked(Bill, {**RIGHT, "total": "many"}, max_attempts=1, on_invalid="keep")


def test_grounding_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="grounding is one of off, report, require, not 'always'"):
        asked(Bill, RIGHT, grounding="always")

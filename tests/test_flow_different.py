"""The same issue is not asked about a third time in the same way."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field

from extractor.chat import Completion
from extractor.document import Document
from extractor.errors import InvalidOutputError
from extractor.flow import Flow, extraction
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema

from .test_flow import drive
from .test_flow_modes import refused


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)


TEXT = "Invoice 17. Total 42.50"
BAD, STILL, GOOD = '{"number":"17","total":-1}', '{"p0":-1}', '{"number":"17","total":42.5}'


def invoices(**options: Any) -> Flow[Result[Invoice]]:
    return extraction(Schema.of(Invoice), Document.of(TEXT), Settings.of("m", Options(**options)))


def said(*contents: str) -> list[Completion]:
    return [Completion(content=content) for content in contents]


def test_after_the_same_issue_twice_the_temperature_falls() -> None:
    asks, result = drive(invoices(temperature=0.7), *said(BAD, STILL, GOOD))
    assert [ask.request.temperature for ask in asks] == [0.7, 0.7, 0.0]
    assert result.value == Invoice(number="17", total=42.5)


def test_then_the_model_that_was_named_is_asked() -> None:
    asks, result = drive(
        invoices(temperature=0.7, escalate="large", max_attempts=5), *said(BAD, STILL, BAD, STILL, GOOD)
    )
    assert [(ask.request.model, ask.request.temperature) for ask in asks] == [
        ("m", 0.7),
        ("m", 0.7),
        ("m", 0.0),
        ("large", 0.0),
        ("large", 0.0),
    ]
    assert [call.model for call in result.ledger.calls] == ["m", "m", "m", "large", "large"]


def test_with_no_other_way_the_larger_model_is_asked_at_once() -> None:
    asks, _ = drive(invoices(escalate="large"), *said(BAD, STILL, GOOD))
    assert [ask.request.model for ask in asks] == ["m", "m", "large"]


def test_other_issues_each_time_change_nothing() -> None:
    asks, _ = drive(invoices(escalate="large", temperature=0.7), *said(BAD, '{"p0":"many"}', '{"p0":42.5}'))
    assert [(ask.request.model, ask.request.temperature) for ask in asks] == [("m", 0.7)] * 3


@pytest.mark.parametrize("ignoring", ["I think it is 42.", '{"invoice_no":"17","sum":42.5}', '{"invoice":{"no":1}}'])
def test_an_answer_that_shows_that_the_schema_is_ignored_has_it_told_in_words(ignoring: str) -> None:
    asks, result = drive(invoices(), *said(ignoring, GOOD))
    assert "JSON Schema" not in str(asks[0].request.messages[0]["content"])
    assert "Answer with one JSON object that fits this JSON Schema" in str(asks[1].request.messages[0]["content"])
    assert asks[1].request.messages[2] == {"role": "assistant", "content": ignoring}
    assert [(call.purpose, call.mode) for call in result.ledger.calls] == [
        ("extract", "json_schema"),
        ("re-ask", "json_object"),
    ]


@pytest.mark.parametrize("seen", ['{"number":"17","sum":42.5}', "{}", '{"num', ""])
def test_an_answer_that_shows_nothing_of_the_kind_stays_in_its_mode(seen: str) -> None:
    asks, _ = drive(invoices(), *said(seen, GOOD))
    assert {ask.request.response_format["type"] for ask in asks} == {"json_schema"}


def test_prose_in_that_mode_too_goes_on_to_the_next() -> None:
    asks, _ = drive(invoices(), *said("It is 42.", "Surely 42."))
    assert [ask.request.response_format and ask.request.response_format["type"] for ask in asks] == [
        "json_schema",
        "json_object",
        None,
    ]


def test_a_mode_that_was_named_stays_whatever_comes() -> None:
    asks, _ = drive(invoices(mode="json_schema"), *said("It is 42.", "Surely 42.", GOOD))
    assert len({str(ask.request.response_format) for ask in asks}) == 1


def test_the_other_mode_may_be_refused_as_well() -> None:
    outcomes = [*said("It is 42."), refused("response_format json_object is unknown"), *said(GOOD)]
    asks, result = drive(invoices(), *outcomes)
    assert asks[-1].request.tools is not None
    assert result.value == Invoice(number="17", total=42.5)


def test_an_answer_that_gets_on_piece_by_piece_is_no_repetition() -> None:
    flow = extraction(Schema.of(list[int]), Document.of(TEXT), Settings.of("m", {"escalate": "large", "max_tokens": 9}))
    pieces = [Completion(content=text, finish_reason="length") for text in ('{"value":[1,2,', '{"p0":[3,4,')]
    asks, result = drive(flow, *pieces, *said('{"p0":[5]}'))
    assert [ask.request.model for ask in asks] == ["m", "m", "m"]
    assert result.value == [1, 2, 3, 4, 5]


def test_escalate_is_the_name_of_a_model() -> None:
    with pytest.raises(TypeError, match="escalate is the name of a model, not 3"):
        invoices(escalate=3)


def test_at_temperature_0_the_same_words_are_not_sent_again() -> None:
    bad = '{"number":"17","total":-1,"more":[1]}'
    asks, error = drive(invoices(temperature=0.0, max_attempts=9, style="completion"), *said(bad, bad, bad))
    assert len(asks) == 2
    assert isinstance(error, InvalidOutputError)
    assert len(error.attempts) == 2
    asks, _ = drive(invoices(temperature=0.1, max_attempts=9, style="completion"), *said(bad, bad, bad, bad))
    assert [ask.request.temperature for ask in asks] == [0.1, 0.1, 0.0]

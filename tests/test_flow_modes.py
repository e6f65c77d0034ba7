"""Wire modes: each one's request, the way down on an endpoint's refusal, and what is remembered of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from extractor import Extractor, ModelStatusError
from extractor.chat import AnswerMessage, Choice, Completion, FunctionCall, ToolCall
from extractor.document import Document
from extractor.flow import Flow, extraction, modes
from extractor.options import Mode, Options, Settings
from extractor.result import Result
from extractor.schema import Schema
from extractor.testing import FakeModel, Reply

from .test_flow import drive


class Invoice(BaseModel):
    number: str
    total: float


TEXT = "Invoice 17. Total 42.50"
GOOD = '{"number":"17","total":42.5}'
STRICT = Schema.of(Invoice).strict
IN_WORDS = f"Answer with one JSON object that fits this JSON Schema:\n{json.dumps(STRICT, separators=(',', ':'))}"
ORDER: tuple[Mode, ...] = ("json_schema", "loose", "json_object", "tool", "words")
REFUSALS = {
    "json_schema": "Unsupported parameter: response_format.json_schema",
    "loose": "json_schema is not available for this model",
    "json_object": "'response_format' of type json_object is unknown",
    "tool": "This model does not support tools",
}


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    modes.forget()
    yield
    modes.forget()


def invoices(**options: Any) -> Flow[Result[Invoice]]:
    return extraction(Schema.of(Invoice), Document.of(TEXT), Settings.of("m", Options(**options)))


def refused(said: str, status: int = 400) -> ModelStatusError:
    return ModelStatusError(f"{status}: {said}", status_code=status, body=json.dumps({"error": {"message": said}}))


def called(name: str, arguments: str, content: str | None = None) -> Completion:
    call = ToolCall(id="1", type="function", function=FunctionCall(name=name, arguments=arguments))
    message = AnswerMessage(content=content, tool_calls=(call,))
    return Completion(choices=[Choice(message=message, finish_reason="tool_calls")])


WIRE: dict[str, tuple[object, object, object, bool]] = {
    "json_schema": (
        {"type": "json_schema", "json_schema": {"name": "Invoice", "schema": STRICT, "strict": True}},
        None,
        None,
        False,
    ),
    "loose": ({"type": "json_schema", "json_schema": {"name": "Invoice", "schema": STRICT}}, None, None, False),
    "json_object": ({"type": "json_object"}, None, None, True),
    "tool": (
        None,
        (
            {
                "type": "function",
                "function": {"name": "Invoice", "description": "Gives the answer.", "parameters": STRICT},
            },
        ),
        {"type": "function", "function": {"name": "Invoice"}},
        False,
    ),
    "words": (None, None, None, True),
}


@pytest.mark.parametrize("mode", ORDER)
def test_each_mode_can_be_named(mode: Mode) -> None:
    (ask,), result = drive(invoices(mode=mode), Completion(content=GOOD))
    request = ask.request
    told = IN_WORDS in str(request.messages[0]["content"])
    assert (request.response_format, request.tools, request.tool_choice, told) == WIRE[mode]
    assert result.value == Invoice(number="17", total=42.5)
    assert [call.mode for call in result.ledger.calls] == [mode]


def test_a_mode_that_is_none_is_told() -> None:
    with pytest.raises(
        ValueError, match="mode is one of auto, json_schema, loose, json_object, tool, words, not 'xml'"
    ):
        invoices(mode="xml")


@pytest.mark.parametrize("steps", range(5))
def test_auto_steps_down_on_each_refusal_and_the_ledger_shows_it(steps: int) -> None:
    asks, result = drive(
        invoices(max_attempts=1), *(refused(REFUSALS[mode]) for mode in ORDER[:steps]), Completion(content=GOOD)
    )
    assert result.value == Invoice(number="17", total=42.5)
    assert [call.mode for call in result.ledger.calls] == list(ORDER[: steps + 1])
    assert [call.error for call in result.ledger.calls] == ["ModelStatusError"] * steps + [None]
    assert len(result.attempts) == 1
    assert asks[-1].request == drive(invoices(mode=ORDER[steps]))[0][0].request


@pytest.mark.parametrize(
    "failure",
    [
        refused("max_completion_tokens is too large"),
        refused("This model's maximum context length is 8192 tokens; you sent 9000, 120 of them for the json_schema"),
        refused("response_format is not supported", status=500),
        refused("response_format is not supported", status=429),
        refused("Unknown model"),
    ],
    ids=str,
)
def test_other_failures_are_told_at_once(failure: ModelStatusError) -> None:
    asks, error = drive(invoices(), failure)
    assert len(asks) == 1
    assert error is failure


def test_a_mode_that_was_named_is_kept() -> None:
    failure = refused(REFUSALS["json_schema"])
    asks, error = drive(invoices(mode="json_schema"), failure)
    assert len(asks) == 1
    assert error is failure


def test_a_refusal_of_words_alone_is_told() -> None:
    failures = [refused(f"{said}: schema") for said in (*REFUSALS.values(), "schema")]
    asks, error = drive(invoices(), *failures)
    assert len(asks) == 5
    assert error is failures[-1]
    assert [call.error for call in error.ledger.calls] == ["ModelStatusError"] * 5


@pytest.mark.parametrize("mode", ORDER)
def test_a_patch_goes_in_the_same_mode(mode: Mode) -> None:
    bad = '{"number":"17","total":"many"}'
    (_, patch), result = drive(invoices(mode=mode), Completion(content=bad), Completion(content='{"p0":42.5}'))
    content = str(patch.request.messages[-1]["content"])
    assert ('"p0":' in content) == (mode in ("json_object", "words"))
    assert (patch.request.tools is not None) == (mode == "tool")
    assert result.value == Invoice(number="17", total=42.5)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch"]


def test_an_answer_in_a_tool_call_is_read_in_any_mode() -> None:
    for mode in ORDER:
        _, result = drive(invoices(mode=mode), called("Invoice", GOOD))
        assert result.value == Invoice(number="17", total=42.5)


def test_prose_beside_the_call_that_was_asked_for_is_left_aside() -> None:
    _, result = drive(invoices(mode="tool"), called("Invoice", GOOD, content="I shall call the tool."))
    assert result.value == Invoice(number="17", total=42.5)


def test_a_call_of_another_tool_does_not_hide_the_answer() -> None:
    _, result = drive(invoices(), called("search", '{"number":"0","total":0}', content=GOOD))
    assert result.value == Invoice(number="17", total=42.5)


def over(model: FakeModel, name: str = "m", base_url: str = "https://models.example.com/v1") -> Extractor:
    return Extractor(name, base_url=base_url, transport=model)


def rejecting(request: Any) -> Any:
    """An endpoint that takes no json_schema."""
    if request.response_format and request.response_format["type"] == "json_schema":
        return Reply(400, {}, {"error": {"message": REFUSALS["json_schema"]}})
    return GOOD


def test_what_worked_is_remembered_for_the_endpoint_and_the_model_alone() -> None:
    model = FakeModel(rejecting, repeat=True)
    assert len(over(model).extract(Invoice, TEXT).ledger.calls) == 3
    assert len(over(model).extract(Invoice, TEXT).ledger.calls) == 1
    assert len(over(model).extract(dict[str, int] | Invoice, TEXT).ledger.calls) == 1
    assert len(over(model, name="other").extract(Invoice, TEXT).ledger.calls) == 3
    assert len(over(model, base_url="https://others.example.com/v1").extract(Invoice, TEXT).ledger.calls) == 3


@pytest.mark.parametrize(
    "said",
    [
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        "response_format json_schema is not supported",
        "Invalid value: 'json_schema'. Supported values are: 'text' and 'json_object'.",
    ],
)
def test_the_usual_words_for_a_mode_that_is_not_taken_are_remembered(said: str) -> None:
    refusal = Reply(400, {}, {"error": {"message": said}})
    model = FakeModel(refusal, refusal, GOOD, GOOD)
    over(model).extract(Invoice, TEXT)
    assert [call.mode for call in over(model).extract(Invoice, TEXT).ledger.calls] == ["json_object"]


@pytest.mark.parametrize(
    "said",
    [
        "Invalid schema for response_format 'Invoice': In context=('properties', 'a'), 'x' is not permitted.",
        "The json_schema is too deep",
        "response_format: llguidance refuses it: unknown keyword",
        "response_format.schema has the keyword pattern, which is not taken",
    ],
)
def test_a_refusal_of_one_schema_is_not_remembered(said: str) -> None:
    too_deep = Reply(400, {}, {"error": {"message": said}})
    model = FakeModel(too_deep, GOOD, GOOD)
    assert [call.mode for call in over(model).extract(Invoice, TEXT).ledger.calls] == ["json_schema", "loose"]
    assert [call.mode for call in over(model).extract(Invoice, TEXT).ledger.calls] == ["json_schema"]

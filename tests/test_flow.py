"""The loop, driven by hand."""

from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field, field_validator

from extractor import prompt
from extractor.chat import Completion, Took, Usage
from extractor.document import Document, Image
from extractor.errors import (
    ExtractorError,
    InvalidOutputError,
    ModelStatusError,
    ModelUnreachableError,
    RefusalError,
    TruncatedError,
)
from extractor.flow import Ask, Flow, Outcome, extraction
from extractor.issues import Issue
from extractor.options import Options, Settings
from extractor.result import Attempt, Call, Ledger, Result
from extractor.schema import Schema

from .contract.check import check_request
from .document.pictures import png


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)


TEXT = "Invoice 17. Total 42.50"
GOOD = '{"number":"17","total":42.5}'


def drive(flow: Flow[Any], *outcomes: Outcome) -> tuple[list[Ask], Any]:
    """All asks, and the result, or the error that was raised."""
    asks = list(next(flow))
    check_request(asks[0].request.to_json())
    for outcome in outcomes:
        try:
            asks.extend(flow.send((outcome,)))
            check_request(asks[-1].request.to_json())
        except StopIteration as end:
            return asks, end.value
        except ExtractorError as error:
            return asks, error
    return asks, None


def invoices(**options: Any) -> Flow[Result[Invoice]]:
    return extraction(Schema.of(Invoice), Document.of(TEXT), Settings.of("m", Options(**options)))


def test_a_valid_answer_ends_the_loop() -> None:
    completion = Completion(
        content=GOOD,
        model="m-2031",
        usage=Usage(prompt_tokens=40, completion_tokens=12, total_tokens=52),
        took=Took(1.5, tries=2, waited=0.5),
    )
    (ask,), result = drive(invoices(), completion)
    assert result.value == Invoice(number="17", total=42.5)
    assert result.attempts == (Attempt(ask.request, completion),)
    assert result.ledger == Ledger(
        (Call("extract", "m-2031", completion.usage, None, None, Took(1.5, tries=2, waited=0.5), mode="json_schema"),)
    )
    assert (result.ledger.total_tokens, result.ledger.retries, result.ledger.seconds) == (52, 1, 1.5)
    assert (result.ledger.usd, result.ledger.cached_tokens) == (None, None)
    assert result.data == {"number": "17", "total": 42.5}


def test_the_first_request_is_the_task_the_schema_and_the_document() -> None:
    (ask,), _ = drive(invoices(instructions="Swiss notation.", temperature=0.5, extra_body={"top_k": 3}))
    assert ask.request.messages == (
        {"role": "system", "content": prompt.task("Swiss notation.")},
        {"role": "user", "content": TEXT},
    )
    assert "Swiss notation." in prompt.task("Swiss notation.")
    assert ask.request.response_format == {
        "type": "json_schema",
        "json_schema": {"name": "Invoice", "strict": True, "schema": Schema.of(Invoice).strict},
    }
    assert (ask.request.model, ask.request.temperature, ask.request.extra_body) == ("m", 0.5, {"top_k": 3})


def test_an_answer_wrong_in_all_is_asked_again_as_a_whole_and_without_a_growing_history() -> None:
    bad, worse = '{"number":null,"total":-1}', '{"number":null,"total":-2}'
    asks, result = drive(invoices(), Completion(content=bad), Completion(content=worse), Completion(content=GOOD))
    opening = asks[0].request
    assert [ask.request for ask in asks[1:]] == [
        replace(opening, messages=prompt.again(opening.messages, answer, issues))
        for answer, issues in ((bad, result.attempts[0].issues), (worse, result.attempts[1].issues))
    ]
    first = asks[1].request.messages[-1]["content"]
    assert asks[1].request.messages[-2] == {"role": "assistant", "content": bad}
    assert isinstance(first, str)
    assert "- $.total: Input should be greater than or equal to 0" in first
    assert {issue.path for issue in result.attempts[1].issues} == {"$.number", "$.total"}
    assert result.value == Invoice(number="17", total=42.5)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "re-ask", "re-ask"]


def test_what_stays_wrong_is_told_with_everything_that_came() -> None:
    bad = Completion(
        content='{"number":"17","total":-1}', usage=Usage(prompt_tokens=1, completion_tokens=2, total_tokens=3)
    )
    _, error = drive(invoices(max_attempts=2), bad, bad)
    assert isinstance(error, InvalidOutputError)
    assert [issue.path for issue in error.issues] == ["$.total"]
    assert error.best == {"number": "17", "total": -1}
    assert len(error.attempts) == 2
    assert error.ledger is not None
    assert error.ledger.total_tokens == 6
    assert str(error).startswith("The answer is still invalid after 2 attempts: $.total: ")


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_an_empty_answer_is_asked_again_and_named(content: str | None) -> None:
    asks, error = drive(invoices(max_attempts=2), Completion(content=content), Completion(content=content))
    (task, document), again = asks[0].request.messages, asks[1].request.messages
    assert (len(again), again[0]) == (2, task)
    assert str(again[1]["content"]).startswith(f"{document['content']}\n\nThis answer is not accepted:")
    assert error.issues == (Issue("$", "The answer is empty; a JSON object is wanted", kind="empty"),)


def test_a_refusal_is_told_at_once() -> None:
    asks, error = drive(invoices(), Completion(refusal="I will not."))
    assert len(asks) == 1
    assert isinstance(error, RefusalError)
    assert (str(error), error.refusal) == ("The model refused: I will not.", "I will not.")
    assert [issue.kind for issue in error.attempts[0].issues] == ["refusal"]


def test_a_content_filter_is_told_at_once_even_beside_valid_json() -> None:
    asks, error = drive(invoices(), Completion(content=GOOD, finish_reason="content_filter"))
    assert len(asks) == 1
    assert isinstance(error, RefusalError)
    assert error.refusal is None


def test_a_cut_answer_is_told_and_what_was_whole_is_kept() -> None:
    cut = Completion(content='{"number":"17","total":4', finish_reason="length")
    asks, error = drive(invoices(max_attempts=1), cut)
    assert len(asks) == 1
    assert isinstance(error, TruncatedError)
    assert error.best == {"number": "17"}
    assert "max_completion_tokens=" in str(error)


def test_an_answer_that_was_whole_when_the_limit_came_is_taken() -> None:
    _, result = drive(invoices(), Completion(content=GOOD, finish_reason="length"))
    assert result.value == Invoice(number="17", total=42.5)


def test_a_failed_call_carries_the_bill_of_those_before_it() -> None:
    first = Completion(content="{}", usage=Usage(prompt_tokens=5, completion_tokens=1, total_tokens=6))
    failure = ModelStatusError("429", status_code=429, took=Took(0.25, tries=4, waited=0.2))
    _, error = drive(invoices(), first, failure)
    assert error is failure
    assert error.ledger == Ledger(
        (
            Call("extract", "m", first.usage, mode="json_schema"),
            Call("re-ask", "m", took=failure.took, error="ModelStatusError", mode="json_schema"),
        )
    )
    assert error.ledger.total_tokens == 6
    assert len(error.attempts) == 1
    assert error.best == {}


def test_tokens_of_a_call_that_broke_off_are_unknown_and_never_nought() -> None:
    _, error = drive(invoices(), ModelUnreachableError("gone"))
    assert (error.ledger.total_tokens, error.ledger.usd, error.ledger.seconds) == (None, None, None)


def test_a_root_that_is_no_object_is_boxed_and_unboxed() -> None:
    flow = extraction(Schema.of(list[int]), Document.of("1 2"), Settings())
    (ask,), result = drive(flow, Completion(content='{"value":[1,2]}'))
    assert result.value == [1, 2]
    assert ask.request.response_format["json_schema"]["schema"]["required"] == ["value"]


def test_a_fix_is_told_on_the_attempt() -> None:
    _, result = drive(invoices(), Completion(content=f"Here you are:\n```json\n{GOOD}\n```"))
    assert result.value == Invoice(number="17", total=42.5)
    assert result.attempts[0].issues == ()
    assert result.fixes != ()


def test_repair_strict_mends_nothing() -> None:
    asks, _ = drive(invoices(repair="strict"), Completion(content=f"```json\n{GOOD}\n```"))
    assert len(asks) == 2


def test_images_go_as_parts_after_the_text_of_their_page() -> None:
    url = f"data:image/png;base64,{b64encode(png()).decode()}"
    flow = extraction(Schema.of(Invoice), Document.of(["front", Image(png(), detail="low")]), Settings())
    (ask,), _ = drive(flow)
    assert ask.request.messages[1]["content"] == [
        {"type": "text", "text": "[page 1]\nfront"},
        {"type": "text", "text": "[page 2]"},
        {"type": "image_url", "image_url": {"url": url, "detail": "low"}},
    ]


def test_pages_are_told_apart() -> None:
    flow = extraction(Schema.of(Invoice), Document.of(["one", "two"]), Settings())
    (ask,), _ = drive(flow)
    assert ask.request.messages[1]["content"] == "[page 1]\none\n\n[page 2]\ntwo"


def test_a_base_model_gets_a_text_to_go_on_with() -> None:
    flow = invoices(style="completion", instructions="A Swiss invoice.")
    (ask,), _ = drive(flow)
    content = f"A Swiss invoice.\n\nFields: number, total\n\nDocument:\n{TEXT}\n\nJSON:\n"
    assert ask.request.messages == ({"role": "user", "content": content},)


def test_engines_that_do_not_show_the_schema_have_it_in_words() -> None:
    flow = extraction(Schema.of(Invoice), Document.of(TEXT), Settings.of("m", {"dialect": "llguidance"}))
    (ask,), _ = drive(flow)
    assert '{"type":"object","properties":{"number"' in str(ask.request.messages[0]["content"])


def test_a_key_that_is_given_twice_is_told() -> None:
    flow = extraction(Schema.of(dict[str, int]), Document.of("a is 1, no, 2"), Settings())
    _, result = drive(flow, Completion(content='{"value":[{"key":"a","value":1},{"key":"a","value":2}]}'))
    assert (result.value, [(fix.path, fix.name) for fix in result.fixes]) == ({"a": 2}, [("$.a", "duplicate")])


@pytest.mark.parametrize("kind", [float, int, dict[str, float], list[int]])
def test_true_is_no_number(kind: Any) -> None:
    answers = {float: '{"value":true}', int: '{"value":true}', list[int]: '{"value":[true]}'}
    content = answers.get(kind, '{"value":[{"key":"a","value":true}]}')
    flow = extraction(Schema.of(kind), Document.of("x"), Settings(max_attempts=1))
    _, error = drive(flow, Completion(content=content))
    assert isinstance(error, InvalidOutputError)


class Prices(BaseModel):
    total: float | None = None
    prices: list[float] = []


DOUBTS = '{"total":"1.234","prices":[1,"2.345",3,true,5]}'


def test_what_has_two_readings_is_no_value_even_where_validation_would_take_one() -> None:
    flow = extraction(Schema.of(Prices), Document.of("x"), Settings(max_attempts=1))
    _, error = drive(flow, Completion(content=DOUBTS))
    assert isinstance(error, InvalidOutputError)
    assert {issue.path for issue in error.issues} == {"$.total", "$.prices[1]", "$.prices[3]"}


def test_what_has_two_readings_leaves_the_best_value() -> None:
    flow = extraction(Schema.of(Prices), Document.of("x"), Settings(max_attempts=1, on_invalid="best"))
    _, result = drive(flow, Completion(content=DOUBTS))
    assert result.value == Prices(total=None, prices=[1, 3, 5])
    assert {issue.path for issue in result.issues} == {"$.total", "$.prices[1]", "$.prices[3]"}


class Broken(BaseModel):
    number: str

    @field_validator("number")
    @classmethod
    def look_up(cls, number: str) -> str:
        return {"18": "x"}[number]


def test_an_exception_of_the_types_own_code_goes_on_with_the_bill_noted() -> None:
    flow = extraction(Schema.of(Broken), Document.of("x"), Settings())
    next(flow)
    usage = Usage(prompt_tokens=5, completion_tokens=2, total_tokens=7)
    with pytest.raises(KeyError) as caught:
        flow.send((Completion(content='{"number":"17"}', usage=usage),))
    (note,) = caught.value.__notes__
    assert note == """While the type read an answer (1 call, 5 + 2 tokens): '{"number":"17"}'"""


def test_a_stop_of_a_validator_is_told_as_that_and_ends_no_flow() -> None:
    class Nothing(BaseModel):
        number: str

        @field_validator("number")
        @classmethod
        def look_up(cls, number: str) -> str:
            return next(each for each in () if each == number)

    flow = extraction(Schema.of(Nothing), Document.of("x"), Settings())
    next(flow)
    with pytest.raises(RuntimeError, match="A validator raised StopIteration") as caught:
        flow.send((Completion(content='{"number":"17"}'),))
    assert "While the type read an answer" in caught.value.__notes__[0]

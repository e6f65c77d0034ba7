"""Votes: several choices in one request, or side by side; only what is disputed is asked for again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel, Field, model_validator

from extractor import AsyncExtractor, Extractor
from extractor.chat import AnswerMessage, ChatRequest, Choice, Completion, Took, Usage
from extractor.document import Document
from extractor.errors import InvalidOutputError, ModelStatusError, ModelUnreachableError, RefusalError
from extractor.flow import Ask, Flow, extraction, votes
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema
from extractor.testing import FakeModel, Reply

from .contract.check import check_request
from .endpoint import endpoint
from .test_flow import drive

URL = "https://models.example.com/v1"
TEXT = "Order 17: nails 3, boards 4"


class Line(BaseModel):
    text: str
    amount: float = Field(ge=0)


class Order(BaseModel):
    number: str
    lines: list[Line]


SOUND: dict[str, Any] = {
    "number": "17",
    "lines": [{"text": "nails", "amount": 3}, {"text": "boards", "amount": 4}],
}


def order(**changes: Any) -> dict[str, Any]:
    """The sound order with ``number``, or ``amount`` of its second line, changed."""
    amount = changes.pop("amount", 4)
    return {**SOUND, "lines": [SOUND["lines"][0], {"text": "boards", "amount": amount}], **changes}


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    votes.forget()
    yield
    votes.forget()


def orders(**options: Any) -> Flow[Result[Order]]:
    settings = Settings.of("m", Options(**{"n": 3, **options}))
    return extraction(Schema.of(Order), Document.of(TEXT), settings)


def choices(*contents: object, tokens: int = 5) -> Completion:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in contents]
    usage = Usage(prompt_tokens=40, completion_tokens=tokens * len(texts), total_tokens=40 + tokens * len(texts))
    made = [
        Choice(index=at, message=AnswerMessage(content=text), finish_reason="stop") for at, text in enumerate(texts)
    ]
    return Completion(choices=made, usage=usage)


def test_the_choices_of_one_request_are_voted_on() -> None:
    (ask,), result = drive(orders(), choices(order(amount=9), SOUND, order(number="71")))
    assert ask.request.n == 3
    assert result.value == Order(**SOUND)
    assert result.agreement == {
        "$.number": 0.6667,
        "$.lines[0].text": 1.0,
        "$.lines[0].amount": 1.0,
        "$.lines[1].text": 1.0,
        "$.lines[1].amount": 0.6667,
    }
    assert (len(result.attempts), len(result.ledger.calls), result.ledger.total_tokens) == (1, 1, 55)


def test_broken_choices_have_no_vote() -> None:
    cut = '{"number":"71","lines":[{"text":"na'
    _, result = drive(orders(n=5), choices("no idea", order(amount=-1), cut, SOUND, f"```json\n{json.dumps(SOUND)}```"))
    assert result.value == Order(**SOUND)
    assert set(result.agreement.values()) == {1.0}
    assert [fix.name for fix in result.fixes] == ["fence"]


def test_only_what_is_disputed_is_asked_for_again() -> None:
    asks, result = drive(orders(n=4), choices(SOUND, order(amount=9), SOUND, order(amount=9)), choices({"p0": 4}))
    assert asks[1].request.n is None
    assert asks[1].request.messages[-1]["content"] == (
        f"{TEXT}\n\n"
        "An answer to this is accepted but for these parts:\n"
        "- p0 stands for $.lines[1].amount: 4 answers do not agree here: 4 (2 of 4); 9 (2 of 4). Now it says 4."
        ' Beside it stands {"text":"boards"}.\n'
        "Answer with these parts alone, corrected by what the document says."
    )
    assert result.value == Order(**SOUND)
    assert result.agreement["$.lines[1].amount"] == 0.5
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch"]


def test_the_patch_may_decide_for_the_fewer() -> None:
    _, result = drive(orders(n=2), choices(SOUND, order(amount=9)), choices({"p0": 11}))
    assert result.value == Order(**order(amount=11))
    assert result.agreement["$.lines[1].amount"] == 0.0


def test_a_patch_that_leaves_a_dispute_open_settles_nothing() -> None:
    answers = (choices(SOUND, order(amount=9)), choices({}), choices(order(number="71", amount=4)))
    asks, result = drive(orders(n=2), *answers)
    assert result.value == Order(**SOUND)
    assert [call.purpose for call in result.ledger.calls] == ["extract", "patch", "re-ask"]
    assert json.loads(asks[2].request.messages[-2]["content"]) == order(amount=4)


def test_what_stays_disputed_is_told() -> None:
    _, error = drive(orders(n=2, max_attempts=1), choices(SOUND, order(amount=9)))
    assert isinstance(error, InvalidOutputError)
    assert [(issue.path, issue.kind) for issue in error.issues] == [("$.lines[1].amount", "disputed")]
    assert error.best == SOUND


def test_where_no_choice_is_valid_the_least_wrong_is_mended() -> None:
    worse = {"number": None, "lines": [{"text": "nails", "amount": -3}, {"text": "boards", "amount": 4}]}
    asks, result = drive(orders(n=3), choices("no idea", worse, order(amount=-1)), choices({"p0": 4}))
    assert "p0 stands for $.lines[1].amount" in asks[1].request.messages[-1]["content"]
    assert result.value == Order(**SOUND)
    assert result.agreement == {}


def test_a_refusal_is_told_where_no_choice_is_better() -> None:
    refused = Choice(message=AnswerMessage(refusal="No."), finish_reason="stop")
    _, error = drive(orders(n=2), Completion(choices=[refused, refused]))
    assert isinstance(error, RefusalError)
    _, result = drive(orders(n=2), Completion(choices=[refused, choices(SOUND).choices[0]]))
    assert result.value == Order(**SOUND)


class Sum(BaseModel):
    a: int
    b: int
    total: int

    @model_validator(mode="after")
    def adds_up(self) -> Sum:
        if self.a + self.b != self.total:
            raise ValueError("a and b are not the total")
        return self


def test_parts_that_do_not_go_together_are_never_put_together() -> None:
    flow = extraction(Schema.of(Sum), Document.of("x"), Settings(n=3))
    ballots = ({"a": 1, "b": 2, "total": 3}, {"a": 1, "b": 5, "total": 6}, {"a": 4, "b": 2, "total": 6})
    _, result = drive(flow, choices(*ballots))
    assert result.value == Sum(a=1, b=5, total=6)
    assert result.agreement == {"$.a": 0.6667, "$.b": 0.3333, "$.total": 0.6667}


def answered(flow: Flow[Any], *rounds: Any) -> tuple[list[list[int | None]], Any]:
    """The ``n`` of each request of each round, and the result; each round is given its outcomes."""
    asked, effects = [], next(flow)
    for outcomes in (*rounds, None):
        asked.append([effect.request.n for effect in effects if isinstance(effect, Ask)])
        try:
            effects = flow.send(outcomes)
        except StopIteration as end:
            return asked, end.value
    raise AssertionError(effects)


NO_N = ModelStatusError("400", status_code=400, body='{"error": "n must be 1"}')


@pytest.mark.parametrize(("first", "further"), [(choices(SOUND), 2), (NO_N, 3)])
def test_an_endpoint_that_gives_one_choice_is_asked_side_by_side_which_is_remembered(first: Any, further: int) -> None:
    rounds = ((first,), (choices(SOUND),) * further)
    asked, result = answered(orders(), *rounds)
    assert asked == [[3], [None] * further]
    assert (result.value, len(result.attempts), len(result.attempts[0].completion.choices)) == (Order(**SOUND), 1, 3)
    assert result.ledger.prompt_tokens == 40 * 3
    asked, _ = answered(orders(), (choices(SOUND), choices(order(amount=9)), choices(SOUND)))
    assert asked == [[None] * 3]


def test_an_endpoint_that_gives_some_choices_is_asked_for_the_rest_and_for_all_the_next_time() -> None:
    asked, result = answered(orders(n=5), (choices(SOUND, SOUND, order(amount=9)),), (choices(SOUND), choices(SOUND)))
    assert asked == [[5], [None, None]]
    assert result.agreement["$.lines[1].amount"] == 0.8
    assert answered(orders(n=2), (choices(SOUND, SOUND),))[0] == [[2]]


def test_a_request_that_fails_beside_others_is_a_vote_less() -> None:
    votes_ = (choices(SOUND), ModelUnreachableError("gone"), choices(SOUND))
    _, result = answered(orders(), (NO_N,), votes_)
    assert result.value == Order(**SOUND)
    assert [call.error for call in result.ledger.calls] == ["ModelStatusError", None, "ModelUnreachableError", None]


def test_where_all_fail_the_failure_is_told() -> None:
    flow = orders()
    next(flow)
    flow.send((NO_N,))
    with pytest.raises(ModelUnreachableError) as caught:
        flow.send((ModelUnreachableError("gone"),) * 3)
    assert caught.value.ledger is not None
    assert len(caught.value.ledger.calls) == 4


def test_a_ceiling_is_held_before_the_further_choices() -> None:
    asked, result = answered(orders(max_tokens_total=45), (choices(SOUND),))
    assert asked == [[3]]
    assert result.value == Order(**SOUND)


def test_requests_side_by_side_use_up_the_deadline_once() -> None:
    flow = orders(n=2, deadline=10)
    next(flow)
    flow.send((NO_N,))
    votes_ = [replace(choices(each), took=Took(seconds)) for each, seconds in ((SOUND, 4.0), (order(amount=9), 3.0))]
    (patch,) = flow.send(tuple(votes_))
    assert isinstance(patch, Ask)
    assert patch.seconds == 6.0


def test_a_mode_that_is_refused_is_left_with_all_choices() -> None:
    refused = ModelStatusError("400", status_code=400, body='{"error": "response_format is not supported"}')
    asked, result = answered(orders(), (refused,), (choices(SOUND, SOUND, SOUND),))
    assert asked == [[3], [3]]
    assert result.value == Order(**SOUND)


def ignoring_n(request: ChatRequest) -> Completion:
    return choices(SOUND) if request.n else choices(order(amount=4))


def test_votes_over_the_wire() -> None:
    model = FakeModel(order(amount=9), SOUND, SOUND, Reply(400, {}, "n is not supported"), SOUND, SOUND, SOUND)
    one = Extractor("m", base_url=URL, transport=model, n=3).extract(Order, TEXT)
    two = asyncio.run(AsyncExtractor("m", base_url=URL, transport=model).extract(Order, TEXT, n=3))
    assert (one.value, two.value, model.left) == (Order(**SOUND), Order(**SOUND), 0)
    for request in model.http:
        check_request(request.content)


def test_votes_of_an_endpoint_that_ignores_n() -> None:
    with endpoint(ignoring_n, ignores=["n"]) as base, Extractor("m", base_url=base, api_key="k", n=4) as extractor:
        result = extractor.extract(Order, TEXT)
    assert result.value == Order(**SOUND)
    assert len(result.ledger.calls) == 4

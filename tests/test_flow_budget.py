"""Ceilings of money, tokens and time, and the caller's own prices."""

from __future__ import annotations

import traceback
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, Field

from extractor import BudgetError, Extractor, ModelUnreachableError
from extractor.chat import Completion, Meta, PromptTokens, Spent, Took, Usage
from extractor.document import Document
from extractor.flow import Flow, extraction
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema
from extractor.testing import FakeModel, FakeServer

from .test_flow import drive
from .test_flow_modes import refused


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)


TEXT = "Invoice 17. Total 42.50"
BAD, GOOD, PART = '{"number":"17","total":-1}', '{"number":"17","total":42.5}', '{"p0":42.5}'


def invoices(**options: Any) -> Flow[Result[Invoice]]:
    return extraction(Schema.of(Invoice), Document.of(TEXT), Settings.of("m", Options(**options)))


def spent(content: str, *, usd: float | None = None, seconds: float = 1.0, cached: int | None = None) -> Completion:
    details = None if cached is None else PromptTokens(cached_tokens=cached)
    usage = Usage(prompt_tokens=1000, completion_tokens=100, total_tokens=1100, prompt_tokens_details=details)
    meta = None if usd is None else Meta(usage=Spent(usd_spent=usd))
    return Completion(content=content, usage=usage, meta=meta, took=Took(seconds))


@pytest.mark.parametrize("ceiling", [{"max_tokens_total": 5000}, {"max_usd": 0.5}, {"deadline": 9}])
def test_under_its_ceilings_a_call_goes_on(ceiling: dict[str, Any]) -> None:
    _, result = drive(invoices(**ceiling), spent(BAD, usd=0.1), spent(PART, usd=0.1))
    assert result.value == Invoice(number="17", total=42.5)


@pytest.mark.parametrize(
    ("ceiling", "said"),
    [
        ({"max_tokens_total": 1100}, "1,100 tokens are spent"),
        ({"max_tokens_total": 2000}, "the next prompt has about 1,000: more than max_tokens_total=2000"),
        ({"max_usd": 0.25}, r"\$0.25000 are spent.* more than max_usd=0.25"),
        ({"deadline": 4.0}, "The deadline of 4 s is over"),
    ],
)
def test_what_would_break_a_ceiling_is_not_sent(ceiling: dict[str, Any], said: str) -> None:
    asks, error = drive(invoices(**ceiling), spent(BAD, usd=0.25, seconds=4.0))
    assert len(asks) == 1
    assert isinstance(error, BudgetError)
    assert error.ceiling == next(iter(ceiling))
    assert error.best == {"number": "17", "total": -1}
    assert len(error.attempts) == 1
    assert error.ledger is not None
    assert error.ledger.total_tokens == 1100
    with pytest.raises(BudgetError, match=said):
        raise error


def test_a_valid_answer_is_given_whatever_it_took() -> None:
    _, result = drive(invoices(max_usd=0.01, max_tokens_total=10, deadline=0.5), spent(GOOD, usd=1.0))
    assert result.value == Invoice(number="17", total=42.5)


def test_prices_of_the_caller_make_money_of_tokens() -> None:
    _, result = drive(invoices(prices={"m": (1.0, 10.0)}), spent(GOOD, cached=400))
    assert result.ledger.usd == pytest.approx((1000 * 1 + 100 * 10) / 1e6)
    _, result = drive(invoices(prices={"m": (1.0, 10.0, 0.1)}), spent(GOOD, cached=400))
    assert result.ledger.usd == pytest.approx((600 * 1 + 100 * 10 + 400 * 0.1) / 1e6)


def test_what_the_endpoint_says_counts_before_the_prices() -> None:
    _, result = drive(invoices(prices={"m": (1.0, 10.0)}), spent(GOOD, usd=0.125))
    assert result.ledger.usd == 0.125


def test_the_next_prompt_counts_by_its_price() -> None:
    priced = {"prices": {"m": (1000.0, 0.0)}, "max_usd": 1.9}
    asks, error = drive(invoices(**priced), spent(BAD))
    assert len(asks) == 1
    assert isinstance(error, BudgetError)


@pytest.mark.parametrize("ceiling", ["max_usd", "max_tokens_total"])
def test_a_ceiling_that_cannot_be_held_is_told(ceiling: str) -> None:
    asks, error = drive(invoices(**{ceiling: 1000}), Completion(content=BAD))
    assert len(asks) == 1
    assert isinstance(error, BudgetError)
    assert "is not known" in str(error)


def test_a_refused_mode_costs_nothing_and_stops_nothing() -> None:
    refusal = refused("response_format is not supported")
    _, result = drive(invoices(max_usd=1, max_tokens_total=5000), refusal, spent(GOOD))
    assert result.value == Invoice(number="17", total=42.5)


def test_a_call_that_the_deadline_cut_short_is_told_as_such() -> None:
    failure = ModelUnreachableError("too slow", took=Took(2.0))
    _, error = drive(invoices(deadline=2), failure)
    assert isinstance(error, BudgetError)
    assert error.__cause__ is failure
    assert str(error) == "The deadline of 2 s is over. deadline= gives it longer."
    _, error = drive(invoices(deadline=3), failure)
    assert error is failure


def test_a_deadline_that_is_met_says_nothing_of_the_timeout() -> None:
    with FakeServer(FakeModel(httpx.ReadTimeout("no answer")), stall=30) as server:
        extractor = Extractor("m", base_url=server.base_url)
        with pytest.raises(BudgetError, match="deadline= gives it longer") as over:
            extractor.extract(Invoice, TEXT, deadline=0.2)
        extractor.close()
    assert isinstance(over.value.__cause__, httpx.ReadTimeout)
    assert "timeout=" not in "".join(traceback.format_exception(over.value))


def test_each_request_has_the_time_that_is_left() -> None:
    asks, _ = drive(invoices(deadline=10), spent(BAD, seconds=4.0))
    assert [ask.seconds for ask in asks] == [10, 6]


def test_the_drivers_bound_each_request_by_the_deadline() -> None:
    limits: list[dict[str, float]] = []

    class Watched(FakeModel):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            limits.append(request.extensions["timeout"])
            return super().handle_request(request)

    extractor = Extractor("m", base_url="https://models.example.com/v1", transport=Watched(GOOD, GOOD))
    extractor.extract(Invoice, TEXT, deadline=2.0)
    extractor.extract(Invoice, TEXT, deadline=2.0, timeout=None)
    assert [limit["whole"] for limit in limits] == [2.0, 2.0]
    assert [limit["connect"] for limit in limits] == [2.0, 2.0]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"max_usd": 0}, ValueError),
        ({"deadline": "soon"}, TypeError),
        ({"max_tokens_total": True}, TypeError),
        ({"prices": {"m": (1.0,)}}, ValueError),
        ({"prices": {"m": (1.0, -1.0)}}, ValueError),
    ],
)
def test_ceilings_that_are_none_are_refused(options: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind, match=next(iter(options))):
        Settings.of("m", Options(**options))

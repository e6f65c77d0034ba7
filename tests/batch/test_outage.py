"""An endpoint that does nothing but fail: what a batch waits for is told, and no document waits without an end."""

from __future__ import annotations

import re
from itertools import count

import pytest

from extractor import BudgetError, Extractor, ModelCallError, ModelStatusError
from extractor.batch import Progress
from extractor.chat import ChatRequest
from extractor.testing import FakeModel, Reply, Script
from extractor.transports import RetryTransport

from ..ledgers import Clerk, Ledger, ledger, rows

DOCUMENT = ledger(rows(400))
WAITS = re.compile(r"waiting for the endpoint: HTTP 503 since \d\d:\d\d:\d\d$")


class Failing:
    """A model that answers three requests, and then 503 for as long as it is ``down``."""

    def __init__(self) -> None:
        self.clerk, self.number, self.down = Clerk(), count(), True

    def __call__(self, request: ChatRequest) -> Script:
        return Reply(503, body="overloaded") if self.down and next(self.number) >= 3 else self.clerk(request)

    @property
    def extractor(self) -> Extractor:
        transport = RetryTransport(FakeModel(self, repeat=True), tries=9)
        return Extractor("m", base_url="http://models.example.com/v1", transport=transport, window_tokens=3000)


def test_a_document_ends_when_its_time_is_over_with_what_was_spent(caplog: pytest.LogCaptureFixture) -> None:
    model, told = Failing(), list[Progress]()
    (item,) = model.extractor.batch(Ledger, [DOCUMENT], concurrency=32, timeout=2.0, progress=told.append)
    assert isinstance(item.error, ModelCallError)
    assert Ledger.model_validate(item.error.best).rows == rows(400)[: len(item.error.best["rows"])]  # type: ignore[index]
    calls = item.ledger.calls
    assert len(calls) == 6
    assert [call.usage is not None for call in calls].count(True) == len(model.clerk.seen) == 3
    assert {call.charged for call in calls if call.error == "ModelUnreachableError"} == {False}
    assert any(WAITS.search(str(each)) for each in told)
    assert told[-1].done == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert re.search(r"The endpoint fails \(HTTP 503 since \d\d:\d\d:\d\d\)", caplog.text)


def test_a_deadline_counts_what_was_waited() -> None:
    (item,) = Failing().extractor.batch(Ledger, [DOCUMENT], concurrency=32, deadline=1.0)
    assert isinstance(item.error, BudgetError | ModelCallError)
    assert [call.charged for call in item.ledger.calls].count(True) == 3


def test_an_answer_that_refuses_is_no_outage() -> None:
    refusing = list[bool]()

    def answer(request: ChatRequest) -> Script:
        return Reply(422, body="too long") if refusing else model(request)

    def tell(progress: Progress) -> None:
        refusing.extend([True] * (progress.outage is not None))

    model = Failing()
    transport = RetryTransport(FakeModel(answer, repeat=True), tries=9)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=transport, window_tokens=3000)
    batch = extractor.batch(Ledger, [DOCUMENT], concurrency=32, progress=tell)
    (item,) = batch
    assert isinstance(item.error, ModelStatusError)
    assert (item.error.status_code, batch.progress.outage) == (422, None)


def test_what_is_waited_for_is_told_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    model = Failing()

    def tell(progress: Progress) -> None:
        model.down = model.down and progress.outage is None

    batch = model.extractor.batch(Ledger, [DOCUMENT], concurrency=32, progress=tell)
    (item,) = batch
    assert item.value.rows == rows(400)
    assert batch.progress.outage is None
    assert [record.message.partition(",")[0].partition(" (")[0] for record in caplog.records] == [
        "The endpoint fails",
        "The endpoint answers again",
    ]

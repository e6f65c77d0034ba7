"""Long documents, as a user reads them: all rows, none twice, in order; and what is missing is named."""

from __future__ import annotations

import re
from typing import Annotated, cast

import pytest
from pydantic import BaseModel

from extractor import Extractor, Verify
from extractor.chat import ChatRequest
from extractor.errors import ModelStatusError
from extractor.testing import FakeModel, Script

from .ledgers import Clerk, Ledger, Row, ledger, rows


class Person(BaseModel):
    id: int
    name: str


def read(clerk: Clerk) -> tuple[Extractor, FakeModel]:
    model = FakeModel(clerk, repeat=True)
    return Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=3000), model


def test_the_fake_reads_what_is_printed() -> None:
    wanted = rows(5)
    clerk = Clerk()
    extractor, model = read(clerk)
    result = extractor.extract(Ledger, ledger(wanted, wrap=2, subtotals=3))
    assert result.value == Ledger(account="0049-1122", rows=wanted)
    assert (len(model.requests), result.coverage) == (1, None)


@pytest.mark.parametrize("most", [10_000, 25])
@pytest.mark.parametrize(
    "shape", [{}, {"alike": 7}, {"alike": 400}, {"wrap": 3}, {"subtotals": 5}, {"alike": 3, "wrap": 2, "subtotals": 4}]
)
def test_every_row_once_and_in_order(most: int, shape: dict[str, int]) -> None:
    wanted = rows(400, alike=shape.get("alike", 0))
    document = ledger(wanted, wrap=shape.get("wrap", 0), subtotals=shape.get("subtotals", 0))
    extractor, model = read(Clerk(most))
    result = extractor.extract(Ledger, document)
    assert result.value.rows == wanted
    assert result.value.account == "0049-1122"
    assert result.coverage is not None
    assert result.coverage.complete
    assert len(result.ledger.calls) == len(model.requests) > 4


def test_what_was_not_read_is_named_exactly() -> None:
    wanted = rows(400)
    lost = wanted[200]
    clerk = Clerk(fails=lambda part: lost.text in part)
    extractor, _ = read(clerk)
    document = ledger(wanted)
    result = extractor.extract(Ledger, document)
    assert result.coverage is not None
    unread = "\n".join(
        document.pages[stretch.page - 1].text[stretch.start : stretch.end] for stretch in result.coverage.unread
    )
    assert {row.text for row in wanted} - {row.text for row in result.value.rows} == {
        row.text for row in wanted if row.text in unread
    }
    assert lost.text in unread
    assert [issue.kind for issue in result.issues] == ["unread"]
    (failed,) = [window for window in result.coverage.windows if window.error]
    assert failed.pages == result.coverage.skipped_pages
    assert "500" in str(failed.error)


def test_too_much_unread_is_an_error_that_carries_the_rest() -> None:
    wanted = rows(100)
    extractor, model = read(Clerk(fails=lambda part: wanted[50].text in part))
    with pytest.raises(ModelStatusError) as caught:
        extractor.extract(Ledger, ledger(wanted), max_unread=0.0)
    assert caught.value.coverage is not None
    assert not caught.value.coverage.complete
    best = Ledger.model_validate(caught.value.best)
    assert set(map(str, best.rows)) < set(map(str, wanted))
    assert len(best.rows) > 20
    assert caught.value.ledger is not None
    assert len(caught.value.ledger.calls) == len(model.requests)


def test_rows_that_stay_missing_are_told() -> None:
    wanted = rows(60)
    lost = wanted[40].text

    def answer(request: ChatRequest) -> Script:
        said = cast("dict[str, list[dict[str, object]]]", Clerk()(request))
        return {**said, "rows": [row for row in said["rows"] if row["text"] != lost]}

    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=FakeModel(answer, repeat=True))
    document = ledger(wanted)
    result = extractor.extract(Ledger, document)
    assert len(result.value.rows) == 59
    assert result.coverage is not None
    (stretch,) = result.coverage.uncovered
    assert lost in document.pages[stretch.page - 1].text[stretch.start : stretch.end]
    assert (result.coverage.rows_seen, result.coverage.rows_returned) == (60, 59)
    assert [issue.kind for issue in result.issues] == ["uncovered"]


def test_a_type_that_wants_but_some_rows_costs_few_requests_more() -> None:
    wanted = rows(300)

    def answer(request: ChatRequest) -> Script:
        said = cast("dict[str, list[dict[str, object]]]", Clerk()(request))
        return {**said, "rows": [row for row in said["rows"] if "Salary" in str(row["text"])]}

    model = FakeModel(answer, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model)
    result = extractor.extract(Ledger, ledger(wanted))
    assert [row.text for row in result.value.rows] == [row.text for row in wanted if "Salary" in row.text]
    assert len(model.requests) <= 6
    model.requests.clear()
    extractor.extract(Ledger, ledger(wanted), count_rows=False)
    assert len(model.requests) <= 2


@pytest.mark.parametrize(
    ("write", "read_back"),
    [
        ('  {{"id": {0}, "name": "Ada, {0}", "city": "Oslo"}},', r'^  {"id": (\d+), "name": "(.+?)"'),
        ('<person id="{0}"><name>Ada, {0}</name><city>Oslo</city></person>', r'^<person id="(\d+)"><name>(.+?)<'),
    ],
    ids=["JSON", "XML"],
)
@pytest.mark.parametrize("lost", [None, 70])
def test_records_are_counted_as_rows_are(write: str, read_back: str, lost: int | None) -> None:
    wanted = [{"id": at, "name": f"Ada, {at}"} for at in range(1000, 1120)]

    def answer(request: ChatRequest) -> Script:
        part = str(request.messages[-1]["content"])
        found = [{"id": int(a), "name": b} for a, b in re.findall(read_back, part, re.MULTILINE)]
        return {"value": [one for one in found if one["id"] != 1000 + (lost or -1)][:50]}

    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=FakeModel(answer, repeat=True))
    text = "\n".join(["[", *(write.format(one["id"]) for one in wanted), "]"])
    result = extractor.extract(list[Person], text)
    assert [one.model_dump() for one in result.value] == [one for one in wanted if one["id"] != 1000 + (lost or -1)]
    assert result.coverage is not None
    assert (result.coverage.rows_seen, result.coverage.rows_returned) == (120, 120 - (lost is not None))
    assert [issue.kind for issue in result.issues] == ["uncovered"] * (lost is not None)


def test_records_of_another_kind_are_no_missing_rows() -> None:
    people = [f'{{"id": {at}, "name": "Ada {at}", "city": "Oslo"}},' for at in range(30)]
    orders = [f'{{"id": {at}, "total": 3.5, "name": "nails"}},' for at in range(100, 130)]
    text = "\n".join(['{"orders": [', *orders, '], "people": [', *people, "]}"])
    model = FakeModel({"value": [{"id": at, "name": f"Ada {at}"} for at in range(30)]}, repeat=True)
    result = Extractor("m", base_url="http://models.example.com/v1", transport=model).extract(list[Person], text)
    assert result.coverage is not None
    assert (len(model.requests), result.coverage.rows_seen, result.issues) == (1, 30, ())


def test_a_list_alone_is_read_in_windows() -> None:
    wanted = rows(150)
    model = FakeModel(lambda request: {"value": Clerk()(request)["rows"]}, repeat=True)  # type: ignore[index, call-overload]
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, window_tokens=2000)
    assert extractor.extract(list[Row], ledger(wanted)).value == wanted


def is_in_credit(row: Row) -> None:
    if row.balance < 0:
        raise ValueError("the account is overdrawn")


class Sums(Ledger):
    rows: list[Annotated[Row, Verify(is_in_credit)]]


def test_what_a_function_refuses_in_the_whole_is_gone_and_told() -> None:
    wanted = rows(400)
    extractor, _ = read(Clerk())
    result = extractor.extract(Sums, ledger(wanted), on_invalid="best")
    refused = [at for at, row in enumerate(wanted) if row.balance < 0]
    assert result.value.rows == [row for row in wanted if row.balance >= 0]
    assert [(issue.path, issue.kind) for issue in result.issues] == [(f"$.rows[{at}]", "verified") for at in refused]
    assert 0 < len(refused) < 400

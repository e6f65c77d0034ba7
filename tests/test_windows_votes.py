"""Several answers for each window of a long document: what they agree on is told of the value that is made of all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from extractor import Extractor, Merge, Result, Verify
from extractor.chat import AnswerMessage, ChatRequest, Choice, Completion
from extractor.document import Document
from extractor.flow import votes
from extractor.testing import FakeModel, Reply, Script

from .ledgers import Clerk, Ledger, ledger, rows
from .test_merging import pages, shown
from .test_split import Receipt, bundle
from .test_split import answer as receipts


@pytest.fixture(autouse=True)
def _nothing_learnt() -> Iterator[None]:
    votes.forget()
    yield
    votes.forget()


Ballots = Callable[[ChatRequest], list[object]]


def voting(ballots: Ballots) -> Callable[[ChatRequest], Script]:
    """A model that gives the ballots as its choices."""

    def answer(request: ChatRequest) -> Script:
        assert request.n in (None, 3)
        said = ballots(request)[: request.n or 1]
        choices = [Choice(index=at, message=AnswerMessage(content=json.dumps(one))) for at, one in enumerate(said)]
        return Completion(choices=choices)

    return answer


def vote(kind: Any, document: Document, ballots: Ballots, **options: Any) -> Result[Any]:
    model = FakeModel(voting(ballots), repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, n=3, window_tokens=1800)
    return extractor.extract(kind, document, **options)


def test_each_row_has_the_agreement_of_the_window_that_it_was_read_in() -> None:
    wanted = rows(60, alike=4)
    clerk = Clerk()

    def ballots(request: ChatRequest) -> list[object]:
        said: Any = clerk(request)
        doubted = [{**row, "amount": 0.0} if row["balance"] == wanted[40].balance else row for row in said["rows"]]
        return [said, {**said, "rows": doubted}, said]

    result = vote(Ledger, ledger(wanted), ballots)
    assert result.value == Ledger(account="0049-1122", rows=wanted)
    assert result.coverage is not None
    assert len(result.coverage.windows) == 2
    leaves = {f"$.rows[{at}].{name}": 1.0 for at in range(60) for name in ("day", "text", "amount", "balance")}
    doubtful = {f"$.rows[{at}].amount": 0.6667 for at in range(40, 44)}
    assert result.agreement == {"$.account": 1.0, **leaves, **doubtful}
    assert result.confidence.signals["$.rows[40].amount"].agreement == 0.6667
    assert "$.rows[40].amount" in result.needs_review()


class Contract(BaseModel):
    number: str | None = None
    law: str | None = None
    fees: Annotated[float | None, Merge.sum] = None
    place: Annotated[str | None, Merge.latest] = None
    notes: list[str] = []


def found(pattern: str, text: str) -> list[str | None]:
    """What the three ballots say: the words, which may differ, between bars."""
    match = re.search(pattern, text)
    said = match[1].split("|") if match else [""]
    return [said[at % len(said)] or None for at in range(3)]


def contract(request: ChatRequest) -> list[object]:
    text = shown(request)
    fees = [float(fee) if fee else None for fee in found(r"Fee (\S+)", text)]
    said = zip(
        found(r"Contract (\S+)", text), found(r"Law (\S+)", text), fees, found(r"Place (\S+)", text), strict=True
    )
    return [{"number": a, "law": b, "fees": c, "place": d, "notes": []} for a, b, c, d in said]


def test_scalars_of_several_windows() -> None:
    texts = [
        "Contract A-1\nFee 2.50\nPlace Oslo",
        "Contract A-1|A-1|A-7\nFee 1.25|1.25|7",
        "Law ||Norway\nPlace Bern|Bern|Rome",
    ]
    result = vote(Contract, pages(*texts), contract)
    assert result.value == Contract(number="A-1", law=None, fees=3.75, place="Bern", notes=[])
    agreement = {
        "$.number": 0.8333,  # all of one window, two of three of the other
        "$.law": 0.6667,  # one choice found what the others did not
        "$.fees": 0.6667,  # a sum is right if all that it is made of is
        "$.place": 0.6667,  # the last one counts
        "$.notes": 1.0,
    }
    assert result.agreement == pytest.approx(agreement, abs=1e-3)


def test_windows_that_say_otherwise_do_not_agree() -> None:
    result = vote(Contract, pages("Contract A-1", "Contract A-2", "Contract A-1"), contract, max_attempts=1)
    assert result.value.number == "A-1"
    assert result.agreement["$.number"] == 0.6667


def is_sold(amount: Amount) -> None:
    if amount.name == "screws":
        raise ValueError("no screws are sold")


class Amount(BaseModel):
    name: str
    amount: float


class Amounts(BaseModel):
    amounts: list[Annotated[Amount, Verify(is_sold)]]


def amounts(request: ChatRequest) -> list[object]:
    said = [
        {"name": name, "amount": float(amount)} for name, amount in re.findall(r"^(\w+) = (\S+)$", shown(request), re.M)
    ]
    doubted = [{**one, "amount": 1.0} if one["name"] == "bolts" else one for one in said]
    return [{"amounts": one} for one in (said, doubted, said)]


def test_what_leaves_moves_the_others() -> None:
    result = vote(Amounts, pages("nails = 4", "screws = 1", "bolts = 3"), amounts, on_invalid="best")
    assert result.value == Amounts(amounts=[Amount(name="nails", amount=4), Amount(name="bolts", amount=3)])
    assert result.agreement == {
        "$.amounts[0].name": 1.0,
        "$.amounts[0].amount": 1.0,
        "$.amounts[1].name": 1.0,
        "$.amounts[1].amount": 0.6667,
    }


def test_a_window_that_failed_has_no_vote() -> None:
    def answer(request: ChatRequest) -> Script:
        return Reply(500, body="down") if "screws" in shown(request) else voting(amounts)(request)

    model = FakeModel(answer, repeat=True)
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=model, n=3, window_tokens=1800)
    result = extractor.extract(Amounts, pages("nails = 4", "bolts = 3", "x", "y", "screws = 1"))
    assert [one.name for one in result.value.amounts] == ["nails", "bolts"]
    assert result.agreement["$.amounts[1].amount"] == 0.6667


def test_the_documents_of_a_bundle_vote_by_themselves() -> None:
    def ballots(request: ChatRequest) -> list[object]:
        said: Any = receipts(request)
        return [said, said, {**said, "total": 0.0} if said.get("shop") == "2" else said]

    result = vote(list[Receipt], bundle(1, 2), ballots, split=True)
    assert result.agreement == {"$[0].shop": 1.0, "$[0].total": 1.0, "$[1].shop": 1.0, "$[1].total": 0.6667}

"""What an observer is told, in order, by both extractors; and that it never costs an answer."""

from __future__ import annotations

import asyncio
from dataclasses import FrozenInstanceError
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from extractor import AsyncExtractor, Extractor, InvalidOutputError, Judge, ModelStatusError, Observer
from extractor.chat import Completion
from extractor.observer import Answered, Began, Ended, Fact, ObserverWarning, Read, Requested
from extractor.result import Result
from extractor.testing import FakeModel, Reply


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)


class Store(BaseModel):
    items: list[str]


class Place(BaseModel):
    city: Annotated[str, Judge("is a city")]


TEXT = "Invoice 17. Total 42.50"
BAD, GOOD, PART = '{"number":"17","total":-1}', '```{"number":"17","total":42.5}```', '{"p0":42.5}'
URL = "https://models.example.com/v1"


class Kept:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def observe(self, fact: Fact, /) -> None:
        self.facts.append(fact)


def over(*replies: Any, observer: Observer | None) -> Extractor:
    return Extractor("m", base_url=URL, transport=FakeModel(*replies), observer=observer)


def test_the_facts_of_an_extraction_with_a_patch() -> None:
    kept = Kept()
    result = over(BAD, PART, observer=kept).extract(Invoice, TEXT)
    run = kept.facts[0].run
    assert (run.type, run.document, run.model, run.endpoint) == ("Invoice", "text", "m", f"{URL}/chat/completions")
    first, second = result.attempts
    calls = result.ledger.calls
    assert kept.facts == [
        Began(run),
        Requested(run, 1, "extract", "json_schema", first.request),
        Answered(run, 1, calls[0], first.completion),
        Read(run, 1, first),
        Requested(run, 2, "patch", "json_schema", second.request),
        Answered(run, 2, calls[1], second.completion),
        Read(run, 2, second),
        Ended(run, result, result.ledger),
    ]
    with pytest.raises(FrozenInstanceError):
        kept.facts[0].run = run  # type: ignore[misc]


def test_a_judges_requests_are_told_between_an_answer_and_what_became_of_it() -> None:
    kept = Kept()
    verdict = {"v0": {"fits": True, "reason": None}}
    over({"city": "Rome"}, verdict, observer=kept).extract(Place, "Rome")
    told = [(type(fact).__name__, getattr(fact, "number", None), getattr(fact, "purpose", None)) for fact in kept.facts]
    assert told == [
        ("Began", None, None),
        ("Requested", 1, "extract"),
        ("Answered", 1, None),
        ("Requested", 2, "judge"),
        ("Answered", 2, None),
        ("Read", 2, None),
        ("Read", 1, None),
        ("Ended", None, None),
    ]


def test_the_windows_of_a_long_document_are_runs_below_the_whole() -> None:
    kept = Kept()
    model = FakeModel({"items": []}, repeat=True)
    text = "\n".join(f"Item {at} is among the many things that we have in store." for at in range(400))
    extractor = Extractor("m", base_url=URL, transport=model, observer=kept)
    result = extractor.extract(Store, text, window_tokens=1500, count_rows=False)
    first, *_, last = kept.facts
    assert isinstance(first, Began)
    assert last == Ended(first.run, result, result.ledger)
    below = [fact.run for fact in kept.facts if isinstance(fact, Began)][1:]
    assert len(below) > 2
    assert {run.parent for run in below} == {first.run}
    assert first.run.parent is None


def test_a_fix_is_told_with_the_answer_that_it_mended() -> None:
    kept = Kept()
    over(GOOD, observer=kept).extract(Invoice, TEXT)
    (read,) = [fact for fact in kept.facts if isinstance(fact, Read)]
    assert [fix.name for fix in read.attempt.fixes] == ["fence"]


def test_await_tells_the_same() -> None:
    async def run() -> list[type]:
        kept = Kept()
        async with AsyncExtractor("m", base_url=URL, transport=FakeModel(BAD, PART)) as extractor:
            await extractor.extract(Invoice, TEXT, observer=kept)
        return list(map(type, kept.facts))

    assert asyncio.run(run()) == [Began, *[Requested, Answered, Read] * 2, Ended]


def test_a_step_down_and_a_failed_request_are_told() -> None:
    kept = Kept()
    refused = Reply(400, {}, {"error": {"message": "Unknown parameter: response_format"}})
    with pytest.raises(ModelStatusError) as caught:
        over(refused, Reply(500, {}, b"?"), observer=kept).extract(Invoice, TEXT)
    assert [fact.mode for fact in kept.facts if isinstance(fact, Requested)] == ["json_schema", "loose"]
    *_, answered, ended = kept.facts
    assert isinstance(answered, Answered)
    assert isinstance(ended, Ended)
    assert answered.answer is ended.outcome is caught.value
    assert ended.ledger is caught.value.ledger
    assert [call.error for call in ended.ledger.calls] == ["ModelStatusError"] * 2


def test_what_the_caller_breaks_off_is_told_with_its_cause() -> None:
    kept = Kept()
    with pytest.raises(KeyboardInterrupt):
        over(BAD, KeyboardInterrupt(), observer=kept).extract(Invoice, TEXT)
    ended = kept.facts[-1]
    assert isinstance(ended, Ended)
    assert isinstance(ended.outcome, KeyboardInterrupt)
    assert len(ended.ledger.calls) == 2


class Broken:
    """An observer that raises at one kind of fact."""

    def __init__(self, at: type, error: BaseException) -> None:
        self.at, self.error = at, error

    def observe(self, fact: Fact, /) -> None:
        if isinstance(fact, self.at):
            raise self.error


@pytest.mark.parametrize("at", [Began, Requested, Answered, Read, Ended])
def test_what_an_observer_raises_is_told_and_costs_no_answer(at: type) -> None:
    broken = Broken(at, OSError("disk full"))
    with pytest.warns(ObserverWarning, match=f"The observer raised at {at.__name__}: OSError: disk full"):
        result = over(GOOD, observer=broken).extract(Invoice, TEXT)
    assert result.value == Invoice(number="17", total=42.5)
    with pytest.warns(ObserverWarning, match="disk full"), pytest.raises(InvalidOutputError):
        over(BAD, observer=broken).extract(Invoice, TEXT, max_attempts=1)


def test_an_interrupt_in_an_observer_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        over(GOOD, observer=Broken(Read, KeyboardInterrupt())).extract(Invoice, TEXT)


def test_no_observer_changes_nothing() -> None:
    watched: Result[Invoice] = over(BAD, PART, observer=Kept()).extract(Invoice, TEXT)
    alone = over(BAD, PART, observer=None).extract(Invoice, TEXT)
    assert [attempt.request for attempt in watched.attempts] == [attempt.request for attempt in alone.attempts]
    assert (watched.value, watched.ledger.total_tokens) == (alone.value, alone.ledger.total_tokens)


def test_what_is_no_observer_is_refused() -> None:
    observer: Any = print
    with pytest.raises(TypeError, match=r"observer is an object with a method observe\(fact\)"):
        over(GOOD, observer=observer)


def test_observers_of_one_call_replace_those_of_the_extractor() -> None:
    one, other = Kept(), Kept()
    extractor = over(Completion(content=GOOD), Completion(content=GOOD), observer=one)
    extractor.extract(Invoice, TEXT, observer=other)
    extractor.extract(Invoice, TEXT)
    assert (len(one.facts), len(other.facts)) == (5, 5)

"""The drivers: effects side by side, in order, bounded, and nothing left behind when they are broken off."""

from __future__ import annotations

import _thread
import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from threading import Barrier, Event
from typing import Any

import pytest
from pydantic import BaseModel

from extractor import ExtractorError, InvalidOutputError, ModelUnreachableError, SetupError
from extractor.chat import ChatRequest, Completion, Usage
from extractor.document import Document
from extractor.driving import drive, drive_async
from extractor.flow import Answer, Ask, Check, Effect, Flow, Outcome, Verdict, extraction, together
from extractor.options import Options, Settings
from extractor.result import Result
from extractor.schema import Schema


class Word(BaseModel):
    word: str


def asking(*texts: str) -> tuple[Ask, ...]:
    return tuple(Ask(ChatRequest(model="m", messages=[{"role": "user", "content": text}])) for text in texts)


def once(*effects: Effect) -> Flow[tuple[Outcome, ...]]:
    """A flow that yields the effects together and gives what came."""
    return (yield effects)


def words(*texts: str, **options: Any) -> list[Flow[Result[Word]]]:
    settings = Settings.of("m", Options(**options))
    return [extraction(Schema.of(Word), Document.of(text), settings) for text in texts]


def told(ask: Ask) -> str:
    return str(ask.request.messages[-1]["content"])


def said(text: str) -> Completion:
    """A valid answer, for 10 + 5 tokens."""
    usage = Usage(prompt_tokens=10, completion_tokens=5, total_tokens=15)
    return Completion(content=f'{{"word":"{text}"}}', usage=usage)


Drive = Callable[..., Any]


def in_threads(flow: Flow[Any], send: Callable[[Ask, Event | None], Answer], at_once: int = 8) -> Any:
    return drive(flow, send, at_once)


def in_tasks(flow: Flow[Any], send: Callable[[Ask, Event | None], Answer], at_once: int = 8) -> Any:
    async def in_a_thread(ask: Ask) -> Answer:
        return await asyncio.to_thread(send, ask, None)

    return asyncio.run(drive_async(flow, in_a_thread, at_once))


@pytest.fixture(params=[in_threads, in_tasks])
def run(request: pytest.FixtureRequest) -> Drive:
    return request.param


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Generator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) - before == set()


def test_effects_run_side_by_side_and_their_outcomes_are_in_order(run: Drive) -> None:
    everyone, last = Barrier(3), Event()

    def send(ask: Ask, halt: Event | None) -> Answer:
        everyone.wait(10)
        assert told(ask) == "c" or last.wait(10)
        last.set()
        return said(told(ask))

    assert run(once(*asking("a", "b", "c")), send) == (said("a"), said("b"), said("c"))


def test_no_more_requests_are_under_way_than_the_bound_allows(run: Drive) -> None:
    lock, under_way, most = threading.Lock(), 0, 0

    def send(ask: Ask, halt: Event | None) -> Answer:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        Event().wait(0.01)
        with lock:
            under_way -= 1
        return said(told(ask))

    assert len(run(once(*asking(*map(str, range(20)))), send, 3)) == 20
    assert most == 3


def test_one_request_is_sent_from_the_thread_of_the_caller() -> None:
    threads = []

    def send(ask: Ask, halt: Event | None) -> Answer:
        threads.append(threading.current_thread())
        assert halt is None
        return said("a")

    (flow,) = words("a")
    assert in_threads(flow, send).value == Word(word="a")
    assert threads == [threading.current_thread()]


def test_no_effect_at_all_is_carried_out_at_once(run: Drive) -> None:
    assert run(once(), lambda ask, halt: said("never")) == ()
    assert run(together([]), lambda ask, halt: said("never")) == ()


def test_the_exception_of_one_stops_the_others_and_is_raised_as_it_is_with_the_bill(run: Drive) -> None:
    begun = Barrier(3)

    def send(ask: Ask, halt: Event | None) -> Answer:
        begun.wait(10)
        if told(ask) == "a":
            return said("a")
        if told(ask) == "b":
            raise LookupError("no such key")
        assert halt is None or halt.wait(10)
        return ModelUnreachableError("halted")

    with pytest.raises(LookupError, match="no such key") as caught:
        run(together(words("a", "b", "c")), send)
    (note,) = caught.value.__notes__
    assert note == "Spent until then: 3 calls, tokens unknown"


def test_an_error_of_ours_carries_what_was_spent_before_it() -> None:
    sent: list[str] = []

    def send(ask: Ask, halt: Event | None) -> Answer:
        sent.append(told(ask))
        if len(sent) == 2:
            raise SetupError("A package is missing.")
        return Completion(content='{"word":7,"words":[]}', usage=said("a").usage)

    with pytest.raises(SetupError) as caught:
        drive(words("a", repair="strict")[0], send, 1)
    assert caught.value.ledger is not None
    assert [call.error for call in caught.value.ledger.calls] == [None, "SetupError"]
    assert len(caught.value.attempts) == 1


def test_ctrl_c_halts_what_is_under_way_and_tells_what_was_spent() -> None:
    first, begun = Event(), Barrier(2)

    def send(ask: Ask, halt: Event | None) -> Answer:
        assert halt is not None
        if told(ask) == "a":
            first.set()
            return said("a")
        begun.wait(10)
        if told(ask) == "b":
            assert first.wait(10)
            _thread.interrupt_main()
        assert halt.wait(10)
        return ModelUnreachableError("halted")

    with pytest.raises(KeyboardInterrupt) as caught:
        drive(together(words("a", "b", "c", "d")), send, 2)
    assert caught.value.__notes__ == ["Spent until then: 3 calls, tokens unknown"]


def test_ctrl_c_during_the_only_request_tells_that_it_was_begun() -> None:
    def send(ask: Ask, halt: Event | None) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        drive(words("a")[0], send, 8)
    assert caught.value.__notes__ == ["Spent until then: 1 call, tokens unknown"]


def test_cancelling_leaves_no_task_and_tells_what_was_spent() -> None:
    async def send(ask: Ask) -> Answer:
        if told(ask) == "a":
            return said("a")
        await asyncio.sleep(600)
        raise AssertionError

    async def main() -> asyncio.CancelledError:
        running = asyncio.create_task(drive_async(together(words("a", "b", "c")), send, 2))
        await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await running
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return caught.value

    assert asyncio.run(main()).__notes__ == ["Spent until then: 3 calls, tokens unknown"]


def test_each_flow_of_several_ends_on_its_own(run: Drive) -> None:
    def send(ask: Ask, halt: Event | None) -> Answer:
        answers = {"good": said("good"), "gone": ModelUnreachableError("gone"), "wrong": Completion(content="{}")}
        return answers[told(ask)]

    good, gone, wrong = run(together(words("good", "gone", "wrong", max_attempts=1)), send)
    assert good.value == Word(word="good")
    assert isinstance(gone, ModelUnreachableError)
    assert isinstance(wrong, InvalidOutputError)
    assert [len(one.ledger.calls) for one in (good, gone, wrong)] == [1, 1, 1]


def rounds(flow: Flow[Any], answer: Callable[[Ask], Outcome]) -> tuple[list[list[str]], Any]:
    """What was asked in each round, and what the flow gave."""
    asked, effects = [], next(flow)
    while True:
        asks = [effect for effect in effects if isinstance(effect, Ask)]
        asked.append([told(ask)[:1] for ask in asks])
        try:
            effects = flow.send(tuple(map(answer, asks)))
        except StopIteration as end:
            return asked, end.value


def test_a_round_asks_for_all_that_still_run() -> None:
    def answer(ask: Ask) -> Outcome:
        again = len(ask.request.messages) > 2
        return said(told(ask)) if told(ask) == "a" or again else Completion(content='{"word":null}')

    asked, results = rounds(together(words("b", "a", "c")), answer)
    assert asked == [["b", "a", "c"], ["T", "T"]]
    assert [len(result.attempts) for result in results] == [2, 1, 2]
    assert [result.ledger.calls[-1].purpose for result in results] == ["re-ask", "extract", "re-ask"]


class Strange(BaseModel):
    word: str

    def model_post_init(self, context: object) -> None:
        if self.word == "b":
            raise LookupError(self.word)


def test_an_exception_of_a_types_own_code_ends_all_with_the_bill_of_all() -> None:
    flows = [extraction(Schema.of(Strange), Document.of(text), Settings()) for text in ("a", "b", "c")]
    with pytest.raises(LookupError) as caught:
        rounds(together(flows), lambda ask: said(told(ask)))
    assert [note.split(":")[-1] for note in caught.value.__notes__][-1] == " 2 calls, 20 + 10 tokens"


async def awaited(value: object) -> object:
    await asyncio.sleep(0)
    if value == "no":
        raise ValueError("not this")
    return value


def plain(value: object) -> object:
    if value == "no":
        raise AssertionError("not that")
    return value


def verdicts(came: Sequence[Outcome]) -> list[tuple[object, str]]:
    return [(one.given, str(one.error or "")) for one in came if isinstance(one, Verdict)]


CHECKS = (Check(awaited, "yes"), Check(awaited, "no"), Check(plain, "yes"), Check(plain, "no"))
VERDICTS = [("yes", ""), (None, "not this"), ("yes", ""), (None, "not that")]


def test_checks_run_beside_requests(run: Drive) -> None:
    came = run(once(CHECKS[0], *asking("a"), *CHECKS[1:]), lambda ask, halt: said(told(ask)))
    assert came[1] == said("a")
    assert verdicts(came) == VERDICTS


def test_a_check_may_be_awaited_where_an_event_loop_is_running() -> None:
    async def main() -> list[Outcome]:
        return [*in_threads(once(*CHECKS), lambda ask, halt: said("never")), *drive(once(CHECKS[0]), None, 1)]

    assert verdicts(asyncio.run(main())) == [*VERDICTS, VERDICTS[0]]


def test_checks_that_are_awaited_wait_for_each_other(run: Drive) -> None:
    begun: list[object] = []

    async def both(value: object) -> object:
        begun.append(value)
        while len(begun) < 2:
            await asyncio.sleep(0)
        return value

    assert verdicts(run(once(Check(both, 1), Check(both, 2)), None)) == [(1, ""), (2, "")]


def test_what_a_check_raises_that_is_no_verdict_is_raised(run: Drive) -> None:
    def broken(value: object) -> object:
        raise LookupError(value)

    with pytest.raises(LookupError):
        run(once(Check(broken, 1), Check(awaited, 2)), None)


def test_ctrl_c_ends_a_check_that_waits() -> None:
    async def forever(value: object) -> object:
        _thread.interrupt_main()
        await asyncio.sleep(600)
        return value

    with pytest.raises(KeyboardInterrupt):
        drive(once(Check(forever, 1)), None, 1)


def test_the_error_of_a_flow_carries_the_bill() -> None:
    with pytest.raises(ExtractorError) as caught:
        drive(words("a", max_attempts=1)[0], lambda ask, halt: Completion(content="?"), 1)
    assert caught.value.ledger is not None
    assert len(caught.value.ledger.calls) == 1

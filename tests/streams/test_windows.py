"""Streams of long documents: items and partials window by window, in order, and the same result as without a stream."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from threading import Event
from typing import Annotated, Any

import httpx
import pytest
from pydantic import BaseModel

from extractor import AsyncExtractor, Document, Extractor, Merge, ModelStatusError, Result, StreamLeftError
from extractor.chat import ChatRequest
from extractor.testing import FakeModel, Reply, Script

from ..ledgers import Clerk, Ledger, Row, ledger, rows

WANTED = rows(300)
DOCUMENT = ledger(WANTED)
URL = "http://models.example.com/v1"
Model = Callable[[ChatRequest], Script]


def front(model: Model, **options: Any) -> tuple[Extractor, FakeModel]:
    fake = FakeModel(model, repeat=True)
    return Extractor("m", base_url=URL, transport=fake, **{"window_tokens": 3000, **options}), fake


def plain(model: Model, document: Document = DOCUMENT, **options: Any) -> Result[Ledger]:
    return front(model, **options)[0].extract(Ledger, document)


def told(result: Result[Any]) -> tuple[object, ...]:
    return result.value, result.coverage, result.issues


def shows(request: ChatRequest, row: Row) -> bool:
    return f"{row.day:%d/%m/%Y}  {row.text.partition(' ')[0]}" in str(request.messages[-1]["content"])


class Gate:
    """A model that answers what shows a row, or what does not, once the gate is open."""

    def __init__(self, row: Row, *, shown: bool, model: Model | None = None) -> None:
        self.open = Event()
        self._row, self._shown, self._model = row, shown, model or Clerk()

    def __call__(self, request: ChatRequest) -> Script:
        if shows(request, self._row) == self._shown:
            assert self.open.wait(60)
        return self._model(request)


def test_items_of_the_first_window_are_given_while_the_others_are_out() -> None:
    gate = Gate(WANTED[0], shown=False)
    called, model = front(Clerk())
    result = called.extract(Ledger, DOCUMENT)
    before = next(at for at, row in enumerate(WANTED) if sum(shows(request, row) for request in model.requests) > 1)
    extractor, _ = front(gate)
    threads = threading.active_count()
    with extractor.stream(Ledger, DOCUMENT) as stream:
        items = stream.items("$.rows")
        given = [next(items) for _ in range(before)]
        threading.Timer(0.1, gate.open.set).start()
        given.append(next(items))
        assert gate.open.is_set()
        assert [*given, *items] == WANTED
        assert told(stream.result) == told(result)
    assert threading.active_count() <= threads + 1


def test_nothing_is_given_before_what_stands_before_it() -> None:
    gate = Gate(WANTED[0], shown=True)
    extractor, model = front(gate)
    with extractor.stream(Ledger, DOCUMENT) as stream:
        partials = iter(stream)
        threading.Timer(0.2, gate.open.set).start()
        assert next(partials).data["rows"][0]["text"] == WANTED[0].text  # type: ignore[index, call-overload]
        assert list(stream.items("$.rows")) == WANTED
    assert len(model.requests) > 4


@pytest.mark.parametrize("most", [10_000, 25])
@pytest.mark.parametrize("shape", [{}, {"wrap": 2, "subtotals": 4}])
def test_a_stream_ends_as_a_call_does(most: int, shape: dict[str, int]) -> None:
    document = ledger(WANTED, **shape)
    extractor, model = front(Clerk(most))
    with extractor.stream(Ledger, document) as stream:
        assert list(stream.items("$.rows")) == WANTED
    called, other = front(Clerk(most))
    result = called.extract(Ledger, document)
    assert told(stream.result) == told(result)
    assert len(stream.ledger.calls) == len(model.requests) == len(other.requests)


def test_partials_grow_and_what_is_final_stays() -> None:
    extractor, _ = front(Clerk(25), concurrency=1)
    final: list[object] = []
    count = 0
    with extractor.stream(Ledger, DOCUMENT) as stream:
        for partial in stream:
            held = partial.data["rows"]  # type: ignore[index, call-overload]
            sure = [row for at, row in enumerate(held) if f"$.rows[{at}]" in partial.complete]
            assert sure == held[: len(sure)]
            assert sure[: len(final)] == final
            assert len(held) >= len(sure) >= len(final)
            final, count = sure, count + 1
            held.clear()
    assert count >= 4
    assert [Row.model_validate(row) for row in final] == stream.result.value.rows == WANTED


def test_a_window_that_fails_is_told_and_the_others_are_given() -> None:
    def fails(part: str) -> bool:
        return WANTED[150].text in part

    extractor, _ = front(Clerk(fails=fails))
    with extractor.stream(Ledger, DOCUMENT) as stream:
        given = list(stream.items("$.rows"))
    assert given == stream.result.value.rows
    assert 200 < len(given) < 300
    assert told(stream.result) == told(plain(Clerk(fails=fails)))
    assert [issue.kind for issue in stream.result.issues] == ["unread"]


def test_too_much_unread_raises_after_what_was_given() -> None:
    extractor, _ = front(Clerk(fails=lambda part: WANTED[250].text in part), max_unread=0.0)
    given: list[Row] = []
    with extractor.stream(Ledger, DOCUMENT) as stream, pytest.raises(ModelStatusError) as caught:
        given.extend(stream.items("$.rows"))
    assert given == WANTED[: len(given)]
    assert len(given) > 100
    assert caught.value.coverage is not None


def test_rows_that_only_others_tell_to_be_wanted_come_before_what_follows_them() -> None:
    """A first window that gives nothing says nothing of its rows; the second one does."""
    tried: list[ChatRequest] = []

    def answer(request: ChatRequest) -> Script:
        if shows(request, WANTED[0]) and not tried:
            tried.append(request)
            return {"account": "0049-1122", "rows": []}
        return Clerk()(request)

    extractor, _ = front(answer, concurrency=1)
    with extractor.stream(Ledger, DOCUMENT) as stream:
        assert list(stream.items("$.rows")) == WANTED
    assert stream.result.value.rows == WANTED


def test_a_ceiling_ends_a_stream_where_it_ends_a_call() -> None:
    options = {"max_tokens_total": 9000, "max_unread": 1.0, "concurrency": 2}
    extractor, _ = front(Clerk(), **options)
    with extractor.stream(Ledger, DOCUMENT) as stream:
        given = list(stream.items("$.rows"))
    called = plain(Clerk(), **options)
    assert 0 < len(given) < 300
    assert given == WANTED[: len(given)]
    assert told(stream.result) == told(called)
    assert called.coverage is not None
    assert not called.coverage.complete


def test_a_list_alone_and_items_that_are_asked_for_late() -> None:
    def answer(request: ChatRequest) -> Script:
        return {"value": Clerk()(request)["rows"]}  # type: ignore[index, call-overload]

    extractor, _ = front(answer, concurrency=1)
    with extractor.stream(list[Row], DOCUMENT) as stream:
        next(iter(stream))
        assert list(stream.items()) == WANTED
    with extractor.stream(list[Row], DOCUMENT) as stream:
        assert stream.result.value == WANTED
        assert list(stream.items()) == WANTED


class Pencils(BaseModel):
    code: str
    count: int


class Order(BaseModel):
    number: str
    lines: list[Pencils]


def orders(request: ChatRequest) -> Script:
    """What stands under the headings of what is shown; the last of those that are carried along goes on."""
    found: list[dict[str, Any]] = []
    for line in str(request.messages[-1]["content"]).splitlines():
        if line.startswith("# Order "):
            found.append({"number": line[8:], "lines": []})
        elif line.startswith("item "):
            _, code, count, _ = line.split()
            found[-1]["lines"].append({"code": code, "count": int(count)})
    return {"value": [order for order in found if order["lines"]]}


def test_an_item_that_goes_on_in_the_next_window_is_held_back() -> None:
    wanted = [
        Order(number=f"A-{at}7", lines=[Pencils(code=f"P{at}-{n}", count=n % 9 + 1) for n in range(size)])
        for at, size in enumerate((30, 200, 40, 170))
    ]
    text = "\n\n".join(
        "\n".join([f"# Order {order.number}", "", *(f"item {line.code} {line.count} pencils" for line in order.lines)])
        for order in wanted
    )
    extractor, model = front(orders, window_tokens=1500)
    with extractor.stream(list[Order], text) as stream:
        assert list(stream.items()) == wanted
    assert len(model.requests) > 3
    assert extractor.extract(list[Order], text).value == wanted


class Union(Ledger):
    rows: Annotated[list[Row], Merge.union(key="text")]


def test_what_is_joined_by_a_key_is_given_at_the_end() -> None:
    extractor, _ = front(Clerk())
    with extractor.stream(Union, DOCUMENT) as stream:
        for partial in stream:
            if partial.open is not None:
                assert "$.rows[0]" not in partial.complete
        assert list(stream.items("$.rows")) == WANTED


def test_to_leave_early_ends_what_is_under_way_and_keeps_the_bill() -> None:
    gate = Gate(WANTED[0], shown=False)
    extractor, model = front(gate, concurrency=2)
    with extractor.stream(Ledger, DOCUMENT) as stream:
        next(stream.items("$.rows"))
        gate.open.set()
    with pytest.raises(StreamLeftError):
        stream.result  # noqa: B018
    assert 1 <= len(stream.ledger.calls) == len(model.requests)


class Gates(httpx.AsyncBaseTransport):
    """What does not show the first row waits until the gate is open."""

    def __init__(self, model: FakeModel) -> None:
        self.open = asyncio.Event()
        self._model = model

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if WANTED[0].text.encode() not in await request.aread():
            await self.open.wait()
        return await self._model.handle_async_request(request)


def test_the_same_for_await() -> None:
    async def main() -> None:
        gates = Gates(FakeModel(Clerk(), repeat=True))
        extractor = AsyncExtractor("m", base_url=URL, transport=gates, window_tokens=3000)
        async with extractor.stream(Ledger, DOCUMENT) as stream:
            given = []
            async for row in stream.items("$.rows"):
                if not given:
                    gates.open.set()
                given.append(row)
            assert given == WANTED
            assert told(stream.result) == told(plain(Clerk()))
        gates.open.clear()
        async with extractor.stream(Ledger, DOCUMENT) as left:
            async for _ in left.items("$.rows"):
                break
        assert len(asyncio.all_tasks()) == 1
        assert left.ledger.calls[0].purpose == "extract"

    asyncio.run(main())


def test_answers_that_come_side_by_side_are_not_shown_as_one() -> None:
    """An endpoint that refuses ``n`` is asked several times at once."""

    def answer(request: ChatRequest) -> Script:
        return Reply(400, body="n is not supported") if request.n else Clerk()(request)

    extractor, model = front(answer, n=2, concurrency=3)
    with extractor.stream(Ledger, DOCUMENT) as stream:
        given = list(stream.items("$.rows"))
        assert len(stream.ledger.calls) == len(model.requests)
    assert given == WANTED
    short, _ = front(answer, n=3)
    with short.stream(Ledger, ledger(WANTED[:5])) as stream:
        assert list(stream.items("$.rows")) == WANTED[:5]

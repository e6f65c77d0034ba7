"""Batches: what comes, in which order, how much is pulled, and how they end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel, field_validator

from extractor import (
    AsyncExtractor,
    BudgetError,
    DocumentError,
    Extractor,
    InvalidOutputError,
    ModelStatusError,
)
from extractor.batch import Item, Progress
from extractor.chat import ChatRequest, Completion
from extractor.testing import FakeModel, Reply, Script
from extractor.transports import RetryTransport

from .notes import URL, Note, echo, over


def awaited(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test that awaits."""

    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


class Slowly(httpx.AsyncBaseTransport):
    """The first document's answer comes last: it waits for so many others."""

    def __init__(self, others: int) -> None:
        self.model = FakeModel(echo, repeat=True)
        self.others = others
        self.most = self.now = 0
        self.let_go = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        if b"doc 0" in request.content:
            await self.let_go.wait()
        self.others -= 1
        if self.others == 0:
            self.let_go.set()
        self.now -= 1
        return await self.model.handle_async_request(request)


def test_each_document_gives_an_item_in_the_order_of_the_documents() -> None:
    extractor, model = over()
    items = list(extractor.batch(Note, [f"doc {n}" for n in range(40)], concurrency=7))
    assert [(item.index, item.key, item.source, item.status) for item in items] == [
        (n, n, f"doc {n}", "ok") for n in range(40)
    ]
    assert [item.value for item in items] == [Note(text=f"doc {n}") for n in range(40)]
    assert len(model.requests) == 40


@awaited
async def test_the_order_of_being_done() -> None:
    slowly = Slowly(5)
    extractor = AsyncExtractor("m", base_url=URL, transport=slowly)
    batch = extractor.batch(Note, [f"doc {n}" for n in range(6)], concurrency=2, order="done")
    assert [item.index async for item in batch] == [1, 2, 3, 4, 5, 0]
    assert slowly.most == 2


@awaited
async def test_in_order_no_more_is_held_back_than_a_few_for_each_worker() -> None:
    slowly = Slowly(7)  # 8 are pulled: the slow one, and seven that wait for it
    extractor = AsyncExtractor("m", base_url=URL, transport=slowly)
    batch = extractor.batch(Note, (f"doc {n}" for n in range(100)), concurrency=2)
    first = await anext(batch)
    assert (first.index, slowly.others <= 0) == (0, True)
    assert [item.index async for item in batch] == list(range(1, 100))


def test_what_fails_is_an_item_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("good")
    documents = [tmp_path / "a.txt", "wrong", tmp_path / "missing.txt", "busy", "", 5, "good"]
    items = list(over()[0].batch(Note, documents, concurrency=3))
    kinds = [None, InvalidOutputError, DocumentError, ModelStatusError, DocumentError, DocumentError, None]
    assert [type(item.error) if item.error else None for item in items] == kinds
    assert items[0].key == str(tmp_path / "a.txt")
    assert [item.status for item in items] == ["ok", *["failed"] * 5, "ok"]
    assert len(items[1].ledger.calls) == 1
    with pytest.raises(InvalidOutputError):
        _ = items[1].value


def test_an_exception_of_the_types_own_code_is_that_documents() -> None:
    class Picky(BaseModel):
        text: str

        @field_validator("text")
        @classmethod
        def look(cls, text: str) -> str:
            return str(1 / (text != "bad"))

    items = list(over()[0].batch(Picky, ["good", "bad", "fine"]))
    assert [type(item.error) for item in items] == [type(None), ZeroDivisionError, type(None)]


def test_keys_of_the_caller() -> None:
    items = list(over()[0].batch(Note, {"a": "one", "b": ["two", "three"]}.items()))
    assert [(item.key, item.source) for item in items] == [("a", "one"), ("b", ["two", "three"])]


def test_no_more_documents_are_pulled_than_are_needed() -> None:
    pulled = 0

    def endless() -> Iterator[str]:
        nonlocal pulled
        for pulled in count(1):
            yield f"doc {pulled}"

    for item in over()[0].batch(Note, endless(), concurrency=4):
        if item.index == 9:
            break
    assert 10 <= pulled <= 10 + 4 * 4 + 4 + 4 + 1
    assert not [thread.name for thread in threading.enumerate() if thread.name == "batch"]


def test_leaving_early_ends_what_is_in_work() -> None:
    cancelled = threading.Event()

    class Endless(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if b"doc 0" in request.content:
                return httpx.Response(200, content=Completion(content='{"text":"a"}').to_json())
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError

    extractor = Extractor("m", base_url=URL, transport=Endless())  # type: ignore[arg-type]
    with extractor.batch(Note, ["doc 0", "doc 1", "doc 2"]) as batch:
        assert next(batch).value.text == "a"
    assert cancelled.is_set()
    assert list(batch) == []


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_a_wait() -> None:
    class Endless(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
            raise AssertionError

    batch = Extractor("m", base_url=URL, transport=Endless()).batch(Note, ["a"])  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        next(batch)
    assert not [thread.name for thread in threading.enumerate() if thread.name == "batch"]


@awaited
async def test_the_sync_batch_works_where_a_loop_is_running() -> None:
    assert [item.value.text for item in over()[0].batch(Note, ["a", "b"])] == ["a", "b"]


@awaited
async def test_documents_may_come_from_an_async_iterator() -> None:
    async def arriving() -> AsyncIterator[tuple[str, str]]:
        for name in "abc":
            await asyncio.sleep(0)
            yield name, f"text {name}"

    extractor = AsyncExtractor("m", base_url=URL, transport=FakeModel(echo, repeat=True))
    async with extractor.batch(Note, arriving(), concurrency=2) as batch:
        found = [(item.key, item.value.text) async for item in batch]
    assert found == [("a", "text a"), ("b", "text b"), ("c", "text c")]
    assert [item.key for item in over()[0].batch(Note, arriving())] == ["a", "b", "c"]


@pytest.mark.parametrize("listed", [True, False])
def test_what_the_documents_raise_comes_after_those_that_were_begun(listed: bool) -> None:
    def broken() -> Iterator[str]:
        yield from ("a", "b")
        raise OSError("the disk is gone")

    batch = over()[0].batch(Note, broken(), concurrency=3)
    assert [next(batch).index, next(batch).index] == [0, 1]
    with pytest.raises(OSError, match="the disk is gone"):
        next(batch)
    assert batch.progress.done == 2


def test_max_failures_ends_it_with_the_bill() -> None:
    batch = over()[0].batch(Note, (f"wrong {n}" for n in range(1000)), concurrency=1, max_failures=2)
    items: list[Item[Note]] = []
    with pytest.raises(BudgetError, match=r"3 documents failed: max_failures=2\.") as caught:
        items.extend(iter(batch.__next__, None))
    assert (caught.value.ceiling, str(caught.value.ledger)) == ("max_failures", str(caught.value.ledger))
    assert batch.progress.failed == batch.progress.done == 3


def test_batch_usd_ends_it() -> None:
    extractor, model = over(prices={"m": (1_000_000.0, 0.0)})  # a dollar for a token
    each = extractor.extract(Note, "doc 0000").ledger.usd
    assert each is not None
    batch = extractor.batch(Note, (f"doc {n:04}" for n in range(1000)), concurrency=4, batch_usd=each * 10)
    with pytest.raises(BudgetError, match=r"batch_usd=.* is reached"):
        list(batch)
    assert len(model.requests) == 1 + 10
    with pytest.raises(BudgetError, match="Give prices="):
        list(over()[0].batch(Note, ["a"] * 9, concurrency=1, batch_usd=1))


def test_finish_begins_no_further_document() -> None:
    batch = over()[0].batch(Note, (f"doc {n}" for n in count()), concurrency=2)
    next(batch)
    batch.finish()
    left = list(batch)
    assert [item.index for item in left] == list(range(1, len(left) + 1))
    assert len(left) < 30


def test_progress_is_told() -> None:
    told: list[Progress] = []
    list(over()[0].batch(Note, ["a", "wrong", "b"], progress=told.append))
    assert (told[0].done, told[0].total) == (1, 3)
    last = told[-1]
    assert (last.done, last.failed, last.total, last.eta) == (3, 1, 3, 0.0)
    assert str(last).startswith("3 of 3 done, 1 failed, ")
    assert last.prompt_tokens > 0


@pytest.mark.parametrize("bar", ["tqdm", "rich", True])
def test_progress_as_a_bar(bar: Any, capfd: pytest.CaptureFixture[str]) -> None:
    list(over()[0].batch(Note, ["a", "wrong", "b"], progress=bar))
    out, err = capfd.readouterr()
    assert (out, "3/3" in err, "1 failed" in err) == ("", True, True)


def test_a_sync_transport_is_served_by_threads() -> None:
    class Sync(httpx.BaseTransport):
        def __init__(self) -> None:
            self.model = FakeModel(Reply(429, {"retry-after-ms": "1"}), echo, repeat=True)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return self.model.handle_request(request)

    for transport in (RetryTransport(Sync()), Sync()):
        extractor = Extractor("m", base_url=URL, transport=transport)
        items = list(extractor.batch(Note, ["a", "b", "c"], concurrency=2))
        assert [item.value.text for item in items] == ["a", "b", "c"]
        assert sum(item.ledger.retries for item in items) == 1


WRONG: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    ({"a": "one text"}, {}, TypeError, "of a dict its keys would be read: give documents.items"),
    ("one text", {}, TypeError, "batch takes many documents: .* not str"),
    (Path("a.pdf"), {}, TypeError, "not PosixPath"),
    (5, {}, TypeError, "not int"),
    ([], {"concurrency": 0}, ValueError, "concurrency is at least 1, not 0"),
    ([], {"concurrency": "8"}, TypeError, "concurrency is a whole number of at least 1, not '8'"),
    ([], {"order": "random"}, ValueError, "order is one of input, done, not 'random'"),
    ([], {"max_failures": -1}, ValueError, "max_failures is at least 0"),
    ([], {"rpm": 0}, ValueError, "rpm is more than 0"),
    ([], {"progress": "bar"}, TypeError, "progress is a function, True, 'tqdm' or 'rich', not 'bar'"),
    ([], {"temperature": 3}, ValueError, "temperature"),
    ([], {"workers": 3}, TypeError, "workers= is no option"),
]


@pytest.mark.parametrize(("documents", "options", "kind", "said"), WRONG)
def test_what_cannot_work_is_told_at_once(documents: Any, options: Any, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        over()[0].batch(Note, documents, **options)


def test_a_batch_of_nothing() -> None:
    assert list(over()[0].batch(Note, [])) == []
    assert list(over()[0].batch(Note, iter(()))) == []


def test_limits_hold_for_the_whole_batch() -> None:
    extractor, _ = over()
    began = time.monotonic()
    list(extractor.batch(Note, [str(number) for number in range(15)], concurrency=8, rpm=600))
    assert time.monotonic() - began >= 0.49  # ten at once, then one each tenth of a second

    def busy_once(request: ChatRequest) -> Script:
        if "first" in str(request.messages) and not told:
            told.append(time.monotonic())
            return Reply(429, {"retry-after-ms": "300"})
        later.append(time.monotonic())
        return echo(request)

    told, later = list[float](), list[float]()
    extractor, _ = over(busy_once)
    items = list(extractor.batch(Note, ["first", *(str(number) for number in range(5))], concurrency=1))
    assert [item.status for item in items] == ["ok"] * 6
    assert min(later) - told[0] >= 0.299

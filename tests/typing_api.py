"""What a type checker infers for what users write. mypy reads this file; nothing runs it."""

from pathlib import Path
from typing import Any, Literal, assert_type

from pydantic import BaseModel

from extractor import (
    AsyncExtractor,
    AsyncStream,
    Attempt,
    ChatRequest,
    Comparison,
    Completion,
    Difference,
    Document,
    Evaluation,
    Extractor,
    Guards,
    Image,
    Issue,
    Ledger,
    Metric,
    Partial,
    Repaired,
    Result,
    Schema,
    Stream,
    Timeouts,
    compare,
    evaluate,
    extract,
    repair,
)
from extractor.batch import AsyncBatch, Batch, Item
from extractor.testing import FakeModel


class Invoice(BaseModel):
    number: str
    total: float


def calls(extractor: Extractor) -> None:
    assert_type(extract(Invoice, "text"), Result[Invoice])
    assert_type(extract(Invoice, "text").value, Invoice)
    assert_type(extractor.extract(Invoice, Path("a.pdf")), Result[Invoice])
    assert_type(extractor.extract(list[Invoice] | None, "text"), Result[list[Invoice] | None])
    assert_type(extractor.extract(dict[str, int], [Path("a.md"), "text"]), Result[dict[str, int]])
    assert_type(
        extractor.extract(Literal["yes", "no"], Image("https://example.com/a.png")), Result[Literal["yes", "no"]]
    )
    assert_type(extractor.extract({"type": "object"}, b"text"), Result[Any])
    assert_type(extractor.complete(ChatRequest(model="m", messages=[{"role": "user", "content": "hi"}])), Completion)


def streams(extractor: Extractor) -> None:
    with extractor.stream(list[Invoice], "text", every=0.05) as stream:
        assert_type(stream, Stream[list[Invoice]])
        for partial in stream:
            assert_type(partial, Partial)
        for item in stream.items():
            assert_type(item, Invoice)
        for each in stream.items("$.lines"):
            assert_type(each, Any)
        for thought in stream.reasoning:
            assert_type(thought, str)
    assert_type(stream.result, Result[list[Invoice]])
    assert_type(stream.ledger, Ledger)
    assert_type(extractor.stream(Invoice, Path("a.pdf"), guards=Guards(white_space=100)), Stream[Invoice])
    assert_type(extractor.stream({"type": "object"}, "text"), Stream[Any])
    for pair in extractor.stream(tuple[int, ...], "text").items():
        assert_type(pair, int)
    for name in extractor.stream(list[str] | None, "text").items():
        assert_type(name, str)


async def waiting_streams(extractor: AsyncExtractor) -> None:
    async with extractor.stream(list[Invoice], "text") as stream:
        assert_type(stream, AsyncStream[list[Invoice]])
        async for partial in stream:
            assert_type(partial.data, object)
        async for item in stream.items():
            assert_type(item, Invoice)
        assert_type(await stream.finish(), Result[list[Invoice]])


async def waiting(extractor: AsyncExtractor) -> None:
    assert_type(await extractor.extract(Invoice, "text"), Result[Invoice])
    assert_type((await extractor.extract(tuple[int, str], "text")).value, tuple[int, str])


def options(extractor: Extractor) -> None:
    extractor.extract(Invoice, "text", temperature=0.0, seed=7, timeout=30, max_attempts=2)
    extractor.extract(Invoice, "text", reasoning={"effort": "low"}, timeout=Timeouts(connect=1))
    extractor.extract(Invoice, "text", temperatur=0.0)  # type: ignore[call-overload]
    extractor.extract(Invoice, "text", repair="none")  # type: ignore[call-overload]
    Extractor("m", base_url="http://localhost/v1", transport=FakeModel("{}"), max_tokens=9)
    Extractor("m", tools=[])  # type: ignore[call-arg]


def results(result: Result[Invoice]) -> None:
    assert_type(result.ledger, Ledger)
    assert_type(result.ledger.prompt_tokens, int | None)
    assert_type(result.ledger.usd, float | None)
    assert_type(result.attempts, tuple[Attempt, ...])
    assert_type(result.attempts[0].issues, tuple[Issue, ...])
    assert_type(result.document, Document)
    assert_type(result.schema, Schema[Invoice])


def schemas() -> None:
    assert_type(Schema.of(Invoice), Schema[Invoice])
    assert_type(Schema.of(list[int] | None), Schema[list[int] | None])
    assert_type(repair("{}", Schema.of(Invoice)), Repaired)


def evaluations(extractor: Extractor) -> None:
    evaluation = evaluate(Invoice, [(Path("a.pdf"), {"total": 1})], extractor, journal="run.jsonl", seed=3)
    assert_type(evaluation, Evaluation)
    assert_type(evaluation - evaluate({"type": "object"}, "gold.jsonl", "run.jsonl"), Difference)
    assert_type(compare({"a": extractor}, list[Invoice], Path("gold.csv"), metrics={"[*]": Metric.text}), Comparison)
    evaluate(Invoice, "gold.jsonl", extractor, jurnal="run.jsonl")  # type: ignore[call-arg]


def batches(extractor: Extractor, awaiting: AsyncExtractor) -> None:
    assert_type(extractor.batch(Invoice, [Path("a.pdf")]), Batch[Invoice])
    assert_type(extractor.batch({"type": "object"}, ["text"], order="done"), Batch[Any])
    assert_type(awaiting.batch(list[Invoice], {"a": "text"}.items(), concurrency=4), AsyncBatch[list[Invoice]])
    for item in extractor.batch(Invoice, (str(n) for n in range(3)), rpm=60, temperature=0):
        assert_type(item, Item[Invoice])
        assert_type(item.value, Invoice)

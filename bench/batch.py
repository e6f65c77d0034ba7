"""What a batch holds in memory, whatever its length, and what its journal costs a record.

    python bench/batch.py                 # 100,000 documents, with and without a journal
    python bench/batch.py --quick         # 3,000

The documents are a generator and the endpoint is a function in the same process, so that nothing but the batch is
measured: peak memory above the start (of the process, by the kernel), and CPU for each document. What the journal costs
is the time that its lines take to be made and written, within the run; and in a second run, which asks nothing, what
a recorded document costs.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
from pydantic import BaseModel


class Line(BaseModel):
    text: str
    amount: float


class Invoice(BaseModel):
    number: str
    total: float
    lines: list[Line]


VALUE = {"number": "A-17", "total": 42.5, "lines": [{"text": f"Item {n}", "amount": 1.5 * n} for n in range(8)]}
USAGE = {"prompt_tokens": 400, "completion_tokens": 90, "total_tokens": 490}
MESSAGE = {"role": "assistant", "content": orjson.dumps(VALUE).decode()}
ANSWER = orjson.dumps({"choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}], "usage": USAGE})
TEXT = "Invoice A-17. " + "Item, so many of it at such a price. " * 40


class Endpoint(httpx.AsyncBaseTransport):
    """Answers at once, and counts."""

    asked = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return httpx.Response(200, headers={"content-type": "application/json"}, content=ANSWER)


class Timed:
    """Calls a function, and adds up how long that takes."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.seconds, self.calls = function, 0.0, 0

    def __call__(self, *given: Any) -> Any:
        began = time.thread_time()
        try:
            return self.function(*given)
        finally:
            self.seconds += time.thread_time() - began
            self.calls += 1


def documents(count: int) -> Iterator[str]:
    return (f"{TEXT}{number}" for number in range(count))


def peak() -> float:
    """MB that the process has had at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def run(count: int, journal: Path | None) -> tuple[float, int]:
    """CPU microseconds for each document, and how many requests were made."""
    from extractor import Extractor

    endpoint = Endpoint()
    extractor = Extractor("m", base_url="http://models.example.com/v1", transport=endpoint)  # type: ignore[arg-type]
    began, items = time.process_time(), 0
    for item in extractor.batch(Invoice, documents(count), concurrency=32, journal=journal):
        assert item.value.total == 42.5
        items += 1
    assert items == count
    return (time.process_time() - began) / count * 1e6, endpoint.asked


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few seconds, rough figures")
    count = 3_000 if options.parse_args().quick else 100_000
    run(500, None)
    start = peak()
    title = f"{count:,} documents of {len(TEXT):,} characters"
    print(f"{title:43}{'CPU µs each':>12}{'requests':>10}{'MB above start':>16}")
    row("without a journal", *run(count, None), start)
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "run.jsonl"
        made, written = timed()
        row("with a journal", *run(count, journal), start)
        cost = (made.seconds + written.seconds) / written.calls * 1e6
        row("again, all recorded", *run(count, journal), start)
        print(f"journal: {cost:.0f} µs of CPU a record, {journal.stat().st_size / count:,.0f} bytes a record")


def timed() -> tuple[Timed, Timed]:
    """What the journal does for each record: makes it, and writes it."""
    from extractor.batch import journal, records

    made, written = Timed(records.of_result), Timed(journal.Journal.write)
    records.of_result = made

    def write(self: journal.Journal, record: Any) -> None:
        written(self, record)

    journal.Journal.write = write  # type: ignore[method-assign]
    return made, written


def row(name: str, cpu: float, requests: int, start: float) -> None:
    print(f"{name:43}{cpu:12.0f}{requests:10,}{peak() - start:16.0f}", flush=True)


if __name__ == "__main__":
    main()

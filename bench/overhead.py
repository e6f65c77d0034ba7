"""What ``extract`` costs in CPU above the bare floor: ``httpx.Client.post``, ``orjson.loads``, ``validate_python``.

    python bench/overhead.py            # a minute
    python bench/overhead.py --quick    # some seconds: shows that it runs, its figures are rough

A server in a process of its own answers from memory on the loopback. Floor and library alternate in blocks within one
process, CPU time is that of the client's process, and a row's ratio is the median of the blocks' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Literal

IMPORTS = {
    "floor": "import pydantic, httpx, orjson",
    "ours": "from extractor import Extractor, extract",
}


def person() -> dict[str, object]:
    return {"name": "Ada Lovelace", "age": 36, "email": "ada@example.com", "score": 9.75, "active": True}


def invoice() -> dict[str, object]:
    lines = [
        {
            "sku": f"SKU-{i:05d}",
            "text": f"Item {i}, blue – box",
            "quantity": i % 7 + 1,
            "price": 3.25 + i,
            "total": 9.5,
        }
        for i in range(62)
    ]
    return {"number": "INV-42", "currency": "EUR", "seller": "Nord Glass AB", "lines": lines, "notes": None}


def company() -> dict[str, object]:
    people = [
        {
            "id": i,
            "name": f"Name {i} Åberg",
            "role": ("dev", "ops")[i % 2],
            "salary": 41000.5,
            "skills": ["sql", "go"],
        }
        for i in range(2100)
    ]
    return {"name": "Big Corp", "people": people}


def wide() -> dict[str, object]:
    values: tuple[object, ...] = ("text", 7, 1.5, True, ["a", "b"])
    return {f"part_{s}": {f"f{s}_{i}": values[i % 5] for i in range(10)} for s in range(20)}


ANSWERS = {"small": person, "medium": invoice, "large": company, "wide": wide}


def types() -> dict[str, type]:
    from pydantic import BaseModel, Field, create_model

    class Person(BaseModel):
        name: str = Field(description="Full name")
        age: int
        email: str
        score: float
        active: bool

    class Line(BaseModel):
        sku: str
        text: str
        quantity: int
        price: float
        total: float

    class Invoice(BaseModel):
        number: str
        currency: Literal["EUR", "USD", "GBP"]
        seller: str
        lines: list[Line]
        notes: str | None

    class Employee(BaseModel):
        id: int
        name: str
        role: Literal["dev", "ops"]
        salary: float
        skills: list[str]

    class Company(BaseModel):
        name: str
        people: list[Employee]

    kinds: tuple[type, ...] = (str, int, float, bool, list[str])
    parts = {
        f"part_{s}": (
            create_model(
                f"Part{s}",
                **{f"f{s}_{i}": (kinds[i % 5], Field(description=f"Field {i} of part {s}")) for i in range(10)},
            ),
            ...,
        )
        for s in range(20)
    }
    return {"small": Person, "medium": Invoice, "large": Company, "wide": create_model("Wide", **parts)}


# ---------------------------------------------------------------- the server, in its own process


def serve() -> None:
    """Answer each POST to /KIND/… with the completion of that kind; the port goes to stdout."""
    answers = {}
    for kind, make in ANSWERS.items():
        content = json.dumps(make(), ensure_ascii=False, separators=(",", ":"))
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        usage = {"prompt_tokens": 100, "completion_tokens": len(content) // 4, "total_tokens": 100 + len(content) // 4}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1893456000, "model": "mock"}
        body = json.dumps({**head, "choices": [choice], "usage": usage}, ensure_ascii=False).encode()
        answers[kind.encode()] = (
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
        )
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=answer, args=(server.accept()[0], answers), daemon=True).start()


def answer(connection: socket.socket, answers: dict[bytes, bytes]) -> None:
    buffer = b""
    while True:
        while b"\r\n\r\n" not in buffer:
            piece = connection.recv(65536)
            if not piece:
                return
            buffer += piece
        head, _, rest = buffer.partition(b"\r\n\r\n")
        length = int(next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")).split(b":")[1])
        while len(rest) < length:
            rest += connection.recv(65536)
        buffer = rest[length:]
        connection.sendall(answers[head.split(b"/", 2)[1]])


# ---------------------------------------------------------------- floor and library


def floor_call(base: str, kind: str, type_: type) -> Callable[[], object]:
    import httpx
    import orjson
    from pydantic import TypeAdapter

    adapter = TypeAdapter(type_)
    schema = adapter.json_schema()
    wire = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}
    client = httpx.Client(headers={"authorization": "Bearer key", "content-type": "application/json"})
    url = f"{base}/{kind}/v1/chat/completions"

    def call() -> object:
        messages = [{"role": "system", "content": "Extract."}, {"role": "user", "content": "Extract it"}]
        body = orjson.dumps({"model": "mock", "messages": messages, "response_format": wire})
        content = orjson.loads(client.post(url, content=body).content)["choices"][0]["message"]["content"]
        return adapter.validate_python(orjson.loads(content))

    return call


def our_call(base: str, kind: str, type_: type) -> Callable[[], object]:
    from extractor import Extractor

    extractor = Extractor("mock", base_url=f"{base}/{kind}/v1", api_key="key")
    return lambda: extractor.extract(type_, "Extract it").value


def cpu_per_call(call: Callable[[], object], calls: int) -> float:
    started = time.process_time()
    for _ in range(calls):
        call()
    return (time.process_time() - started) / calls


def compare(base: str, kind: str, type_: type, calls: int, blocks: int) -> tuple[float, float, float]:
    """CPU µs of the floor and of ours, and the median ratio of the blocks."""
    floor, ours = floor_call(base, kind, type_), our_call(base, kind, type_)
    for call in (floor, ours):
        cpu_per_call(call, 5)
    assert ours() == floor()
    pairs = [(cpu_per_call(floor, calls), cpu_per_call(ours, calls)) for _ in range(blocks)]
    medians = [statistics.median(column) * 1e6 for column in zip(*pairs, strict=True)]
    return medians[0], medians[1], statistics.median(b / a for a, b in pairs)


def import_seconds(statement: str) -> float:
    code = f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    return float(ran.stdout)


def first_call_seconds(who: str, base: str) -> float:
    """CPU of a whole process that makes one call, from its start."""
    command = [sys.executable, __file__, "--first", who, base]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def make_first_call(who: str, base: str) -> None:
    make = floor_call if who == "floor" else our_call
    make(base, "small", types()["small"])()
    print(time.process_time())


def compare_processes(measure: Callable[[str], float], whats: Iterable[str], runs: int) -> tuple[float, float, float]:
    """CPU µs of both, and the median ratio of the pairs. The first pair fills the disk's cache and does not count."""
    pairs = [tuple(map(measure, whats)) for _ in range(runs + 1)][1:]
    medians = [statistics.median(column) * 1e6 for column in zip(*pairs, strict=True)]
    return medians[0], medians[1], statistics.median(b / a for a, b in pairs)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few seconds, rough figures")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--first", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve or given.first:
        make_first_call(*given.first) if given.first else serve()
        return
    blocks, calls = (3, 20) if given.quick else (15, 100)
    print(f"{'':28}{'floor µs':>12}{'ours µs':>12}{'ratio':>8}")
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            for kind, type_ in types().items():
                size = len(json.dumps(ANSWERS[kind]()))
                per_block = calls if size < 50_000 else max(calls // 10, 3)
                row(f"{kind} answer, {size / 1000:.1f} kB", *compare(base, kind, type_, per_block, blocks))
            runs = 3 if given.quick else 15
            row("import", *compare_processes(import_seconds, IMPORTS.values(), runs))
            row("process of one call", *compare_processes(lambda who: first_call_seconds(who, base), IMPORTS, runs))
        finally:
            server.terminate()


def row(name: str, floor: float, ours: float, ratio: float) -> None:
    print(f"{name:28}{floor:12,.0f}{ours:12,.0f}{ratio:8.2f}", flush=True)


if __name__ == "__main__":
    main()

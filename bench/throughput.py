"""How many calls a second a batch makes, per second of CPU and of the clock, beside its peers and three floors.

    python bench/throughput.py                                        # ours and the floors
    python bench/throughput.py --peers openai=PYTHON instructor=PYTHON pydantic-ai=PYTHON   # with those interpreters
    python bench/throughput.py --quick                                # some seconds: shows that it runs

A server in a process of its own answers after 50 ms on the loopback. Each client runs in a fresh process and makes the
same calls, so many at once; CPU is that of its process, without what it takes to start (a first round of calls). The
floors send the same bytes and validate the same answers, without a library: httpx in pools of eight connections that
share one TLS context, httpx over aiohttp, and a bare asyncio protocol. ``failed`` counts calls without a value.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from overhead import types

SIZES = (16, 64, 256, 1000)
LATENCY = 0.05
CONTENT = '{"name":"Ada Lovelace","age":36,"email":"ada@example.com","score":9.75,"active":true}'
FLOORS = ("floor-shards", "floor-aiohttp", "floor-raw")
OURS = ("ours", "ours-aiohttp")
PEERS = ("openai", "instructor", "pydantic-ai")
TASK = "Extract the data that the user asks for."
Call = Callable[[str], Awaitable[Any]]


# ---------------------------------------------------------------- the server, in its own process


class Answering(asyncio.Protocol):
    """Answers each request after the latency."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(
            next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split()[1]
        )
        if len(body) >= length:
            self.buffer = body[length:]
            asyncio.get_running_loop().call_later(LATENCY, self.transport.write, ANSWER)


def answer() -> bytes:
    message = {"role": "assistant", "content": CONTENT, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1893456000, "model": "mock"}
    body = json.dumps({**head, "choices": [choice], "usage": usage}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


ANSWER = answer()


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# ---------------------------------------------------------------- the clients, each in its own process


def person() -> Any:
    return types()["small"]


def body(kind: Any) -> Callable[[str], bytes]:
    import orjson

    schema = {**kind.model_json_schema(), "additionalProperties": False}
    wire = {"type": "json_schema", "json_schema": {"name": "Person", "strict": True, "schema": schema}}

    def made(text: str) -> bytes:
        messages = [{"role": "system", "content": TASK}, {"role": "user", "content": text}]
        return orjson.dumps({"model": "mock", "messages": messages, "response_format": wire})

    return made


def parsed(kind: Any, content: bytes) -> Any:
    import orjson

    return kind.model_validate_json(orjson.loads(content)["choices"][0]["message"]["content"])


HEADERS = {"authorization": "Bearer x", "content-type": "application/json"}


def floor_shards(base: str, size: int) -> Call:
    import httpx

    kind = person()
    made, context = body(kind), httpx.create_ssl_context()
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=8)
    shards = [httpx.AsyncClient(timeout=300, limits=limits, verify=context) for _ in range(-(-size // 8))]
    busy = [0] * len(shards)

    async def call(text: str) -> Any:
        at = min(range(len(busy)), key=busy.__getitem__)
        busy[at] += 1
        try:
            answered = await shards[at].post(f"{base}/chat/completions", content=made(text), headers=HEADERS)
        finally:
            busy[at] -= 1
        return parsed(kind, answered.content)

    return call


def floor_aiohttp(base: str, size: int) -> Call:
    import httpx
    from httpx_aiohttp import AiohttpTransport

    kind = person()
    made = body(kind)
    limits = httpx.Limits(max_connections=size, max_keepalive_connections=size)
    client = httpx.AsyncClient(timeout=300, transport=AiohttpTransport(limits=limits))

    async def call(text: str) -> Any:
        answered = await client.post(f"{base}/chat/completions", content=made(text), headers=HEADERS)
        return parsed(kind, answered.content)

    return call


class Raw(asyncio.Protocol):
    """One connection of the bare floor: it knows only answers that tell their length."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, content = self.buffer.partition(b"\r\n\r\n")
        if found and len(content) >= int(head.lower().rpartition(b"content-length:")[2].split()[0]):
            self.buffer = b""
            self.answered.set_result(content)

    async def post(self, request: bytes) -> bytes:
        self.answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answered


def floor_raw(base: str, size: int) -> Call:
    kind = person()
    made, free, port = body(kind), list[Raw](), int(base.rpartition(":")[2].partition("/")[0])
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    )

    async def call(text: str) -> Any:
        sent = made(text)
        if free:
            raw = free.pop()
        else:
            _, raw = await asyncio.get_running_loop().create_connection(Raw, "127.0.0.1", port)
        content = await raw.post(head % len(sent) + sent)
        free.append(raw)
        return parsed(kind, content)

    return call


def openai(base: str, size: int) -> Call:
    from openai import AsyncOpenAI

    client, kind = AsyncOpenAI(base_url=base, api_key="x"), person()

    async def call(text: str) -> Any:
        messages: Any = [{"role": "system", "content": TASK}, {"role": "user", "content": text}]
        answered = await client.chat.completions.parse(model="mock", messages=messages, response_format=kind)
        return answered.choices[0].message.parsed

    return call


def instructor(base: str, size: int) -> Call:
    import instructor as library
    from openai import AsyncOpenAI

    client = library.from_openai(AsyncOpenAI(base_url=base, api_key="x"), mode=library.Mode.JSON_SCHEMA)
    kind = person()

    async def call(text: str) -> Any:
        messages: Any = [{"role": "system", "content": TASK}, {"role": "user", "content": text}]
        return await client.chat.completions.create(model="mock", messages=messages, response_model=kind)

    return call


def pydantic_ai(base: str, size: int) -> Call:
    from pydantic_ai import Agent, NativeOutput
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    model = OpenAIChatModel("mock", provider=OpenAIProvider(base_url=base, api_key="x"))
    agent = Agent(model, output_type=NativeOutput(person(), strict=True), instructions=TASK)

    async def call(text: str) -> Any:
        return (await agent.run(text)).output

    return call


CLIENTS = {
    "floor-shards": floor_shards,
    "floor-aiohttp": floor_aiohttp,
    "floor-raw": floor_raw,
    "openai": openai,
    "instructor": instructor,
    "pydantic-ai": pydantic_ai,
}


async def in_workers(call: Call, size: int, calls: int) -> int:
    """Make the calls with so many workers; how many failed."""
    texts, failed = iter(range(calls)), 0

    async def work() -> None:
        nonlocal failed
        for number in texts:
            try:
                assert (await call(f"Extract it {number}")).age == 36
            except Exception:  # noqa: BLE001 - a peer may raise what it likes, and that is counted
                failed += 1

    await asyncio.gather(*(work() for _ in range(size)))
    return failed


async def in_a_batch(base: str, size: int, calls: int, transport: Any) -> Callable[[int], Awaitable[int]]:
    from extractor import AsyncExtractor

    kind = person()
    extractor = AsyncExtractor("mock", base_url=base, api_key="x", transport=transport)

    async def run(count: int) -> int:
        texts = (f"Extract it {number}" for number in range(count))
        batch = extractor.batch(kind, texts, concurrency=size, order="done")
        return sum([item.error is not None or item.value.age != 36 async for item in batch])

    return run


async def measure(who: str, base: str, size: int, calls: int) -> dict[str, float]:
    if who in OURS:
        run = await in_a_batch(base, size, calls, "aiohttp" if who == "ours-aiohttp" else None)
    else:
        call = CLIENTS[who](base, size)

        async def run(count: int) -> int:
            return await in_workers(call, size, count)

    await run(2 * size)
    cpu, wall = time.process_time(), time.perf_counter()
    failed = await run(calls)
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "failed": failed, "calls": calls}


def measured(python: str, who: str, base: str, size: int, calls: int) -> dict[str, float] | None:
    """Of a fresh process; None where it cannot run."""
    command = [python, __file__, "--measure", who, base, str(size), str(calls)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        return None
    if ran.returncode:
        print(f"without {who}: {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def compare(base: str, who: dict[str, str], sizes: tuple[int, ...], calls: int, rounds: int) -> None:
    """A table for each size; of several rounds, taken in turn, the one with the least CPU counts."""
    for size in sizes:
        best: dict[str, dict[str, float]] = {}
        for _ in range(rounds):
            for name, python in who.items():
                found = measured(python, name, base, size, max(calls, 2 * size))
                if found is not None and found["cpu"] < best.get(name, {}).get("cpu", 9e9):
                    best[name] = found
        print(f"\n{size} at once{'':14}{'calls / CPU s':>14}{'calls / s':>12}{'failed':>8}{'CPU to its floor':>18}")
        for name, found in best.items():
            floor = best.get("floor-aiohttp" if name == "ours-aiohttp" else "floor-shards")
            ratio = (found["cpu"] / found["calls"]) / (floor["cpu"] / floor["calls"]) if floor else float("nan")
            rates = f"{found['calls'] / found['cpu']:14,.0f}{found['calls'] / found['wall']:12,.0f}"
            print(f"{name:24}{rates}{found['failed']:8.0f}{ratio:18.2f}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a few seconds, rough figures")
    options.add_argument("--peers", nargs="*", default=[], help="NAME=PYTHON, with the peer installed there")
    options.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    options.add_argument("--rounds", type=int, default=3, help="of which the one with the least CPU counts")
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve:
        asyncio.run(serve())
    if given.measure:
        who, base, size, calls = given.measure
        print(json.dumps(asyncio.run(measure(who, base, int(size), int(calls)))))
        return
    who = dict.fromkeys((*FLOORS, *OURS), sys.executable) | dict(peer.split("=", 1) for peer in given.peers)
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            base = f"http://127.0.0.1:{server.stdout.readline().strip()}/v1"
            sizes = (64,) if given.quick else tuple(given.sizes)
            compare(base, who, sizes, 300 if given.quick else 1000, 1 if given.quick else given.rounds)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()

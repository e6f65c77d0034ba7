"""What it costs to read a stream while it comes: CPU of the whole stream, in deltas of four characters.

    python bench/stream.py                                  # ours beside bare httpx, 2 kB to 2 MB: two minutes
    python bench/stream.py --peers openai=PYTHON instructor=PYTHON    # and what these interpreters have
    python bench/stream.py --quick                          # some seconds: shows that it runs, its figures are rough

A server in a process of its own sends events from memory on the loopback, sixteen a write. Every client is a process of
its own and gives its own CPU time. ``floor`` reads the same events with bare httpx and orjson, joins the deltas and
validates once. ``partials`` looks at ``partial.data`` after each piece, ``items`` takes every item as it closes. A peer
is stopped after a minute of CPU: its figure is then a bound.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

SIZES = (2_000, 20_000, 200_000, 2_000_000)
QUICK = (2_000, 20_000)
OURS = ("partials", "items")
PEERS = ("openai", "pydantic-ai", "instructor")
ROUNDS = 3
_LIMIT = 60.0
_DELTA, _BURST = 4, 16
_MESSAGES = [{"role": "user", "content": "Give the items."}]


def text_of(size: int) -> str:
    """The JSON of a list of items, of about so many characters."""
    items = [
        {
            "id": at,
            "name": f"Item {at}, blue – box",
            "tags": ["new", "in stock"],
            "price": 3.25 + at,
            "sold": at % 3 == 0,
        }
        for at in range(max(1, size // 100))
    ]
    return json.dumps({"items": items}, ensure_ascii=False)


def kind() -> Any:
    from pydantic import BaseModel

    class Item(BaseModel):
        id: int
        name: str
        tags: list[str]
        price: float
        sold: bool

    class Items(BaseModel):
        items: list[Item]

    return Items


# the server


def events(text: str) -> Iterator[bytes]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_900_000_000, "model": "mock-1"}
    deltas = [{"content": text[at : at + _DELTA]} for at in range(0, len(text), _DELTA)]
    parts = [*({"index": 0, "delta": delta, "finish_reason": None} for delta in ({"role": "assistant"}, *deltas))]
    parts.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    for part in parts:
        yield b"data: " + json.dumps({**head, "choices": [part]}).encode() + b"\n\n"
    tokens = {"prompt_tokens": 9, "completion_tokens": len(deltas), "total_tokens": 9 + len(deltas)}
    yield b"data: " + json.dumps({**head, "choices": [], "usage": tokens}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def writes(size: int) -> list[bytes]:
    every = list(events(text_of(size)))
    joined = (b"".join(every[at : at + _BURST]) for at in range(0, len(every), _BURST))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return [
        head,
        *(b"%x\r\n%s\r\n" % (len(each), each) for each in joined),
        b"0\r\n\r\n",
    ]


def serve() -> None:
    """Answers until its standard input is closed. The path says how long an answer is wanted."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    made: dict[int, list[bytes]] = {}

    def answer(peer: socket.socket) -> None:
        with peer, suppress(OSError):  # a client may be stopped in the middle
            while request := _request(peer):
                size = int(request.split(b"/", 2)[1])
                for write in made.setdefault(size, made.get(size) or writes(size)):
                    peer.sendall(write)

    def accept() -> None:
        while True:
            threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


def _request(peer: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = peer.recv(65536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-le")), 0
    )
    while len(body) < length:
        body += peer.recv(65536)
    return head


# the clients: each gives the share of the answer that it read, piece by piece, and at the end what it read


def floor(url: str) -> Iterator[object]:
    import httpx
    import orjson

    wanted, parts = kind(), []
    client = httpx.Client(timeout=None)
    with client, client.stream("POST", f"{url}/chat/completions", json={"stream": True}) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                choices = orjson.loads(line[6:])["choices"]
                if choices and (delta := choices[0]["delta"].get("content")):
                    parts.append(delta)
                    yield None
    yield wanted.model_validate_json("".join(parts))


def partials(url: str) -> Iterator[object]:
    from extractor import Extractor

    with Extractor("mock-1", base_url=url, api_key="x") as asked, asked.stream(kind(), "Give the items.") as stream:
        for partial in stream:
            yield partial.data
        yield stream.result.value


def items(url: str) -> Iterator[object]:
    from extractor import Extractor

    with Extractor("mock-1", base_url=url, api_key="x") as asked, asked.stream(kind(), "Give the items.") as stream:
        yield from stream.items("$.items")
        yield stream.result.value


def openai(url: str) -> Iterator[object]:
    from openai import OpenAI  # type: ignore[import-not-found]

    with OpenAI(base_url=url, api_key="x", max_retries=0) as client:
        chat = client.chat.completions
        with chat.stream(model="mock-1", messages=_MESSAGES, response_format=kind()) as stream:
            for event in stream:
                if event.type == "content.delta":
                    yield event.parsed
            yield stream.get_final_completion().choices[0].message.parsed


def instructor(url: str) -> Iterator[object]:
    import instructor as library  # type: ignore[import-not-found]
    from openai import OpenAI

    client = library.from_openai(OpenAI(base_url=url, api_key="x", max_retries=0), mode=library.Mode.JSON_SCHEMA)
    yield from client.chat.completions.create_partial(model="mock-1", messages=_MESSAGES, response_model=kind())


def pydantic_ai(url: str) -> Iterator[object]:
    import asyncio

    from pydantic_ai import Agent, NativeOutput  # type: ignore[import-not-found]
    from pydantic_ai.models.openai import OpenAIChatModel  # type: ignore[import-not-found]
    from pydantic_ai.providers.openai import OpenAIProvider  # type: ignore[import-not-found]

    model = OpenAIChatModel("mock-1", provider=OpenAIProvider(base_url=url, api_key="x"))
    agent = Agent(model, output_type=NativeOutput(kind(), strict=True))

    async def read() -> list[object]:
        async with agent.run_stream("Give the items.") as run:
            return [each async for each in run.stream_output(debounce_by=None)]

    yield from asyncio.run(read())


CLIENTS: dict[str, Callable[[str], Iterator[object]]] = {
    "floor": floor,
    "partials": partials,
    "items": items,
    "openai": openai,
    "instructor": instructor,
    "pydantic-ai": pydantic_ai,
}


def client(name: str, url: str, size: int) -> None:
    """Print the CPU seconds of one stream, and how many items the last that it gave holds."""
    import resource

    list(CLIENTS[name](f"{url}/100/v1"))  # imports, connections, and what is made once
    begun, last = time.process_time(), None
    soft = int(begun + _LIMIT) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 5))
    for each in CLIENTS[name](f"{url}/{size}/v1"):
        last = each
    print(json.dumps([time.process_time() - begun, len(getattr(last, "items", ()) or ())]))


def measure(python: str, name: str, url: str, size: int) -> float | None:
    """CPU seconds; None where the client was stopped at its limit."""
    ran = subprocess.run(
        [python, __file__, "--client", name, "--url", url, "--size", str(size)],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENAI_API_KEY": "x"},
        check=False,
    )
    if ran.returncode < 0:
        return None
    if ran.returncode:
        raise SystemExit(f"{name}: {ran.stderr.strip().splitlines()[-1]}")
    spent, count = json.loads(ran.stdout.splitlines()[-1])
    wanted = len(json.loads(text_of(size))["items"])
    if count != wanted:
        raise SystemExit(f"{name} read {count} of {wanted} items")
    return float(spent)


def best(python: str, name: str, url: str, size: int, rounds: int) -> float | None:
    """The least of some rounds."""
    found = [measure(python, name, url, size) for _ in range(rounds)]
    times = [each for each in found if each is not None]
    return min(times) if times else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--peers", nargs="*", default=[], metavar="NAME=PYTHON")
    for hidden in ("--serve", "--client", "--url", "--size"):
        asked.add_argument(hidden, nargs="?", const="yes", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.serve:
        return serve()
    if given.client:
        return client(given.client, given.url, int(given.size))
    peers = dict(each.split("=", 1) for each in given.peers)
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        report(f"http://127.0.0.1:{int(server.stdout.readline())}", peers, given.quick)
    finally:
        server.kill()
        server.wait()


def report(url: str, peers: dict[str, str], quick: bool) -> None:
    names = ("floor", *OURS)
    print(f"{'characters':>10}" + "".join(f"{name:>22}" for name in (*names, *peers)))
    rows: list[tuple[int, list[float | None]]] = []
    for size in QUICK if quick else SIZES:
        rounds = 1 if quick or size > 1_000_000 else ROUNDS
        times = [best(sys.executable, name, url, size, rounds) for name in names]
        times += [best(python, name, url, size, 1) if size <= 200_000 else math.nan for name, python in peers.items()]
        rows.append((len(text_of(size)), times))
        print(f"{len(text_of(size)):>10}" + "".join(f"{_shown(each, times[0]):>22}" for each in times), flush=True)
    for name, place in zip(OURS, (1, 2), strict=True):
        print(f"{name}: slope {slope(rows, place):.2f} (floor {slope(rows, 0):.2f})")
    for name in PEERS:
        if name not in peers:
            print(f"{name}: left out, since --peers names no interpreter that has it")


def _shown(spent: float | None, floor_: float | None) -> str:
    if spent is None:
        return f"over {_LIMIT:.0f} s"
    if math.isnan(spent):
        return "not run"
    return f"{spent:.3f} s ({spent / (floor_ or math.nan):.2f} ×)"


def slope(rows: list[tuple[int, list[float | None]]], place: int) -> float:
    """By how much the logarithm of the time grows with that of the length."""
    points = [(math.log(size), math.log(times[place] or math.nan)) for size, times in rows]
    (x0, y0), (x1, y1) = points[0], points[-1]
    return (y1 - y0) / (x1 - x0)


if __name__ == "__main__":
    main()

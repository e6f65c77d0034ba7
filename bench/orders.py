"""Orders of some leaves, and an HTTP endpoint that reads them: it answers from gold, with a seeded mix of faults.

It needs Pydantic alone, so that every client can import it in its own environment. The Nth answer about a document has
the same fault for every client. Tokens are a quarter of the characters that a model is shown and says.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from pydantic import BaseModel, Field


class Line(BaseModel):
    sku: str = Field(pattern=r"^SKU-\d{5}$")
    quantity: int = Field(ge=1, le=999)
    price: float = Field(ge=0)
    due: date
    unit: Literal["piece", "kg", "m"]


class Order(BaseModel):
    lines: list[Line] = Field(min_length=1)


def gold_of(leaves: int, number: int) -> dict[str, Any]:
    rng, day = random.Random(f"{leaves} {number}"), date(2026, 1, 1)
    return {
        "lines": [
            {
                "sku": f"SKU-{rng.randrange(10**5):05d}",
                "quantity": rng.randint(1, 99),
                "price": rng.randint(100, 9999) / 100,
                "due": str(day + timedelta(days=rng.randrange(365))),
                "unit": rng.choice(["piece", "kg", "m"]),
            }
            for _ in range(leaves // 5)
        ]
    }


def document_of(gold: dict[str, Any]) -> str:
    lines = (
        f"{line['quantity']} {line['unit']} of {line['sku']} at {line['price']:.2f} each, to be sent by {line['due']}."
        for line in gold["lines"]
    )
    return "Order. We would like to have what follows, at the prices that we agreed on.\n" + "\n".join(lines)


@dataclass(frozen=True)
class Said:
    """What the model says: a text, or a refusal; ``calls``: it calls the tool that it has to call."""

    text: str | None
    finish: str = "stop"
    refusal: str | None = None
    calls: bool = True


Fault = Callable[[Any, random.Random], Said | None]


def _edited(edit: Callable[[dict[str, Any], random.Random], None]) -> Fault:
    """The right answer with one object in it changed."""

    def fault(answer: Any, rng: random.Random) -> Said:
        changed = json.loads(json.dumps(answer))
        edit(rng.choice(list(_objects(changed)) or [changed]), rng)
        return Said(json.dumps(changed))

    return fault


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values()):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)


def _wrong_type(line: dict[str, Any], rng: random.Random) -> None:
    line[rng.choice(list(line))] = rng.choice(["many", None, {"is": "unclear"}])


def _missing(line: dict[str, Any], rng: random.Random) -> None:
    del line[rng.choice(list(line))]


def _out_of_bounds(line: dict[str, Any], rng: random.Random) -> None:
    key = rng.choice([key for key in line if isinstance(line[key], int | float)] or list(line))
    line[key] = -5


def _wrong_enum(line: dict[str, Any], rng: random.Random) -> None:
    key = rng.choice([key for key in line if line[key] in ("piece", "kg", "m")] or list(line))
    line[key] = "parsec"


def _cut(answer: Any, rng: random.Random) -> Said:
    text = json.dumps(answer)
    return Said(text[: rng.randrange(1, len(text))], rng.choice(["length", "stop"]))


def _around(before: str, after: str) -> Fault:
    """The right answer with words around it, which no call of a tool has."""
    return lambda answer, rng: Said(f"{before}{json.dumps(answer)}{after}", calls=not before)


RIGHT = _around("", "")
FAULTS: dict[str, tuple[int, Fault]] = {
    "wrong type": (25, _edited(_wrong_type)),
    "missing": (15, _edited(_missing)),
    "out of bounds": (12, _edited(_out_of_bounds)),
    "wrong enum": (12, _edited(_wrong_enum)),
    "cut tail": (10, _cut),
    "fence": (8, _around("```json\n", "\n```")),
    "prose": (6, _around("Here is the answer:\n", "\nLet me know if you need more.")),
    "think": (6, _around("<think>The order has lines {so far}.</think>", "")),
    "refusal": (2, lambda answer, rng: Said(None, refusal="I cannot help with that.")),
    "400": (4, lambda answer, rng: None),
}
"""Weights, by how often each was counted, and what it makes of the right answer; None is HTTP 400."""
_PART = re.compile(r"^- (p\d+) stands for ((?:\.\w+|\[\d+\]|\$)+)(?:: the items after #(\d+))?", re.M)


@dataclass
class Asked:
    """What the endpoint counted for one document and client: (prompt, answer) tokens of each answer."""

    tokens: list[tuple[int, int]] = field(default_factory=list)
    requests: int = 0
    refused: bool = False


class Endpoint:
    """``http://…/{client}/{leaves}/{number}/v1`` is an endpoint that is asked about one document by one client."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, int, int], Asked] = {}

    def answer(self, path: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        client, leaves, number = path.strip("/").split("/")[:3]
        asked = self.asked.setdefault((client, int(leaves), int(number)), Asked())
        asked.requests += 1
        rng = random.Random(f"{leaves} {number} {asked.requests}")
        said = _fault(rng, request)(_right(gold_of(int(leaves), int(number)), request), rng)
        if said is None:
            return 400, {"error": {"message": "response_format json_schema is not supported"}}
        prompt = _tokens(request)
        told = len(said.text or said.refusal or "") // 4
        asked.tokens.append((prompt, told))
        asked.refused |= said.refusal is not None
        return 200, _completion(said, request, prompt, told)


def _fault(rng: random.Random, request: dict[str, Any]) -> Fault:
    """Right in every second case. What is not sent cannot be refused."""
    if rng.random() >= 0.5:
        return RIGHT
    (name,) = rng.choices(list(FAULTS), [weight for weight, _ in FAULTS.values()])
    kind = (request.get("response_format") or {}).get("type")
    return RIGHT if name == "400" and kind != "json_schema" else FAULTS[name][1]


def _right(gold: dict[str, Any], request: dict[str, Any]) -> Any:
    """What is asked for: all of it, or the parts that the last message names."""
    parts = _PART.findall(str(request["messages"][-1].get("content")))
    found = ((name, _standing(gold, path), int(after or 0)) for name, path, after in parts)
    return {name: value[after:] if after else value for name, value, after in found} if parts else gold


def _standing(value: Any, path: str) -> Any:
    for name, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[name or int(index)]
    return value


def _tokens(request: dict[str, Any]) -> int:
    """What a model is shown: the words, the calls before, the tools, the schema; and four tokens a message."""
    form = (request.get("response_format") or {}).get("json_schema") or {}
    said = [message.get(key) for message in request["messages"] for key in ("content", "tool_calls")]
    shown = [*said, form.get("schema"), *(tool["function"] for tool in request.get("tools") or ())]
    texts = (each if isinstance(each, str) else json.dumps(each, separators=(",", ":")) for each in shown if each)
    return sum(map(len, texts)) // 4 + 4 * len(request["messages"])


def _completion(said: Said, request: dict[str, Any], prompt: int, told: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text, "refusal": said.refusal}
    finish = said.finish
    if request.get("tools") and said.calls and said.text is not None:
        name = request["tools"][0]["function"]["name"]
        call = {"id": "call-1", "type": "function", "function": {"name": name, "arguments": said.text}}
        message |= {"content": None, "tool_calls": [call]}
        finish = "tool_calls" if finish == "stop" else finish
    return {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": request["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": told, "total_tokens": prompt + told},
    }


@contextmanager
def serving() -> Iterator[tuple[str, Endpoint]]:
    """The endpoint on a local port, and where it is."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, answer = endpoint.answer(self.path, request)
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", endpoint
    finally:
        server.shutdown()
        server.server_close()

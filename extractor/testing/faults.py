"""What goes wrong with endpoints and models, each at a rate of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import accumulate
from random import Random
from typing import Any, TypeAlias

import httpx
import orjson

from ..chat import Choice, Completion
from .replies import Reply

_PAGE = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How often each thing goes wrong: rates from 0 to 1, together 1 at most. A request meets one or none of them.

    Of HTTP: ``status_429`` with a Retry-After of ``retry_after`` seconds, ``status_500``, ``status_503``, ``garbage``
    (a web page with status 200), ``cut`` (the answer breaks off half-way) and ``stall`` (no answer: ``FakeModel``
    raises ``httpx.ReadTimeout``, ``FakeServer`` says nothing).

    Of the answer: ``fence`` and ``prose`` around it, ``think`` before it, ``half`` of it with the finish reason
    ``length``, ``empty``, ``refusal``; and within it ``wrong_type`` (a value of another type), ``missing`` (a property
    left out), ``extra`` (one that nobody asked for) and ``null`` (in the place of a value).
    """

    status_429: float = 0
    status_500: float = 0
    status_503: float = 0
    garbage: float = 0
    cut: float = 0
    stall: float = 0
    fence: float = 0
    prose: float = 0
    think: float = 0
    half: float = 0
    empty: float = 0
    refusal: float = 0
    wrong_type: float = 0
    missing: float = 0
    extra: float = 0
    null: float = 0
    retry_after: float = 0.05

    def __post_init__(self) -> None:
        rates = self._rates()
        if off := [f"{name}={rate}" for name, rate in rates.items() if not 0 <= rate <= 1]:
            raise ValueError(f"a rate is a number from 0 to 1, not {', '.join(off)}")
        if sum(rates.values()) > 1 + 1e-9:
            raise ValueError(f"the rates come to {sum(rates.values()):g}: together they are 1 at most")

    def _rates(self) -> dict[str, float]:
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "retry_after"}

    def drawn(self, chance: Random) -> str | None:
        """The name of the fault that a request meets."""
        rates, at = self._rates(), chance.random()
        return next((name for name, end in zip(rates, accumulate(rates.values()), strict=True) if at < end), None)

    def instead(self, fault: str | None) -> Reply | BaseException | None:
        """What is sent or raised, where a fault keeps the model from answering."""
        if fault in ("status_429", "status_500", "status_503"):
            status = int(fault.removeprefix("status_"))
            headers = {"retry-after": f"{self.retry_after:g}"} if status == 429 else {}
            return Reply(status, headers, {"error": {**_ERRORS[status], "param": None}})
        if fault == "garbage":
            return Reply(200, {"content-type": "text/html"}, _PAGE)
        return httpx.ReadTimeout("The endpoint says nothing.") if fault == "stall" else None


def broken_off(reply: Reply) -> Reply:
    """The first half of an answer, and then the connection is gone."""
    body = reply.body
    pieces = [body[: len(body) // 2]] if isinstance(body, bytes) else list(body)[: len(body) // 2]
    return replace(reply, body=[*pieces, httpx.ReadError("The connection was closed.")])


_ERRORS: Mapping[int, Mapping[str, object]] = {
    429: {
        "message": "Rate limit reached for requests. Please try again later.",
        "type": "requests",
        "code": "rate_limit_exceeded",
    },
    500: {
        "message": "The server had an error while processing your request. Sorry about that!",
        "type": "server_error",
        "code": None,
    },
    503: {
        "message": "The engine is currently overloaded, please try again later.",
        "type": "server_error",
        "code": None,
    },
}


def spoilt(completion: Completion, fault: str | None, chance: Random) -> Completion:
    """The completion with a fault in the answer of its first choice."""
    if fault not in _ANSWERS:
        return completion
    first, *rest = completion.choices
    return replace(completion, choices=(_ANSWERS[fault](first, chance), *rest))


_Spoil: TypeAlias = Callable[[Choice, Random], Choice]


def _said(choice: Choice) -> str:
    calls = choice.message.tool_calls
    return (calls[0].function.arguments if calls and calls[0].function else choice.message.content) or ""


def _saying(choice: Choice, text: str, finish: str | None = None) -> Choice:
    """The choice with another text as its content, or as what its call of a tool is given."""
    message = choice.message
    if message.tool_calls and message.tool_calls[0].function:
        call = replace(message.tool_calls[0], function=replace(message.tool_calls[0].function, arguments=text))
        message = replace(message, tool_calls=(call, *message.tool_calls[1:]))
    else:
        message = replace(message, content=text)
    return replace(choice, message=message, finish_reason=finish or choice.finish_reason)


def _around(before: str, after: str = "") -> _Spoil:
    return lambda choice, _: _saying(choice, f"{before}{_said(choice)}{after}")


def _half(choice: Choice, chance: Random) -> Choice:
    text = _said(choice)
    return _saying(choice, text[: chance.randrange(1, max(len(text), 2))], "length")


def _empty(choice: Choice, _: Random) -> Choice:
    return _saying(choice, "")


def _refusal(choice: Choice, _: Random) -> Choice:
    message = replace(choice.message, content=None, tool_calls=(), refusal="I'm sorry, I cannot help with that.")
    return replace(choice, message=message, finish_reason="stop")


def _edited(edit: Callable[[dict[str, Any], Random], None]) -> _Spoil:
    """The answer with one object in it changed, where it is JSON that holds one."""

    def spoil(choice: Choice, chance: Random) -> Choice:
        try:
            value = orjson.loads(_said(choice))
        except orjson.JSONDecodeError:
            return choice
        if objects := list(_objects(value)):
            edit(chance.choice(objects), chance)
        return _saying(choice, orjson.dumps(value).decode())

    return spoil


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects in a value that are not empty."""
    if isinstance(value, dict) and value:
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)


def _wrong_type(found: dict[str, Any], chance: Random) -> None:
    key = chance.choice(list(found))
    found[key] = {"is": "unclear"} if isinstance(found[key], str) else "unclear"


def _missing(found: dict[str, Any], chance: Random) -> None:
    del found[chance.choice(list(found))]


def _extra(found: dict[str, Any], _: Random) -> None:
    found["remark"] = "nobody asked for this"


def _null(found: dict[str, Any], chance: Random) -> None:
    found[chance.choice(list(found))] = None


_ANSWERS: Mapping[str | None, _Spoil] = {
    "fence": _around("```json\n", "\n```"),
    "prose": _around("Here is the answer:\n\n", "\n\nLet me know if you need anything else."),
    "think": _around("<think>The document says {something} about it.</think>\n"),
    "half": _half,
    "empty": _empty,
    "refusal": _refusal,
    "wrong_type": _edited(_wrong_type),
    "missing": _edited(_missing),
    "extra": _edited(_extra),
    "null": _edited(_null),
}
"""One function for each fault of an answer."""

"""A chat request as the engine takes it, or the 400 that says why it cannot be served.

The engine ignores much of what it cannot do. Here all of that is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import orjson

from ..answer.lark import checked, json_grammar
from ..chat import ChatRequest

_SEEDS = 2**32 - 1
"""The engine's seeds are 32 bits wide, and the last one stands for "by chance"."""

_MOST_TOKENS = 2**31 - 1

_BY_CHANCE = 0.7
"""The temperature of several choices where none is asked for. A single choice takes the likeliest tokens: 0."""


class StatusError(Exception):
    """An HTTP status and what its body says. ``param`` names the field at fault."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param

    @property
    def body(self) -> bytes:
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return orjson.dumps({"error": {"message": str(self), "type": kind, "param": self.param}})


@dataclass(frozen=True, slots=True)
class Plan:
    """What the engine is to do. ``grammar`` is checked; ``stops`` tells whether the text may be cut inside of it."""

    messages: tuple[Mapping[str, str], ...]
    grammar: str | None
    stops: bool
    choices: int
    seed: int | None
    top_logprobs: int | None
    stream: bool
    usage: bool
    sampling: Mapping[str, object]

    def body(self, index: int, *, has_chat_template: bool, context: int) -> dict[str, object]:
        """The engine's own request for one choice.

        A seed promises the same answer again, so what an earlier call left in the prompt cache is not used: it changes
        the rounding. The first choice reads the prompt for the others.
        """
        body = {**self.sampling, **self._prompt(has_chat_template), "repeat_last_n": context}
        body["cache_prompt"] = self.seed is None or index > 0
        if self.seed is not None:
            body["seed"] = (self.seed + index) % _SEEDS
        if self.grammar is not None:
            body["grammar"] = self.grammar
        if self.top_logprobs is not None:
            body["n_probs"] = max(1, self.top_logprobs)
        return body

    def _prompt(self, has_chat_template: bool) -> dict[str, object]:
        if has_chat_template:
            return {"messages": self.messages}
        return {"prompt": "\n\n".join(message["content"] for message in self.messages)}


def plan(request: ChatRequest) -> Plan:
    """StatusError where the request asks for what the engine does not do."""
    _refuse(request)
    count = request.n or 1
    return Plan(
        messages=tuple(_message(number, message) for number, message in enumerate(request.messages)),
        grammar=_grammar(request),
        stops=bool(request.stop),
        choices=count,
        seed=request.seed,
        top_logprobs=int(request.top_logprobs or 0) if request.logprobs else None,
        stream=bool(request.stream),
        usage=request.stream_options is not None and request.stream_options["include_usage"],
        sampling=_sampling(request, count),
    )


_NOT_SERVED = {
    "tools": "tools are not served",
    "tool_choice": "tools are not served",
    "normalize_tool_schemas": "tools are not served",
    "parallel_tool_calls": "tools are not served",
    "reasoning": "the model does not reason before it answers",
}


def _refuse(request: ChatRequest) -> None:
    for field, reason in _NOT_SERVED.items():
        if getattr(request, field) is not None:
            raise StatusError(400, f"{field}: {reason} by the local engine", field)
    for field in request.extra_body:
        if field != "grammar":
            raise StatusError(400, f"{field}: the local engine does not know this field", field)


def _sampling(request: ChatRequest, count: int) -> dict[str, object]:
    """All samplers are named, since the engine's own would cut the distribution (top_k, min_p) without being asked."""
    limits = [limit for limit in (request.max_completion_tokens, request.max_tokens) if limit is not None]
    chosen = {
        "max_tokens": min(int(min(limits)), _MOST_TOKENS) if limits else None,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "frequency_penalty": request.frequency_penalty,
        "presence_penalty": request.presence_penalty,
        "stop": [request.stop] if isinstance(request.stop, str) else request.stop,
    }
    return {
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,
        "samplers": ["penalties", "temperature", "top_p"],
        "temperature": 0.0 if count == 1 else _BY_CHANCE,
        "top_p": 1.0,
        "top_k": 0,
        "min_p": 0.0,
        **{name: value for name, value in chosen.items() if value is not None},
    }


def _grammar(request: ChatRequest) -> str | None:
    lark = request.extra_body.get("grammar")
    kind = (request.response_format or {}).get("type", "text")
    if lark is None:
        return _FORMATS[str(kind)](request)
    if not isinstance(lark, str):
        raise StatusError(400, "grammar: it must be a string, in llguidance's Lark dialect", "grammar")
    if kind != "text":
        raise StatusError(400, f"grammar: it cannot be given together with response_format {kind}", "grammar")
    return _compiled(checked, lark, "grammar")


def _schema_grammar(request: ChatRequest) -> str:
    described = (request.response_format or {}).get("json_schema")
    schema = described.get("schema") if isinstance(described, Mapping) else None
    if not isinstance(schema, Mapping):
        raise StatusError(400, "response_format.json_schema.schema: it is missing", "response_format")
    return _compiled(json_grammar, schema, "response_format")


_FORMATS: dict[str, Callable[[ChatRequest], str | None]] = {
    "text": lambda request: None,
    "json_object": lambda request: json_grammar({"type": "object"}),
    "json_schema": _schema_grammar,
}


Source = TypeVar("Source")


def _compiled(make: Callable[[Source], str], source: Source, param: str) -> str:
    try:
        return make(source)
    except (ValueError, TypeError) as error:
        raise StatusError(400, f"{param}: llguidance refuses it: {error}", param) from error


_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


def _message(number: int, message: Mapping[str, object]) -> dict[str, str]:
    where = f"messages[{number}]"
    role = _ROLES.get(str(message.get("role")))
    if role is None or message.get("tool_calls"):
        raise StatusError(400, f"{where}: tools are not served by the local engine", "messages")
    content = message.get("content") or message.get("refusal") or ""
    parts = [content] if isinstance(content, str) else _texts(where, content)
    return {"role": role, "content": "".join(parts)}


def _texts(where: str, content: object) -> Iterable[str]:
    assert isinstance(content, list)
    for number, part in enumerate(content):
        kind = part["type"]
        if kind not in ("text", "refusal"):
            raise StatusError(400, f"{where}.content[{number}]: {kind} is not served by the local engine", "messages")
        yield part[kind]

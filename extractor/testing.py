"""Scripted models for tests: they speak the real wire, and no network.

model = FakeModel('{"total": 42.5}', Reply(429, {"retry-after": "1"}), {"total": 43})
with httpx.Client(transport=model) as client: ...
model.requests[0].messages[-1]["content"]
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeAlias, cast

import httpx
import orjson

from .chat import DONE, ChatRequest, Choice, Completion, Usage, chunks_of, event

CREATED = 1_767_225_600
"""When every fake completion was made: a Unix time."""
_CHARACTERS_A_TOKEN = 4
_TOKENS_AN_IMAGE = 85


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer as it is. ``body``: bytes, text, an object that is sent as JSON, or a sequence of pieces that are
    sent one by one, where an exception breaks the answer off."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str | Mapping[str, object] | Sequence[bytes | BaseException] = b""


Script: TypeAlias = (
    "str | Mapping[str, object] | list[object] | Completion | Reply | BaseException | type[BaseException]"
    " | Callable[[ChatRequest], Script]"
)
"""One scripted reply: content, an object or array whose JSON is the content, a completion, an HTTP answer, an exception
to raise, or a function that gives one of these for the request."""


class OutOfReplies(AssertionError):
    """The model was asked more often than it has replies."""


class FakeModel(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport, sync and async, that answers from a script and remembers what it was asked.

        model = FakeModel('{"name": "Ada"}')
        extractor = Extractor("fake", base_url="http://fake/v1", transport=model)

    ``requests`` holds each request, decoded (a body off the contract is a ValueError), ``http`` the same as they came.
    A request with ``stream`` is answered with events of ``size`` characters, sent in pieces of ``split`` bytes where
    that is given; with ``n``, each choice takes the next reply, and the last one repeats. ``repeat`` lets the last
    reply serve for ever. ``usage`` gives each completion that has none a token count: a quarter of its characters.
    It may be asked from several threads.
    """

    def __init__(
        self, *replies: Script, usage: bool = True, repeat: bool = False, size: int = 16, split: int | None = None
    ) -> None:
        self.requests: list[ChatRequest] = []
        self.http: list[httpx.Request] = []
        self._replies = replies
        self._next = 0
        self._usage = usage
        self._repeat = repeat
        self._size = size
        self._split = split
        self._lock = Lock()

    @property
    def left(self) -> int:
        """How many replies have not been given."""
        return len(self._replies) - self._next

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        chat = ChatRequest.from_json(request.content)
        with self._lock:
            self.http.append(request)
            self.requests.append(chat)
            number, scripts = len(self.requests), self._take(chat)
        replies = [_resolved(script, chat) for script in scripts]
        for reply in replies:
            if isinstance(reply, BaseException):
                raise _attached(reply, request)
            if isinstance(reply, Reply):
                return _http(reply, self._split)
        parts = [reply for reply in replies if isinstance(reply, Completion)]
        return self._send(self._finished(_merged(parts, chat.n or 1), chat, number), chat)

    def _take(self, chat: ChatRequest) -> list[Script]:
        """The next reply, and for the further choices those that follow it, as far as they are answers."""
        if self._repeat and self._replies and not self.left:
            self._next -= 1
        if not self.left:
            raise OutOfReplies(_exhausted(len(self._replies), chat))
        taken = [self._replies[self._next]]
        while (
            sum(map(_choices, taken)) < (chat.n or 1)
            and _choices(taken[-1])
            and self.left > len(taken)
            and _choices(self._replies[self._next + len(taken)])
        ):
            taken.append(self._replies[self._next + len(taken)])
        self._next += len(taken)
        return taken

    def _finished(self, completion: Completion, chat: ChatRequest, number: int) -> Completion:
        """With all that a completion has on the wire."""
        return replace(
            completion,
            id=f"fake-{number}" if completion.id is None else completion.id,
            created=CREATED if completion.created is None else completion.created,
            model=chat.model if completion.model is None else completion.model,
            usage=estimated(chat, completion) if completion.usage is None and self._usage else completion.usage,
        )

    def _send(self, completion: Completion, chat: ChatRequest) -> httpx.Response:
        if not chat.stream:
            return _http(Reply(200, {"content-type": "application/json"}, completion.to_json()), self._split)
        told = chat.stream_options is not None and chat.stream_options["include_usage"]
        shown = completion if told else replace(completion, usage=None)
        events = [*map(event, chunks_of(shown, self._size)), DONE]
        return _http(Reply(200, {"content-type": "text/event-stream"}, events), self._split)


def estimated(chat: ChatRequest, completion: Completion) -> Usage:
    """A plausible token count, always the same for the same texts."""
    prompt = sum(map(_message_tokens, chat.messages))
    written = sum(_tokens(_written(choice)) for choice in completion.choices)
    return Usage(prompt_tokens=prompt, completion_tokens=written, total_tokens=prompt + written)


def _message_tokens(message: Mapping[str, object]) -> int:
    content = message.get("content")
    if not isinstance(content, (list, tuple)):
        return _tokens(str(content or ""))
    return sum(_tokens(part["text"]) if "text" in part else _TOKENS_AN_IMAGE for part in content)


def _written(choice: Choice) -> str:
    message = choice.message
    calls = [call.function.arguments or "" for call in message.tool_calls if call.function]
    return "".join((message.content or "", message.refusal or "", message.reasoning or "", *calls))


def _tokens(text: str) -> int:
    return -(-len(text) // _CHARACTERS_A_TOKEN)


def _choices(script: Script) -> int:
    """How many choices a reply holds; none where it is no completion."""
    if isinstance(script, Completion):
        return len(script.choices)
    return 0 if isinstance(script, (Reply, BaseException, type)) else 1


def _resolved(script: Script, chat: ChatRequest) -> Completion | Reply | BaseException:
    if isinstance(script, (Completion, Reply, BaseException)):
        return script
    if isinstance(script, type):
        return cast("type[BaseException]", script)("raised by FakeModel")
    if callable(script):
        return _resolved(script(chat), chat)
    return Completion(content=script if isinstance(script, str) else orjson.dumps(script).decode())


def _merged(parts: Sequence[Completion], wanted: int) -> Completion:
    """One completion of the choices of several; the last is repeated until there are enough."""
    choices = [choice for part in parts for choice in part.choices]
    if len(choices) == len(parts[0].choices) >= wanted:
        return parts[0]
    choices += [choices[-1]] * (wanted - len(choices))
    return replace(parts[0], choices=tuple(replace(choice, index=at) for at, choice in enumerate(choices)))


def _exhausted(replies: int, chat: ChatRequest) -> str:
    last = orjson.dumps(dict(chat.messages[-1])).decode()
    return (
        f"FakeModel has given all its replies ({replies}) and was asked again; the last message was: {last[:500]}."
        " Give it one more reply, or repeat=True."
    )


def _attached(error: BaseException, request: httpx.Request) -> BaseException:
    if isinstance(error, httpx.RequestError):
        error.request = request
    return error


def _http(reply: Reply, split: int | None) -> httpx.Response:
    body, headers = reply.body, dict(reply.headers)
    if isinstance(body, Mapping):
        body, headers = orjson.dumps(body), {"content-type": "application/json", **headers}
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, bytes) and not split:
        return httpx.Response(reply.status, headers=headers, content=body)
    pieces = [body] if isinstance(body, bytes) else body
    return httpx.Response(reply.status, headers=headers, stream=_Pieces(_cut(pieces, split) if split else pieces))


def _cut(pieces: Sequence[bytes | BaseException], size: int) -> list[bytes | BaseException]:
    """The same bytes in pieces of ``size``, up to where an exception stands."""
    whole = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    errors = [piece for piece in pieces if isinstance(piece, BaseException)]
    return [*(whole[at : at + size] for at in range(0, len(whole), size)), *errors]


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, pieces: Sequence[bytes | BaseException]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

"""What a model may be told to answer, and how it becomes HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import httpx
import orjson

from ..chat import ChatRequest, Completion


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


def choices_in(script: Script) -> int:
    """How many choices a reply holds; none where it is no completion."""
    if isinstance(script, Completion):
        return len(script.choices)
    return 0 if isinstance(script, (Reply, BaseException, type)) else 1


def resolved(script: Script, chat: ChatRequest) -> Completion | Reply | BaseException:
    """What the reply to a request comes to."""
    if isinstance(script, (Completion, Reply, BaseException)):
        return script
    if isinstance(script, type):
        return cast("type[BaseException]", script)("raised by FakeModel")
    if callable(script):
        return resolved(script(chat), chat)
    return Completion(content=script if isinstance(script, str) else orjson.dumps(script).decode())


def sent(reply: Reply, split: int | None = None) -> httpx.Response:
    """The reply as HTTP, in pieces of ``split`` bytes where that is given."""
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

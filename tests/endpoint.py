"""A real HTTP endpoint on the loopback that answers as a function says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from extractor.chat import ChatRequest, Completion

from .transports.server import Peer, answer, serve


@contextmanager
def endpoint(reply: Callable[[ChatRequest], Completion]) -> Iterator[str]:
    """The base URL of a server that speaks chat completions while the block runs."""

    def script(peer: Peer) -> None:
        _, _, body = peer.request.partition(b"\r\n\r\n")
        peer.send(answer(reply(ChatRequest.from_json(body)).to_json()))

    with serve(script) as server:
        yield f"{server.url}/v1"

"""A real HTTP endpoint on the loopback that answers as a function says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from extractor.chat import ChatRequest, Completion, Usage

from .contract.check import check_completion, check_request
from .transports.server import Peer, answer, serve


@contextmanager
def endpoint(reply: Callable[[ChatRequest], Completion]) -> Iterator[str]:
    """The base URL of a server that speaks chat completions while the block runs."""

    def script(peer: Peer) -> None:
        _, _, body = peer.request.partition(b"\r\n\r\n")
        check_request(body)
        request = ChatRequest.from_json(body)
        said = reply(request)
        usage = said.usage or Usage(prompt_tokens=40, completion_tokens=12, total_tokens=52)
        completion = replace(said, id="chat-1", created=1_900_000_000, model=request.model, usage=usage).to_json()
        check_completion(completion)
        peer.send(answer(completion))

    with serve(script) as server:
        yield f"{server.url}/v1"

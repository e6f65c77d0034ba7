"""A real HTTP endpoint on the loopback that answers as a function says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from extractor.chat import ChatRequest, Completion, Usage
from extractor.testing import FakeModel, FakeServer

from .contract.check import check_completion, check_request


@contextmanager
def endpoint(reply: Callable[[ChatRequest], Completion], ignores: Collection[str] = ()) -> Iterator[str]:
    """The base URL of a server that speaks chat completions while the block runs, and is asked by the contract."""

    def script(request: ChatRequest) -> Completion:
        said = reply(request)
        usage = said.usage or Usage(prompt_tokens=40, completion_tokens=12, total_tokens=52)
        completion = replace(said, id="chat-1", created=1_900_000_000, model=request.model, usage=usage)
        check_completion(completion.to_json())
        return completion

    model = FakeModel(script, repeat=True)
    with FakeServer(model, ignores=ignores) as server:
        yield server.base_url
    for request in model.http:
        check_request(request.content)
    assert server.refusals == []

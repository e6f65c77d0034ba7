"""What the engine says of a request, as chunks of the contract."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import orjson

from ..chat import ChunkChoice, CompletionChunk, Delta, Logprobs, PromptTokens, TokenLogprob, TopLogprob, Usage
from .local_grammar import Follower
from .local_request import Plan, StatusError

_Said: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the engine. All of it is empty where it only got on with the prompt."""

    text: str = ""
    logprobs: tuple[TokenLogprob, ...] = ()
    finish: str | None = None
    usage: Usage | None = None


def read_step(event: bytes) -> Step:
    """StatusError where the engine refuses the request."""
    said = orjson.loads(event)
    if error := said.get("error"):
        message = error.get("message", "the engine failed")
        if error.get("type") == "exceed_context_size_error":
            raise StatusError(error.get("code", 400), f"{message}: LocalTransport(context=…) sets it", "messages")
        raise StatusError(error.get("code", 500), message, None)
    usage = _usage(said["usage"]) if said.get("usage") else None
    for choice in said["choices"]:
        text = choice["text"] if "text" in choice else choice["delta"].get("content")
        logprobs = (choice.get("logprobs") or {}).get("content") or ()
        return Step(text or "", tuple(map(_logprob, logprobs)), choice["finish_reason"], usage)
    return Step(usage=usage)


class Answer:
    """One request's answer while the engine writes it."""

    def __init__(self, plan: Plan, model: str) -> None:
        self.plan = plan
        self._head = CompletionChunk(id=f"chatcmpl-{uuid.uuid4().hex}", created=int(time.time()), model=model)
        self._usages: list[Usage] = []
        self._begun = False

    def begin_choice(self, index: int) -> None:
        self._index = index
        self._follower = Follower(self.plan.grammar) if self.plan.grammar is not None else None
        self._finished = False

    def hear(self, event: bytes) -> Iterator[Answer | CompletionChunk]:
        """What an event says: at the first one this answer itself, then its chunks.

        StatusError where the engine fails or leaves the grammar.
        """
        step = read_step(event)
        if not self._begun:
            self._begun = True
            yield self
        if step.usage is not None:
            self._usages.append(step.usage)
        self._check(step)
        if step.text or step.logprobs or step.finish:
            yield replace(self._head, choices=(self._choice(step),))

    def end_choice(self) -> None:
        """StatusError where the choice did not come to an end."""
        if not self._finished:
            raise StatusError(500, "the engine broke off in the middle of its answer")

    def end(self) -> Iterator[CompletionChunk]:
        """The usage, where it is to be told. The prompt counts once: the engine reads it for the first choice."""
        if self.plan.usage or not self.plan.stream:
            first = self._usages[0]
            written = sum(usage.completion_tokens or 0 for usage in self._usages)
            total = (first.prompt_tokens or 0) + written
            yield replace(self._head, usage=replace(first, completion_tokens=written, total_tokens=total))

    def _check(self, step: Step) -> None:
        follower = self._follower
        if follower and step.text and not follower.follow(step.text):
            raise StatusError(500, f"the engine left the grammar, with {step.text!r}")
        if follower and step.finish == "stop" and not (follower.complete or self.plan.stops):
            raise StatusError(500, "the engine stopped before the end of the grammar")
        self._finished = self._finished or step.finish is not None

    def _choice(self, step: Step) -> ChunkChoice:
        delta = Delta(role="assistant", content=step.text)
        logprobs = self._logprobs(step.logprobs)
        return ChunkChoice(index=self._index, delta=delta, finish_reason=step.finish, logprobs=logprobs)

    def _logprobs(self, tokens: tuple[TokenLogprob, ...]) -> Logprobs | None:
        count = self.plan.top_logprobs
        if count is None or not tokens:
            return None
        return Logprobs(content=tuple(replace(token, top_logprobs=token.top_logprobs[:count]) for token in tokens))


def _usage(said: _Said) -> Usage:
    details = PromptTokens(cached_tokens=said.get("prompt_tokens_details", {}).get("cached_tokens"))
    counts = {name: said[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")}
    return Usage(**counts, prompt_tokens_details=details)


def _logprob(said: _Said) -> TokenLogprob:
    likeliest = tuple(TopLogprob(**_token(other)) for other in said["top_logprobs"])
    return TokenLogprob(**_token(said), top_logprobs=likeliest)


def _token(said: _Said) -> dict[str, Any]:
    return {"token": said["token"], "logprob": said["logprob"], "bytes": tuple(said["bytes"])}

"""What the engine says of a request, piece by piece, and the pieces as chunks or as one completion of the contract."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias

import orjson

from .local_grammar import Follower
from .local_request import Plan, StatusError

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of a choice, or its end. ``logprobs`` is one entry a token, in the contract's shape."""

    index: int
    text: str
    logprobs: tuple[Json, ...] = ()
    finish: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the engine. All of it is empty where it only got on with the prompt."""

    text: str = ""
    logprobs: tuple[Json, ...] = ()
    finish: str | None = None
    usage: Json | None = None


def read_step(event: bytes) -> Step:
    """StatusError where the engine refuses the request."""
    said = orjson.loads(event)
    if error := said.get("error"):
        param = "messages" if error.get("type") == "exceed_context_size_error" else None
        raise StatusError(error.get("code", 500), error.get("message", "the engine failed"), param)
    for choice in said["choices"]:
        text = choice["text"] if "text" in choice else choice["delta"].get("content")
        logprobs = (choice.get("logprobs") or {}).get("content") or ()
        return Step(text or "", tuple(logprobs), choice["finish_reason"], said.get("usage"))
    return Step(usage=said.get("usage"))


class Answer:
    """One request's answer while the engine writes it."""

    def __init__(self, plan: Plan, model: str) -> None:
        self.plan = plan
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
        self._usages: list[Json] = []
        self._begun = False

    def begin_choice(self, index: int) -> None:
        self._index = index
        self._follower = Follower(self.plan.grammar) if self.plan.grammar is not None else None
        self._finished = False

    def hear(self, event: bytes) -> Iterator[Answer | Piece]:
        """What an event says: at the first one this answer itself, then its pieces.

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
            yield Piece(self._index, step.text, self._logprobs(step), step.finish)

    def end_choice(self) -> None:
        """StatusError where the choice did not come to an end."""
        if not self._finished:
            raise StatusError(500, "the engine broke off in the middle of its answer")

    def chunk(self, piece: Piece) -> Json:
        delta = {"role": "assistant", "content": piece.text}
        choice = {"index": piece.index, "delta": delta, "finish_reason": piece.finish}
        if piece.logprobs:
            choice["logprobs"] = {"content": piece.logprobs, "refusal": []}
        return {"object": "chat.completion.chunk", **self._head, "choices": [choice]}

    def usage_chunk(self) -> Json:
        """What follows the last piece, where ``stream_options`` asks for it."""
        return {"object": "chat.completion.chunk", **self._head, "choices": [], "usage": self._usage()}

    def completion(self, pieces: Iterable[Piece]) -> Json:
        by_choice = groupby(pieces, attrgetter("index"))
        choices = [self._choice(index, tuple(parts)) for index, parts in by_choice]
        return {"object": "chat.completion", **self._head, "choices": choices, "usage": self._usage()}

    def _choice(self, index: int, pieces: Sequence[Piece]) -> Json:
        tokens = [token for piece in pieces for token in piece.logprobs]
        content = "".join(piece.text for piece in pieces)
        return {
            "index": index,
            "message": {"role": "assistant", "content": content, "refusal": None},
            "finish_reason": pieces[-1].finish,
            "logprobs": None if self.plan.top_logprobs is None else {"content": tokens, "refusal": []},
        }

    def _usage(self) -> Json:
        """The prompt counts once: the engine reads it for the first choice."""
        first = self._usages[0]
        written = sum(int(str(usage["completion_tokens"])) for usage in self._usages)
        total = int(str(first["prompt_tokens"])) + written
        return {**first, "completion_tokens": written, "total_tokens": total}

    def _check(self, step: Step) -> None:
        follower = self._follower
        if follower and step.text and not follower.follow(step.text):
            raise StatusError(500, f"the engine left the grammar, with {step.text!r}")
        if follower and step.finish == "stop" and not (follower.complete or self.plan.stops):
            raise StatusError(500, "the engine stopped before the end of the grammar")
        self._finished = self._finished or step.finish is not None

    def _logprobs(self, step: Step) -> tuple[Json, ...]:
        tops = self.plan.top_logprobs
        return () if tops is None else tuple(_logprob(token, tops) for token in step.logprobs)


def _logprob(token: Json, tops: int) -> Json:
    likeliest = token["top_logprobs"]
    assert isinstance(likeliest, list)
    return {**_plain(token), "top_logprobs": [_plain(other) for other in likeliest[:tops]]}


def _plain(token: Json) -> Json:
    return {name: token[name] for name in ("token", "bytes", "logprob")}

"""``FakeModel``: answers from a script or at random; it speaks the real wire, and no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import Self

import httpx
import orjson

from ..chat import DONE, ChatRequest, Choice, Completion, Usage, chunks_of, event
from .chances import Chances
from .faults import Faults, broken_off, spoilt
from .replies import Reply, Script, choices_in, resolved, sent

CREATED = 1_767_225_600
"""When every fake completion was made: a Unix time."""
_CHARACTERS_A_TOKEN = 4
_TOKENS_AN_IMAGE = 85


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
    ``faults`` say what goes wrong how often, by ``seed``; a fault that keeps the model from answering takes no reply.
    ``spent`` is the sum of the tokens of its completions. It may be asked from several threads.
    """

    def __init__(
        self,
        *replies: Script,
        usage: bool = True,
        repeat: bool = False,
        size: int = 16,
        split: int | None = None,
        faults: Faults | None = None,
        seed: int = 0,
    ) -> None:
        self.requests: list[ChatRequest] = []
        self.http: list[httpx.Request] = []
        self._replies = replies
        self._otherwise: Script | None = None
        self._next = 0
        self._usage = usage
        self._repeat = repeat
        self._size = size
        self._split = split
        self._faults = faults
        self._chances = Chances(seed)
        self._lock = Lock()
        self.spent = Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)

    @classmethod
    def random(
        cls,
        seed: int = 0,
        *,
        given: Mapping[str, object] | None = None,
        from_document: bool = False,
        usage: bool = True,
        size: int = 16,
        split: int | None = None,
        faults: Faults | None = None,
    ) -> Self:
        """A model whose answers are made at random, each valid under the strict schema that its request asks for.

        The same seed and requests give the same answers, in whatever order they are asked, for as long as they are.
        Log-probabilities are told where they are asked for; a request with a seed of its own is always answered alike.
        Where replies are added, those are what it says instead.
        ``given`` holds values of properties that chance cannot find, such as ``{"iban": "DE89370400440532013000"}``.
        ``from_document`` takes texts and numbers from the document where it has any that will do, so that they have
        evidence, and quotes are true.
        """
        from .answers import RandomAnswers

        model = cls(usage=usage, size=size, split=split, faults=faults, seed=seed)
        model._otherwise = RandomAnswers(seed, given or {}, from_document)
        return model

    def add(self, *replies: Script) -> None:
        """More replies, behind those that it was given."""
        with self._lock:
            self._replies += replies

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
        chance = self._chances.of(chat) if self._faults else None
        fault = self._faults.drawn(chance) if self._faults and chance else None
        instead = self._faults.instead(fault) if self._faults else None
        with self._lock:
            self.http.append(request)
            self.requests.append(chat)
            number, scripts = len(self.requests), [instead] if instead else self._take(chat)
        replies = [resolved(script, chat) for script in scripts]
        for reply in replies:
            if isinstance(reply, BaseException):
                raise _attached(reply, request)
            if isinstance(reply, Reply):
                return sent(reply, self._split)
        parts = [reply for reply in replies if isinstance(reply, Completion)]
        completion = _merged(parts, chat.n or 1)
        if fault and chance:
            completion = spoilt(completion, fault, chance)
        reply = self._wire(self._finished(completion, chat, number), chat)
        return sent(broken_off(reply) if fault == "cut" else reply, self._split)

    def _take(self, chat: ChatRequest) -> list[Script]:
        """The next reply, and for the further choices those that follow it, as far as they are answers."""
        if not self._replies and self._otherwise is not None:
            return [self._otherwise]
        if self._repeat and self._replies and not self.left:
            self._next -= 1
        if not self.left:
            raise OutOfReplies(_exhausted(len(self._replies), chat))
        taken = [self._replies[self._next]]
        while (
            sum(map(choices_in, taken)) < (chat.n or 1)
            and choices_in(taken[-1])
            and self.left > len(taken)
            and choices_in(self._replies[self._next + len(taken)])
        ):
            taken.append(self._replies[self._next + len(taken)])
        self._next += len(taken)
        return taken

    def _finished(self, completion: Completion, chat: ChatRequest, number: int) -> Completion:
        """With all that a completion has on the wire. What it cost is added to what was spent."""
        usage = estimated(chat, completion) if completion.usage is None and self._usage else completion.usage
        if usage is not None:
            with self._lock:
                self.spent = _sum(self.spent, usage)
        return replace(
            completion,
            id=f"fake-{number}" if completion.id is None else completion.id,
            created=CREATED if completion.created is None else completion.created,
            model=chat.model if completion.model is None else completion.model,
            usage=usage,
        )

    def _wire(self, completion: Completion, chat: ChatRequest) -> Reply:
        if not chat.stream:
            return Reply(200, {"content-type": "application/json"}, completion.to_json())
        told = chat.stream_options is not None and chat.stream_options["include_usage"]
        shown = completion if told else replace(completion, usage=None)
        events = [*map(event, chunks_of(shown, self._size)), DONE]
        return Reply(200, {"content-type": "text/event-stream"}, events)


def _sum(spent: Usage, usage: Usage) -> Usage:
    return Usage(
        prompt_tokens=(spent.prompt_tokens or 0) + (usage.prompt_tokens or 0),
        completion_tokens=(spent.completion_tokens or 0) + (usage.completion_tokens or 0),
        total_tokens=(spent.total_tokens or 0) + (usage.total_tokens or 0),
    )


def estimated(chat: ChatRequest, completion: Completion) -> Usage:
    """A plausible token count, always the same for the same texts."""
    prompt = estimated_prompt(chat)
    written = sum(_tokens(_written(choice)) for choice in completion.choices)
    return Usage(prompt_tokens=prompt, completion_tokens=written, total_tokens=prompt + written)


def estimated_prompt(chat: ChatRequest) -> int:
    """The tokens of the messages."""
    return sum(map(_message_tokens, chat.messages))


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

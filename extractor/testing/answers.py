"""Answers at random: to each request one that is valid under the schema that it asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import orjson

from ..chat import (
    AnswerMessage,
    ChatRequest,
    Choice,
    Completion,
    FunctionCall,
    Logprobs,
    TokenLogprob,
    ToolCall,
    TopLogprob,
)
from .chances import Chances
from .phrases import Phrases
from .texts import WORDS, text
from .values import value_of

_TOLD = re.compile(r"JSON Schema\b[^\n{]*\s*(?=\{)")


class RandomAnswers:
    """A script for ``FakeModel``. The Nth answer to a request is the same for the same seed, whatever else is asked."""

    def __init__(self, seed: int, given: Mapping[str, object] | None = None, from_document: bool = False) -> None:
        self._chances = Chances(seed)
        self._given = given or {}
        self._from_document = from_document

    def __call__(self, chat: ChatRequest) -> Completion:
        chance = self._chances.of(chat)
        return Completion(choices=[self._choice(chat, at, chance) for at in range(chat.n or 1)])

    def _choice(self, chat: ChatRequest, at: int, chance: Random) -> Choice:
        tool = called_tool(chat)
        schema = schema_asked(chat) if tool is None else tool.get("parameters", _NOTHING)
        said = text({}, chance) if schema is None else self._value(schema, chat, chance)
        if tool is None:
            told = logprobs_of(said, chat.top_logprobs or 0, chance) if chat.logprobs else None
            return Choice(index=at, message=AnswerMessage(content=said), finish_reason="stop", logprobs=told)
        call = ToolCall(id=f"call-{at}", type="function", function=FunctionCall(name=tool["name"], arguments=said))
        return Choice(index=at, message=AnswerMessage(tool_calls=(call,)), finish_reason="tool_calls")

    def _value(self, schema: Mapping[str, Any], chat: ChatRequest, chance: Random) -> str:
        phrases = Phrases(document_in(chat) if self._from_document else "")
        return orjson.dumps(value_of(schema, chance, self._given, phrases)).decode()


def logprobs_of(text: str, top: int, chance: Random) -> Logprobs:
    """Tokens of up to four characters, most of them sure; beside each, others that are less likely."""
    tokens = []
    for token in re.findall(r"(?s).{1,4}", text):
        sure = -chance.expovariate(20)
        others = [(token, sure), *((word, sure - at) for at, word in enumerate(WORDS[: max(top - 1, 0)], 1))][:top]
        beside = tuple(TopLogprob(token=word, logprob=value, bytes=tuple(word.encode())) for word, value in others)
        tokens.append(TokenLogprob(token=token, logprob=sure, bytes=tuple(token.encode()), top_logprobs=beside))
    return Logprobs(content=tuple(tokens))


def document_in(chat: ChatRequest) -> str:
    """The text of the first message of the user, where the document stands."""
    content: Any = next((message.get("content") for message in chat.messages if message["role"] == "user"), "")
    parts = content if isinstance(content, list | tuple) else [{"text": content}]
    return "\n".join(part["text"] for part in parts if "text" in part)


_NOTHING: Mapping[str, object] = {"type": "object", "properties": {}}


def called_tool(chat: ChatRequest) -> Mapping[str, Any] | None:
    """The function that has to be called: the one that is named, or the first where one is required."""
    choice: Any = chat.tool_choice
    functions = [tool["function"] for tool in chat.tools or () if "function" in tool]  # type: ignore[typeddict-item]
    if isinstance(choice, Mapping) and isinstance(choice.get("function"), Mapping):
        functions = [each for each in functions if each["name"] == choice["function"]["name"]]
    elif choice != "required":
        return None
    return functions[0] if functions else None


def schema_asked(chat: ChatRequest) -> Mapping[str, Any] | None:
    """The schema that the answer has to fit: that of the response format, or one that is told in words."""
    wanted: Any = chat.response_format or {}
    if wanted.get("type") == "json_schema":
        return dict(wanted["json_schema"].get("schema", _NOTHING))
    told = next(_told(chat), None)
    return _NOTHING if told is None and wanted.get("type") == "json_object" else told


def _told(chat: ChatRequest) -> Iterator[Mapping[str, Any]]:
    """The schemas that stand in the messages behind the words "JSON Schema", the last first."""
    for message in reversed(chat.messages):
        said = str(message.get("content"))
        for found in reversed(list(_TOLD.finditer(said))):
            yield json.JSONDecoder().raw_decode(said, found.end())[0]

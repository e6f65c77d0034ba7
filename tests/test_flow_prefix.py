"""Prompts begin with the same bytes over documents and attempts, so that the caches of endpoints have them."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import Any

import pytest
from pydantic import BaseModel, Field

from extractor import Extractor
from extractor.chat import ChatRequest, Completion, PromptTokens, Usage
from extractor.options import Mode

from .endpoint import endpoint


class Invoice(BaseModel):
    number: str
    total: float = Field(ge=0)
    lines: list[str] = []


DOCUMENTS = [f"Invoice {at}. " + "All of it is to be paid within thirty days. " * 40 for at in (1723, 8864)]
GOOD = {"number": "17", "total": 42.5, "lines": ["nails", "boards"]}
ANSWERS: dict[str, list[Completion]] = {
    "whole": [Completion(content='{"number":"17"}, "total": ["many"'), Completion(content=json.dumps(GOOD))],
    "patch": [Completion(content=json.dumps({**GOOD, "total": -1})), Completion(content='{"p0":42.5}')],
    "continue": [
        Completion(content=json.dumps(GOOD)[:-12], finish_reason="length"),
        Completion(content='{"p0":["boards"]}'),
    ],
}


def written(request: ChatRequest) -> str:
    return "".join(f"<{message['role']}>{message.get('content')}" for message in request.messages)


def shared(one: str, other: str) -> int:
    """How many characters they begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


class Caching:
    """An endpoint that keeps the beginnings of prompts in a cache, and says what it found there."""

    def __init__(self, answers: list[Completion]) -> None:
        self.prompts: list[str] = []
        self.answers = iter(answers)
        self.cached = 0

    def __call__(self, request: ChatRequest) -> Completion:
        prompt = written(request)
        found = max((shared(prompt, before) for before in self.prompts), default=0) // 4
        self.prompts.append(prompt)
        self.cached += found
        size = len(prompt) // 4
        details = PromptTokens(cached_tokens=found)
        usage = Usage(prompt_tokens=size, completion_tokens=1, total_tokens=size + 1, prompt_tokens_details=details)
        return Completion(choices=next(self.answers).choices, usage=usage)


@pytest.mark.parametrize("mode", ["json_schema", "json_object", "tool", "words"])
@pytest.mark.parametrize("name", ANSWERS)
def test_each_request_begins_with_what_went_before_the_issues(name: str, mode: Mode) -> None:
    model = Caching(ANSWERS[name] * 2)
    options: Any = {"instructions": "Amounts are net.", "mode": mode}
    with endpoint(model) as url, Extractor("m", base_url=url, **options) as extractor:
        ledgers = [extractor.extract(Invoice, document).ledger for document in DOCUMENTS]
    first, again, other, other_again = model.prompts
    assert again.startswith(first)
    assert other_again.startswith(other)
    assert other.startswith(first[: first.index(DOCUMENTS[0])])
    assert "Amounts are net." in first[: first.index(DOCUMENTS[0])]
    assert sum(ledger.cached_tokens or 0 for ledger in ledgers) == model.cached > len(first + other) // 4

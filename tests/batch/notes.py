"""A type, and a model that answers with the document's own text or as the words in it ask."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from extractor import Extractor
from extractor.chat import ChatRequest
from extractor.testing import FakeModel, Reply, Script

URL = "http://fake.example.com/v1"


class Note(BaseModel):
    text: str


def echo(request: ChatRequest) -> Script:
    """The last line of the document; ``busy`` is answered 500, ``wrong`` with half an answer."""
    said = str(request.messages[-1]["content"]).split("\n")[-1]
    if "busy" in said:
        return Reply(500, {"x-should-retry": "false"}, b"busy")
    return '{"text": 5' if "wrong" in said else {"text": said}


def over(reply: Script = echo, **options: Any) -> tuple[Extractor, FakeModel]:
    model = FakeModel(reply, repeat=True)
    return Extractor("m", base_url=URL, transport=model, **{"max_attempts": 1, **options}), model

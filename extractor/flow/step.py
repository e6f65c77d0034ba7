"""One request of an extraction, with what it is for and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..chat import ChatRequest, Completion, Message
from .reading import Reading, read

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """``purpose`` is what the ledger calls it."""

    purpose: str
    request: ChatRequest
    read: Callable[[Completion], Reading[Any]]


def first(schema: Schema[T], document: Document, settings: Settings) -> Step:
    """The opening: the whole value is asked for."""
    request = whole(schema, settings, prompt.opening(schema, document, settings))
    return Step("extract", request, partial(read, schema, settings=settings))


def whole(schema: Schema[T], settings: Settings, messages: tuple[Message, ...]) -> ChatRequest:
    """A request for the whole value."""
    return ChatRequest(
        model=settings.model,
        messages=messages,
        response_format=prompt.response_format(schema),
        **settings.request,
    )

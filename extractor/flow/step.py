"""One request of an extraction, with what it is for and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import prompt
from ..chat import ChatRequest, Completion, Message
from .reading import Reading, read

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema
    from ..schema.narrow import Narrowed


@dataclass(frozen=True, slots=True)
class Job:
    """What is wanted of what, and how."""

    schema: Schema[Any]
    document: Document
    settings: Settings

    @property
    def opening(self) -> tuple[Message, ...]:
        return prompt.opening(self.schema, self.document, self.settings)


@dataclass(frozen=True, slots=True)
class Step:
    """``purpose`` is what the ledger calls it. ``parts``: not the whole value is asked for.

    ``raised``: it has more room than the one before.
    """

    purpose: str
    request: ChatRequest
    read: Callable[[Completion], Reading[Any]]
    parts: bool = False
    raised: bool = False


def first(job: Job) -> Step:
    """The opening: the whole value is asked for."""
    return whole("extract", job, job.opening)


def whole(purpose: str, job: Job, messages: tuple[Message, ...]) -> Step:
    """A step that asks for the whole value."""
    request = ChatRequest(
        model=job.settings.model,
        messages=messages,
        response_format=prompt.response_format(job.schema),
        **job.settings.request,
    )
    return Step(purpose, request, partial(read, job.schema, settings=job.settings))


def some(
    purpose: str,
    job: Job,
    messages: tuple[Message, ...],
    form: Narrowed,
    reads: Callable[[Completion], Reading[Any]],
) -> Step:
    """A step that asks for some parts of the value."""
    request = ChatRequest(
        model=job.settings.model,
        messages=messages,
        response_format=prompt.json_schema(form.name, form.strict),
        **job.settings.request,
    )
    return Step(purpose, request, reads, parts=True)

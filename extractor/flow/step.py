"""One request of an extraction, with what it is for and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import prompt
from ..chat import ChatRequest, Completion, Message
from .decoding import decoded
from .modes import begun, fields, is_told
from .quoted import form_of, reader
from .reading import Reading, read

if TYPE_CHECKING:
    from ..document import Document
    from ..examples import Example
    from ..observer import Watch
    from ..options import Mode, Settings
    from ..schema import Narrowed, Quoting, Schema
    from .pins import Pins


@dataclass(frozen=True, slots=True)
class Job:
    """What is wanted of what, and how; ``watch`` is told of it where there is an observer.

    ``purpose`` is what the ledger calls each of its requests, where that is not the step's to say. ``pins`` hold what
    a stream gave away.
    """

    schema: Schema[Any]
    document: Document
    settings: Settings
    watch: Watch | None = None
    purpose: str | None = None
    pins: Pins | None = field(default=None, kw_only=True)

    def opening(self, told: bool) -> tuple[Message, ...]:
        """The messages that every request for the document begins with; ``told``: the schema stands in words."""
        form = form_of(self) or self.schema
        return prompt.opening(form, self.document, self.settings, told, examples_of(self.schema, self.settings))


def examples_of(schema: Schema[Any], settings: Settings) -> tuple[Example, ...]:
    """What the model is shown before the document. SetupError where one does not fit the type."""
    if not settings.examples:
        return ()
    from ..examples import checked

    return checked(schema, settings.examples)


@dataclass(frozen=True, slots=True)
class Step:
    """A request, made of its parts, so that a step may be changed and then asked again.

    ``purpose`` is what the ledger calls it; ``words`` gives its messages, with the schema of ``form`` in words or not;
    ``parts``: not the whole value is asked for; ``room``: a token limit that is not the caller's; ``partly``: the
    document is not shown, or not all of it; ``choices``: so many answers are asked for at once. ``shown`` makes the
    source value so far of an answer's JSON so far, where that takes more than to decode it by ``form``.
    """

    purpose: str
    job: Job
    mode: Mode
    form: Schema[Any] | Narrowed | Quoting
    words: Callable[[bool], tuple[Message, ...]]
    read: Callable[[Completion], Reading[Any]]
    parts: bool = False
    room: int | None = None
    partly: bool = False
    choices: int = 1
    shown: Callable[[object], object] | None = None
    request: ChatRequest = field(init=False)

    def __post_init__(self) -> None:
        settings = self.job.settings
        told = is_told(self.mode) or prompt.is_blind(settings.dialect)
        carried = decoded(self.job, self.form) if self.mode == "json_schema" else None
        sent = {**settings.request, **(carried or fields(self.mode, self.form))}
        if self.room is not None:
            sent["max_completion_tokens"] = self.room
        if self.choices > 1:
            sent["n"] = self.choices
        request = ChatRequest(model=settings.model, messages=self.words(told), **sent)
        object.__setattr__(self, "request", request)


def first(job: Job) -> Step:
    """The opening: the whole value is asked for, or what is to be changed in the one that is known."""
    if job.settings.existing is not None:
        from .update import updating

        return updating(job)
    step = whole("extract", job, begun(job.settings), job.opening)
    if job.settings.n == 1:
        return step
    from .votes import voted

    return voted(step, job.settings.n)


def whole(purpose: str, job: Job, mode: Mode, words: Callable[[bool], tuple[Message, ...]]) -> Step:
    """A step that asks for the whole value."""
    quoting = form_of(job)
    if quoting is not None:
        reads, so_far = reader(job, quoting), partial(_unquoted, quoting)
        return Step(purpose, job, mode, quoting, words, reads, shown=so_far)
    return Step(purpose, job, mode, job.schema, words, partial(read, job.schema, settings=job.settings))


def _unquoted(quoting: Quoting, wire: object) -> object:
    return quoting.decode(wire)[0]

"""Which request follows an answer with issues: the cheapest that can mend it.

patch   all issues stand below some paths: those alone are asked for, the rest is pinned
whole   the issues are the whole value's, or a patch did not help
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from .. import prompt
from ..chat import ChatRequest, Completion
from ..errors import InvalidOutputError
from .patch import Patch, patch_of, read_patch
from .reading import Reading, read
from .step import Step, whole

if TYPE_CHECKING:
    from ..document import Document
    from ..errors import ExtractionError
    from ..options import Settings
    from ..result import Attempt
    from ..schema import Schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class State:
    """What the next request is to mend.

    ``reading`` is that of the last answer, with all patches that helped; ``answer`` is its text where it was one
    completion's. ``stuck``: the last request was a patch that did not help. ``error`` is what nothing can mend.
    """

    reading: Reading[Any]
    answer: str | None = None
    stuck: bool = False
    error: ExtractionError | None = None


def heard(state: State | None, step: Step, completion: Completion, reading: Reading[Any]) -> State:
    """The state after an answer with issues. A patch counts when it left fewer issues than there were."""
    if state is None or step.purpose != "patch":
        return State(reading, completion.content, error=reading.error)
    if reading.best is None or len(reading.issues) >= len(state.reading.issues):
        return State(state.reading, state.answer, True, reading.error)
    return State(reading, error=reading.error)


def stopped(state: State, attempts: tuple[Attempt, ...], settings: Settings) -> ExtractionError | None:
    """Why nothing more is asked, None where something is."""
    if state.error is None and len(attempts) >= settings.max_attempts:
        return _exhausted(state, len(attempts))
    return state.error


def following(state: State, schema: Schema[T], document: Document, settings: Settings) -> Step:
    """The request of the first rung that can mend the state."""
    patch = _patch(state, schema, settings)
    if patch is not None:
        request = _patching(patch, schema, document, settings)
        return Step("patch", request, partial(read_patch, schema, patch, settings=settings))
    turns = prompt.again(_text(state, schema), state.reading.issues)
    request = whole(schema, settings, (*prompt.opening(schema, document, settings), *turns))
    return Step("re-ask", request, partial(read, schema, settings=settings))


def _patch(state: State, schema: Schema[T], settings: Settings) -> Patch | None:
    if state.stuck or state.reading.best is None or settings.style != "chat":
        return None
    return patch_of(schema, state.reading.best, state.reading.issues)


def _patching(patch: Patch, schema: Schema[T], document: Document, settings: Settings) -> ChatRequest:
    messages = prompt.form() if patch.formal else prompt.opening(schema, document, settings)
    return ChatRequest(
        model=settings.model,
        messages=prompt.patch(messages, patch.parts(), settings.dialect, patch.form.strict, formal=patch.formal),
        response_format=prompt.json_schema(patch.form.name, patch.form.strict),
        **settings.request,
    )


def _text(state: State, schema: Schema[T]) -> str | None:
    """The answer as the model would have written it."""
    if state.answer is not None or state.reading.best is None:
        return state.answer
    return prompt.json_text(schema.encode(state.reading.best))


def _exhausted(state: State, attempts: int) -> InvalidOutputError:
    issues = state.reading.issues
    more = f", and {len(issues) - 3} more" if len(issues) > 3 else ""
    said = "; ".join(map(str, issues[:3]))
    tries = f"{attempts} attempt{'s' * (attempts > 1)}"
    return InvalidOutputError(f"The answer is still invalid after {tries}: {said}{more}.", issues=issues)

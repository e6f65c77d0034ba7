"""The loop, written once: a generator that yields effects and is sent their outcomes. No I/O.

flow = extraction(schema, document, settings)
(ask,) = next(flow)
(ask,) = flow.send((Completion(content="…"),))      # until StopIteration, whose value is the Result
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar, cast

from . import prompt
from .chat import ChatRequest, Completion
from .errors import InvalidOutputError, ModelCallError, RefusalError, TruncatedError
from .issues import Fix, Issue
from .result import Attempt, Call, Ledger, Result

if TYPE_CHECKING:
    from .document import Document
    from .errors import ExtractionError, ExtractorError
    from .options import Settings
    from .schema import Checked, Schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """An effect: send this request. Its outcome is a ``Completion`` or a ``ModelCallError``."""

    request: ChatRequest


Effect: TypeAlias = Ask
Outcome: TypeAlias = Completion | ModelCallError
Flow: TypeAlias = Generator[tuple[Effect, ...], tuple[Outcome, ...], T]


def extraction(schema: Schema[T], document: Document, settings: Settings) -> Flow[Result[T]]:
    """Ask, read the answer, and ask again with its issues, until it is valid or no attempt is left."""
    request = opening = _opening(schema, document, settings)
    attempts: tuple[Attempt, ...] = ()
    ledger, best = Ledger(), None
    while True:
        (outcome,) = yield (Ask(request),)
        ledger = Ledger((*ledger.calls, bill("re-ask" if attempts else "extract", request, outcome)))
        if isinstance(outcome, ModelCallError):
            raise billed(outcome, ledger, attempts, best)
        reading = _read(schema, outcome, settings)
        best = reading.best if reading.best is not None else best
        attempts = (*attempts, Attempt(request, outcome, reading.issues, reading.fixes))
        if not reading.issues:
            return Result(cast(T, reading.value), attempts, ledger, schema, document)
        error = reading.error
        if error is None and len(attempts) >= settings.max_attempts:
            error = _exhausted(attempts)
        if error is not None:
            raise billed(error, ledger, attempts, best)
        request = replace(opening, messages=(*opening.messages, *prompt.again(outcome.content, reading.issues)))


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was made of one completion: a valid ``value``, or issues.

    ``best`` is what could be read, as plain JSON; ``error`` is what asking again in the same way cannot mend.
    """

    value: T | None = None
    issues: tuple[Issue, ...] = ()
    fixes: tuple[Fix, ...] = ()
    best: object = None
    error: ExtractionError | None = None


def _opening(schema: Schema[T], document: Document, settings: Settings) -> ChatRequest:
    return ChatRequest(
        model=settings.model,
        messages=prompt.opening(schema, document, settings),
        response_format=prompt.response_format(schema),
        **settings.request,
    )


def _read(schema: Schema[T], completion: Completion, settings: Settings) -> Reading[T]:
    refused = _refused(completion)
    if refused is not None:
        return Reading(issues=(Issue("$", str(refused), kind="refusal"),), error=refused)
    text = completion.content
    if text is None or not text.strip():
        return _cut(completion, Reading(issues=(_empty(completion),)))
    checked = _as_it_stands(schema, text)
    if checked is not None and not checked.issues:
        return Reading(checked.value)
    reading = _mended(schema, text, settings)
    return _cut(completion, reading) if reading.issues or reading.fixes else reading


def _as_it_stands(schema: Schema[T], text: str) -> Checked[T] | None:
    """The common case: nothing to mend. None where the text is no JSON."""
    if schema.direct:
        return schema.validate_json(text)
    from .answer.strict import NotJson, read

    try:
        return schema.validate(schema.decode(read(text)))
    except NotJson:
        return None


def _mended(schema: Schema[T], text: str, settings: Settings) -> Reading[T]:
    from .answer import repair  # here, since most runs never need it

    repaired = repair(text, schema, level=settings.repair, locale=settings.locale)
    if any(issue.kind == "syntax" for issue in repaired.issues):
        return Reading(None, repaired.issues, repaired.fixes, repaired.value)
    checked = schema.validate(repaired.value)
    named = {issue.path for issue in repaired.issues}
    found = tuple(issue for issue in checked.issues if issue.path not in named)
    return Reading(checked.value, (*repaired.issues, *found), repaired.fixes, repaired.value)


def _refused(completion: Completion) -> RefusalError | None:
    if completion.refusal:
        return RefusalError(f"The model refused: {completion.refusal}", refusal=completion.refusal)
    if completion.finish_reason == "content_filter":
        return RefusalError("The endpoint's content filter held the answer back (finish_reason content_filter).")
    return None


def _empty(completion: Completion) -> Issue:
    return Issue("$", prompt.empty_answer(bool(completion.reasoning)), kind="empty")


def _cut(completion: Completion, reading: Reading[T]) -> Reading[T]:
    """A reading of an answer that met a token limit is never taken for whole, unless it was valid as it stood."""
    if completion.finish_reason != "length":
        return reading
    issues = reading.issues or (Issue("$", "the answer was cut off by a token limit", kind="truncated"),)
    return replace(reading, issues=issues, error=TruncatedError(_too_long(completion), issues=issues))


def _too_long(completion: Completion) -> str:
    usage = completion.usage
    spent = f" after {usage.completion_tokens} tokens" if usage and usage.completion_tokens is not None else ""
    return (
        f"The answer was cut off by a token limit{spent} (finish_reason length): give it more with"
        " max_completion_tokens=, or ask for less at a time. What was whole is in .best."
    )


def _exhausted(attempts: tuple[Attempt, ...]) -> InvalidOutputError:
    issues = attempts[-1].issues
    more = f", and {len(issues) - 3} more" if len(issues) > 3 else ""
    said = "; ".join(map(str, issues[:3]))
    tries = f"{len(attempts)} attempt{'s' * (len(attempts) > 1)}"
    return InvalidOutputError(f"The answer is still invalid after {tries}: {said}{more}.", issues=issues)


def bill(purpose: str, request: ChatRequest, outcome: Outcome) -> Call:
    if isinstance(outcome, ModelCallError):
        return Call(purpose, request.model, took=outcome.took, error=type(outcome).__name__)
    spent = outcome.meta and outcome.meta.usage
    return Call(
        purpose,
        outcome.model or request.model,
        outcome.usage,
        spent.usd_spent if spent else None,
        spent.credits_used if spent else None,
        outcome.took,
    )


Failure = TypeVar("Failure", bound="ExtractorError")


def billed(error: Failure, ledger: Ledger, attempts: tuple[Attempt, ...], best: object) -> Failure:
    error.ledger, error.attempts, error.best = ledger, attempts, best
    return error

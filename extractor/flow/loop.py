"""The loop. Which request follows an answer with issues is the business of ``ladder``."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from ..chat import ChatRequest, Completion
from ..errors import ModelCallError, ModelStatusError
from ..result import Attempt, Ledger, Result
from .bill import bill, billed
from .modes import below, learn
from .step import Job, first

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """An effect: send this request. Its outcome is a ``Completion`` or a ``ModelCallError``."""

    request: ChatRequest


Effect: TypeAlias = Ask
Outcome: TypeAlias = Completion | ModelCallError
Flow: TypeAlias = Generator[tuple[Effect, ...], tuple[Outcome, ...], T]


def extraction(schema: Schema[T], document: Document, settings: Settings) -> Flow[Result[T]]:
    """Ask, read the answer, and ask again for what is wrong, until it is valid or no attempt is left."""
    job = Job(schema, document, settings)
    step, state, refusal = first(job), None, None
    attempts: tuple[Attempt, ...] = ()
    ledger = Ledger()
    while True:
        (outcome,) = yield (Ask(step.request),)
        ledger = Ledger((*ledger.calls, bill(step.purpose, step.request, outcome, step.mode)))
        if isinstance(outcome, ModelCallError):
            lower = below(step.mode, outcome, settings)
            if lower is None:
                raise billed(outcome, ledger, attempts, state and state.best)
            step, refusal = replace(step, mode=lower), cast(ModelStatusError, outcome)
            continue
        if refusal is not None:
            learn(settings, step.mode, refusal)
            refusal = None
        reading = step.read(outcome)
        attempts = (*attempts, Attempt(step.request, outcome, reading.issues, reading.fixes))
        if not reading.issues:
            return Result(cast(T, reading.value), attempts, ledger, schema, document)
        from . import ladder  # here, since most runs never need it

        state = ladder.heard(state, step, outcome, reading)
        following = ladder.following(state, job) if len(attempts) < settings.max_attempts else None
        if following is None:
            raise billed(ladder.failure(state, len(attempts)), ledger, attempts, state.best)
        step = following

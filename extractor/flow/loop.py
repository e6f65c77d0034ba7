"""The loop. Which request follows an answer with issues is the business of ``ladder``."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from ..chat import ChatRequest, Completion
from ..errors import ModelCallError, ModelStatusError
from ..result import Attempt, Result
from .bill import Log, Noted, bill
from .budget import exceeded, late, left
from .modes import below, learn
from .step import Job, first

if TYPE_CHECKING:
    from ..document import Document
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """An effect: send this request. Its outcome is a ``Completion`` or a ``ModelCallError``.

    ``seconds`` are left until the deadline.
    """

    request: ChatRequest
    seconds: float | None = None


Effect: TypeAlias = Ask
Outcome: TypeAlias = Completion | ModelCallError
Flow: TypeAlias = Generator[tuple[Effect, ...], tuple[Outcome, ...], T]


def extraction(schema: Schema[T], document: Document, settings: Settings) -> Flow[Result[T]]:
    """Ask, read the answer, and ask again for what is wrong, until it is valid or no attempt is left."""
    job, log = Job(schema, document, settings), Log()
    step, state, refusal = first(job), None, None
    while True:
        over = exceeded(log, step, settings)
        if over is not None:
            raise log.told(over)
        (outcome,) = yield (Ask(step.request, left(log.ledger, settings)),)
        log = log.charged(bill(step.purpose, step.request, outcome, step.mode, settings.prices))
        if isinstance(outcome, ModelCallError):
            lower = below(step.mode, outcome, step.job.settings)
            if lower is None:
                raise log.told(late(outcome, log.ledger, settings))
            step, refusal = replace(step, mode=lower), cast(ModelStatusError, outcome)
            continue
        if refusal is not None:
            learn(step.job.settings, step.mode, refusal)
            refusal = None
        with Noted(log, outcome):
            reading = step.read(outcome)
        attempts = (*log.attempts, Attempt(step.request, outcome, reading.issues, reading.fixes))
        if not reading.issues:
            return Result(cast(T, reading.value), attempts, log.ledger, schema, document)
        from . import ladder  # here, since most runs never need it

        state = ladder.heard(state, step, outcome, reading)
        log = replace(log, attempts=attempts, best=state.least.best)
        following = ladder.following(state) if len(attempts) < settings.max_attempts else None
        if following is None:
            kept = ladder.kept(state)
            if kept is not None:
                return Result(cast(T, kept.value), attempts, log.ledger, schema, document, kept.issues)
            raise log.told(ladder.failure(state, len(attempts)))
        step = following

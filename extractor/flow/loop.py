"""The loop. Which request follows an answer with issues is the business of ``ladder``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from ..errors import ModelCallError, ModelStatusError
from ..result import Attempt, Result
from .asking import asked
from .bill import Log, Noted
from .budget import exceeded, late
from .effects import Flow
from .modes import below, learn
from .step import Job, first
from .supported import supported

if TYPE_CHECKING:
    from ..document import Document
    from ..observer import Watch
    from ..options import Settings
    from ..schema import Schema

T = TypeVar("T")


def extraction(
    schema: Schema[T], document: Document, settings: Settings, watch: Watch | None = None
) -> Flow[Result[T]]:
    """Ask, read the answer, and ask again for what is wrong, until it is valid or no attempt is left."""
    job, log = Job(schema, document, settings, watch), Log()
    step, state, refusal = first(job), None, None
    while True:
        over = exceeded(log, step, settings)
        if over is not None:
            raise log.told(over)
        outcome, log = yield from asked(log, step, settings)
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
            reading = supported(step.job, step.read(outcome))
        attempts = (*log.attempts, Attempt(step.request, outcome, reading.issues, reading.fixes))
        if watch is not None:
            watch.read(watch.sent, attempts[-1])
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

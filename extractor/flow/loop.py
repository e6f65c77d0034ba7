"""The loop. Which request follows an answer with issues is the business of ``ladder``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..annotations import CHECKED
from ..errors import ModelCallError, ModelStatusError
from ..result import Attempt, Ledger, Result
from .asking import asked
from .bill import Log, Noted
from .breaks import counted, received, without_options
from .budget import exceeded, late
from .effects import Flow
from .modes import below, learn
from .step import Job, Step, first
from .supported import supported

if TYPE_CHECKING:
    from ..document import Document
    from ..observer import Watch
    from ..options import Settings
    from ..schema import Schema
    from .checks import Checks
    from .pins import Pins
    from .reading import Reading

T = TypeVar("T")


def extraction(
    schema: Schema[T], document: Document, settings: Settings, watch: Watch | None = None, pins: Pins | None = None
) -> Flow[Result[T]]:
    """Read the document: ask, read the answer, and ask again for what is wrong. ``pins``: what a stream gives away."""
    if settings.validation_context is not None:
        schema = schema.within(settings.validation_context)
    return pursued(first(Job(schema, document, settings, watch, pins=pins)), Log())


def pursued(step: Step, log: Log) -> Flow[Result[Any]]:
    """From the first step on, until the answer is valid or no attempt is left."""
    schema, settings, watch = step.job.schema, step.job.settings, step.job.watch
    state, refusal, checks = None, None, _checks(step.job)
    ballots: tuple[object, ...] = ()
    most = settings.max_attempts + (settings.existing is not None)  # naming what changes is no attempt at it
    while True:
        over = exceeded(log, step, settings)
        if over is not None:
            raise log.told(over)
        outcome, log = yield from asked(log, step, settings)
        outcome = received(outcome, log.attempts)
        if isinstance(outcome, ModelCallError):
            lower = _lowered(step, outcome, log)
            step, refusal = lower, refusal if lower.mode == step.mode else cast(ModelStatusError, outcome)
            continue
        if refusal is not None:
            learn(step.job.settings, step.mode, refusal)
            refusal = None
        with Noted(log, outcome):
            reading = supported(step.job, step.read(outcome))
        if step.job.pins is not None:
            reading = step.job.pins.held(schema, reading)
        if checks is not None and not reading.issues:
            reading, log = yield from checks.passed(step, outcome, reading, log)
        ballots = reading.ballots or ballots
        attempts = (*log.attempts, Attempt(step.request, outcome, reading.issues, reading.fixes, reading.quotes))
        if watch is not None:
            watch.read(attempts[-1])
        if not reading.issues:
            return _result(step.job, reading, attempts, log.ledger, ballots)
        from . import ladder  # here, since most runs never need it

        state = ladder.heard(state, step, outcome, reading)
        log = replace(log, attempts=attempts, best=state.least.best)
        following = ladder.following(state) if counted(attempts) < most else None
        if following is None:
            kept = ladder.kept(state)
            if kept is not None:
                return _result(step.job, kept, attempts, log.ledger, ballots)
            raise log.told(ladder.failure(state, counted(attempts)))
        step = following


def _result(
    job: Job, reading: Reading[T], attempts: tuple[Attempt, ...], ledger: Ledger, ballots: tuple[object, ...]
) -> Result[T]:
    value = cast(T, reading.value)
    if not ballots:
        return Result(value, attempts, ledger, job.schema, job.document, reading.issues)
    from ..answer.vote import agreement

    agreed = agreement(job.schema.dump(value) if reading.best is None else reading.best, ballots)
    return Result(value, attempts, ledger, job.schema, job.document, reading.issues, agreement=agreed)


def _lowered(step: Step, error: ModelCallError, log: Log) -> Step:
    """The step without what the endpoint refuses. Raises the error where that does not help."""
    plainer = without_options(step, error)
    if plainer is not None:
        return plainer
    lower = below(step.mode, error, step.job.settings)
    if lower is None:
        raise log.told(late(error, log, step.job.settings))
    return replace(step, mode=lower)


def _checks(job: Job) -> Checks | None:
    """What a type has to be looked at beyond its validation; None for most."""
    if job.schema.annotated.isdisjoint(CHECKED):
        return None
    from .checks import Checks

    return Checks.of(job)

"""Requests of a flow, and their lines in the bill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from .bill import Log, bill
from .budget import left
from .effects import Answer, Ask, Flow, Stopped

if TYPE_CHECKING:
    from ..chat import Completion
    from ..options import Settings
    from .effects import Came
    from .step import Step


def asked(log: Log, step: Step, settings: Settings) -> Flow[tuple[Answer, Log]]:
    """What the step's request gave, and the log with its line."""
    if step.choices > 1:
        from .votes import several

        return (yield from several(log, step, settings))
    number = _announced(step)
    try:
        (came,) = yield (Ask(step.request, left(log, settings), step),)
    except Stopped as stopped:
        stopped.charge(_charged(log, step, settings, number, stopped.came[0]))
        raise
    return cast("Answer", came), _charged(log, step, settings, number, came)


def sent(log: Log, step: Step, settings: Settings, times: int) -> Flow[tuple[tuple[Answer, ...], Log]]:
    """The same for so many times the same request, side by side."""
    numbers = [_announced(step) for _ in range(times)]
    try:
        came = yield tuple(Ask(step.request, left(log, settings), step) for _ in range(times))
    except Stopped as stopped:
        for number, each in zip(numbers, stopped.came, strict=True):
            log = _charged(log, step, settings, number, each)
        stopped.charge(log)
        raise
    for number, each in zip(numbers, came, strict=True):
        log = _charged(log, step, settings, number, each)
    beside = _beside([call.took.seconds for call in log.ledger.calls[-times:] if call.took], settings.concurrency)
    return cast("tuple[Answer, ...]", came), replace(log, beside=log.beside + beside)


def _beside(seconds: Sequence[float], at_once: int) -> float:
    """How much shorter than their sum the seconds of requests were that ran side by side."""
    return sum(seconds) - max(max(seconds, default=0.0), sum(seconds) / at_once)


def _announced(step: Step) -> int:
    """The number of the request, of which an observer is told before it is sent."""
    watch, job = step.job.watch, step.job
    return watch.requested(job.purpose or step.purpose, step.mode, step.request) if watch else 0


def _charged(log: Log, step: Step, settings: Settings, number: int, came: Came) -> Log:
    """The log with the line of what came of the request; nothing was sent where nothing did."""
    if came is None:
        return log
    outcome, job = cast("Completion | BaseException", came), step.job
    call = bill(job.purpose or step.purpose, step.request, outcome, step.mode, settings.prices)
    if job.watch:
        job.watch.answered(number, call, outcome)
    return log.charged(call)

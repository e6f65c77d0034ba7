"""One request of a flow, and its line in the bill."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..chat import Completion
from .bill import Log, bill
from .budget import left
from .effects import Answer, Ask, Flow, Stopped

if TYPE_CHECKING:
    from ..options import Settings
    from .step import Step


def asked(log: Log, step: Step, settings: Settings) -> Flow[tuple[Answer, Log]]:
    """What the step's request gave, and the log with its line."""
    watch, purpose = step.job.watch, step.job.purpose or step.purpose
    number = watch.requested(purpose, step.mode, step.request) if watch else 0

    def charged(outcome: Completion | BaseException) -> Log:
        call = bill(purpose, step.request, outcome, step.mode, settings.prices)
        if watch:
            watch.answered(number, call, outcome)
        return log.charged(call)

    try:
        (outcome,) = yield (Ask(step.request, left(log.ledger, settings)),)
    except Stopped as stopped:
        (came,) = stopped.came
        stopped.charge(log if came is None else charged(cast(Completion, came)))
        raise
    return cast(Answer, outcome), charged(cast(Answer, outcome))

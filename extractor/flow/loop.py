"""The loop. Which request follows an answer with issues is the business of ``ladder``."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from ..chat import ChatRequest, Completion
from ..errors import ModelCallError
from ..result import Attempt, Ledger, Result
from .bill import bill, billed
from .step import first

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
    step, state = first(schema, document, settings), None
    attempts: tuple[Attempt, ...] = ()
    ledger, best = Ledger(), None
    while True:
        (outcome,) = yield (Ask(step.request),)
        ledger = Ledger((*ledger.calls, bill(step.purpose, step.request, outcome)))
        if isinstance(outcome, ModelCallError):
            raise billed(outcome, ledger, attempts, best)
        reading = step.read(outcome)
        attempts = (*attempts, Attempt(step.request, outcome, reading.issues, reading.fixes))
        if not reading.issues:
            return Result(cast(T, reading.value), attempts, ledger, schema, document)
        from . import ladder  # here, since most runs never need it

        state = ladder.heard(state, step, outcome, reading)
        best = state.reading.best if state.reading.best is not None else best
        error = ladder.stopped(state, attempts, settings)
        if error is not None:
            raise billed(error, ledger, attempts, best)
        step = ladder.following(state, schema, document, settings)

"""What a flow yields and is sent: a tuple of effects, and a tuple of their outcomes in the same order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ..chat import ChatRequest, Completion
from ..errors import ModelCallError
from .bill import Log

if TYPE_CHECKING:
    from .step import Step

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """An effect: send this request. Its outcome is a ``Completion`` or a ``ModelCallError``.

    ``seconds`` are left until the deadline. ``step`` says what is asked for, where the answer is shown while it comes.
    """

    request: ChatRequest
    seconds: float | None = None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """An effect: call the validator with the value, and await what it gives where that can be awaited.

    Its outcome is a ``Verdict``.
    """

    validator: Callable[[object], object | Awaitable[object]]
    value: object


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a validator gave, or the ValueError or AssertionError by which it said no."""

    given: object = None
    error: ValueError | AssertionError | None = None


Effect: TypeAlias = Ask | Check
Answer: TypeAlias = Completion | ModelCallError
Outcome: TypeAlias = Answer | Verdict
Flow: TypeAlias = Generator[tuple[Effect, ...], tuple[Outcome, ...], T]
Came: TypeAlias = Outcome | BaseException | None
"""The outcome of an effect; the exception that broke it off; or None where it never began."""


class Rolling(tuple["Effect", ...]):
    """Effects of which a driver may send the outcomes before all of them are there: None for each that is not yet.

    What is still wanted is yielded again, the very same effect.
    """

    __slots__ = ()


class Stopped(BaseException):
    """Thrown into a flow whose effects were broken off. ``came`` is what became of each.

    A flow charges what it spent, and lets this pass.
    """

    def __init__(self, came: Sequence[Came]) -> None:
        super().__init__("the effects of a flow were broken off")
        self.came = tuple(came)
        self.log = Log()

    def charge(self, log: Log) -> None:
        self.log = self.log.and_(log)


def stop(flow: Flow[T], came: Sequence[Came], error: BaseException) -> None:
    """End a flow whose effects were broken off by ``error``, which is told what was spent until then."""
    stopped = Stopped(came)
    try:
        flow.throw(stopped)
    except Stopped:
        stopped.log.noted(error)

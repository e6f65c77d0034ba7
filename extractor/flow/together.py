"""Several flows side by side, as one flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ..errors import ExtractorError
from .bill import Log
from .effects import Effect, Flow, Stopped

if TYPE_CHECKING:
    from ..result import Ledger


class Billed(Protocol):
    """What tells its bill, as ``Result`` does."""

    @property
    def ledger(self) -> Ledger: ...


B = TypeVar("B", bound=Billed)


def together(flows: Sequence[Flow[B]]) -> Flow[tuple[B | ExtractorError, ...]]:
    """Run flows side by side: what each gives, in order, or the ExtractorError that ended it.

    Each round yields the effects of all that still run as one tuple. An exception that is no ExtractorError ends all of
    them, and the bill of all is noted on it.
    """
    running = _Running(flows)
    running.round()
    while running.effects:
        try:
            came = yield tuple(effect for effects in running.effects.values() for effect in effects)
        except Stopped as stopped:
            running.share(stopped.came)
            running.stop(stopped)
            raise
        running.share(came)
        running.round()
    return tuple(running.ended[at] for at in range(len(flows)))


class _Running(Generic[B]):
    """Where each flow stands: the ``effects`` that it waits for, ``came`` of them, or what it ``ended`` with."""

    def __init__(self, flows: Sequence[Flow[B]]) -> None:
        self.flows = flows
        self.effects: dict[int, tuple[Effect, ...]] = dict.fromkeys(range(len(flows)), ())
        self.came: dict[int, Any] = dict.fromkeys(range(len(flows)))
        self.ended: dict[int, B | ExtractorError] = {}

    def share(self, came: Sequence[object]) -> None:
        """Give each flow its part of what came."""
        left = iter(came)
        self.came = {at: tuple(next(left) for _ in effects) for at, effects in self.effects.items()}

    def round(self) -> None:
        for at in tuple(self.effects):
            self._step(at)

    def _step(self, at: int) -> None:
        del self.effects[at]
        try:
            self.effects[at] = self.flows[at].send(self.came.pop(at))
        except StopIteration as end:
            self.ended[at] = end.value
        except ExtractorError as error:
            self.ended[at] = error
        except BaseException as error:
            stopped = Stopped(())
            self.stop(stopped)
            stopped.log.noted(error)
            raise

    def stop(self, stopped: Stopped) -> None:
        """End the flows that run, and charge what all have spent."""
        for ended in self.ended.values():
            stopped.charge(_log(ended))
        for at, effects in self.effects.items():
            one = Stopped(self.came.get(at) or (None,) * len(effects))
            try:
                self.flows[at].throw(one)
            except Stopped:
                stopped.charge(one.log)


def _log(ended: Billed | ExtractorError) -> Log:
    if isinstance(ended, ExtractorError):
        return Log(ended.ledger or Log().ledger, ended.attempts, ended.best)
    return Log(ended.ledger)

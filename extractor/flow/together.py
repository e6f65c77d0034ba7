"""Several flows side by side, as one flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar

from ..errors import ExtractorError
from .bill import Log
from .effects import Effect, Flow, Rolling, Stopped

if TYPE_CHECKING:
    from ..result import Ledger


class Billed(Protocol):
    """What tells its bill, as ``Result`` does."""

    @property
    def ledger(self) -> Ledger: ...


B = TypeVar("B", bound=Billed)


Following: TypeAlias = "Callable[[int, B | ExtractorError], Sequence[Flow[B]]]"


def together(flows: Sequence[Flow[B]], following: Following[B] | None = None) -> Flow[tuple[B | ExtractorError, ...]]:
    """Run flows side by side: what each gives, in order, or the ExtractorError that ended it.

    Each round yields the effects of all that still run as one tuple. An exception that is no ExtractorError ends all of
    them, and the bill of all is noted on it. With ``following`` no flow waits for the others: it is told what each
    gives by its number, once that is there, and gives the flows that are to run beside the rest from then on.
    """
    running = _Running(flows, following)
    running.round()
    kind = tuple if following is None else Rolling
    while running.effects:
        try:
            came = yield kind(effect for effects in running.effects.values() for effect in effects)
        except Stopped as stopped:
            running.share(stopped.came)
            running.stop(stopped)
            raise
        running.share(came)
        running.round()
    return tuple(running.ended[at] for at in range(len(running.flows)))


class _Running(Generic[B]):
    """Where each flow stands: the ``effects`` that it waits for, ``came`` of them, or what it ``ended`` with."""

    def __init__(self, flows: Sequence[Flow[B]], following: Following[B] | None) -> None:
        self.flows: list[Flow[B]] = []
        self.effects: dict[int, tuple[Effect, ...]] = {}
        self.came: dict[int, Any] = {}
        self.ended: dict[int, B | ExtractorError] = {}
        self._following = following
        self._add(flows)

    def _add(self, flows: Sequence[Flow[B]]) -> None:
        new = range(len(self.flows), len(self.flows) + len(flows))
        self.flows += flows
        self.effects.update(dict.fromkeys(new, ()))
        self.came.update(dict.fromkeys(new))

    def share(self, came: Sequence[object]) -> None:
        """Give each flow its part of what came."""
        left = iter(came)
        self.came = {at: tuple(next(left) for _ in effects) for at, effects in self.effects.items()}

    def round(self) -> None:
        """Go on with each flow of which all has come, and with those that follow them."""
        waiting = list(self.effects)
        for at in waiting:
            if self.came[at] is None or all(one is not None for one in self.came[at]):
                self._step(at)
                waiting += self._followed(at)

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

    def _followed(self, at: int) -> range:
        """Add the flows that follow one that has ended, and give their numbers."""
        before = len(self.flows)
        if self._following is not None and at in self.ended:
            self._add(self._following(at, self.ended[at]))
        return range(before, len(self.flows))

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

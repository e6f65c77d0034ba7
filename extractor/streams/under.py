"""What both streams are: a flow under way, what is shown of it, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ..errors import ExtractorError, StreamLeftError
from ..flow import bill, stop
from ..live import Cells
from ..result import Call, Ledger
from .listener import Listener
from .opening import opened, seconds
from .show import Unshown

if TYPE_CHECKING:
    import httpx

    from ..document import DocumentSource
    from ..endpoint import Endpoint
    from ..flow import Answer, Ask, Effect, Flow
    from ..flow.effects import Came
    from ..limits import Timeouts
    from ..options import Options
    from ..result import Result
    from .partial import Partial
    from .show import Show

T = TypeVar("T")
_PARTS = 2048
LEFT = "The stream was left before its end, so that it has no result."
_UNDER_WAY = "The stream is not at its end yet, so that it has no result: go on to it, or await finish()."


class Under(Generic[T]):
    """What both streams are: a flow, what is shown of it, and how it ended."""

    def __init__(self, front: Any, type: Any, document: DocumentSource, options: Options, every: float) -> None:
        """``front`` is the extractor. ``Extractor.stream`` makes one."""
        self._begin, self._show, self._settings = opened(front.settings, type, document, options)
        self._endpoint: Endpoint = front._endpoint
        self._transport: Any = front._transport
        self._every = seconds(every)
        self._result: Result[T] | None = None
        self._error: BaseException | None = None
        self._calls: list[Call] = []
        self._left: StreamLeftError | None = None
        self._listener: Listener | None = None
        self._cells = Cells()

    @property
    def ledger(self) -> Ledger:
        """What was spent until now. Of a stream that was left, the tokens of its last answer are not known."""
        if self._result is not None:
            return self._result.ledger
        ended = self._left or self._error
        told = ended.ledger if isinstance(ended, ExtractorError) else None
        return told or Ledger(tuple(self._calls))

    def _ipython_display_(self) -> None:
        """In a notebook: a cell that is drawn anew while the answer is read."""
        self._cells.show(self)

    def _repr_html_(self) -> str:
        from .shown import of_stream

        return of_stream(self)

    def __repr__(self) -> str:
        state = "done" if self._result else "ended" if self._error else "under way"
        return f"<{type(self).__name__} {state} ({self.ledger})>"

    @property
    def _over(self) -> bool:
        return self._result is not None or self._error is not None

    def _effects(self, flow: Flow[Result[T]], outcomes: tuple[Any, ...] | None) -> tuple[Effect, ...] | None:
        """What the flow wants next; None where it has its result."""
        try:
            effects = flow.send(cast(Any, outcomes))
        except StopIteration as end:
            self._result = end.value
            self._show.finish(end.value)
            return None
        except BaseException as error:
            self._error = error
            raise
        self._show.take()
        return effects

    def _listen(self, ask: Ask, request: httpx.Request) -> Listener:
        """To an answer that comes alone."""
        self._listener = self._listener_of(ask, request, self._show.heard_as(ask.step))
        return self._listener

    def _listener_of(self, ask: Ask, request: httpx.Request, show: Show | Unshown) -> Listener:
        return Listener(show, ask.step, self._settings.guards, self._endpoint, request)

    def _within(self, ask: Ask) -> Timeouts:
        return self._settings.timeout.within(ask.seconds)

    def _charged(self, ask: Ask, listener: Listener) -> Answer:
        outcome = listener.outcome
        assert outcome is not None
        self._listener = None
        if ask.step is not None:
            purpose = ask.step.job.purpose or ask.step.purpose
            self._calls.append(bill(purpose, ask.request, outcome, ask.step.mode, self._settings.prices))
        return outcome

    def _broken(self, flow: Flow[Result[T]], error: BaseException, came: Sequence[Came]) -> None:
        """End the flow, which tells its bill: to the error, or where the stream was left to one of its own."""
        self._error = error
        if isinstance(error, ExtractorError):
            stop(flow, [error] if list(came) == [None] else came, error)
            return
        self._left = self._listener.left(LEFT) if self._listener is not None else StreamLeftError(LEFT)
        stop(flow, [self._left] if list(came) == [None] else came, self._left)
        if isinstance(error, GeneratorExit):
            self._error = self._left
        else:
            error.add_note(f"Spent until then: {self.ledger}")

    def _raise(self) -> None:
        """Raise what ended the stream, but where it was left."""
        if self._error is not None and self._error is not self._left:
            raise self._error

    def _came(self) -> Result[T]:
        if self._result is not None:
            return self._result
        raise self._error or StreamLeftError(_UNDER_WAY)


class Partials:
    """What was shown last to one who iterates, and what is next."""

    def __init__(self, show: Show, every: float) -> None:
        self._show = show
        self._every = every
        self._due = 0.0
        self._shown = 0
        self._length = 0
        self._before: Partial | None = None

    def next(self, over: bool) -> Partial | None:
        """The JSON so far where it is new, and where it is time for it or all is ``over``."""
        if self._shown == self._show.version or not (over or self._is_time()):
            return None
        self._length = self._show.length
        self._shown = self._show.version
        partial = self._show.partial(self._before)
        if partial is not None:
            self._before = partial
            self._due = time.monotonic() + self._every
        return partial

    def _is_time(self) -> bool:
        """A partial costs what is open, so that in a very long answer one comes for each small part of it."""
        grown = self._show.length - self._length
        return grown * _PARTS >= self._show.length and (not self._every or time.monotonic() >= self._due)

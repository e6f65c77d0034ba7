"""One request that is being answered, and what becomes of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx

from ..endpoint import tells_events, took_of
from ..errors import ModelCallError, ModelProtocolError, ModelUnreachableError, StreamLeftError
from .hearing import Hearing

if TYPE_CHECKING:
    from ..chat import Took
    from ..endpoint import Endpoint
    from ..flow import Answer
    from ..flow.step import Step
    from ..limits import Guards
    from .show import Show, Unshown


class Listener:
    """``hearing`` takes the pieces of a streamed answer; ``outcome`` is there at the end."""

    def __init__(
        self, show: Show | Unshown, step: Step | None, guards: Guards, endpoint: Endpoint, request: httpx.Request
    ) -> None:
        self.hearing = Hearing(show, step, guards)
        self.request = request
        self.outcome: Answer | None = None
        self._endpoint = endpoint
        self._started = time.perf_counter()

    def unreachable(self, error: httpx.HTTPError) -> None:
        """No answer came."""
        self.outcome = self._endpoint.unreachable(self.request, error, self._started)

    def whole(self, response: httpx.Response, body: bytes) -> None:
        """An answer came at once."""
        self.outcome = self._endpoint.outcome(self.request, response, body, self._started)
        if not isinstance(self.outcome, ModelCallError):
            self.hearing.told(self.outcome)

    def ended(self, error: httpx.HTTPError | ModelProtocolError | None, streamed: bool) -> None:
        """The answer ended, by an error or without."""
        if isinstance(error, ModelProtocolError):
            self._fail(self._endpoint.misspoken(error, self._took()))
        elif not streamed and error is not None:
            self.unreachable(error)
        elif not (self.hearing.cut or self.hearing.done or self._is_whole(error)):
            return
        else:
            completion = self.hearing.completion()
            took = self._took()
            self.outcome = replace(completion, took=took if completion.usage is None else replace(took, received=None))

    def left(self, message: str) -> StreamLeftError:
        """The answer is not waited for any longer."""
        error = StreamLeftError(message, took=self._took())
        error.completion = self.hearing.completion()
        return error

    def _is_whole(self, error: httpx.HTTPError | None) -> bool:
        """Whether the stream ended well without saying so; else it broke off."""
        try:
            self.hearing.close()
        except ModelProtocolError as broken:
            try:
                self._fail(self._endpoint.unreachable(self.request, error or broken, self._started))
            except ModelUnreachableError as closed:
                self._fail(closed)
                raise
            return False
        return True

    def _fail(self, error: ModelCallError) -> None:
        error.completion, error.took = self.hearing.completion(), self._took()
        self.outcome = error

    def _took(self) -> Took:
        return replace(took_of(self.request, self._started), received=self.hearing.received, streamed=True)


def is_stream(response: httpx.Response) -> bool:
    """Whether an answer comes event by event: some endpoints answer at once where a stream was asked for."""
    return response.is_success and tells_events(response)

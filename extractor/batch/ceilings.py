"""What ends a batch before its documents do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..chat import Usage
from ..errors import BudgetError, ExtractorError, ModelStatusError
from ..result import Call, Ledger
from .caught import Caught

if TYPE_CHECKING:
    from ..options import BatchSettings
    from .item import Item
    from .meter import Meter


class Ceilings:
    """Says whether one more document may be begun, by what those before it cost and how they ended.

    Money is counted with what is in work, each document there as the mean of those that have ended.
    """

    def __init__(self, settings: BatchSettings, spent: float = 0.0) -> None:
        self._max_failures = settings.max_failures
        self._batch_usd = settings.batch_usd
        self._fatal = settings.fatal
        self._spent = spent
        self._paid = self._failed = self._working = 0
        self._known = 0.0
        self._changed = asyncio.Event()
        self._finishing = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waking: Callable[[], object] = bool
        self._leaving: Callable[[], object] = bool
        self._left = False
        self.error: ExtractorError | None = None

    def begin(self, wake: Callable[[], object], leave: Callable[[], object]) -> None:
        """Work begins in this event loop; ``wake`` is called when it is to finish, ``leave`` when it is to be left."""
        self._loop, self._waking, self._leaving = asyncio.get_running_loop(), wake, leave

    def finish(self, at_once: bool = False) -> None:
        """Begin no further document, and leave what is in work where it is to be ``at_once``. From any thread."""
        self._finishing, self._left = True, self._left or at_once
        if self._loop is not None:
            with Caught():  # the loop may have ended by now
                self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        self._changed.set()
        self._waking()
        if self._left:
            self._leaving()

    async def more(self) -> bool:
        """Whether one more may be begun; it counts as begun then."""
        while self._batch_usd is not None and self._working and self._expected() >= self._batch_usd:
            if self._finishing or self.error is not None:
                return False
            self._changed.clear()
            await self._changed.wait()
        if self._finishing or self.error is not None:
            return False
        if self._batch_usd is not None and self._spent >= self._batch_usd:
            self._reached("batch_usd", f"${self._spent:.5f} are spent: batch_usd={self._batch_usd:g} is reached.")
            return False
        self._working += 1
        return True

    def ended(self, item: Item[Any] | None) -> None:
        """A document that was begun has ended; None where there was none to begin."""
        self._working -= 1
        self._changed.set()
        if item is None or item.recorded:
            return
        if item.error is not None:
            self._failed += 1
            if isinstance(item.error, ModelStatusError) and item.error.status_code in self._fatal:
                self._finishing = True
            if self._max_failures is not None and self._failed > self._max_failures:
                self._reached("max_failures", f"{self._failed} documents failed: max_failures={self._max_failures}.")
        if self._batch_usd is not None:
            self._charge(item.ledger)

    def _charge(self, ledger: Ledger) -> None:
        calls = [call for call in ledger.calls if call.charged]
        known = sum(call.usd for call in calls if call.usd is not None)
        self._spent += known
        self._known += known
        self._paid += any(call.usd is not None for call in calls)
        if calls and not self._paid:
            self._reached("batch_usd", "What a call costs is not known, so batch_usd= cannot be held. Give prices=.")

    def _expected(self) -> float:
        each = self._known / self._paid if self._paid else 0.0
        return self._spent + self._working * each

    def stop(self, error: ExtractorError) -> None:
        """Begin no further document, and raise the error when those that were begun have ended."""
        self.error = self.error or error

    def _reached(self, ceiling: str, why: str) -> None:
        self.stop(BudgetError(f"{why} No further document was begun.", ceiling=ceiling))


def bill(error: ExtractorError, meter: Meter, model: str) -> None:
    """Gives the error the bill of the whole batch, as one line."""
    prompt, answer = meter.prompt_tokens, meter.completion_tokens
    usage = Usage(prompt_tokens=prompt, completion_tokens=answer, total_tokens=prompt + answer)
    error.ledger = Ledger((Call("batch", model, usage, meter.usd),))

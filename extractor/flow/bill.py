"""What calls cost, and the errors that carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..chat import ChatRequest, Completion, Took, Usage
from ..errors import ExtractorError, ModelCallError, ModelUnreachableError
from ..result import Attempt, Call, Ledger

Failure = TypeVar("Failure", bound=ExtractorError)


@dataclass(frozen=True, slots=True)
class Log:
    """What was spent and what came back until now. ``beside``: seconds of requests that ran beside longer ones."""

    ledger: Ledger = field(default_factory=Ledger)
    attempts: tuple[Attempt, ...] = ()
    best: object = None
    beside: float = 0.0

    @property
    def seconds(self) -> float:
        """How long all took, as a clock on the wall has it."""
        return sum(call.took.seconds for call in self.ledger.calls if call.took) - self.beside

    def charged(self, call: Call) -> Log:
        return Log(Ledger((*self.ledger.calls, call)), self.attempts, self.best, self.beside)

    def told(self, error: Failure) -> Failure:
        """The error, with all of this."""
        return billed(error, self.ledger, self.attempts, self.best)

    def and_(self, other: Log) -> Log:
        """Both of them."""
        best = self.best if other.best is None else other.best
        return Log(Ledger((*self.ledger.calls, *other.ledger.calls)), (*self.attempts, *other.attempts), best)

    def noted(self, error: BaseException) -> None:
        """Tell an exception that is not ours what was spent; one of ours carries it."""
        if isinstance(error, ExtractorError):
            self.told(error)
        elif self.ledger.calls:
            error.add_note(f"Spent until then: {self.ledger}")


class Noted:
    """Notes the bill and the answer on an exception of the type's own code, which goes on as it is if it can."""

    __slots__ = ("_answer", "_log")

    def __init__(self, log: Log, completion: Completion) -> None:
        self._log, self._answer = log, completion

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None:
            return
        note = f"While the type read an answer ({self._log.ledger}): {self._answer.content!r:.500}"
        if isinstance(error, StopIteration):  # which would end the flow as if all were well, says Python
            stopped = RuntimeError("A validator raised StopIteration, as next() does where there is nothing.")
            stopped.add_note(note)
            raise stopped from error
        error.add_note(note)


def bill(
    purpose: str,
    request: ChatRequest,
    outcome: Completion | BaseException,
    mode: str | None = None,
    prices: Mapping[str, Sequence[float]] | None = None,
) -> Call:
    """The line of the ledger for one request. Money is what the endpoint says, else what the caller's prices do."""
    if isinstance(outcome, BaseException) and not isinstance(outcome, ModelCallError):
        return Call(purpose, request.model, error=type(outcome).__name__, mode=mode)
    error = type(outcome).__name__ if isinstance(outcome, ModelCallError) else None
    spent = outcome.meta.usage if outcome.meta else None
    usd = spent.usd_spent if spent else None
    if usd is None and prices:
        usd = _priced(outcome.usage, prices.get(request.model))
    model = (outcome.model if isinstance(outcome, Completion) else None) or request.model
    credits = spent.credits_used if spent else None
    return Call(
        purpose, model, outcome.usage, usd, credits, outcome.took, error, mode, _lost(outcome.took), _unsent(outcome)
    )


_LOST = frozenset({"ReadTimeout", "ReadError", "RemoteProtocolError"})
"""Exceptions of httpx after which the endpoint may have done the work, and charged it."""
_UNSENT = frozenset(
    "ConnectError ConnectTimeout PoolTimeout OutageError ProxyError UnsupportedProtocol LocalProtocolError".split()
)


def _lost(took: Took | None) -> int:
    return sum(reason in _LOST for reason in took.reasons) if took else 0


def _unsent(outcome: Completion | ModelCallError) -> bool:
    return isinstance(outcome, ModelUnreachableError) and type(outcome.__cause__).__name__ in _UNSENT


def _priced(usage: Usage | None, price: Sequence[float] | None) -> float | None:
    """None where there is no price, or no count of tokens."""
    if price is None or usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    cached = usage.cached_tokens or 0
    prompt, answer, reused = price[0], price[1], price[2] if len(price) > 2 else price[0]
    return ((usage.prompt_tokens - cached) * prompt + usage.completion_tokens * answer + cached * reused) / 1e6


def billed(error: Failure, ledger: Ledger, attempts: tuple[Attempt, ...], best: object) -> Failure:
    """The error, with all that was spent and came back until then."""
    error.ledger, error.attempts, error.best = ledger, attempts, best
    return error

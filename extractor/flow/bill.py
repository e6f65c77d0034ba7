"""What a call cost, and the errors that carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..chat import ChatRequest, Completion
from ..errors import ModelCallError
from ..result import Attempt, Call, Ledger

if TYPE_CHECKING:
    from ..errors import ExtractorError

Failure = TypeVar("Failure", bound="ExtractorError")


def bill(purpose: str, request: ChatRequest, outcome: Completion | ModelCallError, mode: str | None = None) -> Call:
    """The line of the ledger for one request."""
    if isinstance(outcome, ModelCallError):
        return Call(purpose, request.model, took=outcome.took, error=type(outcome).__name__, mode=mode)
    spent = outcome.meta and outcome.meta.usage
    return Call(
        purpose,
        outcome.model or request.model,
        outcome.usage,
        spent.usd_spent if spent else None,
        spent.credits_used if spent else None,
        outcome.took,
        mode=mode,
    )


def billed(error: Failure, ledger: Ledger, attempts: tuple[Attempt, ...], best: object) -> Failure:
    """The error, with all that was spent and came back until then."""
    error.ledger, error.attempts, error.best = ledger, attempts, best
    return error

"""Ceilings of money, tokens and time: a request that is sure to break one is not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import BudgetError, ModelCallError, ModelUnreachableError

if TYPE_CHECKING:
    from ..chat import ChatRequest
    from ..options import Settings
    from .bill import Log
    from .step import Step


def exceeded(log: Log, step: Step, settings: Settings) -> BudgetError | None:
    """Why the step may not be taken; None where it may, as where nothing is spent yet."""
    if not log.ledger.calls:
        return None
    over = _time(log, settings)
    if over is not None or not any(call.charged for call in log.ledger.calls):
        return over
    return _tokens(log, step, settings) or _money(log, step, settings)


def left(log: Log, settings: Settings) -> float | None:
    """Seconds until the deadline."""
    return None if settings.deadline is None else max(settings.deadline - log.seconds, 0.001)


def late(error: ModelCallError, log: Log, settings: Settings) -> ModelCallError | BudgetError:
    """The error of a call, which is that of the deadline where that cut the call short: then what the call itself says
    of its timeouts would send a reader to the wrong option, and the cause is what lies below it."""
    over = _time(log, settings) if isinstance(error, ModelUnreachableError) else None
    if over is None:
        return error
    over.__cause__ = error.__cause__ or error
    return over


def _time(log: Log, settings: Settings) -> BudgetError | None:
    if settings.deadline is None or log.seconds < settings.deadline:
        return None
    return met(settings.deadline)


def met(deadline: float) -> BudgetError:
    return BudgetError(f"The deadline of {deadline:g} s is over. deadline= gives it longer.", ceiling="deadline")


def _tokens(log: Log, step: Step, settings: Settings) -> BudgetError | None:
    most = settings.max_tokens_total
    if most is None:
        return None
    spent = log.ledger.total_tokens
    if spent is None:
        return _unknown("tokens", "max_tokens_total")
    prompt = _prompt(log, step)
    if spent + prompt < most:
        return None
    said = f"{spent:,} tokens are spent, and the next prompt has about {prompt:,}: more than max_tokens_total={most}."
    return BudgetError(said, ceiling="max_tokens_total")


def _money(log: Log, step: Step, settings: Settings) -> BudgetError | None:
    most = settings.max_usd
    if most is None:
        return None
    spent = log.ledger.usd
    if spent is None:
        return _unknown("money", "max_usd")
    price = settings.prices.get(step.request.model)
    prompt = _prompt(log, step) * min((price[0], *price[2:])) / 1e6 if price else 0.0
    if spent + prompt < most:
        return None
    said = f"${spent:.5f} are spent, and the next prompt costs at least ${prompt:.5f}: more than max_usd={most:g}."
    return BudgetError(said, ceiling="max_usd")


def _unknown(what: str, ceiling: str) -> BudgetError:
    way = " Give prices=." if ceiling == "max_usd" else ""
    said = f"How much {what} was spent so far is not known, so {ceiling}= cannot be held.{way}"
    return BudgetError(said, ceiling=ceiling)


def _prompt(log: Log, step: Step) -> int:
    """About how many tokens the step's prompt has at least, by what the last one had for its words."""
    last = log.attempts[-1] if log.attempts else None
    if last is None or last.completion.usage is None or not last.completion.usage.prompt_tokens:
        return 0
    return int(last.completion.usage.prompt_tokens * min(_size(step.request) / _size(last.request), 1.0))


def _size(request: ChatRequest) -> int:
    return sum(len(str(message.get("content"))) for message in request.messages)

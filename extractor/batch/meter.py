"""How far a batch is: facts for whoever wants to show them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .item import Item

if TYPE_CHECKING:
    from ..transports.limiter import Outage


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is.

    ``done`` counts the items given so far, ``failed`` and ``recorded`` are among them. ``total`` and ``eta`` (seconds)
    are None where nobody knows how many documents there are. ``outage`` says what the endpoint answers, and since when,
    while it does nothing but fail and is waited for. ``rate`` is documents a second of late, those from the
    journal left out. Tokens and ``usd`` are what this run spent, as far as it is known.
    """

    done: int = 0
    failed: int = 0
    recorded: int = 0
    total: int | None = None
    seconds: float = 0.0
    rate: float = 0.0
    eta: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    outage: Outage | None = None

    def __str__(self) -> str:
        """One line: ``120 of 400 done, 2 failed, 8.1/s, 35 s left, 91,204 + 8,330 tokens, $0.04120``."""
        of = f" of {self.total:,}" if self.total is not None else ""
        parts = [f"{self.done:,}{of} done"]
        parts += [f"{self.recorded:,} from the journal"] * bool(self.recorded)
        parts += [f"{self.failed:,} failed"] * bool(self.failed)
        parts += [f"{self.rate:.3g}/s"] * bool(self.rate)
        parts += [f"{self.eta:,.0f} s left"] if self.eta else []
        parts.append(f"{self.prompt_tokens:,} + {self.completion_tokens:,} tokens")
        parts += [f"${self.usd:.5f}"] * bool(self.usd)
        parts += [f"waiting for the endpoint: {self.outage}"] if self.outage else []
        return ", ".join(parts)


@dataclass(slots=True)
class Meter:
    """Counts the items of a run."""

    total: int | None = None
    done: int = 0
    failed: int = 0
    recorded: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    outage: Callable[[], Outage | None] = lambda: None
    started: float = field(default_factory=time.monotonic)
    _late: deque[float] = field(default_factory=lambda: deque(maxlen=256))

    def count(self, item: Item[Any]) -> None:
        self.done += 1
        self.failed += item.error is not None
        if item.recorded:
            self.recorded += 1
            return
        self._late.append(time.monotonic())
        for call in item.ledger.calls:
            self.usd += call.usd or 0.0
            if call.usage is not None:
                self.prompt_tokens += call.usage.prompt_tokens or 0
                self.completion_tokens += call.usage.completion_tokens or 0

    def progress(self) -> Progress:
        seconds = time.monotonic() - self.started
        rate = self._rate(seconds)
        left = None if self.total is None else max(self.total - self.done, 0)
        eta = left / rate if left is not None and rate else (0.0 if left == 0 else None)
        return Progress(
            self.done,
            self.failed,
            self.recorded,
            self.total,
            seconds,
            rate,
            eta,
            self.prompt_tokens,
            self.completion_tokens,
            self.usd,
            self.outage(),
        )

    def _rate(self, seconds: float) -> float:
        """Of the last documents, so that a stall shows; of all where they are few."""
        late = self._late
        since = time.monotonic() - late[0] if len(late) == late.maxlen else seconds
        return len(late) / since if since > 0 else 0.0

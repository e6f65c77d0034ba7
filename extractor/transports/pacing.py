"""The arithmetic of a limiter: how many at once, how many a minute, and what headers say. No clock: times are given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

_START = 16
"""Requests at once to begin with: connections are opened gradually."""
_SLOW = 2.0
"""Answers that take so many times as long as the quickest of late are slow ones."""
_LEAST_SHARE = 8
"""Slow answers alone never leave less than this part of what may be at once."""
LONGEST = 3600.0
"""Seconds: the longest wait that a header is believed."""


class Window:
    """How many requests may be in flight: more while answers are good, fewer by half on a refusal, by a fifth where
    answers become slow.

    It doubles with each round of answers until it is first cut, and then grows by a sixteenth of ``most`` a round.
    """

    __slots__ = ("_counted", "_cut", "_doubling", "_least", "_quickest", "_spent", "most", "size")

    def __init__(self, most: int, adaptive: bool = True) -> None:
        self.most = most
        self.size = float(min(most, _START) if adaptive else most)
        self._least = 1.0 if adaptive else float(most)
        self._doubling = True
        self._cut = -inf
        self._quickest = inf
        self._counted = 0
        self._spent = 0.0

    def answered(self, started: float, now: float, work: float) -> None:
        """A good answer, which took from ``started`` to ``now`` for so much ``work``."""
        step = 1.0 if self._doubling else max(1.0, self.most / 16) / self.size
        self.size = min(self.size + step, float(self.most))
        self._counted += 1
        self._spent += (now - started) / work
        if self._counted >= max(self.size, 16):
            self._round(now)

    def refused(self, started: float, now: float) -> None:
        """The endpoint has too much. Of those that were in flight together only the first refusal counts."""
        if started >= self._cut:
            self._shrink(0.5, now, 1.0)

    def _round(self, now: float) -> None:
        mean, self._counted, self._spent = self._spent / self._counted, 0, 0.0
        if mean > _SLOW * self._quickest:
            self._shrink(0.8, now, self.most / _LEAST_SHARE)
        self._quickest = min(mean, self._quickest * 1.05)

    def _shrink(self, factor: float, now: float, least: float) -> None:
        self._doubling = False
        self._cut = now
        self.size = min(self.size, max(self.size * factor, least, self._least))


class Pace:
    """So much a minute, evenly: no minute holds more, beginning with a second's worth at once."""

    __slots__ = ("_burst", "_due", "_each")

    def __init__(self, per_minute: float | None, burst: float | None = None) -> None:
        most = inf if per_minute is None else per_minute
        self._burst = max(most / 60, 1.0) if burst is None else burst
        self._each = 0.0 if most == inf else 60.0 / (most - self._burst + 1)
        self._due = -inf

    def at(self, now: float, amount: float = 1.0) -> float:
        """When so much may go. What is more than the burst goes alone."""
        if self._each == 0.0:
            return now
        ahead = max(self._burst - amount, 0.0) * self._each
        return max(self._due - ahead, now)

    def take(self, now: float, amount: float = 1.0) -> None:
        """So much has gone; less than nothing gives back what was taken too much."""
        if self._each:
            self._due = max(self._due, now) + amount * self._each


@dataclass(frozen=True, slots=True)
class Heard:
    """What an answer says about limits: seconds to wait before any request, and how many requests or tokens are left
    for how long."""

    wait: float = 0.0
    requests: tuple[float, float] | None = None
    tokens: tuple[float, float] | None = None


NOTHING = Heard()
_LEFT: tuple[tuple[str, str, str], ...] = (
    ("requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
    ("requests", "x-ratelimit-remaining", "x-ratelimit-reset"),
    ("requests", "ratelimit-remaining", "ratelimit-reset"),
    ("requests", "anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("tokens", "anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
)


def heard(headers: Mapping[str, str], wait: float, wall_clock: float) -> Heard:
    """What the headers of an answer say; ``wait`` is what Retry-After asks for."""
    left: dict[str, tuple[float, float]] = {}
    if not any("ratelimit" in name for name in headers):
        return Heard(min(wait, LONGEST)) if wait else NOTHING
    for kind, remaining, reset in _LEFT:
        if remaining in headers and reset in headers and kind not in left:
            told = _count(headers[remaining]), seconds(headers[reset], wall_clock)
            if told[0] is not None and told[1] is not None:
                left[kind] = told[0], min(told[1], LONGEST)
    return Heard(min(wait, LONGEST), left.get("requests"), left.get("tokens"))


def _count(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) else None


_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def seconds(text: str, wall_clock: float) -> float | None:
    """Seconds from now: of ``6m0s``, ``120ms``, ``1.5``, a Unix time, or an ISO date; else None."""
    text = text.strip()
    number = _count(text)
    if number is not None:
        return max(number - wall_clock, 0.0) if number > 1e9 else number
    parts = _DURATION.findall(text)
    if parts and "".join(map("".join, parts)) == text:
        return sum(float(count) * _UNITS[unit] for count, unit in parts)
    try:
        return max(datetime.fromisoformat(text).timestamp() - wall_clock, 0.0)
    except ValueError:
        return None

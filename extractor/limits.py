"""Limits of time for a request, and of patience with a stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Four limits in seconds; None is no limit.

    ``connect`` opens the connection, ``first_byte`` runs from the request to the answer's first byte (a model that is
    not streamed thinks in this time), ``between`` lies between two pieces of the answer, ``whole`` is one call with
    its retries, and in a batch with the wait for an endpoint that fails. Without streaming, most endpoints send nothing
    until the answer is complete.
    """

    connect: float | None = 10.0
    first_byte: float | None = 300.0
    between: float | None = 60.0
    whole: float | None = 600.0

    def __post_init__(self) -> None:
        for name in ("connect", "first_byte", "between", "whole"):
            check_seconds(f"timeout.{name}", getattr(self, name))

    @classmethod
    def of(cls, timeout: float | Timeouts | None) -> Timeouts:
        """A number bounds the whole call; None takes every limit away."""
        if isinstance(timeout, Timeouts):
            return timeout
        if timeout is None:
            return cls(None, None, None, None)
        check_seconds("timeout", timeout)
        limits = cls()
        connect, first_byte, between = (
            min(limit or timeout, timeout) for limit in (limits.connect, limits.first_byte, limits.between)
        )
        return cls(connect, first_byte, between, timeout)

    def within(self, seconds: float | None) -> Timeouts:
        """These limits, none of them over so many seconds."""
        if seconds is None:
            return self
        limits = (self.connect, self.first_byte, self.between, self.whole)
        return Timeouts(*(seconds if limit is None else min(limit, seconds) for limit in limits))


@dataclass(frozen=True, slots=True)
class Guards:
    """When a stream is cut early, in characters; None is never. What came is then gone on with as a cut answer is.

    ``white_space``: so much white space in a row; ``repeated``: the last so many are the same few over and over.
    """

    white_space: int | None = 1024
    repeated: int | None = 4096

    def __post_init__(self) -> None:
        for name in ("white_space", "repeated"):
            most = getattr(self, name)
            if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 64):
                raise ValueError(f"guards.{name} is a whole number of at least 64, or None, not {most!r}")


def check_seconds(name: str, seconds: object) -> None:
    if seconds is None:
        return
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise TypeError(f"{name} is a number of seconds or None, not {seconds!r}")
    if not seconds > 0:
        raise ValueError(f"{name} is more than 0 seconds, not {seconds!r}")


def check_count(name: str, count: object, least: int = 1) -> None:
    if not isinstance(count, int) or isinstance(count, bool):
        raise TypeError(f"{name} is a whole number of at least {least}, not {count!r}")
    if count < least:
        raise ValueError(f"{name} is at least {least}, not {count}")


def check_share(name: str, share: object) -> None:
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise ValueError(f"{name} is a share from 0 to 1, not {share!r}")


def check_ceiling(name: str, most: object) -> None:
    if most is None:
        return
    if not isinstance(most, int | float) or isinstance(most, bool):
        raise TypeError(f"{name} is a number or None, not {most!r}")
    if not most > 0:
        raise ValueError(f"{name} is more than 0, not {most!r}")


TIMEOUTS = Timeouts()
GUARDS = Guards()
"""What holds where nothing is said."""

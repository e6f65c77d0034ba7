"""Whether a stream only gives white space any more, or repeats itself: told in time that is linear in what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..flow.reading import BLANK, REPEATED

if TYPE_CHECKING:
    from ..limits import Guards

_EVERY = 512
_SIGN = 64
_TIMES = 16
"""How often the same must have come at least."""


class Guard:
    """``add`` gives the reason to cut the stream, None while there is none."""

    __slots__ = ("_blank", "_limits", "_since", "_tail")

    def __init__(self, limits: Guards) -> None:
        self._limits = limits
        self._blank = 0
        self._since = 0
        self._tail = ""

    def add(self, piece: str) -> str | None:
        rest = len(piece.rstrip())
        self._blank = len(piece) - rest + (0 if rest else self._blank)
        if self._limits.white_space is not None and self._blank > self._limits.white_space:
            return BLANK
        most = self._limits.repeated
        if most is None:
            return None
        self._tail = (self._tail + piece)[-most:]
        self._since += len(piece)
        if self._since < _EVERY or len(self._tail) < most:
            return None
        self._since = 0
        return REPEATED if _repeats(self._tail) else None


def _repeats(tail: str) -> bool:
    """Whether a text is one part over and over: its last characters stand a part's length before, and so do all."""
    before = tail.rfind(tail[-_SIGN:], 0, len(tail) - 1)
    period = len(tail) - _SIGN - before
    return before >= 0 and period * _TIMES <= len(tail) and tail[period:] == tail[:-period]

"""A long text that is made when it is sent: what holds many of them holds none of them as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self


class Deferred(str):
    """Reads as the short text that stands for it. ``written`` makes the long one, each time anew, as JSON of it does.

    Copies share what makes it; pickled, it is the short text alone.
    """

    __slots__ = ("written",)
    written: Callable[[], str]

    def __new__(cls, brief: str, written: Callable[[], str]) -> Self:
        made = super().__new__(cls, brief)
        made.written = written
        return made

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

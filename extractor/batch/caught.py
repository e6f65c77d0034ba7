"""Where one failure must not end the rest."""

from __future__ import annotations

from typing import Self


class Caught:
    """Keeps what a block raises: an ``Exception``, or anything at all where ``everything`` is true.

    Types, iterators and callbacks are other people's code and may raise whatever they like. What one document raises is
    that document's error, and what a thread raises is told to the one who waits for it.
    """

    __slots__ = ("_everything", "error")

    def __init__(self, everything: bool = False) -> None:
        self._everything = everything
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if error is None or not (self._everything or isinstance(error, Exception)):
            return False
        self.error = error
        return True

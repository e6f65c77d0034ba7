"""A completion's text while it comes in pieces → the JSON so far.

Plain JSON is read for good, piece by piece, which takes no look ahead (``plain``). From the first mark on that is none,
the tolerant parser goes on in the same brackets, for what a mark means then hangs on what follows it (``settled``);
once its steps are settled, the plain reading is tried again. So an answer costs what it holds, and is not read twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..chat.loose import HALVES, mended
from ..paths import NOTHING
from .candidates import THINK, is_closing
from .frames import Frame
from .plain import Plain
from .seek import Seeker
from .settled import Settled
from .shapes import ANYTHING, Guide

_LONGEST_TAG = 120


@dataclass(frozen=True, slots=True)
class Spine:
    """What there is of a value, alive and no copy: its ``root`` once that is closed, else what is open.

    ``frames`` are the open brackets, each with what is whole in it: the next one, or at last ``leaf``, the beginning of
    a text, belongs at its ``step()``. ``last`` is the one of them whose last value may yet turn out to go on.
    """

    frames: list[Frame]
    leaf: object = NOTHING
    last: Frame | None = None
    root: object = NOTHING


class Growing:
    """Takes a text in pieces, cut anywhere. ``doubtful``: it could be meant in two ways, and its end may tell more."""

    __slots__ = ("_guide", "_half", "_plain", "_seeker", "_settled", "_trail", "doubtful")

    def __init__(self, guide: Guide = ANYTHING) -> None:
        self._guide = guide
        self._half = self._trail = ""
        self.doubtful = False
        self._begin()

    def _begin(self) -> None:
        self._seeker: Seeker | None = Seeker(self._guide is not ANYTHING and self._guide.wants("array"))
        self._plain = Plain([])
        self._settled: Settled | None = None

    def look(self) -> Spine:
        if self._settled is not None:
            return Spine(*self._settled.ahead())
        plain = self._plain
        return Spine(plain.stack, plain.leaf, plain.last, plain.root)

    def feed(self, piece: str) -> None:
        if self._half or HALVES.search(piece):
            piece = self._joined(piece)
        if self._seeker is not None:
            begun = self._seeker.feed(piece)
            if begun is None:
                return
            self.doubtful = self.doubtful or self._seeker.doubtful
            self._seeker, piece = None, begun
        if self._settled is not None:
            self._settle(piece)
        elif self._plain.root is not NOTHING:
            self._pass(piece)
        elif not self._plain.feed(piece):
            self._settled = Settled(self._plain.stack, self._plain.give_up(), self._guide)
            self._settle("")
        elif self._plain.root is not NOTHING:
            self._pass(self._plain.behind())

    def _joined(self, piece: str) -> str:
        """The halves of surrogate pairs together. A first half at the end waits for its second one."""
        text = self._half + piece
        whole = text[:-1] if "\ud800" <= text[-1:] < "\udc00" else text
        self._half = text[len(whole) :]
        return mended(whole)

    def _settle(self, piece: str) -> None:
        while self._settled is not None and self._settled.feed(piece):
            piece = ""
            self.doubtful = self.doubtful or self._settled.doubtful
            self._return(self._settled)

    def _return(self, settled: Settled) -> None:
        """Back to plain JSON, where that gets on from here."""
        if not all(frame.opener in "{[" and not frame.implied for frame in settled.stack):
            return
        plain, text = Plain(settled.stack), settled.rest()
        if plain.feed(text):
            self._plain, self._settled = plain, None
            return
        rest = plain.give_up()
        if len(rest) < len(text):
            self._settled = Settled(plain.stack, rest, self._guide)

    def _pass(self, piece: str) -> None:
        """Behind a value: where a thinking tag is closed the value was a part of the reasoning."""
        self._trail = self._trail[-_LONGEST_TAG:] + piece
        for mark in THINK.finditer(self._trail):
            if is_closing(mark):
                rest, self._trail = self._trail[mark.end() :], ""
                self._begin()
                return self.feed(rest)
